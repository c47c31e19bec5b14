# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""A graph as a list of inlay's layers, with their tensors."""
import math
import os

import numpy as np

from . import evaluate
from .values import BATCH, MOST, Buffer, Layouts, Op, Unsupported, Value


class Failed:
    """A value whose node is no layer: an error only if it is needed."""

    def __init__(self, error):
        self.error = error


class Scores:
    """q·kᵀ before (`weights` false) and after softmax; only attention can use it."""

    def __init__(self, q, k, scale=1.0, causal=False, weights=False):
        self.q, self.k, self.scale, self.causal, self.weights = q, k, scale, causal, weights


def number(value):
    """A decimal of nine places, as inlay's template arguments are."""
    text = f"{round(float(str(np.float32(value))) * 1e9) / 1e9:.9f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def exact(value):
    return np.float32(float(number(value))) == np.float32(value)


def decimal(value, what):
    if not exact(value):
        raise Unsupported(f"{what} = {value:g} is no decimal of nine places", f"{what} = {number(value)}")
    return number(value)


def epsilon(node):
    value = node.get("epsilon", 1e-5)
    return number(max(value, 1e-9))


def options(*given):
    return "".join(", " + one for one in given if one)


def window(sizes):
    return str(sizes[0]) if len(set(sizes)) == 1 else f"inlay::window{{{sizes[0]}, {sizes[1]}}}"


def padding(before, after):
    if len(before) == 1:
        return str(before[0]) if before == after else f"inlay::padding{{{before[0]}, {after[0]}}}"
    if before == after:
        return window(before)
    return f"inlay::padding{{{before[1]}, {after[1]}, {before[0]}, {after[0]}}}"


# What graphs write as several nodes. Softmax and the like are not here: they are no functions of one number.
KNOWN = {
    "inlay::gelu": lambda x: 0.5 * x * (1 + evaluate._erf(x / math.sqrt(2))),
    "inlay::gelu_tanh": lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3))),
    "inlay::silu": lambda x: x / (1 + np.exp(-x)), "inlay::mish": lambda x: x * np.tanh(np.logaddexp(x, 0)),
    "inlay::hard_swish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1), "inlay::softsign": lambda x: x / (1 + np.abs(x)),
    "inlay::log_sigmoid": lambda x: -np.logaddexp(-x, 0), "inlay::relu6": lambda x: np.clip(x, 0, 6),
    "inlay::hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1), "inlay::hard_tanh": lambda x: np.clip(x, -1, 1),
    "inlay::selu": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(np.minimum(x, 0))),
    "inlay::sigmoid": lambda x: 1 / (1 + np.exp(-x)), "inlay::softplus": lambda x: np.logaddexp(x, 0),
    "inlay::tanh": np.tanh, "inlay::celu<>": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "inlay::relu": lambda x: np.maximum(x, 0),
}
NEAREST = {
    "Abs": "", "Exp": "softplus", "Log": "log_sigmoid", "Sqrt": "", "Pow": "Mul(x, x)", "Max": "Relu, Clip", "Min": "Clip",
    "Sin": "positional_encoding", "Cos": "positional_encoding", "ArgMax": "the logits; argmax is for the program",
    "TopK": "the logits", "LRN": "BatchNormalization", "If": "one branch", "Loop": "an unrolled graph", "Scan": "GRU, LSTM, RNN",
    "Einsum": "MatMul", "Tile": "Resize by nearest", "Expand": "Resize by nearest", "Where": "Mul by a constant mask",
    "QuantizeLinear": "the float model: quantised graphs are not yet supported",
    "DequantizeLinear": "the float model: quantised graphs are not yet supported",
    "DynamicQuantizeLinear": "the float model: quantised graphs are not yet supported",
    "QLinearConv": "Conv: quantised graphs are not yet supported", "QLinearMatMul": "MatMul: quantised graphs are not yet supported",
    "ConvInteger": "Conv: quantised graphs are not yet supported", "MatMulInteger": "MatMul: quantised graphs are not yet supported",
    "NonMaxSuppression": "its inputs as outputs", "Hardmax": "Softmax", "ThresholdedRelu": "Relu", "Shrink": "Relu",
    "ReduceL2": "LayerNormalization", "ReduceMin": "ReduceMax", "GridSample": "Resize", "ScatterND": "", "GatherElements": "Slice",
}


TABLE = '""'  # where the path of an embedding's table will stand
BACKWARDS = "backwards"  # no layer: a sequence from its end, to be made part of `reversed`
CONSTANT_BEHIND = {"Pad", "Squeeze", "Unsqueeze", "Resize", "Upsample", "Split", "Slice", "Reshape", "Dropout", "Expand", "Clip", "PRelu",
                   "BatchNormalization", "InstanceNormalization", "LayerNormalization"}


def constant_size(node, inputs):
    """How many numbers a node of constants gives, at most."""
    shapes = [np.shape(v) for v in inputs if v is not None]
    sizes = [math.prod(shape) for shape in shapes]
    numbers = lambda v: [int(i) for i in np.asarray(v).reshape(-1)]
    if node.op in evaluate.ELEMENTWISE or node.op in evaluate.ELEMENTWISE_WITH_NODE or node.op in ("Where", "Equal", "Greater", "Less", "And",
                                                                                                  "GreaterOrEqual", "LessOrEqual"):
        return math.prod(np.broadcast_shapes(*shapes))
    if node.op == "ConstantOfShape":
        return math.prod(numbers(inputs[0]))
    if node.op == "Expand":
        return math.prod(max(a, 1) for a in numbers(inputs[1])) * sizes[0]
    if node.op == "Tile":
        return math.prod(numbers(inputs[1])) * sizes[0]
    if node.op == "Range":
        return abs(float(inputs[1]) - float(inputs[0])) / abs(float(inputs[2]))
    if node.op == "Gather":
        return sizes[1] * sizes[0] // max(shapes[0][node.get("axis", 0)], 1)
    if node.op in ("MatMul", "Gemm"):
        return sizes[0] * max(shapes[1])
    if node.op in ("Conv", "ConvTranspose", "Pad", "MaxPool", "AveragePool", "LSTM", "GRU", "RNN"):
        return MOST + 1 if sum(sizes) > 1 << 16 or node.op == "Pad" else 0
    return sum(sizes)


