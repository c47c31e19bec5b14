# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""ONNX operators in NumPy: for constants that a graph computes, and for outputs to compare with where no runtime is installed."""
import math

import numpy as np
from onnx import mapping


class Unknown(Exception):
    """An operator that is not here."""


def _axes(node, x, values, default=None):
    axes = node.get("axes")
    if axes is None and len(values) > 1 and values[1] is not None:
        axes = [int(a) for a in np.asarray(values[1]).reshape(-1)]
    if axes is None or (len(axes) == 0 and not node.get("noop_with_empty_axes")):
        axes = list(range(x.ndim)) if default is None else default
    return tuple(a % x.ndim for a in axes)


def _reduce(function):
    def run(node, x, *rest):
        return function(x, axis=_axes(node, x, (x, *rest)), keepdims=bool(node.get("keepdims", 1)))
    return run


def _erf(x):
    return np.vectorize(math.erf, otypes=[np.float64])(x).astype(x.dtype)


def _softmax(x, axes):
    e = np.exp(x - x.max(axis=axes, keepdims=True))
    return e / e.sum(axis=axes, keepdims=True)


def reshape(x, target, allow_zero=0):
    target = [int(t) for t in np.asarray(target).reshape(-1)]
    target = [x.shape[i] if t == 0 and not allow_zero else t for i, t in enumerate(target)]
    return x.reshape(target)


def _slice(node, x, *rest):
    starts, ends, axes, steps = slice_arguments(node, x.shape, rest)
    index = [slice(None)] * x.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps):
        index[axis] = slice(start, None if step < 0 and end < 0 else end, step)
    return x[tuple(index)]


def slice_arguments(node, shape, rest):
    """Starts, ends, axes and steps within the extents."""
    def given(i, name):
        if i < len(rest) and rest[i] is not None:
            return [int(v) for v in np.asarray(rest[i]).reshape(-1)]
        return node.get(name)
    starts, ends = given(0, "starts"), given(1, "ends")
    axes = [a % len(shape) for a in given(2, "axes") or range(len(starts))]
    steps = given(3, "steps") or [1] * len(starts)
    for k, axis in enumerate(axes):
        extent = shape[axis]
        low, high = (0, extent) if steps[k] > 0 else (-1, extent - 1)
        start, end = starts[k], ends[k]
        start = min(max(start + extent if start < 0 else start, max(low, 0)), extent if steps[k] > 0 else high)
        end = min(max(end + extent if end < 0 else end, low), high)
        starts = starts[:k] + [start] + starts[k + 1:]
        ends = ends[:k] + [end] + ends[k + 1:]
    return starts, ends, axes, steps


