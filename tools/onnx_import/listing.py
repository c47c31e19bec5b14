# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Operations on values as inlay's list: what is read later is kept under a name, what is read once stands where it is read."""
import itertools
import math
import re

import numpy as np

from .convert import BACKWARDS, TABLE, Converter, Failed
from .graph import Refused
from .values import BATCH, Unsupported, Value


class Item:
    """A layer in the text: its arguments inside <> are texts, its layers Items."""

    def __init__(self, text, params=None, inside=(), tied=None):
        """`tied`: the params of the embedding whose table this uses."""
        self.text, self.params, self.inside, self.tied = text, {} if params is None else params, list(inside), tied

    def spelled(self, separator=" "):
        if not self.inside:
            return self.text
        inner = ", ".join(one.spelled() for one in self.inside)
        return f"{self.text[:-1]}, {inner}>" if self.text.endswith(">") else f"{self.text}<{inner}>"

    def places(self, path):
        yield path, self
        for i, one in enumerate(self.inside):
            yield from one.places(f"{path}{i}.")

    def tensors(self, path):
        for name, array in self.params.items():
            yield path + name, array
        for i, one in enumerate(self.inside):
            yield from one.tensors(f"{path}{i}.")


class Network:
    """`type` as C++, `tensors` by path, `inputs` and `outputs`: (name in ONNX, Value, name in inlay)."""


def item_of(op):
    return Item(op.text, op.params, [item_of(one) for one in op.arguments], op.info.get("tied"))


def convert(graph, outputs=None):
    """The network of a graph, by the reading that needs the fewest permutations."""
    wanted = outputs or graph.outputs
    ranks = [len(shape) for _, _, shape in graph.inputs]
    if not graph.inputs:
        raise Refused(f"{graph.file}: has no inputs")
    static = {shape[0] if shape else 1 for _, _, shape in graph.inputs}
    second = {shape[1] if len(shape) > 1 else 1 for _, _, shape in graph.inputs}
    recurrent = any(node.op in ("LSTM", "GRU", "RNN") for node in graph.nodes)
    axes = [0] if min(ranks) > 0 and len(static) == 1 else []
    if recurrent and len(second) == 1:
        axes.append(1)
    axes.append(None)
    images = [name for name, _, shape in graph.inputs if len(shape) >= 3]
    first_error = None
    for axis in axes:
        best = None
        for choice in ([], images) if images else ([],):
            try:
                network = build(graph, axis, choice, wanted)
            except Unsupported as error:
                first_error = first_error or error
                continue
            if best is None or network.cost < best.cost:
                best = network
        if best:
            return best
    raise first_error


def build(graph, axis, channels_last, wanted):
    work = Converter(graph, axis, channels_last)
    work.run()
    outputs = []
    for name in wanted:
        value = work.values.get(name)
        if isinstance(value, Failed):
            raise value.error
        if isinstance(value, np.ndarray):
            raise Refused(f"{graph.file}: the output {name!r} is a constant")
        if not isinstance(value, Value):
            raise Unsupported("the weights of attention are no output")
        buffer = work.real(value.buffer)
        value = Value(buffer, value.dims, value.order)
        # Every ONNX axis is one axis of the array, or one run of it, in order; whatever else is put right.
        flat = [tuple(a for a in dim if a != BATCH) for dim in value.dims]
        runs = all(not dim or value.order[value.order.index(dim[0]):][:len(dim)] == dim for dim in flat)
        if not runs:
            order = sum(flat, ())
            value = Value(work.permuted(value.buffer, value.order, order), value.dims, order)
        outputs.append((name, value))
    return Lister(work, outputs).network()