class Converter(Layouts):
    def __init__(self, graph, batch_axis, channels_last):
        """`batch_axis`: of the inputs, or None where all of a tensor is one sample. `channels_last`: names of inputs that
        come as images or sequences with their channels behind."""
        extent = 1
        if batch_axis is not None:
            extents = {shape[batch_axis] if len(shape) > batch_axis else 1 for _, _, shape in graph.inputs}
            if len(extents) > 1:
                raise Unsupported("the inputs have batches of several sizes")
            extent = extents.pop() if extents else 1
        super().__init__(extent)
        self.graph, self.values, self.inputs, self.notes = graph, {}, [], []
        self.tables = []  # of embeddings
        self.producer = {name: node for node in graph.nodes for name in node.outputs if name}
        for name, array in graph.constants.items():
            self.values[name] = np.asarray(array)
        for name, dtype, shape in graph.inputs:
            dims = [(BATCH,) if axis == batch_axis and extent > 1 else self.atom(e) for axis, e in enumerate(shape)]
            axes = [axis for axis in range(len(shape)) if dims[axis] != (BATCH,)]
            if name in channels_last and len(shape) >= 3:
                axes = [axis for axis in axes if axis != 1] + [axis for axis in axes if axis == 1]
            spread = axes[1:] if len(axes) and axes[0] == 0 and batch_axis == 0 else axes  # a batch of one is no axis
            extents = [shape[axis] for axis in spread] or [1]
            if len(extents) > 3:
                extents = [e for e in extents if e != 1] or [1]
            order = [a for axis in axes for a in dims[axis]]
            if len(extents) > 3:
                extents = [math.prod(extents)]
            value = Value(Buffer(extents), dims, order)
            value.integers = dtype is not None and np.dtype(dtype).kind in "iu"
            value.buffer.integers = value.integers
            value.buffer.name = name
            self.inputs.append((name, value))
            if dtype is None or np.dtype(dtype).kind not in "fiu":
                self.values[name] = Failed(Unsupported(f"the input {name!r} is of {np.dtype(dtype) if dtype else 'no type'}", "float"))
            else:
                self.values[name] = value

    # ---- the walk

    def run(self):
        for node in self.graph.nodes:
            inputs = [self.values[name] if name else None for name in node.inputs]
            try:
                results = self.node(node, inputs)
            except Unsupported as error:
                if error.node is None:
                    error.node, error.shapes = node, [self.shape_text(v) for v in inputs if v is not None]
                results = [Failed(error)] * len(node.outputs)
            except (TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError, AssertionError, RecursionError) as wrong:
                if os.environ.get("INLAY_IMPORT_DEBUG"):
                    raise
                error = Unsupported(f"is not as ONNX defines it ({type(wrong).__name__}: {str(wrong)[:80]})")
                error.node, error.shapes = node, [self.shape_text(v) for v in inputs if v is not None]
                results = [Failed(error)] * len(node.outputs)
            for name, result in zip(node.outputs, list(results) + [Failed(self.missing(node))] * len(node.outputs)):
                if name:
                    self.values[name] = result

    def missing(self, node):
        error = Unsupported("only its first output is supported", "")
        error.node, error.shapes = node, []
        return error

    def shape_text(self, value):
        if isinstance(value, Value):
            return str(self.shape(value))
        if isinstance(value, np.ndarray):
            return f"constant {list(value.shape)}"
        return "attention weights"

    def node(self, node, inputs):
        if all(v is None or isinstance(v, np.ndarray) for v in inputs):
            return self.fold(node, inputs)
        pattern = self.pattern(node)
        if pattern:
            return [pattern]
        for value in inputs:
            if isinstance(value, Failed):
                raise value.error
        if node.op == "Shape" and isinstance(inputs[0], Value):
            return [np.asarray(self.shape(inputs[0])[node.get("start", 0):node.get("end")], np.int64)]
        if node.op == "Size" and isinstance(inputs[0], Value):
            return [np.asarray(math.prod(self.shape(inputs[0])), np.int64)]
        method = getattr(self, "on_" + node.op, None) if not node.domain else None
        if method is None:
            raise Unsupported("has no layer", NEAREST.get(node.op, ""))
        if any(isinstance(v, Scores) for v in inputs) and node.op not in ("Mul", "Div", "Add", "Where", "Softmax", "MatMul", "Dropout", "Identity", "Cast"):
            raise Unsupported("the product of two values is a layer only within attention", "self_attention")
        if inputs and isinstance(inputs[0], Value) and getattr(inputs[0].buffer, "integers", False) and \
                node.op not in ("Gather", "Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Transpose"):
            raise Unsupported("is of whole numbers", "float")
        if node.get("broadcast") and len(inputs) == 2 and isinstance(inputs[1], np.ndarray) and isinstance(inputs[0], Value):
            axis = node.get("axis", len(inputs[0].dims) - inputs[1].ndim)  # opsets before 7 say where
            inputs[1] = inputs[1].reshape(list(inputs[1].shape) + [1] * (len(inputs[0].dims) - axis - inputs[1].ndim))
        if node.op in CONSTANT_BEHIND and any(isinstance(v, Value) for v in inputs[1:]):
            raise Unsupported("what stands behind its first input is computed from values", "constants")
        result = method(node, *inputs)
        return result if isinstance(result, list) else [result]

    def fold(self, node, inputs):
        try:
            if constant_size(node, inputs) > MOST:
                raise Unsupported(f"is a constant of more than {MOST} numbers")
            return list(evaluate.run(node, inputs, self.graph.opset))
        except evaluate.Unknown:
            raise Unsupported("has no layer", NEAREST.get(node.op, "")) from None
        except Unsupported:
            raise
        except Exception as error:
            raise Unsupported(f"cannot be computed: {str(error).splitlines()[0] if str(error) else type(error).__name__}") from None

    # ---- several nodes that are one layer

    def pattern(self, node):
        if node.op in ("Div", "Mul"):
            value = self.layer_norm_of(node) if node.op == "Div" else None
            value = value or self.rms_norm_of(node)
            if value:
                return value
        if node.op in ("Mul", "Div", "Add", "Sub", "Log", "Neg", "Clip", "Min"):
            return self.activation_of(node)
        return None

    def layer_norm_of(self, node):
        """(x − μ)/√(mean (x − μ)² + ε), as PyTorch's exporter writes it."""
        def made(name, *ops):
            one = self.producer.get(name)
            return one if one and one.op in ops else None
        def constant(name):
            return self.values.get(name) if isinstance(self.values.get(name), np.ndarray) else None
        def axes(one, rank):
            given = one.get("axes") if one.get("axes") is not None else (constant(one.inputs[1]) if len(one.inputs) > 1 else None)
            return None if given is None or not one.get("keepdims", 1) else sorted(int(a) % rank for a in np.asarray(given).reshape(-1))
        sub, root = made(node.inputs[0], "Sub"), made(node.inputs[1], "Sqrt")
        if not sub or not root:
            return None
        x = self.values.get(sub.inputs[0])
        mean, add = made(sub.inputs[1], "ReduceMean"), made(root.inputs[0], "Add")
        if not mean or not add or mean.inputs[0] != sub.inputs[0] or not isinstance(x, Value):
            return None
        var, eps = made(add.inputs[0], "ReduceMean"), constant(add.inputs[1])
        if not var:
            var, eps = made(add.inputs[1], "ReduceMean"), constant(add.inputs[0])
        if not var or eps is None or eps.size != 1:
            return None
        square = made(var.inputs[0], "Pow", "Mul")
        if not square:
            return None
        inner = made(square.inputs[0], "Sub", "Cast")
        if inner and inner.op == "Cast":
            inner = made(inner.inputs[0], "Sub")
        if not inner or inner.inputs[0] != sub.inputs[0] or made(inner.inputs[1], "ReduceMean") is None:
            return None
        if square.op == "Pow":
            power = constant(square.inputs[1])
            if power is None or power.size != 1 or float(power) != 2:
                return None
        elif square.inputs[0] != square.inputs[1]:
            return None
        over = axes(mean, len(x.dims))
        if not over or axes(var, len(x.dims)) != over:
            return None
        return self.layer_norm(x, over, number(max(float(eps), 1e-9)))

    def rms_norm_of(self, node):
        """x/√(mean x² + ε) over the last axis: Div by Sqrt, or Mul by its Reciprocal."""
        def made(name, *ops):
            one = self.producer.get(name)
            return one if one and one.op in ops else None
        def constant(name):
            value = self.values.get(name)
            return value if isinstance(value, np.ndarray) else None
        if len(node.inputs) != 2:
            return None
        for source, other in (node.inputs, node.inputs[::-1]):
            root, x = made(other, "Sqrt"), self.values.get(source)
            if node.op == "Mul":
                under = made(other, "Reciprocal", "Div")
                if under and under.op == "Div":
                    one = constant(under.inputs[0])
                    under = under if one is not None and one.size == 1 and float(one.reshape(-1)[0]) == 1 else None
                root = made(under.inputs[-1], "Sqrt") if under else None
            add = made(root.inputs[0], "Add") if root else None
            if add and isinstance(x, Value):
                for first, second in (add.inputs, add.inputs[::-1]):
                    mean, eps = made(first, "ReduceMean"), constant(second)
                    square = made(mean.inputs[0], "Mul", "Pow") if mean else None
                    if not square or eps is None or eps.size != 1 or square.inputs[0] != source:
                        continue
                    power = constant(square.inputs[1]) if square.op == "Pow" else None
                    if square.op == "Mul" and square.inputs[1] != source or \
                            square.op == "Pow" and (power is None or power.size != 1 or float(power.reshape(-1)[0]) != 2):
                        continue
                    given = constant(mean.inputs[1]) if len(mean.inputs) > 1 else None
                    axes, rank = self.axes_of(mean, x, given), len(x.dims)
                    if axes != [rank - 1] or not mean.get("keepdims", 1):
                        continue
                    # inlay's 0 is the machine epsilon, as PyTorch's None.
                    machine = np.float32(eps.reshape(-1)[0]) == np.finfo(np.float32).eps
                    text = f"rms_norm<{'0' if machine else number(max(float(eps.reshape(-1)[0]), 1e-9))}"
                    inner = x.dims[-1]
                    self.no_batch(inner, "normalisation")
                    value, order = self.ending(x, inner)
                    return self.elementwise(value, f"inlay::{text}, false>", {}, {"norm": (value, order, text, None)})
            if node.op == "Div":
                break
        return None

    def activation_of(self, node):
        """An activation written as arithmetic: the function of one value is computed at points and compared."""
        def leaves(name, depth):
            one = self.producer.get(name)
            elementwise = one and not one.domain and (one.op in evaluate.ELEMENTWISE or one.op in evaluate.ELEMENTWISE_WITH_NODE)
            if depth == 0 or not elementwise:
                return []
            found = []
            for other in one.inputs:
                if other and not isinstance(self.values.get(other), np.ndarray):
                    found.append(other)
                    found += leaves(other, depth - 1)
            return found
        points = np.linspace(-6.5, 6.5, 53)
        def at(name, source, known, depth):
            if name not in known:
                known[name] = points if name == source else once(name, source, known, depth)
            return known[name]
        def once(name, source, known, depth):
            value = self.values.get(name)
            if isinstance(value, np.ndarray):
                if value.size != 1:
                    raise evaluate.Unknown
                return np.float64(value.reshape(-1)[0])
            one = self.producer.get(name)
            if not one or one.domain or not (one.op in evaluate.ELEMENTWISE or one.op in evaluate.ELEMENTWISE_WITH_NODE) or one.op == "Cast" or depth == 0:
                raise evaluate.Unknown
            return evaluate.run(one, [at(other, source, known, depth - 1) if other else None for other in one.inputs], self.graph.opset)[0]
        seen = []
        for source in leaves(node.outputs[0], 9):
            if source in seen or not isinstance(self.values.get(source), Value):
                continue
            seen.append(source)
            if len(seen) > 6:
                break
            try:
                y = at(node.outputs[0], source, {}, 12)
            except (evaluate.Unknown, TypeError, ValueError):
                continue
            if np.shape(y) != points.shape or not np.isfinite(y).all():
                continue
            with np.errstate(all="ignore"):
                for name, function in KNOWN.items():
                    if np.abs(function(points) - y).max() < 2e-7 * max(1, np.abs(y).max()) * 4:
                        x = self.values[source]
                        return self.elementwise(x, name)
        return None

    # ---- what most layers share

    def elementwise(self, x, text, params=None, info=None):
        return Value(self.layer(text, x.buffer, self.real(x.buffer).shape, params, info), x.dims, x.order)

    def dense(self, x, axis, weight, bias=None, drop=False):
        """W·x + b over one ONNX axis; `weight` is [out, in] in ONNX's order. `drop`: the axis goes."""
        axis %= len(x.dims)
        self.no_batch(x.dims[axis], "a product")
        inner = x.dims[axis]
        context = x.buffer.op.info.get("context") if x.buffer.op else None
        if context and set(inner) == set(context["features"]) and tuple(x.order) == context["order"]:
            made = self.attention(context, self.columns(weight, inner, [a for a in x.order if a in inner]), bias)
        else:
            value, inside = self.ending(x, inner, rank=2)
            if len(value.buffer.shape) > 2:
                value = Value(self.shaped(value.buffer, [math.prod(value.buffer.shape[:-1]), value.buffer.shape[-1]]), value.dims, value.order)
            w = self.columns(weight, inner, inside)
            out = weight.shape[0]
            params = {"weight": w} if bias is None else {"weight": w, "bias": bias}
            text = f"inlay::dense<{out}>" if bias is not None else f"inlay::dense_without_bias<{out}>"
            info = {"dense": (x, axis, weight, bias, drop), "projection": (value, w, bias)}
            table = next((one for one in self.tables if bias is None and np.array_equal(one["weight"], w)), None)
            if table is not None:  # an embedding's, used a second time: the listing knows its path
                text, params, info["tied"] = f"inlay::tied<{TABLE}, {out}>", {}, table
            made = self.layer(text, value.buffer, value.buffer.shape[:-1] + (out,), params, info)
        out = self.atom(weight.shape[0])
        dims = list(x.dims)
        dims[axis] = out
        if drop:
            del dims[axis]
        return Value(made, dims, tuple(a for a in x.order if a not in inner) + out)

    def columns(self, weight, atoms, order):
        """Columns in ONNX's order put into the memory's."""
        parts = weight.reshape([weight.shape[0]] + [self.size[a] for a in atoms])
        return np.ascontiguousarray(parts.transpose([0] + [1 + atoms.index(a) for a in order])).reshape(weight.shape)

    def channels(self, array, atoms, order):
        array = np.asarray(array)
        return np.ascontiguousarray(array.reshape([self.size[a] for a in atoms]).transpose([atoms.index(a) for a in order])).reshape(-1)

    def image(self, x, what):
        """The buffer as [width, channels] or [height, width, channels]."""
        rank = len(x.dims) - 2
        if rank not in (1, 2):
            raise Unsupported(f"{what} over {rank} axes", "one or two")
        if x.dims[0] not in ((), (BATCH,)):
            raise Unsupported(f"its first axis of {self.extent(x.dims[0])} is not the batch", "a batch of 1")
        for axis in x.dims[1:]:
            self.no_batch(axis, what)
        return self.arranged(x, [*x.dims[2:], x.dims[1]])

    def from_image(self, x, buffer):
        """The value of an image layer's output."""
        spatial = [self.atom(e) for e in buffer.shape[:-1]]
        channels = self.atom(buffer.shape[-1])
        order = sum(spatial, ()) + channels
        return Value(buffer, [x.dims[0], channels] + spatial, order)

    # ---- products and convolutions

    def on_Gemm(self, node, a, b, c=None):
        if not isinstance(a, Value) or not isinstance(b, np.ndarray):
            raise Unsupported("needs a constant matrix", "MatMul with a constant")
        weight = b if node.get("transB", 0) else b.T
        x = Value(a.buffer, a.dims[::-1], a.order) if node.get("transA", 0) else a
        if len(x.dims) != 2:
            raise Unsupported("takes a matrix")
        alpha, beta = node.get("alpha", 1.0), node.get("beta", 1.0)
        if alpha != 1:
            weight = weight * np.float32(alpha)
        weight = weight.astype(np.float32)
        if isinstance(c, np.ndarray) and c.size in (1, weight.shape[0]) and (c.size == 1 or c.shape[-1] == c.size) and beta != 0:
            bias = np.broadcast_to(c.reshape(-1) * np.float32(beta) if beta != 1 else c.reshape(-1), [weight.shape[0]])
            return self.dense(x, 1, weight, np.ascontiguousarray(bias, np.float32))
        y = self.dense(x, 1, weight)
        if c is None or beta == 0:
            return y
        if isinstance(c, np.ndarray):
            return self.shifted(y, c * np.float32(beta))
        return self.sum(y, c if beta == 1 else self.scaled(c, np.float32(beta)))

    def on_MatMul(self, node, a, b):
        if isinstance(a, Scores) or isinstance(b, Scores):
            if isinstance(a, Scores) and isinstance(b, Value):
                return self.context(a, b)
            raise Unsupported("the weights of attention stand on the wrong side")
        if isinstance(a, Value) and isinstance(b, np.ndarray):
            if b.ndim > 2 and math.prod(b.shape[:-2]) == 1:
                b = b.reshape(b.shape[-2:])
            if b.ndim > 2:
                raise Unsupported("multiplies by another matrix for every part of a batch", "a matrix [in, out]")
            return self.dense(a, -1, b.reshape(b.shape[0], -1).T.astype(np.float32), drop=b.ndim == 1)
        if isinstance(b, Value) and isinstance(a, np.ndarray):
            if a.ndim > 2 or len(b.dims) < 2:
                raise Unsupported("multiplies by another matrix for every part of a batch", "a matrix [out, in]")
            return self.dense(b, -2, a.reshape(-1, a.shape[-1]).astype(np.float32), drop=a.ndim == 1)
        return Scores(a, b)

    def conv_weight(self, weight):
        if not isinstance(weight, np.ndarray):
            raise Unsupported("needs constant weights", "Conv with an initializer")
        return weight.astype(np.float32)

    def on_Conv(self, node, x, weight, bias=None):
        weight = self.conv_weight(weight)
        if isinstance(bias, Value):
            raise Unsupported("needs a constant bias")
        source = x.buffer.op.info.get("padded") if x.buffer.op else None
        strides, dilations, before, after = evaluate.windows(self.shape(x)[2:], node, weight.shape[2:])
        if source and source[3] == x.dims:  # Pad and Conv are one
            x, left, right, _ = source
            before, after = [a + b for a, b in zip(before, left)], [a + b for a, b in zip(after, right)]
        return self.conv(x, weight, bias, strides, dilations, before, after, node.get("group", 1))

    def conv(self, x, weight, bias, strides, dilations, before, after, groups, border=""):
        buffer = self.image(x, "a convolution")
        kernel, out = list(weight.shape[2:]), weight.shape[0]
        rank = len(kernel)
        if any(p < 0 for p in before + after):
            raise Unsupported("negative padding", "Slice")
        spatial = [(e + b + a - (k - 1) * d - 1) // s + 1
                   for e, b, a, k, d, s in zip(buffer.shape, before, after, kernel, dilations, strides)]
        if min(spatial) < 1:
            raise Unsupported("its kernel is larger than its input")
        params = {"weight": weight}
        if bias is not None:
            params["bias"] = bias.astype(np.float32)
        reach = (kernel[0] - 1) * dilations[0]
        if rank == 1 and groups == 1 and not border and after == [0] and before == [reach] and reach and \
                buffer.shape[0] % strides[0] == 0:
            text = f"inlay::causal_conv1d{'' if bias is not None else '_without_bias'}<{out}, {kernel[0]}, {strides[0]}, {dilations[0]}>"
        else:
            text = f"inlay::conv{rank}d<{out}, {window(kernel)}, {window(strides)}, {padding(before, after)}" + options(
                f"inlay::dilation<{window(dilations)}>" if set(dilations) != {1} else "",
                f"inlay::groups<{groups}>" if groups > 1 else "", "" if bias is not None else "inlay::without_bias", border) + ">"
        made = self.layer(text, buffer, spatial + [out], params,
                          {"conv": (x, weight, bias, strides, dilations, before, after, groups)} if not border else None)
        return self.from_image(x, made)

    def on_ConvTranspose(self, node, x, weight, bias=None):
        weight, groups = self.conv_weight(weight), node.get("group", 1)
        buffer = self.image(x, "a transposed convolution")
        kernel, rank = list(weight.shape[2:]), len(weight.shape) - 2
        strides, dilations = node.get("strides") or [1] * rank, node.get("dilations") or [1] * rank
        pads, extra = list(node.get("pads") or [0] * 2 * rank), list(node.get("output_padding") or [0] * rank)
        before, after = pads[:rank], pads[rank:]
        reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilations)]
        whole = [(e - 1) * s + r for e, s, r in zip(buffer.shape, strides, reach)]
        auto, wanted = node.get("auto_pad", "NOTSET"), node.get("output_shape")
        if wanted or auto in ("SAME_UPPER", "SAME_LOWER"):
            wanted = list(wanted[-rank:]) if wanted else [e * s for e, s in zip(buffer.shape, strides)]
            for i in range(rank):
                total = whole[i] + extra[i] - wanted[i]
                if total < 0:  # more than the windows reach
                    extra[i], total = extra[i] - total, 0
                small = total // 2
                before[i], after[i] = (small, total - small) if auto == "SAME_UPPER" else (total - small, small)
        # What is added behind is less taken away there, where it is more than inlay adds.
        for i in range(rank):
            taken = min(extra[i], after[i]) if extra[i] >= max(strides[i], dilations[i]) else 0
            extra[i], after[i] = extra[i] - taken, after[i] - taken
            if extra[i] >= max(strides[i], dilations[i]):
                raise Unsupported(f"output_padding {extra[i]} is not smaller than its stride or dilation")
        spatial = [w - b - a + e for w, b, a, e in zip(whole, before, after, extra)]
        out = weight.shape[1] * groups
        params = {"weight": weight}
        if bias is not None:
            params["bias"] = bias.astype(np.float32)
        text = f"inlay::conv_transpose{rank}d<{out}, {window(kernel)}, {window(strides)}, {padding(before, after)}, {window(extra)}" + options(
            f"inlay::dilation<{window(dilations)}>" if set(dilations) != {1} else "",
            f"inlay::groups<{groups}>" if groups > 1 else "", "" if bias is not None else "inlay::without_bias") + ">"
        return self.from_image(x, self.layer(text, buffer, spatial + [out], params))

    def pool(self, node, x, text, extra=""):
        kernel = node.get("kernel_shape")
        buffer = self.image(x, "pooling")
        strides, dilations, before, after = evaluate.windows(buffer.shape[:-1], node, kernel)
        if set(dilations) != {1}:
            if text != "max":
                raise Unsupported("dilated pooling", "dilations = 1")
            extra = f"inlay::dilation<{window(dilations)}>"
        spatial = [(e + b + a - (k - 1) * d - 1) // s + 1
                   for e, b, a, k, d, s in zip(buffer.shape, before, after, kernel, dilations, strides)]
        if min(spatial) < 1:
            raise Unsupported("its kernel is larger than its input")
        if any(p > k // 2 for p, k in zip(before + after, kernel + kernel)):
            raise Unsupported("padding of more than half the kernel")
        extra = extra if any(before + after) or text == "max" else ""
        full = f"inlay::{text}_pool{len(kernel)}d<{window(kernel)}, {window(strides)}, {padding(before, after)}{options(extra)}>"
        return self.from_image(x, self.layer(full, buffer, spatial + [buffer.shape[-1]]))

    def on_MaxPool(self, node, x):
        return self.pool(node, x, "max")

    def on_AveragePool(self, node, x):
        counted = node.get("count_include_pad", 0)
        if counted and node.get("ceil_mode", 0):
            raise Unsupported("count_include_pad with ceil_mode", "count_include_pad = 0")
        return self.pool(node, x, "avg", "" if counted else "inlay::count_without_padding")

    def over_all(self, x, axes, text, keep=True):
        """A pooling of everything along these axes."""
        for axis in axes:
            self.no_batch(x.dims[axis], "a reduction")
        inner = sum((x.dims[axis] for axis in axes), ())
        rest = tuple(a for a in x.order if a not in inner)
        across = tuple(a for a in x.order if a in inner)
        shape = x.buffer.shape
        if x.order == across + rest and len(shape) > 1 and shape[-1] == self.extent(rest):
            buffer = x.buffer
        else:
            buffer = self.shaped(self.permuted(x.buffer, x.order, across + rest), [self.extent(across), self.extent(rest)])
        made = self.layer(f"inlay::{text}", buffer, [self.extent(rest)])
        dims = [() if axis in axes else dim for axis, dim in enumerate(x.dims)]
        if not keep:
            dims = [dim for axis, dim in enumerate(dims) if axis not in axes]
        return Value(made, dims, rest)

    def on_GlobalAveragePool(self, node, x):
        return self.over_all(x, list(range(2, len(x.dims))), "global_avg_pool")

    def on_GlobalMaxPool(self, node, x):
        return self.over_all(x, list(range(2, len(x.dims))), "global_max_pool")

    def axes_of(self, node, x, given):
        axes = node.get("axes")
        if isinstance(given, Value):
            raise Unsupported("its axes are computed from values", "constant axes")
        if axes is None and given is not None:
            axes = [int(a) for a in np.asarray(given).reshape(-1)]
        if axes is None or (len(axes) == 0 and not node.get("noop_with_empty_axes", 0)):
            axes = range(len(x.dims))
        return sorted({a % len(x.dims) for a in axes})

    def on_ReduceMean(self, node, x, axes=None):
        return self.over_all(x, self.axes_of(node, x, axes), "global_avg_pool", bool(node.get("keepdims", 1)))

    def on_ReduceMax(self, node, x, axes=None):
        return self.over_all(x, self.axes_of(node, x, axes), "global_max_pool", bool(node.get("keepdims", 1)))

    def on_ReduceSum(self, node, x, axes=None):
        over = self.axes_of(node, x, axes)
        if not over:
            return x
        inner = sum((x.dims[axis] for axis in over), ())
        self.no_batch(inner, "a sum")
        value, inside = self.ending(x, inner, rank=2)
        rest = tuple(a for a in value.order if a not in inner)
        buffer = self.shaped(value.buffer, [self.extent(rest), self.extent(inside)] if rest else [self.extent(inside)])
        made = self.layer("inlay::dense_without_bias<1>", buffer, buffer.shape[:-1] + (1,),
                          {"weight": np.ones([1, self.extent(inside)], np.float32)})
        dims = [() if axis in over else dim for axis, dim in enumerate(x.dims)]
        if not node.get("keepdims", 1):
            dims = [dim for axis, dim in enumerate(dims) if axis not in over]
        return Value(made, dims, rest)

    # ---- activations

    def on_Relu(self, node, x): return self.elementwise(x, "inlay::relu")
    def on_Sigmoid(self, node, x): return self.elementwise(x, "inlay::sigmoid")
    def on_Tanh(self, node, x): return self.elementwise(x, "inlay::tanh")
    def on_Softplus(self, node, x): return self.elementwise(x, "inlay::softplus")
    def on_Softsign(self, node, x): return self.elementwise(x, "inlay::softsign")
    def on_HardSwish(self, node, x): return self.elementwise(x, "inlay::hard_swish")
    def on_Mish(self, node, x): return self.elementwise(x, "inlay::mish")
    def on_Identity(self, node, x): return x

    def on_Gelu(self, node, x):
        return self.elementwise(x, "inlay::gelu_tanh" if node.get("approximate") == "tanh" else "inlay::gelu")

    def on_LeakyRelu(self, node, x):
        slope = node.get("alpha", 0.01)
        if slope == 0:
            return self.elementwise(x, "inlay::relu")
        return self.elementwise(x, f"inlay::leaky_relu<{decimal(slope, 'alpha')}>")

    def on_Elu(self, node, x): return self.elementwise(x, f"inlay::elu<{decimal(node.get('alpha', 1.0), 'alpha')}>")
    def on_Celu(self, node, x): return self.elementwise(x, f"inlay::celu<{decimal(node.get('alpha', 1.0), 'alpha')}>")

    def on_Selu(self, node, x):
        alpha, gamma = node.get("alpha", 1.6732632423543772), node.get("gamma", 1.0507009873554805)
        if abs(alpha - 1.6732632423543772) < 1e-5 and abs(gamma - 1.0507009873554805) < 1e-5:
            return self.elementwise(x, "inlay::selu")
        return self.scaled(self.elementwise(x, f"inlay::elu<{decimal(alpha, 'alpha')}>"), gamma)

    def on_HardSigmoid(self, node, x):
        alpha, beta = node.get("alpha", 0.2), node.get("beta", 0.5)
        if abs(alpha - 1 / 6) < 1e-6 and beta == 0.5:
            return self.elementwise(x, "inlay::hard_sigmoid")
        y = self.elementwise(x, f"inlay::rescaling<{decimal(alpha, 'alpha')}, {decimal(beta, 'beta')}>")
        return self.elementwise(y, "inlay::clamp<0, 1>")

    def on_Clip(self, node, x, low=None, high=None):
        if isinstance(low, Value) or isinstance(high, Value):
            raise Unsupported("its limits are no constants", "Clip between constants")
        low = node.get("min") if low is None else float(low)
        high = node.get("max") if high is None else float(high)
        if low is not None and low < -3e38: low = None
        if high is not None and high > 3e38: high = None
        if low is None and high is None:
            return x
        if low == 0 and high is None:
            return self.elementwise(x, "inlay::relu")
        if low == 0 and high == 6:
            return self.elementwise(x, "inlay::relu6")
        if low is None or high is None:
            # x − limit, at least (or most) 0, and back
            limit = np.float32(low if high is None else high)
            y = self.shifted(x, -limit)
            y = self.elementwise(y, "inlay::relu") if high is None else self.scaled(
                self.elementwise(self.scaled(y, -1), "inlay::relu"), -1)
            return self.shifted(y, limit)
        return self.elementwise(x, f"inlay::clamp<{decimal(low, 'min')}, {decimal(high, 'max')}>")

    def on_PRelu(self, node, x, slope):
        if not isinstance(slope, np.ndarray):
            raise Unsupported("needs a constant slope", "LeakyRelu")
        if slope.ndim == 1 and self.graph.opset < 7:  # one per channel
            slope = slope.reshape([-1] + [1] * (len(x.dims) - 2))
        if slope.size == 1:
            return self.elementwise(x, "inlay::prelu<>", {"weight": slope.reshape(1).astype(np.float32)})
        buffer, vector = self.last_extent(x, slope)
        return Value(self.layer(f"inlay::prelu<{len(vector)}>", buffer, buffer.shape, {"weight": vector}), x.dims, x.order)

    def last_extent(self, x, array):
        """A constant as numbers of the last extent, and the buffer under that extent."""
        array = self.constant(x, array).astype(np.float32)
        depth = 0  # the atoms that the constant depends on reach down to here
        for axis in range(array.ndim):
            if array.shape[axis] > 1 and not (array == array.take([0], axis=axis)).all():
                break
            depth = axis + 1
        keep = x.order[depth:]
        buffer = self.real(x.buffer)
        last = buffer.shape[-1]
        if self.extent(keep) <= last and last % max(self.extent(keep), 1) == 0:  # within the last extent
            tail, count = (), 1
            for a in reversed(x.order):
                if count >= last: break
                tail, count = (a,) + tail, count * self.size[a]
            if count == last:
                keep = tail
        array = array.reshape((1,) * (len(x.order) - array.ndim) + array.shape)
        part = array[tuple([0] * (len(x.order) - len(keep)))] if len(keep) < len(x.order) else array
        vector = np.ascontiguousarray(np.broadcast_to(part, [self.size[a] for a in keep])).reshape(-1)
        total = math.prod(buffer.shape)
        if len(vector) != last:
            buffer = self.shaped(buffer, [len(vector)] if len(vector) == total else [total // len(vector), len(vector)])
        return buffer, vector

    def on_Softmax(self, node, x):
        if isinstance(x, Scores):
            rank = len(x.q.dims)
            if x.weights or evaluate.softmax_axes(node, rank, self.graph.opset) != (rank - 1,):
                raise Unsupported("softmax of attention over another axis than the last")
            return Scores(x.q, x.k, x.scale, x.causal, True)
        return self.softmax(node, x, False)

    def on_LogSoftmax(self, node, x):
        return self.softmax(node, x, True)

    def softmax(self, node, x, log):
        axes = evaluate.softmax_axes(node, len(x.dims), self.graph.opset)
        inner = sum((x.dims[axis] for axis in axes), ())
        self.no_batch(inner, "softmax")
        at = [x.order.index(a) for a in inner]
        if not log and at and max(at) - min(at) + 1 == len(at) and max(at) + 1 < len(x.order):
            low, high = min(at), max(at) + 1
            front, middle, behind = x.order[:low], x.order[low:high], x.order[high:]
            groups = ([front] if front else []) + [middle, behind]
            buffer = self.shaped(x.buffer, [self.extent(g) for g in groups])
            return Value(self.layer(f"inlay::softmax_over<{1 if front else 0}>", buffer, buffer.shape), x.dims, x.order)
        value, _ = self.ending(x, inner)
        return self.elementwise(value, "inlay::log_softmax" if log else "inlay::softmax")

    # ---- normalisations

    def on_BatchNormalization(self, node, x, scale, bias, mean, var):
        if node.get("training_mode", 0) or (len(node.outputs) > 1 and self.graph.opset >= 14):
            raise Unsupported("in training mode", "the model exported for inference")
        if not all(isinstance(v, np.ndarray) for v in (scale, bias, mean, var)):
            raise Unsupported("needs constant statistics")
        atoms = x.dims[1]
        self.no_batch(atoms, "normalisation")
        value, order = self.ending(x, atoms)
        put = lambda v: self.channels(v.astype(np.float32), atoms, order)
        return self.elementwise(value, f"inlay::batch_norm<{epsilon(node)}>", {
            "weight": put(scale), "bias": put(bias), "running_mean": put(mean), "running_var": put(var)})

    def on_InstanceNormalization(self, node, x, scale, bias):
        if not all(isinstance(v, np.ndarray) for v in (scale, bias)):
            raise Unsupported("needs constant scale and bias")
        if x.dims[0] not in ((), (BATCH,)):
            raise Unsupported(f"its first axis of {self.extent(x.dims[0])} is not the batch", "a batch of 1")
        rest, groups = sum(x.dims[2:], ()), x.dims[1]
        # PyTorch's GroupNorm: [N, groups, channels of one · height · width] of a value with its channels last.
        behind = x.order[x.order.index(groups[0]) + len(groups):] if groups and groups[0] in x.order else ()
        if (scale == 1).all() and not bias.any() and behind and rest[:len(behind)] == behind and \
                x.order == rest[len(behind):] + groups + behind and self.real(x.buffer).shape[-1] == self.extent(groups + behind):
            text = f"group_norm<{self.extent(groups)}, {epsilon(node)}"
            return self.elementwise(x, f"inlay::{text}, false>", {}, {"norm": (x, groups + behind, text, None)})
        value, order = self.ending(x, x.dims[1])
        if len(value.buffer.shape) == 1:
            value = Value(self.shaped(value.buffer, [self.extent(rest), self.extent(order)]), value.dims, value.order)
        put = lambda v: self.channels(v.astype(np.float32), x.dims[1], order)
        return self.elementwise(value, f"inlay::instance_norm<{epsilon(node)}, true>", {"weight": put(scale), "bias": put(bias)})

    def on_LayerNormalization(self, node, x, scale, bias=None):
        if not isinstance(scale, np.ndarray) or isinstance(bias, Value):
            raise Unsupported("needs constant scale and bias")
        axes = list(range(node.get("axis", -1) % len(x.dims), len(x.dims)))
        y = self.layer_norm(x, axes, epsilon(node))
        y = self.scaled(y, scale)
        return y if bias is None else self.shifted(y, bias)

    def layer_norm(self, x, axes, eps):
        inner = sum((x.dims[axis] for axis in axes), ())
        self.no_batch(inner, "normalisation")
        value, order = self.ending(x, inner)
        return self.elementwise(value, f"inlay::layer_norm<{eps}, false>", {}, {"norm": (value, order, f"layer_norm<{eps}", None)})

    # ---- arithmetic

    def scaled(self, x, factor):
        """x·constant"""
        factor = np.asarray(factor, np.float32)
        if isinstance(x, Scores):
            if factor.size != 1 or x.weights:
                raise Unsupported("attention with weights that are scaled one by one")
            return Scores(x.q, x.k, x.scale * float(factor.reshape(-1)[0]), x.causal)
        if factor.size == 1 and float(factor.reshape(-1)[0]) == 1:
            return self.same_rank(x, factor)
        x = self.same_rank(x, factor)
        norm = x.buffer.op.info.get("norm") if x.buffer.op else None
        if norm and norm[3] is None:
            array = self.constant(x, factor)
            value, order, text, _ = norm
            count = len(order)
            lead = array.ndim - count
            if value.order == x.order and all(array.shape[i] == 1 for i in range(lead)):
                weight = np.ascontiguousarray(np.broadcast_to(array.reshape(array.shape[lead:]), [self.size[a] for a in order])).reshape(-1)
                if text.startswith("rms_norm"):  # which has no bias
                    return Value(self.layer(f"inlay::{text}>", value.buffer, value.buffer.shape, {"weight": weight}), x.dims, x.order)
                made = self.layer(f"inlay::{text}>", value.buffer, value.buffer.shape,
                                  {"weight": weight, "bias": np.zeros_like(weight)}, {"norm": (value, order, text, weight)})
                return Value(made, x.dims, x.order)
        info = {"scaled": (x, float(factor.reshape(-1)[0]))} if factor.size == 1 else None
        if factor.size == 1 and exact(factor.reshape(-1)[0]):
            return self.elementwise(x, f"inlay::rescaling<{number(factor.reshape(-1)[0])}>", {}, info)
        buffer, vector = self.last_extent(x, factor)
        return Value(self.layer("inlay::normalization", buffer, buffer.shape,
                                {"mean": np.zeros_like(vector), "scale": vector}, info), x.dims, x.order)

    def same_rank(self, x, array):
        """A constant with more axes of one element gives them to the value."""
        array = np.asarray(array)
        if array.ndim > len(x.dims) and math.prod(array.shape[:array.ndim - len(x.dims)]) == 1:
            return Value(x.buffer, [()] * (array.ndim - len(x.dims)) + list(x.dims), x.order)
        return x

    def shifted(self, x, term):
        """x + constant"""
        term = np.asarray(term, np.float32)
        x = self.same_rank(x, term)
        info = x.buffer.op.info if x.buffer.op else {}
        array = self.constant(x, term)
        if "dense" in info and info["dense"][3] is None and x.buffer.shape == x.buffer.op.output.shape:
            source, axis, weight, _, drop = info["dense"]
            out = weight.shape[0]
            tail = math.prod(array.shape[-1:] if out > 1 and array.ndim else [1])
            if out == 1 and array.size == 1 or out > 1 and array.size == tail and x.order and self.size[x.order[-1]] == out:
                bias = np.ascontiguousarray(np.broadcast_to(array.reshape(-1), [out]))
                y = self.dense(source, axis, weight, bias, drop)
                return Value(y.buffer, x.dims, x.order)
        if "attention" in info and info["attention"][2] is None and array.size in (1, x.buffer.shape[-1]) and \
                (array.size == 1 or array.shape[-1] == array.size):
            context, weight, _ = info["attention"]
            bias = np.ascontiguousarray(np.broadcast_to(array.reshape(-1), [x.buffer.shape[-1]]))
            return Value(self.attention(context, weight, bias), x.dims, x.order)
        norm = info.get("norm")
        if norm and norm[3] is not None and "shift" not in info:
            value, order, text, weight = norm
            lead = array.ndim - len(order)
            if value.order == x.order and all(array.shape[i] == 1 for i in range(lead)):
                bias = np.ascontiguousarray(np.broadcast_to(array.reshape(array.shape[lead:]), [self.size[a] for a in order])).reshape(-1)
                made = self.layer(f"inlay::{text}>", value.buffer, value.buffer.shape, {"weight": weight, "bias": bias}, {"shift": True})
                return Value(made, x.dims, x.order)
        conv = info.get("conv")
        if conv and conv[2] is None and array.size in (1, x.buffer.shape[-1]) and (array.size == 1 or array.shape[-1] == array.size):
            source, weight, _, *rest = conv
            bias = np.ascontiguousarray(np.broadcast_to(array.reshape(-1), [weight.shape[0]]))
            y = self.conv(source, weight, bias, *rest)
            return Value(y.buffer, x.dims, x.order)
        if not term.any():
            return x
        if term.size == 1 and exact(term.reshape(-1)[0]):
            if "scaled" in info and x.buffer.op.text.startswith("inlay::rescaling<"):
                source, factor = info["scaled"]
                return self.elementwise(Value(source.buffer, x.dims, x.order), f"inlay::rescaling<{number(factor)}, {number(term.reshape(-1)[0])}>")
            return self.elementwise(x, f"inlay::rescaling<1, {number(term.reshape(-1)[0])}>")
        buffer = self.real(x.buffer)
        if array.size == math.prod(buffer.shape) and len(buffer.shape) == 2:
            return Value(self.layer(f"inlay::positional_embedding<{buffer.shape[0]}>", buffer, buffer.shape,
                                    {"weight": array.reshape(buffer.shape)}), x.dims, x.order)
        buffer, vector = self.last_extent(x, term)
        return Value(self.layer("inlay::normalization", buffer, buffer.shape,
                                {"mean": -vector, "scale": np.ones_like(vector)}), x.dims, x.order)

    def met(self, a, b):
        """Two values of one shape: one of them repeated, where that is possible."""
        rank = max(len(a.dims), len(b.dims))
        a, b = (Value(v.buffer, [()] * (rank - len(v.dims)) + list(v.dims), v.order) for v in (a, b))
        sa, sb = self.shape(a), self.shape(b)
        if sa == sb:
            return a, b
        wide = [max(p, q) for p, q in zip(sa, sb)]
        if any(p not in (1, w) or q not in (1, w) for p, q, w in zip(sa, sb, wide)):
            raise Unsupported(f"{sa} and {sb} do not fit each other")
        return self.repeated(a, wide, b), self.repeated(b, wide, a)

    def repeated(self, x, shape, other):
        now = self.shape(x)
        if now == shape:
            return x
        grown = [axis for axis in range(len(shape)) if now[axis] != shape[axis]]
        if any(BATCH in other.dims[axis] for axis in grown):
            raise Unsupported("a value of one sample would be repeated for the batch")
        # [1, elements] to [times, elements], or [elements, 1] to [elements, times]
        dims, fresh = list(x.dims), ()
        for axis in grown:
            dims[axis] = self.atom(shape[axis])
            fresh += dims[axis]
        buffer = self.shaped(x.buffer, [1, math.prod(x.buffer.shape)])
        times = self.extent(fresh)
        made = self.layer(f"inlay::upsample_nearest1d<{times}>", buffer, [times, buffer.shape[1]])
        return Value(made, dims, fresh + x.order)

    def joined(self, text, a, b, arguments=()):
        """a, the value that passes, and b in its order."""
        a, b = self.met(a, b)
        a, b, mapping = self.alike(a, b)
        first, second = self.real(a.buffer), self.permuted(b.buffer, b.order, [mapping[x] for x in a.order])
        second = self.shaped(second, first.shape)
        return Value(self.join(f"inlay::{text}", first, second, first.shape, arguments), a.dims, a.order)

    def sum(self, a, b):
        return self.joined("plus", a, b)

    def on_Add(self, node, a, b):
        if isinstance(a, np.ndarray):
            a, b = b, a
        if isinstance(a, Scores):
            return self.masked(a, b)
        if isinstance(b, Scores):
            return self.masked(b, a)
        return self.shifted(a, b) if isinstance(b, np.ndarray) else self.sum(a, b)

    def on_Sub(self, node, a, b):
        if isinstance(b, np.ndarray):
            return self.shifted(a, -b)
        if isinstance(a, np.ndarray):
            return self.shifted(self.scaled(b, -1), a)
        return self.joined("plus", a, b, (Op("inlay::rescaling<-1>", []),))

    def on_Mul(self, node, a, b):
        if isinstance(a, np.ndarray):
            a, b = b, a
        if isinstance(b, np.ndarray):
            return self.scaled(a, b)
        if isinstance(a, Scores) or isinstance(b, Scores):
            raise Unsupported("attention with weights that are multiplied")
        return self.joined("times", a, b)

    def on_Div(self, node, a, b):
        if not isinstance(b, np.ndarray):
            raise Unsupported("division by a value", "Div by a constant, LayerNormalization")
        return self.scaled(a, np.float32(1) / b.astype(np.float32))

    def on_Neg(self, node, x): return self.scaled(x, -1)

    def on_Pow(self, node, x, power):
        if not isinstance(power, np.ndarray) or power.size != 1 or float(power.reshape(-1)[0]) not in (1, 2, 3):
            raise Unsupported("powers but 1, 2 and 3", "Mul(x, x)")
        y = x
        for _ in range(int(power.reshape(-1)[0]) - 1):
            y = self.joined("times", y, x)
        return y

    def on_Sum(self, node, *all):
        live = [v for v in all if isinstance(v, Value)]
        y = live[0]
        for v in live[1:]:
            y = self.sum(y, v)
        for v in all:
            if isinstance(v, np.ndarray):
                y = self.shifted(y, v)
        return y

    def on_Mean(self, node, *all):
        y = self.on_Sum(node, *all)
        return y if len(all) == 1 else self.scaled(y, np.float32(1) / np.float32(len(all)))

    def one_input(self, node, *all):
        if len(all) > 1:
            raise Unsupported("of several values", NEAREST.get(node.op, ""))
        return all[0]
    on_Max = on_Min = one_input

    # ---- the same elements

    def on_Cast(self, node, x):
        if isinstance(x, Value) and x.buffer.op is None and getattr(x.buffer, "integers", False) and node.get("to") not in (1, 10, 11):
            return x
        if node.get("to") in (1, 11) and not getattr(x.buffer if isinstance(x, Value) else x, "integers", False):
            return x
        raise Unsupported("between numbers of different kinds", "float")

    def on_Dropout(self, node, x, ratio=None, training=None):
        if training is not None and bool(np.asarray(training).reshape(-1)[0]) and (ratio is None or float(ratio) != 0):
            raise Unsupported("in training mode", "the model exported for inference")
        return x

    def on_Reshape(self, node, x, shape=None):
        if shape is None:
            shape = node.get("shape")
        if not isinstance(shape, (np.ndarray, list)):
            raise Unsupported("its shape is computed from values", "a constant shape")
        target, now = [int(v) for v in np.asarray(shape).reshape(-1)], self.shape(x)
        if not node.get("allowzero", 0):
            target = [now[i] if v == 0 and i < len(now) else v for i, v in enumerate(target)]
        if -1 in target:
            known = -math.prod(target)
            target[target.index(-1)] = math.prod(now) // known if known > 0 else 0
        if min(target, default=1) < 1:
            raise Unsupported("an extent of 0")
        return self.reshaped(x, target)

    def on_Flatten(self, node, x):
        axis, shape = node.get("axis", 1), self.shape(x)
        axis = axis + len(shape) if axis < 0 else axis
        return self.reshaped(x, [math.prod(shape[:axis]), math.prod(shape[axis:])])

    def on_Transpose(self, node, x):
        axes = node.get("perm") or range(len(x.dims))[::-1]
        return Value(x.buffer, [x.dims[a] for a in axes], x.order)

    def on_Squeeze(self, node, x, axes=None):
        given = node.get("axes") if axes is None else [int(a) for a in np.asarray(axes).reshape(-1)]
        if given is None:
            given = [i for i, d in enumerate(x.dims) if not d]
        drop = {a % len(x.dims) for a in given}
        if any(x.dims[a] for a in drop):
            raise Unsupported("of an axis of several elements")
        return Value(x.buffer, [d for i, d in enumerate(x.dims) if i not in drop], x.order)

    def on_Unsqueeze(self, node, x, axes=None):
        given = node.get("axes") if axes is None else [int(a) for a in np.asarray(axes).reshape(-1)]
        rank = len(x.dims) + len(given)
        dims = list(x.dims)
        for a in sorted(a % rank for a in given):
            dims.insert(a, ())
        return Value(x.buffer, dims, x.order)

    def on_Expand(self, node, x, shape):
        if not isinstance(shape, np.ndarray):
            raise Unsupported("its shape is computed from values", "a constant shape")
        target = [int(v) for v in shape.reshape(-1)]
        rank = max(len(target), len(x.dims))
        y = Value(x.buffer, [()] * (rank - len(x.dims)) + list(x.dims), x.order)
        now = self.shape(y)
        target = [max(t, n) for t, n in zip([1] * (rank - len(target)) + target, now)]
        return self.repeated(y, target, Value(y.buffer, [()] * rank, ()))

    def depth(self, node, x, to_depth):
        b, (n, c, h, w) = node.get("blocksize"), self.shape(x)
        if to_depth:
            y = self.reshaped(x, [n, c, h // b, b, w // b, b])
            y = Value(y.buffer, [y.dims[i] for i in (0, 3, 5, 1, 2, 4)], y.order)
            return self.reshaped(y, [n, c * b * b, h // b, w // b])
        if node.get("mode", "DCR") == "CRD":
            y, axes = self.reshaped(x, [n, c // (b * b), b, b, h, w]), (0, 1, 4, 2, 5, 3)
        else:
            y, axes = self.reshaped(x, [n, b, b, c // (b * b), h, w]), (0, 3, 4, 1, 5, 2)
        y = Value(y.buffer, [y.dims[i] for i in axes], y.order)
        return self.reshaped(y, [n, c // (b * b), h * b, w * b])

    def on_DepthToSpace(self, node, x): return self.depth(node, x, False)
    def on_SpaceToDepth(self, node, x): return self.depth(node, x, True)

    def cut(self, x, axis, start, end, step=1):
        """x[start:end:step] along an ONNX axis."""
        extent = self.extent(x.dims[axis])
        if step < 1:
            raise Unsupported("backwards", "a recurrent layer with direction = reverse")
        if start == 0 and end >= extent and step == 1:
            return x
        count = -(-(end - start) // step)
        if count < 1:
            raise Unsupported("of no elements")
        atoms = x.dims[axis]
        self.no_batch(atoms, "a slice")
        conv = x.buffer.op.info.get("conv") if x.buffer.op else None
        if conv and axis == len(x.dims) - 1 and len(x.dims) == 3 and start == 0 and step == 1 and conv[3] == [1] and \
                conv[6][0] >= extent - end and x.dims[0] in ((), (BATCH,)):
            source, weight, bias, strides, dilations, before, after, groups = conv  # Chomp1d: less padding behind
            y = self.conv(source, weight, bias, strides, dilations, before, [after[0] - (extent - end)], groups)
            return y
        shape = self.real(x.buffer).shape
        if count == 1 and end >= extent and len(shape) == 2 and shape[0] == extent and x.order[:len(atoms)] == atoms:
            made = self.layer("inlay::last_step", x.buffer, shape[1:])
            return Value(made, [() if i == axis else d for i, d in enumerate(x.dims)], x.order[len(atoms):])
        at = [x.order.index(a) for a in atoms]
        value = x
        if at != list(range(at[0], at[0] + len(at))):
            rest = tuple(a for a in x.order if a not in atoms)
            value = Value(self.permuted(x.buffer, x.order, rest + atoms), x.dims, rest + atoms)
            at = [value.order.index(a) for a in atoms]
        front, behind = value.order[:at[0]], value.order[at[-1] + 1:]
        buffer = self.real(value.buffer)
        # The extent that is this axis, or a shape where there is one.
        place = next((i for i in range(len(buffer.shape)) if buffer.shape[i] == extent and
                      math.prod(buffer.shape[:i]) == self.extent(front)), None)
        if place is None:
            groups = ([front] if front else []) + [atoms] + ([behind] if behind else [])
            buffer = self.shaped(buffer, [self.extent(g) for g in groups])
            place = 1 if front else 0
        shape = list(buffer.shape)
        shape[place] = count
        info = {"sliced": (value, extent, start, end)} if not behind and step == 1 else None
        made = self.layer(f"inlay::slice<{place}, {start}, {end}{options(str(step) if step > 1 else '')}>", buffer, shape, {}, info) \
            if info else self.layer(f"inlay::slice<{place}, {start}, {end}{options(str(step) if step > 1 else '')}>", buffer, shape)
        dims = list(value.dims)
        dims[axis] = self.atom(count)
        return Value(made, dims, front + dims[axis] + behind)

    def on_Slice(self, node, x, *rest):
        if any(isinstance(v, Value) for v in rest):
            raise Unsupported("its range is computed from values", "constants")
        starts, ends, axes, steps = evaluate.slice_arguments(node, self.shape(x), rest)
        for start, end, axis, step in zip(starts, ends, axes, steps):
            whole = step == -1 and start == self.extent(x.dims[axis]) - 1 and end == -1
            x = self.backwards(x, axis) if whole else self.cut(x, axis, start, end, step)
        return x

    def backwards(self, x, axis):
        """A sequence from its end. Two of these and the layers between them are `reversed<layers…>`."""
        atoms = x.dims[axis]
        if not atoms:
            return x
        rest = tuple(a for a in x.order if a not in atoms)
        self.no_batch(atoms, "a slice")
        buffer = self.shaped(self.permuted(x.buffer, x.order, atoms + rest), [self.extent(atoms), self.extent(rest)])
        between, at = [], buffer
        while at.op and len(at.op.inputs) == 1 and at.op.text != BACKWARDS:
            between.insert(0, Op(at.op.text, [], at.op.params, at.op.arguments, {"tied": at.op.info.get("tied")}))
            at = at.op.inputs[0]
        if at.op and at.op.text == BACKWARDS and len(at.shape) == 2 and at.shape[0] == buffer.shape[0] and between:
            op = Op("inlay::reversed", [at.op.inputs[0]], arguments=tuple(between))
            op.output = Buffer(buffer.shape, op)
            self.ops.append(op)
            return Value(op.output, x.dims, atoms + rest)
        return Value(self.layer(BACKWARDS, buffer, buffer.shape), x.dims, atoms + rest)

    def on_Split(self, node, x, *rest):
        axis = node.get("axis", 0) % len(x.dims)
        sizes = evaluate.split_sizes(node, self.extent(x.dims[axis]), rest, len(node.outputs))
        parts, at = [], 0
        for size in sizes:
            parts.append(self.cut(x, axis, at, at + size))
            at += size
        return parts

    def on_Gather(self, node, x, indices):
        axis = node.get("axis", 0)
        if isinstance(x, np.ndarray) and isinstance(indices, Value):
            if axis != 0 or x.ndim != 2 or not getattr(indices.buffer, "integers", False):
                raise Unsupported("of a constant by values", "a table [words, features] by tokens of the input")
            buffer = self.shaped(indices.buffer, [math.prod(indices.buffer.shape)])
            table = {"weight": x.astype(np.float32)}
            self.tables.append(table)
            made = self.layer(f"inlay::embedding<{x.shape[0]}, {x.shape[1]}>", buffer, [buffer.shape[0], x.shape[1]], table)
            features = self.atom(x.shape[1])
            return Value(made, list(indices.dims) + [features], indices.order + features)
        if not isinstance(indices, np.ndarray) or not isinstance(x, Value):
            raise Unsupported("by values", "constant indices")
        axis %= len(x.dims)
        extent = self.extent(x.dims[axis])
        flat = [int(i) % extent for i in indices.reshape(-1)]
        step = flat[1] - flat[0] if len(flat) > 1 else 1
        if step >= 1 and flat == list(range(flat[0], flat[0] + step * len(flat), step)):
            y = self.cut(x, axis, flat[0], flat[-1] + 1, step)
        else:
            parts = [self.cut(x, axis, i, i + 1) for i in flat]
            y = self.beside(parts, axis)
        if indices.ndim == 0:
            return Value(y.buffer, [d for i, d in enumerate(y.dims) if i != axis], y.order)
        if indices.ndim > 1:
            shape = self.shape(y)
            return self.reshaped(y, shape[:axis] + list(indices.shape) + shape[axis + 1:])
        return y

    def on_Concat(self, node, *all):
        if any(not isinstance(v, Value) for v in all):
            raise Unsupported("with a constant", "values only")
        return self.beside(list(all), node.get("axis") % len(all[0].dims))

    def beside(self, all, axis):
        y = all[0]
        for x in all[1:]:
            y = self.two_beside(y, x, axis)
        return y

    def two_beside(self, a, b, axis):
        self.no_batch(a.dims[axis] + b.dims[axis], "joining")
        whole = self.atom(self.extent(a.dims[axis]) + self.extent(b.dims[axis]))
        others = lambda v: Value(v.buffer, [d if i != axis else () for i, d in enumerate(v.dims)], [x for x in v.order if x not in v.dims[axis]])
        ra, rb, mapping = self.alike(others(a), others(b))
        # The order of the other axes in memory is that of the first.
        split = lambda v, r: Value(v.buffer, [d if i != axis else v.dims[axis] for i, d in enumerate(r.dims)], self.refine(v, r))
        a, b = split(a, ra), split(b, rb)
        rest = tuple(x for x in a.order if x not in a.dims[axis])
        theirs = tuple(mapping[x] for x in rest)
        inner_a, inner_b = a.dims[axis], b.dims[axis]
        dims = [whole if i == axis else d for i, d in enumerate(a.dims)]
        if rest and a.order == inner_a + rest and b.order == inner_b + theirs:  # the outermost: blocks one after the other
            first, second = self.shaped(a.buffer, [math.prod(a.buffer.shape)]), self.shaped(b.buffer, [math.prod(b.buffer.shape)])
            made = self.join("inlay::concat", first, second, [first.shape[0] + second.shape[0]])
            return Value(made, dims, whole + rest)
        first, second = self.permuted(a.buffer, a.order, rest + inner_a), self.permuted(b.buffer, b.order, theirs + inner_b)
        la, lb = self.extent(inner_a), self.extent(inner_b)
        head = first.shape[:-1] if first.shape[-1] == la else ((self.extent(rest),) if rest else ())
        first, second = self.shaped(first, head + (la,)), self.shaped(second, head + (lb,))
        made = self.join("inlay::concat", first, second, head + (la + lb,))
        return Value(made, dims, rest + whole)

    def refine(self, value, refined):
        """The order of `value` with the finer atoms of `refined`, whose axes but one are the same."""
        finer = {}
        for old, new in zip(value.dims, refined.dims):
            at = 0
            for atom in old:
                parts, size = (), 1
                while size < self.size[atom] and new:
                    parts, size, at = parts + (new[at],), size * self.size[new[at]], at + 1
                if parts:
                    finer[atom] = parts
        return tuple(x for atom in value.order for x in finer.get(atom, (atom,)))

    def on_Pad(self, node, x, pads=None, value=None, axes=None):
        if pads is None:
            pads = node.get("pads", node.get("paddings"))
        if pads is None or isinstance(pads, Value):
            raise Unsupported("its padding is computed from values", "constants")
        pads, rank, mode = [int(p) for p in np.asarray(pads).reshape(-1)], len(x.dims), node.get("mode", "constant")
        if axes is not None:
            full = [0] * 2 * rank
            for i, a in enumerate(int(v) % rank for v in axes.reshape(-1)):
                full[a], full[a + rank] = pads[i], pads[i + len(axes)]
            pads = full
        before, after = pads[:rank], pads[rank:]
        fill = node.get("value", 0.0) if value is None else float(np.asarray(value).reshape(-1)[0])
        for axis in range(rank):
            if before[axis] < 0 or after[axis] < 0:
                extent = self.shape(x)[axis]
                x = self.cut(x, axis, max(-before[axis], 0), extent - max(-after[axis], 0))
        before, after = [max(p, 0) for p in before], [max(p, 0) for p in after]
        if not any(before + after):
            return x
        border = {"constant": "", "reflect": "inlay::reflect", "edge": "inlay::replicate", "wrap": "inlay::circular"}.get(mode)
        if border is None or (fill != 0 and mode == "constant"):
            raise Unsupported(f"with {fill if mode == 'constant' else mode}", "zeros, reflect, edge")
        if rank not in (3, 4) or before[0] or after[0] or before[1] or after[1]:
            raise Unsupported("of other axes than height and width", "an image [N, C, H, W] or a sequence [N, C, T]")
        # A convolution of one weight for each channel that is 1.
        count, spatial = self.shape(x)[1], rank - 2
        y = self.conv(x, np.ones([count, 1] + [1] * spatial, np.float32), None, [1] * spatial, [1] * spatial, before[2:], after[2:], count, border)
        if mode == "constant":
            y.buffer.op.info = {"padded": (x, before[2:], after[2:], y.dims)}
        return y

    def on_Resize(self, node, x, *rest):
        sizes = rest[2] if len(rest) > 2 else None
        scales = rest[1] if len(rest) > 1 else rest[0] if rest else None
        return self.resize(node, x, scales, sizes, node.get("coordinate_transformation_mode", "half_pixel"), node.get("nearest_mode", "round_prefer_floor"))

    def on_Upsample(self, node, x, scales=None):
        return self.resize(node, x, node.get("scales") if scales is None else scales, None, "asymmetric", "floor")

    def resize(self, node, x, scales, sizes, where, nearest):
        shape, mode = self.shape(x), node.get("mode", "nearest")
        if sizes is not None and np.size(sizes):
            scales = [int(s) / e for s, e in zip(np.asarray(sizes).reshape(-1), shape)]
        scales = [float(s) for s in np.asarray(scales).reshape(-1)]
        if len(scales) != len(shape) or any(s != round(s) or s < 1 for s in scales):
            raise Unsupported(f"by {scales}", "whole factors")
        scales = [int(s) for s in scales]
        if scales[:2] != [1, 1]:
            raise Unsupported("of batch or channels")
        buffer, rank = self.image(x, "resizing"), len(shape) - 2
        spatial = [e * s for e, s in zip(buffer.shape, scales[2:])] + [buffer.shape[-1]]
        if mode == "nearest":
            same = where == "asymmetric" and nearest == "floor" or where in ("half_pixel", "pytorch_half_pixel") and nearest in ("round_prefer_floor", "round_prefer_ceil")
            if not same:
                raise Unsupported(f"nearest with {where}, {nearest}", "asymmetric, floor")
            text = f"inlay::upsample_nearest{rank}d<{window(scales[2:])}>"
        elif mode == "linear" and where in ("half_pixel", "pytorch_half_pixel", "align_corners"):
            name = "bilinear2d" if rank == 2 else "linear1d"
            text = f"inlay::upsample_{name}<{window(scales[2:])}{options('inlay::align_corners' if where == 'align_corners' else '')}>"
        else:
            raise Unsupported(f"{mode} with {where}", "nearest, or linear with half_pixel or align_corners")
        return self.from_image(x, self.layer(text, buffer, spatial))

    # ---- recurrent layers

    def on_RNN(self, node, *inputs): return self.recurrent(node, *inputs)
    def on_GRU(self, node, *inputs): return self.recurrent(node, *inputs)
    def on_LSTM(self, node, *inputs): return self.recurrent(node, *inputs)

    def recurrent(self, node, x, w, r, b=None, lengths=None, h0=None, c0=None, peepholes=None):
        if not all(isinstance(v, np.ndarray) for v in (w, r)) or isinstance(b, Value):
            raise Unsupported("needs constant weights")
        if peepholes is not None:
            raise Unsupported("with peepholes", "LSTM without P")
        if node.get("clip") is not None or node.get("input_forget", 0):
            raise Unsupported("with clip or input_forget", "without")
        if node.get("layout", 0):
            x = Value(x.buffer, [x.dims[1], x.dims[0], x.dims[2]], x.order)
        steps = self.extent(x.dims[0])
        if lengths is not None and (isinstance(lengths, Value) or any(int(v) != steps for v in lengths.reshape(-1))):
            raise Unsupported("with sequences of other lengths", "sequence_lens = time")
        for state in (h0, c0):
            if state is not None and (isinstance(state, Value) or state.any()):
                raise Unsupported("with a first state that is not 0", "zeros; inlay's net(x, state) carries on")
        if x.dims[1] not in ((), (BATCH,)):
            raise Unsupported("its second axis is not the batch", "one sample, or a batch")
        if node.op == "LSTM" and len(node.outputs) > 2 and node.outputs[2] and self.is_read(node.outputs[2]):
            raise Unsupported("its cell state is read", "Y and Y_h")
        hidden, directions, gates = r.shape[2], w.shape[0], {"RNN": 1, "GRU": 3, "LSTM": 4}[node.op]
        default = {"RNN": ["Tanh"], "GRU": ["Sigmoid", "Tanh"], "LSTM": ["Sigmoid", "Tanh", "Tanh"]}[node.op]
        given = [a.capitalize() for a in node.get("activations") or default * directions]
        each = len(default)
        order = {"RNN": [0], "GRU": [1, 0, 2], "LSTM": [0, 2, 3, 1]}[node.op]
        b = np.zeros([directions, 2 * gates * hidden], np.float32) if b is None else b.astype(np.float32)
        buffer = self.arranged(x, [x.dims[0], x.dims[2]])
        layers = []
        for d in range(directions):
            put = lambda m: np.ascontiguousarray(np.concatenate(
                [m.reshape(gates, hidden, -1)[k] for k in order])).reshape(m.shape)
            bw, br = put(b[d, :gates * hidden]), put(b[d, gates * hidden:])
            params = {"weight_ih_l0": put(w[d].astype(np.float32)), "weight_hh_l0": put(r[d].astype(np.float32)), "bias_ih_l0": bw, "bias_hh_l0": br}
            names, text = given[d * each:(d + 1) * each], str(hidden)
            if node.op == "LSTM" and names != default or node.op == "GRU" and names[0] != "Sigmoid":
                raise Unsupported(f"with {', '.join(names)}", ", ".join(default))
            if names[-1] not in ("Tanh", "Relu", "Sigmoid"):
                raise Unsupported(f"with {names[-1]}", "Tanh, Relu, Sigmoid")
            if names[-1] != "Tanh":
                text += f", inlay::{names[-1].lower()}"
            if node.op == "GRU" and not node.get("linear_before_reset", 0):
                text += ", inlay::reset_before_product"
                params["bias_ih_l0"] = bw + br
                del params["bias_hh_l0"]
            layers.append(Op(f"inlay::{node.op.lower()}<{text}>", [], params))
        t, h, ways = x.dims[0], self.atom(hidden), self.atom(directions)
        backwards = node.get("direction", "forward") == "reverse"
        if directions == 2:
            op = Op("inlay::parallel", [self.real(buffer)], arguments=(layers[0], Op("inlay::reversed", [], arguments=(layers[1],))))
        elif backwards:
            op = Op("inlay::reversed", [self.real(buffer)], arguments=(layers[0],))
        else:
            op = Op(layers[0].text, [self.real(buffer)], layers[0].params)
        op.output = Buffer([steps, directions * hidden], op)
        self.ops.append(op)
        y = op.output
        batch = x.dims[1]
        dims = [batch, t, ways, h] if node.get("layout", 0) else [t, ways, batch, h]
        results = [Value(y, dims, t + ways + h)]
        if len(node.outputs) > 1 and node.outputs[1]:
            last = lambda: self.layer("inlay::last_step", y, [directions * hidden])
            first = lambda: self.shaped(self.layer("inlay::slice<0, 0, 1>", y, [1, directions * hidden]), [directions * hidden]) if steps > 1 \
                else self.shaped(y, [directions * hidden])
            part = lambda buffer, d: self.layer(f"inlay::slice<0, {d * hidden}, {(d + 1) * hidden}>", buffer, [hidden])
            if directions == 2:
                state = self.join("inlay::concat", part(last(), 0), part(first(), 1), [2 * hidden])
            else:
                state = first() if backwards else last()
            results.append(Value(state, [batch, ways, h] if node.get("layout", 0) else [ways, batch, h], ways + h))
        return results

    def is_read(self, name):
        return name in self.graph.outputs or any(name in node.inputs for node in self.graph.nodes)

    # ---- attention

    def masked(self, scores, mask):
        if isinstance(mask, Value) or scores.weights:
            raise Unsupported("attention with a mask that is no constant", "a causal mask, or none")
        steps = self.extent(scores.q.dims[-2])
        mask = np.broadcast_to(np.asarray(mask, np.float64), [steps, steps]) if np.asarray(mask).ndim <= 2 else \
            np.asarray(mask, np.float64).reshape([-1] + list(np.shape(mask)[-2:]))
        if mask.ndim == 3:
            if not (mask == mask[:1]).all():
                raise Unsupported("attention with another mask for every head", "a causal mask, or none")
            mask = np.broadcast_to(mask[0], [steps, steps])
        if not mask.any():
            return scores
        upper = np.triu(np.ones([steps, steps], bool), 1)
        if (mask[~upper] == 0).all() and (mask[upper] <= -1e4).all():
            return Scores(scores.q, scores.k, scores.scale, True)
        raise Unsupported("attention with a mask that is not causal", "a causal mask, or none")

    def on_Where(self, node, condition, x, y):
        if isinstance(condition, np.ndarray) and isinstance(x, Scores) and isinstance(y, np.ndarray) and y.size == 1:
            return self.masked(x, np.where(condition, 0, y))
        if isinstance(condition, np.ndarray) and isinstance(y, Scores) and isinstance(x, np.ndarray) and x.size == 1:
            return self.masked(y, np.where(condition, x, 0))
        raise Unsupported("has no layer", "Mul by a constant mask")

    def projection(self, value):
        """Where a value is W·x + b of a sequence x: x's buffer, W, b and a factor."""
        factor, buffer, rows = 1.0, value.buffer, None
        while buffer.op:
            info = buffer.op.info
            if "scaled" in info:
                factor *= info["scaled"][1]
                buffer = info["scaled"][0].buffer
            elif "sliced" in info:
                source, extent, start, end = info["sliced"]
                inner = self.real(buffer).shape[-1] // (end - start)  # features for each element of the axis
                low, high = start * inner, end * inner
                rows = (low, high) if rows is None else (low + rows[0], low + rows[1])
                buffer = source.buffer
            elif "projection" in info:
                x, w, b = info["projection"]
                low, high = rows or (0, len(w))
                return x.buffer, w[low:high], None if b is None else b[low:high], factor
            elif buffer.op.text.startswith(("inlay::reshape", "inlay::flatten")):
                buffer = buffer.op.inputs[0]
            else:
                break
        raise Unsupported("the product of two values is a layer only within attention", "self_attention of x·W + b")

    def context(self, scores, v):
        """softmax(q·kᵀ·scale)·v: to be computed with the product that follows."""
        q, k = scores.q, scores.k
        if not scores.weights or len({len(q.dims), len(k.dims), len(v.dims)}) > 1 or len(q.dims) < 2:
            raise Unsupported("the product of two values is a layer only within attention", "self_attention")
        heads = sum(q.dims[:-2], ())
        heads = tuple(a for a in heads if a != BATCH)
        time, features = q.dims[-2], q.dims[-1]
        (xq, wq, bq, fq), (xk, wk, bk, fk), (xv, wv, bv, fv) = map(self.projection, (q, k, v))
        if xq is not xk or xq is not xv:
            raise Unsupported("attention of several values", "self_attention: queries, keys and values of one value")
        for one, rows, columns in ((q, -2, -1), (k, -1, -2), (v, -2, -1)):
            leading = tuple(a for axis in one.dims[:-2] for a in axis if a != BATCH)
            if one.order != one.dims[rows] + leading + one.dims[columns]:
                raise Unsupported("attention whose heads are laid out in another way", "heads · head size, as torch.nn.MultiheadAttention")
        if self.extent(heads) != self.extent(tuple(a for axis in k.dims[:-2] for a in axis if a != BATCH)):
            raise Unsupported("attention with other heads for keys", "as many heads for queries, keys and values")
        head, count = self.extent(features), self.extent(heads)
        if self.extent(v.dims[-1]) != head:
            raise Unsupported("values of another size than keys")
        ratio = scores.scale * fq * fk * math.sqrt(head)
        if abs(ratio - 1) > 1e-6:
            wq, bq = wq * np.float32(ratio), None if bq is None else bq * np.float32(ratio)
        if fv != 1:
            wv, bv = wv * np.float32(fv), None if bv is None else bv * np.float32(fv)
        biases = None
        if any(b is not None for b in (bq, bk, bv)):
            biases = np.concatenate([np.zeros(len(w), np.float32) if b is None else b for w, b in ((wq, bq), (wk, bk), (wv, bv))])
        fresh = self.atom(head)
        order = time + heads + fresh
        info = {"context": {"x": xq, "heads": count, "head": head, "causal": scores.causal, "order": tuple(order),
                            "features": heads + fresh, "weight": np.concatenate([wq, wk, wv]), "bias": biases}}
        op = Op("attention", [xq], info=info)
        op.output = Buffer([math.prod(xq.shape[:-1]), count * head], op)
        return Value(op.output, [*q.dims[:-1], fresh], order)

    def attention(self, context, weight, bias):
        x = context["x"]
        if len(x.shape) > 2:
            raise Unsupported("attention of an image", "a sequence")
        width = x.shape[-1]
        if weight.shape[0] != width:
            raise Unsupported(f"attention that gives {weight.shape[0]} features for {width}", "as many")
        steps = x.shape[0] if len(x.shape) == 2 else 1
        if len(x.shape) == 1:
            x = self.shaped(x, [1, width])
        has_bias = context["bias"] is not None or bias is not None
        params = {"in_proj_weight": context["weight"]}
        if has_bias:
            params["in_proj_bias"] = np.zeros(len(context["weight"]), np.float32) if context["bias"] is None else context["bias"]
        params["out_proj.weight"] = weight
        if has_bias:
            params["out_proj.bias"] = np.zeros(width, np.float32) if bias is None else bias
        given = options(f"inlay::head_size<{context['head']}>" if context["heads"] * context["head"] != width else "", "" if has_bias else "inlay::without_bias")
        text = f"inlay::causal_self_attention<{context['heads']}, {steps}{given}>" if context["causal"] else \
            f"inlay::self_attention<{context['heads']}{given}>"
        return self.layer(text, x, x.shape, params, {"attention": (context, weight, bias)})

    def real(self, buffer):
        """What attention gives without a product behind it."""
        if buffer.op and "context" in buffer.op.info:
            width = buffer.shape[-1]
            return self.attention(buffer.op.info["context"], np.eye(width, dtype=np.float32), None)
        return buffer
