# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Values of a graph as inlay has them, and the layers that give them.

ONNX puts the batch and the channels first, inlay has no batch axis and the channels last. A Value says, for a buffer of
inlay's, which of its elements are which of the ONNX tensor's: both are products of the same atoms, axes that are never
split. Reshape, Transpose, Flatten, Squeeze and their kin only change what is said; a layer (`permute`, `reshape`,
`flatten`) comes in where another layer needs its elements in an order that the buffer has not.
"""
import itertools
import math

import numpy as np

MOST = 1 << 26  # numbers of a value
BATCH = 0  # the atom of the batch: in no buffer


class Unsupported(Exception):
    """`why` a node cannot be a layer, and the `nearest` form that could."""

    def __init__(self, why, nearest=""):
        super().__init__(why)
        self.why, self.nearest, self.node, self.shapes = why, nearest, None, None


class Buffer:
    """An array in the network: `shape` are inlay's extents, `op` is what gives it (None: an input)."""

    def __init__(self, shape, op=None):
        self.shape, self.op = tuple(shape), op


class Op:
    """A layer. `inputs` are buffers: the one that arrives and, for what joins values, the one that was kept."""

    def __init__(self, text, inputs, params=None, arguments=(), info=None):
        self.text, self.inputs, self.params, self.arguments = text, inputs, params or {}, arguments
        self.info = info or {}
        self.output = None


class Value:
    """`dims`: the atoms of each ONNX axis; `order`: the atoms in memory, outermost first."""

    def __init__(self, buffer, dims, order):
        self.buffer, self.dims, self.order = buffer, tuple(map(tuple, dims)), tuple(order)