class Lister:
    def __init__(self, work, outputs):
        self.work, self.outputs = work, outputs
        # The value after the last layer is that of the last operation.
        place = {op: i for i, op in enumerate(work.ops)}
        self.outputs = sorted(outputs, key=lambda one: place.get(one[1].buffer.op, -1))
        self.names = {}

    def used(self):
        """The operations that outputs need, in order, and how often each buffer is read."""
        reads, needed, stack = {}, set(), [value.buffer for _, value in self.outputs]
        for buffer in stack:
            reads[buffer] = reads.get(buffer, 0) + 1
        while stack:
            op = stack.pop().op
            if op is None or op in needed:
                continue
            needed.add(op)
            for one in op.inputs:
                reads[one] = reads.get(one, 0) + 1
                stack.append(one)
        return [op for op in self.work.ops if op in needed], reads

    def name(self, buffer):
        if buffer not in self.names:
            self.names[buffer] = f"v{len([b for b in self.names if b not in self.inputs]) + 1}"
        return self.names[buffer]

    def network(self):
        work = self.work
        ops, reads = self.used()
        if any(op.text == BACKWARDS for op in ops):
            raise Unsupported("Slice backwards, and not back again at the end", "a recurrent layer with direction = reverse")
        inputs = [(name, value) for name, value in work.inputs]
        used_inputs = [(name, value) for name, value in inputs if value.buffer in reads]
        if not used_inputs:
            raise Unsupported("no output depends on the input")
        if len(used_inputs) < len(inputs):
            unread = [name for name, value in inputs if value.buffer not in reads]
            work.notes.append("Not read by these outputs: " + ", ".join(unread) + ".")
        self.inputs = {}
        if len(used_inputs) > 1:
            taken = set()
            for name, value in used_inputs:
                if getattr(value.buffer, "integers", False):
                    raise Unsupported("several inputs, one of them of whole numbers", "an input of tokens alone")
                safe = "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in name) or "x"
                while safe in taken:
                    safe += "_"
                taken.add(safe)
                self.inputs[value.buffer] = safe
            self.names.update(self.inputs)
        ends = [value.buffer for _, value in self.outputs]
        final = ends[-1]
        inner = {}  # of a joining operation: the layers that stand in it, and what they start from
        absorbed = set()
        for op in ops:
            if len(op.inputs) != 2:
                continue
            commutes = op.text in ("inlay::plus", "inlay::times") and not op.arguments
            chains = []
            for side in (1, 0) if commutes else (1,):
                chain, at = [], op.inputs[side]
                while at.op and len(at.op.inputs) == 1 and reads[at] == 1 and at.op not in absorbed:
                    chain.insert(0, at.op)
                    at = at.op.inputs[0]
                # What passes must not be what the chain starts from alone.
                chains.append((side, chain, at))
            def rank(one):
                side, chain, at = one
                before_root = at.op is not None or at in [v.buffer for _, v in inputs]
                return (0 if before_root else 1, len(chain), side != 1)
            side, chain, root = min(chains, key=rank)
            inner[op] = (side, chain, root)
            absorbed.update(chain)
        items, kept, current = [], {}, used_inputs[0][1].buffer
        start = {used_inputs[0][1].buffer: 0}
        place_of = dict(start)  # index in items after which a buffer is there
        pending_outputs = {}
        for name, value in self.outputs:
            pending_outputs.setdefault(value.buffer, []).append(name)
        def read(buffer):
            """Reads a value that does not arrive."""
            if buffer not in self.inputs:
                kept[buffer] = True
            return self.name(buffer)
        def arrive(buffer):
            nonlocal current
            if current is not buffer:
                items.append(Item(f'inlay::take<"{read(buffer)}">'))
                current = buffer
        def give_outputs():
            for name in pending_outputs.pop(current, []):
                if not (current is final and name == self.outputs[-1][0]):
                    items.append(Item(f'inlay::output<"{self.safe_output(name)}">'))
        give_outputs()
        for op in ops:
            if op in absorbed:
                continue
            if len(op.inputs) == 1:
                arrive(op.inputs[0])
                items.append(item_of(op))
            else:
                side, chain, root = inner[op]
                arrive(op.inputs[1 - side])
                layers = [item_of(one) for one in chain] + [item_of(one) for one in op.arguments]
                items.append(Item(f'{op.text}<"{read(root)}">', inside=layers))
            current = op.output
            place_of[current] = len(items)
            give_outputs()
        arrive(final)
        if not items:
            items.append(Item("inlay::identity"))
        # The keeps, from behind.
        for buffer in sorted(kept, key=lambda b: -place_of[b]):
            items.insert(place_of[buffer], Item(f'inlay::keep<"{self.names[buffer]}">'))
        items = residuals(items)
        if any("inlay::causal_conv1d" in one.spelled() for one in items):
            streaming(items)
        places = [place for i, one in enumerate(items) for place in one.places(f"{i}.")]
        for _, item in places:
            if item.tied is not None:
                path = next((path for path, other in places if other.params is item.tied), None)
                if path is None:  # the embedding itself gives nothing to the outputs
                    item.text, item.params = f"inlay::dense_without_bias<{len(item.tied['weight'])}>", item.tied
                else:
                    item.text = item.text.replace(TABLE, f'"{path}weight"')
        result = Network()
        result.first = self.input_text(used_inputs)
        texts = [result.first] + [one.spelled() for one in items]
        result.type = "inlay::network<" + ", ".join(texts) + ">"
        result.tensors = {}
        for i, one in enumerate(items):
            result.tensors.update(one.tensors(f"{i}."))
        result.inputs = [(name, value, self.inputs.get(value.buffer, "")) for name, value in used_inputs]
        result.outputs = [(name, value, "" if i + 1 == len(self.outputs) else self.safe_output(name))
                          for i, (name, value) in enumerate(self.outputs)]
        result.cost = sum(10 * text.count("inlay::permute<") + text.count("inlay::reshape<") for text in texts)
        result.work, result.notes = work, work.notes
        result.tokens = getattr(used_inputs[0][1].buffer, "integers", False)
        if result.tokens and not any("inlay::embedding<" in text for text in texts):
            raise Unsupported("whole numbers without an embedding", "an input of float")
        return result

    def safe_output(self, name):
        safe = "".join(c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in name) or "y"
        return "out_" + safe if safe in self.names.values() else safe

    def input_text(self, used):
        if len(used) > 1:
            return "inlay::named_inputs<" + ", ".join(
                f'inlay::in<"{self.inputs[value.buffer]}", {", ".join(map(str, value.buffer.shape))}>' for _, value in used) + ">"
        buffer = used[0][1].buffer
        extents = ", ".join(map(str, buffer.shape))
        if getattr(buffer, "integers", False):
            return f"inlay::input_of<std::uint16_t, {math.prod(buffer.shape)}>"
        return f"inlay::input<{extents}>"