def split_sizes(node, extent, rest, count):
    sizes = node.get("split")
    if sizes is None and rest and rest[0] is not None:
        sizes = [int(v) for v in np.asarray(rest[0]).reshape(-1)]
    if sizes is None:
        part = -(-extent // count)
        sizes = [part] * (count - 1) + [extent - part * (count - 1)]
    return sizes


def _unsqueeze(node, x, *rest):
    axes = node.get("axes")
    if axes is None:
        axes = [int(a) for a in np.asarray(rest[0]).reshape(-1)]
    rank = x.ndim + len(axes)
    axes = sorted(a % rank for a in axes)
    for a in axes:
        x = np.expand_dims(x, a)
    return x


def _squeeze(node, x, *rest):
    axes = node.get("axes")
    if axes is None and rest and rest[0] is not None:
        axes = [int(a) for a in np.asarray(rest[0]).reshape(-1)]
    return np.squeeze(x) if axes is None else np.squeeze(x, axis=tuple(a % x.ndim for a in axes))


def _cast(node, x):
    return x.astype(mapping.TENSOR_TYPE_TO_NP_TYPE[node.get("to")])


def _constant(node):
    for name in ("value", "value_float", "value_int", "value_floats", "value_ints"):
        if node.get(name) is not None:
            value = node.get(name)
            kind = np.float32 if "float" in name else np.int64
            return value if name == "value" else np.asarray(value, kind)
    raise Unknown


def windows(shape, node, kernel):
    """Of a convolution or pooling over `shape`: strides, dilations, padding before and after, as lists."""
    rank = len(shape)
    strides = list(node.get("strides") or [1] * rank)
    dilations = list(node.get("dilations") or [1] * rank)
    pads = list(node.get("pads") or [0] * 2 * rank)
    before, after = pads[:rank], pads[rank:]
    auto = node.get("auto_pad", "NOTSET")
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        for i in range(rank):
            reach = (kernel[i] - 1) * dilations[i] + 1
            total = max((-(-shape[i] // strides[i]) - 1) * strides[i] + reach - shape[i], 0)
            small = total // 2
            before[i], after[i] = (small, total - small) if auto == "SAME_UPPER" else (total - small, small)
    elif auto == "VALID":
        before, after = [0] * rank, [0] * rank
    if node.get("ceil_mode", 0):
        for i in range(rank):
            reach = (kernel[i] - 1) * dilations[i] + 1
            left = (shape[i] + before[i] + after[i] - reach) % strides[i]
            # The last window starts within the input or its padding before.
            if left and (shape[i] + before[i] + after[i] - reach) // strides[i] * strides[i] + strides[i] < shape[i] + before[i]:
                after[i] += strides[i] - left
    return strides, dilations, before, after


def _patches(x, kernel, strides, dilations):
    """[N, C, out…, kernel…]"""
    rank = len(kernel)
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilations)]
    view = np.lib.stride_tricks.sliding_window_view(x, reach, axis=tuple(range(2, 2 + rank)))
    index = [slice(None), slice(None)] + [slice(None, None, s) for s in strides] + [slice(None, None, d) for d in dilations]
    return view[tuple(index)]


def _pad(x, before, after, value=0.0):
    return np.pad(x, [(0, 0), (0, 0)] + list(zip(before, after)), constant_values=value)


def _conv(node, x, w, b=None):
    kernel, groups = w.shape[2:], node.get("group", 1)
    strides, dilations, before, after = windows(x.shape[2:], node, kernel)
    patches = _patches(_pad(x, before, after), kernel, strides, dilations)
    rank, each, out = len(kernel), x.shape[1] // groups, w.shape[0] // groups
    parts = []
    for g in range(groups):
        part = np.tensordot(patches[:, g * each:(g + 1) * each], w[g * out:(g + 1) * out],
                            axes=([1] + list(range(2 + rank, 2 + 2 * rank)), list(range(1, 2 + rank))))
        parts.append(np.moveaxis(part, -1, 1))
    y = np.concatenate(parts, axis=1)
    return y if b is None else y + b.reshape([1, -1] + [1] * rank)


def _conv_transpose(node, x, w, b=None):
    kernel, groups, rank = w.shape[2:], node.get("group", 1), w.ndim - 2
    strides, dilations = node.get("strides") or [1] * rank, node.get("dilations") or [1] * rank
    pads, extra = node.get("pads") or [0] * 2 * rank, node.get("output_padding") or [0] * rank
    if node.get("auto_pad", "NOTSET") != "NOTSET" or node.get("output_shape"):
        raise Unknown
    whole = [(e - 1) * s + (k - 1) * d + 1 for e, s, k, d in zip(x.shape[2:], strides, kernel, dilations)]
    y = np.zeros([x.shape[0], w.shape[1] * groups] + [e + o for e, o in zip(whole, extra)])
    each, out = x.shape[1] // groups, w.shape[1]
    for at in np.ndindex(*kernel):
        place = tuple(slice(u * d, u * d + (e - 1) * s + 1, s) for u, d, e, s in zip(at, dilations, x.shape[2:], strides))
        for g in range(groups):
            part = np.tensordot(x[:, g * each:(g + 1) * each], w[(slice(g * each, (g + 1) * each), slice(None)) + at], axes=([1], [0]))
            y[(slice(None), slice(g * out, (g + 1) * out)) + place] += np.moveaxis(part, -1, 1)
    ends = [e - pads[i + rank] for i, e in enumerate(y.shape[2:])]
    y = y[(slice(None), slice(None)) + tuple(slice(pads[i], ends[i]) for i in range(rank))]
    return y if b is None else y + b.reshape([1, -1] + [1] * rank)


def _cumsum(node, x, axis):
    if node.get("exclusive", 0) or node.get("reverse", 0):
        raise Unknown
    return np.cumsum(x, axis=int(axis), dtype=x.dtype)


def _max_pool(node, x):
    kernel = node.get("kernel_shape")
    strides, dilations, before, after = windows(x.shape[2:], node, kernel)
    y = _patches(_pad(x, before, after, -np.inf), kernel, strides, dilations)
    return y.max(axis=tuple(range(-len(kernel), 0)))


def _avg_pool(node, x):
    kernel = node.get("kernel_shape")
    strides, dilations, before, after = windows(x.shape[2:], node, kernel)
    axes = tuple(range(-len(kernel), 0))
    total = _patches(_pad(x, before, after), kernel, strides, dilations).sum(axis=axes)
    if node.get("count_include_pad", 0):
        return total / np.prod(kernel)
    count = _patches(_pad(np.ones_like(x), before, after), kernel, strides, dilations).sum(axis=axes)
    return total / count


def _padded(node, x, pads=None, value=None, axes=None):
    pads = [int(p) for p in np.asarray(node.get("pads") if pads is None else pads).reshape(-1)]
    if axes is not None or min(pads) < 0:
        raise Unknown
    mode = node.get("mode", "constant")
    fill = {"constant_values": node.get("value", 0.0) if value is None else np.asarray(value).reshape(-1)[0]} if mode == "constant" else {}
    return np.pad(x, list(zip(pads[:x.ndim], pads[x.ndim:])), mode=mode, **fill)


def _gemm(node, a, b, c=None):
    a = a.T if node.get("transA", 0) else a
    b = b.T if node.get("transB", 0) else b
    y = node.get("alpha", 1.0) * (a @ b)
    return y if c is None else y + node.get("beta", 1.0) * c


def _batch_norm(node, x, scale, bias, mean, var):
    s = [1, -1] + [1] * (x.ndim - 2)
    return (x - mean.reshape(s)) / np.sqrt(var.reshape(s) + node.get("epsilon", 1e-5)) * scale.reshape(s) + bias.reshape(s)


def _instance_norm(node, x, scale, bias):
    axes, s = tuple(range(2, x.ndim)), [1, -1] + [1] * (x.ndim - 2)
    mean, var = x.mean(axis=axes, keepdims=True), x.var(axis=axes, keepdims=True)
    return (x - mean) / np.sqrt(var + node.get("epsilon", 1e-5)) * scale.reshape(s) + bias.reshape(s)


def _layer_norm(node, x, scale, bias=None):
    axes = tuple(range(node.get("axis", -1) % x.ndim, x.ndim))
    y = (x - x.mean(axis=axes, keepdims=True)) / np.sqrt(x.var(axis=axes, keepdims=True) + node.get("epsilon", 1e-5)) * scale
    return y if bias is None else y + bias


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _recurrent(node, x, w, r, b=None, lengths=None, h0=None, c0=None):
    op, layout = node.op, node.get("layout", 0)
    x = x.swapaxes(0, 1) if layout else x
    hidden, directions, steps = r.shape[2], w.shape[0], x.shape[0]
    relu = {"Relu": lambda v: np.maximum(v, 0), "Tanh": np.tanh, "Sigmoid": _sigmoid}
    names = node.get("activations") or {"RNN": ["Tanh"], "GRU": ["Sigmoid", "Tanh"], "LSTM": ["Sigmoid", "Tanh", "Tanh"]}[op] * directions
    each, all_y, last = len(names) // directions, [], []
    for d in range(directions):
        f = [relu[name] for name in names[d * each:(d + 1) * each]]
        gates = {"RNN": 1, "GRU": 3, "LSTM": 4}[op]
        wb = rb = np.zeros(gates * hidden)
        if b is not None:
            wb, rb = b[d, :gates * hidden], b[d, gates * hidden:]
        h = np.zeros((x.shape[1], hidden)) if h0 is None else h0[d]
        c = np.zeros_like(h) if c0 is None else c0[d]
        ys = [None] * steps
        backwards = node.get("direction") == "reverse" or d == 1
        for t in (range(steps - 1, -1, -1) if backwards else range(steps)):
            a, u = x[t] @ w[d].T + wb, h @ r[d].T + rb
            if op == "RNN":
                h = f[0](a + u)
            elif op == "GRU":
                az, ar, an = np.split(a, 3, -1)
                uz, ur, un = np.split(u, 3, -1)
                z, reset = f[0](az + uz), f[0](ar + ur)
                if node.get("linear_before_reset", 0):
                    n = f[1](an + reset * un)
                else:
                    n = f[1](an + (reset * h) @ r[d][2 * hidden:].T + rb[2 * hidden:])
                h = (1 - z) * n + z * h
            else:
                i, o, forget, g = (f[k](v) for k, v in zip((0, 0, 0, 1), np.split(a + u, 4, -1)))
                c = forget * c + i * g
                h = o * f[2](c)
            ys[t] = h
        all_y.append(np.stack(ys))
        last.append(h)
    y, y_h = np.stack(all_y, 1), np.stack(last)
    return (y.transpose(2, 0, 1, 3), y_h.swapaxes(0, 1)) if layout else (y, y_h)


ELEMENTWISE = {
    "Add": np.add, "Sub": np.subtract, "Mul": np.multiply, "Neg": np.negative, "Abs": np.abs, "Exp": np.exp, "Log": np.log,
    "Sqrt": np.sqrt, "Pow": np.power, "Tanh": np.tanh, "Erf": _erf, "Sigmoid": _sigmoid, "Reciprocal": lambda x: 1 / x,
    "Div": lambda a, b: a // b if np.issubdtype(np.result_type(a, b), np.integer) else a / b,
    "Relu": lambda x: np.maximum(x, 0), "Softplus": lambda x: np.logaddexp(x, 0), "Softsign": lambda x: x / (1 + np.abs(x)),
    "Identity": lambda x: x, "Max": lambda *all: np.maximum.reduce(np.broadcast_arrays(*all)),
    "Min": lambda *all: np.minimum.reduce(np.broadcast_arrays(*all)), "Sum": lambda *all: sum(all[1:], all[0]),
    "HardSwish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
}
ELEMENTWISE_WITH_NODE = {
    "HardSigmoid": lambda n, x: np.clip(n.get("alpha", 0.2) * x + n.get("beta", 0.5), 0, 1),
    "LeakyRelu": lambda n, x: np.where(x > 0, x, n.get("alpha", 0.01) * x),
    "Elu": lambda n, x: np.where(x > 0, x, n.get("alpha", 1.0) * np.expm1(np.minimum(x, 0))),
    "Celu": lambda n, x: np.where(x > 0, x, n.get("alpha", 1.0) * np.expm1(np.minimum(x, 0) / n.get("alpha", 1.0))),
    "Selu": lambda n, x: n.get("gamma", 1.0507009873554805) *
        np.where(x > 0, x, n.get("alpha", 1.6732632423543772) * np.expm1(np.minimum(x, 0))),
    "Clip": lambda n, x, low=None, high=None: np.clip(x, n.get("min", -np.inf) if low is None else low,
                                                      n.get("max", np.inf) if high is None else high),
    "Cast": _cast,
}
OTHERS = {
    "Constant": _constant, "Reshape": lambda n, x, s: reshape(x, s, n.get("allowzero", 0)),
    "Shape": lambda n, x: np.asarray(x.shape[n.get("start", 0):n.get("end", x.ndim)], np.int64),
    "Size": lambda n, x: np.asarray(x.size, np.int64),
    "Transpose": lambda n, x: x.transpose(n.get("perm") or range(x.ndim)[::-1]), "Unsqueeze": _unsqueeze, "Squeeze": _squeeze,
    "Concat": lambda n, *all: np.concatenate(all, n.get("axis")), "Slice": _slice,
    "Gather": lambda n, x, i: np.take(x, i, axis=n.get("axis", 0)),
    "Expand": lambda n, x, s: x * np.ones([int(v) for v in s], x.dtype),
    "ConstantOfShape": lambda n, s: np.full([int(v) for v in s], np.asarray(n.get("value", np.zeros(1, np.float32))).reshape(-1)[0]),
    "Range": lambda n, a, b, c: np.arange(a, b, c), "Floor": lambda n, x: np.floor(x), "Ceil": lambda n, x: np.ceil(x),
    "ConvTranspose": _conv_transpose, "CumSum": _cumsum, "Tile": lambda n, x, r: np.tile(x, r), "And": lambda n, a, b: np.logical_and(a, b),
    "GreaterOrEqual": lambda n, a, b: np.greater_equal(a, b), "LessOrEqual": lambda n, a, b: np.less_equal(a, b),
    "Equal": lambda n, a, b: np.equal(a, b), "Greater": lambda n, a, b: np.greater(a, b), "Less": lambda n, a, b: np.less(a, b),
    "Not": lambda n, x: np.logical_not(x), "Where": lambda n, c, a, b: np.where(c, a, b),
    "Trilu": lambda n, x, k=0: np.triu(x, int(k)) if n.get("upper", 1) else np.tril(x, int(k)),
    "Flatten": lambda n, x: x.reshape(int(np.prod(x.shape[:n.get("axis", 1) % (x.ndim + 1) if n.get("axis", 1) >= 0 else n.get("axis") + x.ndim])), -1),
    "ReduceMean": _reduce(np.mean), "ReduceSum": _reduce(np.sum), "ReduceMax": _reduce(np.max), "ReduceProd": _reduce(np.prod),
    "MatMul": lambda n, a, b: a @ b, "Gemm": _gemm, "Conv": _conv, "MaxPool": _max_pool, "AveragePool": _avg_pool,
    "GlobalAveragePool": lambda n, x: x.mean(axis=tuple(range(2, x.ndim)), keepdims=True),
    "GlobalMaxPool": lambda n, x: x.max(axis=tuple(range(2, x.ndim)), keepdims=True),
    "BatchNormalization": _batch_norm, "InstanceNormalization": _instance_norm, "LayerNormalization": _layer_norm,
    "LSTM": _recurrent, "GRU": _recurrent, "RNN": _recurrent, "Dropout": lambda n, x, *rest: x,
    "Pad": _padded, "PRelu": lambda n, x, a: np.where(x > 0, x, a * x),
    "Split": lambda n, x, *rest: tuple(np.split(x, np.cumsum(split_sizes(
        n, x.shape[n.get("axis", 0)], rest, len(n.outputs)))[:-1], axis=n.get("axis", 0))),
}


def softmax_axes(node, rank, opset):
    axis = node.get("axis", -1 if opset >= 13 else 1) % rank
    return (axis,) if opset >= 13 else tuple(range(axis, rank))


def run(node, values, opset):
    """The outputs of one node, as a tuple."""
    with np.errstate(all="ignore"):
        if node.domain:
            raise Unknown
        if opset < 7 and len(values) == 2 and (node.op == "PRelu" and values[1].ndim == 1 or node.get("broadcast")):
            axis = 1 if node.op == "PRelu" else node.get("axis", values[0].ndim - values[1].ndim)  # where the second one stands
            behind = max(values[0].ndim - axis - values[1].ndim, 0)
            values = [values[0], values[1].reshape(list(values[1].shape) + [1] * behind)]
        if node.op in ELEMENTWISE:
            result = ELEMENTWISE[node.op](*values)
        elif node.op in ELEMENTWISE_WITH_NODE:
            result = ELEMENTWISE_WITH_NODE[node.op](node, *values)
        elif node.op in ("Softmax", "LogSoftmax"):
            result = _softmax(values[0], softmax_axes(node, values[0].ndim, opset))
            result = np.log(result) if node.op == "LogSoftmax" else result
        elif node.op in OTHERS:
            result = OTHERS[node.op](node, *values)
        else:
            raise Unknown
    return result if isinstance(result, tuple) else (np.asarray(result),)


def outputs(graph, inputs):
    """What the graph gives, computed in double; None where an operator is not here."""
    wide = lambda x: x.astype(np.float64) if x.dtype.kind == "f" else x
    values = {name: wide(np.asarray(x)) for name, x in graph.constants.items()}
    values.update({name: wide(np.asarray(x)) for name, x in inputs.items()})
    try:
        for node in graph.nodes:
            results = run(node, [values[name] if name else None for name in node.inputs], graph.opset)
            for name, result in zip(node.outputs, results):
                values[name] = wide(result)
    except (Unknown, TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError):
        return None
    return [values[name] for name in graph.outputs]