class Layouts:
    """Makes buffers, and finds the layers between two orders of elements."""

    def __init__(self, batch):
        self.size = {BATCH: batch}
        self.ops, self.made = [], {}

    def atom(self, size):
        """An axis of its own; none for one element."""
        if size == 1:
            return ()
        self.size[len(self.size)] = size
        return (len(self.size) - 1,)

    def extent(self, atoms):
        return math.prod(self.size[a] for a in atoms)

    def shape(self, value):
        """In ONNX, the batch included."""
        return [self.extent(axis) for axis in value.dims]

    def layer(self, text, buffer, shape, params=None, info=None):
        if min(shape) < 1 or math.prod(shape) > MOST:
            raise Unsupported(f"gives an array of {' x '.join(map(str, shape))}", f"1 to {MOST} numbers")
        key = (text, buffer) if not params and not info else None
        if key in self.made:
            return self.made[key]
        op = Op(text, [self.real(buffer)], params, info=info)
        op.output = Buffer(shape, op)
        self.ops.append(op)
        if key:
            self.made[key] = op.output
        return op.output

    def join(self, text, first, second, shape, arguments=()):
        op = Op(text, [self.real(first), self.real(second)], arguments=arguments)
        op.output = Buffer(shape, op)
        self.ops.append(op)
        return op.output

    def real(self, buffer):
        return buffer  # convert.py has values that are not computed unless they are asked for

    def shaped(self, buffer, shape):
        shape = tuple(shape)
        buffer = self.real(buffer)
        if buffer.shape == shape:
            return buffer
        while buffer.op and buffer.op.text.startswith(("inlay::reshape<", "inlay::flatten")):
            buffer = buffer.op.inputs[0]
        if buffer.shape == shape:
            return buffer
        if len(shape) == 1:
            return self.layer("inlay::flatten", buffer, shape)
        return self.layer(f"inlay::reshape<{', '.join(map(str, shape))}>", buffer, shape)

    def permuted(self, buffer, order, want):
        """The buffer with its atoms in the order `want`."""
        order, want = tuple(order), tuple(want)
        if order == want:
            return buffer
        # What stays together is one; then the fewest permutations of up to three runs.
        runs_of, place = [], {a: i for i, a in enumerate(want)}
        for a in order:
            if runs_of and place[runs_of[-1][-1]] + 1 == place[a]:
                runs_of[-1] += (a,)
            else:
                runs_of.append((a,))
        if len(runs_of) > 7:
            raise Unsupported("its elements are needed in too different an order")
        order, want = tuple(runs_of), tuple(sorted(runs_of, key=lambda run: place[run[0]]))
        found, edge = {order: None}, [order]
        while want not in found:
            following = []
            for now in edge:
                count = len(now)
                for parts in (2, 3):
                    for cuts in itertools.combinations(range(1, count), parts - 1):
                        runs = [now[a:b] for a, b in zip((0,) + cuts, cuts + (count,))]
                        for axes in itertools.permutations(range(parts)):
                            then = sum((runs[a] for a in axes), ())
                            if then not in found:
                                found[then] = (now, runs, axes)
                                following.append(then)
            edge = following
        steps, at = [], want
        while found[at]:
            steps.append(found[at])
            at = found[at][0]
        for _, runs, axes in reversed(steps):
            extents = [self.extent(sum(run, ())) for run in runs]
            buffer = self.shaped(buffer, extents)
            buffer = self.layer(f"inlay::permute<{', '.join(map(str, axes))}>", buffer, [extents[a] for a in axes])
        return buffer

    def arranged(self, value, groups):
        """The buffer with one extent for each group of atoms, in that order."""
        want = [a for group in groups for a in group]
        assert sorted(want) == sorted(value.order), (want, value.order)
        return self.shaped(self.permuted(value.buffer, value.order, want), [self.extent(group) for group in groups])

    def ending(self, value, atoms, rank=None):
        """The value with these atoms innermost, as the last extent; they stay in the order they have in memory. At most
        `rank` extents."""
        rest = tuple(a for a in value.order if a not in atoms)
        inner = tuple(a for a in value.order if a in atoms)
        buffer = self.permuted(value.buffer, value.order, rest + inner)
        last = self.extent(inner)
        if not (buffer.shape[-1] == last and len(buffer.shape) <= (rank or 3)):
            buffer = self.shaped(buffer, [self.extent(rest), last] if rest else [last])
        return Value(buffer, value.dims, rest + inner), inner

    def no_batch(self, atoms, what):
        if BATCH in atoms:
            raise Unsupported(f"{what} goes over the batch", "the same over another axis")

    def split(self, value, atom, sizes):
        """The value with one atom made several, and those."""
        parts = tuple(itertools.chain.from_iterable(self.atom(size) for size in sizes))
        swap = lambda atoms: tuple(itertools.chain.from_iterable(parts if a == atom else (a,) for a in atoms))
        return Value(value.buffer, [swap(axis) for axis in value.dims], swap(value.order)), parts

    def reshaped(self, value, shape):
        """The same elements in ONNX's order under other extents."""
        if math.prod(self.shape(value)) != math.prod(shape):
            raise Unsupported(f"{self.shape(value)} cannot become {list(shape)}")
        attempt = self.reshape_atoms(value, shape)
        if attempt:
            return attempt
        # Axes that are cut across: in ONNX's order in memory they are one.
        flat = [a for axis in value.dims for a in axis]
        if BATCH in flat and not (flat[0] == BATCH and shape[0] == self.size[BATCH]):
            raise Unsupported(f"{self.shape(value)} as {list(shape)} cuts the batch in pieces", "a first axis that stays")
        inner = [a for a in flat if a != BATCH]
        buffer = self.permuted(value.buffer, value.order, inner)
        whole = self.atom(self.extent(inner))
        head = [(BATCH,)] if BATCH in flat else []
        return self.reshape_atoms(Value(buffer, head + [whole], whole), shape)

    def reshape_atoms(self, value, shape):
        for _ in range(100):
            flat = [a for axis in value.dims for a in axis]
            dims, at = [], 0
            for extent in shape:
                left, taken = extent, []
                while left > 1:
                    atom = flat[at]
                    size = self.size[atom]
                    if left % size == 0:
                        taken.append(atom)
                        left //= size
                        at += 1
                    elif size % left == 0 and atom != BATCH:
                        value, _ = self.split(value, atom, [left, size // left])
                        break
                    else:
                        return None
                else:
                    dims.append(tuple(taken))
                    continue
                break
            else:
                return Value(value.buffer, dims, value.order)
        return None

    def alike(self, first, second):
        """Two values of one shape with atoms of equal sizes along each axis; gives both, and second's atoms by first's."""
        for _ in range(100):
            mapping, changed = {}, False
            for a_axis, b_axis in zip(first.dims, second.dims):
                a, b = list(a_axis), list(b_axis)
                for x, y in itertools.zip_longest(a, b):
                    if x is None or y is None or (x == BATCH) != (y == BATCH):
                        raise Unsupported("the two values are not of one batch")
                    sx, sy = self.size[x], self.size[y]
                    if sx == sy:
                        mapping[x] = y
                        continue
                    if sx % sy == 0:
                        first, _ = self.split(first, x, [sy, sx // sy])
                    elif sy % sx == 0:
                        second, _ = self.split(second, y, [sx, sy // sx])
                    else:
                        raise Unsupported("the two values cut their elements in different places")
                    changed = True
                    break
                if changed:
                    break
            if not changed:
                return first, second, mapping
        raise Unsupported("the two values cut their elements in different places")

    def constant(self, value, array):
        """An array that ONNX would broadcast to the value, in the memory's order: an extent for each atom."""
        shape = self.shape(value)
        array = np.asarray(array)
        if array.ndim > len(shape):
            extra = array.shape[:array.ndim - len(shape)]
            if math.prod(extra) != 1:
                raise Unsupported("the constant has more axes than the value, which would be repeated")
            array = array.reshape(array.shape[len(extra):])
        array = array.reshape([1] * (len(shape) - array.ndim) + list(array.shape))
        if any(a not in (1, s) for a, s in zip(array.shape, shape)):
            raise Unsupported(f"{shape} would be repeated to meet a constant of {list(array.shape)}")
        extents, atoms = [], []
        for axis, extent in zip(value.dims, array.shape):
            if extent == 1 and axis:
                extents += [1] * len(axis)
            else:
                extents += [self.size[a] for a in axis]
            atoms += axis
        array = array.reshape(extents)
        if BATCH in atoms:
            at = atoms.index(BATCH)
            if array.shape[at] != 1 and not (array == array.take([0], axis=at)).all():
                raise Unsupported("the constant is another one for every sample of the batch")
            array = array.take(0, axis=at)
            atoms.remove(BATCH)
        return array.transpose([atoms.index(a) for a in value.order])

    def to_memory(self, value, array):
        """An ONNX tensor as rows of samples, each as the buffer has it."""
        atoms = [a for axis in value.dims for a in axis]
        array = np.asarray(array).reshape([self.size[a] for a in atoms])
        if BATCH not in atoms:
            array, atoms = array[None], [BATCH] + atoms
        array = array.transpose([atoms.index(a) for a in (BATCH,) + value.order])
        return array.reshape(array.shape[0], -1)