def streaming(items):
    """Where convolutions are causal, so are those of one step, and the network streams."""
    for item in items:
        found = re.fullmatch(r"inlay::conv1d<(\d+), 1, 1, 0(, inlay::without_bias)?>", item.text)
        if found:
            item.text = f"inlay::causal_conv1d{'_without_bias' if found[2] else ''}<{found[1]}, 1>"
        streaming(item.inside)


def residuals(items):
    """keep<"x">, layers…, plus<"x"> as residual<layers…>, where x is read nowhere else; with concat<"x"> as parallel<…>."""
    def reads(item, name):
        return (f'"{name}"' in item.text) + sum(reads(one, name) for one in item.inside)
    def names(item):
        found = [item.text.split('"')[1]] if item.text.startswith(("inlay::keep<", "inlay::output<", "inlay::accumulate<")) else []
        return found + list(itertools.chain.from_iterable(names(one) for one in item.inside))
    changed = True
    while changed:
        changed = False
        for i, item in enumerate(items):
            if not item.text.startswith("inlay::keep<"):
                continue
            name = item.text.split('"')[1]
            ends = [j for j in range(i + 1, len(items)) if reads(items[j], name)]
            if len(ends) != 1 or ends[0] == i + 1:
                continue
            end = ends[0]
            last = items[end]
            body = items[i + 1:end]
            beside = last.text == f'inlay::concat<"{name}">'
            if last.text != f'inlay::plus<"{name}">' and not beside or last.inside and not beside:
                continue
            inside = list(itertools.chain.from_iterable(names(one) for one in body))
            if any(one.text.startswith("inlay::output<") for one in body) or \
                    any(reads(one, n) for n in inside for one in items[end + 1:]):
                continue
            one = lambda layers: layers[0] if len(layers) == 1 else Item("inlay::sequential", inside=layers)
            items[i:end + 1] = [Item("inlay::parallel", inside=[one(body), one(last.inside or [Item("inlay::identity")])]) if beside
                                else Item("inlay::residual", inside=body)]
            changed = True
            break
    return items
