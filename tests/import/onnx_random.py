#!/usr/bin/python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Random graphs of reshapes, transpositions, slices, joins, products and convolutions: what is imported gives what NumPy does. On request:

    onnx_random.py SEED COUNT      70 graphs take half a minute
"""
import os
import random
import sys
import tempfile

import numpy as np
from onnx import helper, numpy_helper

from cases import Case, graph, listing, run
from onnx_import import evaluate


class Graph:
    def __init__(self, seed):
        self.choose, self.draw = random.Random(seed), np.random.default_rng(seed)
        self.shapes = {'x': self.choose.choice([[1, 6], [1, 4, 6], [1, 2, 4, 6], [2, 4, 6], [1, 3, 5, 5], [2, 2, 4, 4]])}
        self.nodes, self.constants, self.last = [], {}, 'x'
        for _ in range(self.choose.randint(2, 7)):
            self.add(self.last if self.choose.random() < 0.7 else self.choose.choice(list(self.shapes)))
            if np.prod(self.shapes[self.last]) > 2000:
                break

    def constant(self, array):
        self.constants[f'c{len(self.constants)}'] = np.asarray(array)
        return f'c{len(self.constants) - 1}'

    def weights(self, *extents):
        return self.constant(self.draw.normal(size=extents).astype(np.float32))

    def node(self, op, inputs, shape, **attributes):
        self.last = f't{len(self.nodes)}'
        self.nodes.append(helper.make_node(op, inputs, [self.last], **attributes))
        self.shapes[self.last] = list(shape)

    def add(self, v):
        choose, shape = self.choose, self.shapes[v]
        rank, kind = len(shape), choose.randint(0, 9)
        if kind == 0:
            self.node(choose.choice(['Relu', 'Tanh', 'Sigmoid', 'Softplus']), [v], shape)
        elif kind == 1:
            axes = [0] + choose.sample(range(1, rank), rank - 1)
            self.node('Transpose', [v], [shape[i] for i in axes], perm=axes)
        elif kind == 2:
            out = choose.randint(1, 5)
            self.node('MatMul', [v, self.weights(shape[-1], out)], shape[:-1] + [out])
        elif kind == 3:
            count = int(np.prod(shape[1:]))
            forms = [[count]] + [[a, count // a] for a in range(1, count + 1) if count % a == 0]
            forms += [[a, b, count // a // b] for a in range(1, 7) for b in range(1, 7) if count % (a * b) == 0]
            form = [shape[0]] + choose.choice(forms)
            self.node('Reshape', [v, self.constant(form)], form)
        elif kind == 4:
            alike = [name for name, other in self.shapes.items() if other == shape]
            self.node(choose.choice(['Add', 'Mul', 'Sub']), [v, choose.choice(alike)], shape)
        elif kind == 5:
            self.node(choose.choice(['Add', 'Mul']), [v, self.weights(*[choose.choice([1, extent]) for extent in shape[1:]])], shape)
        elif kind == 6:
            fitting = [(name, axis) for name, other in self.shapes.items() for axis in range(1, rank)
                       if len(other) == rank and all(other[i] == shape[i] for i in range(rank) if i != axis)]
            other, axis = choose.choice(fitting)
            self.node('Concat', [v, other], [e + (self.shapes[other][i] if i == axis else 0) for i, e in enumerate(shape)], axis=axis)
        elif kind == 7:
            axis = choose.randint(1, rank - 1)
            start = choose.randint(0, shape[axis] - 1)
            end = choose.randint(start + 1, shape[axis])
            self.node('Slice', [v] + [self.constant([n]) for n in (start, end, axis)], [end - start if i == axis else e for i, e in enumerate(shape)])
        elif kind == 8 and rank in (3, 4) and min(shape[2:]) > 1:
            self.node('Conv', [v, self.weights(3, shape[1], *[2] * (rank - 2))], [shape[0], 3] + [e - 1 for e in shape[2:]])
        elif kind == 9:
            self.node('Softmax', [v], shape, axis=choose.randint(1, rank - 1))

    def model(self):
        x, y = (helper.make_tensor_value_info(name, 1, shape) for name, shape in (('x', self.shapes['x']), (self.last, None)))
        held = [numpy_helper.from_array(array, name) for name, array in self.constants.items()]
        return helper.make_model(helper.make_graph(self.nodes, 'g', [x], [y], held), opset_imports=[helper.make_opsetid('', 13)])


def main():
    seed, count = (int(argument) for argument in sys.argv[1:])
    cases = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            made = Graph(seed * 100000 + number)
            if not made.nodes:
                continue
            path = os.path.join(folder, 'model.onnx')
            with open(path, 'wb') as file:
                file.write(made.model().SerializeToString())
            model, x = graph.read(path), made.draw.normal(size=made.shapes['x']).astype(np.float32)
            cases.append(Case(f'graph{number}', listing.convert(model), [({'x': x}, {made.last: evaluate.outputs(model, {'x': x})[0]})]))
        wrong = [one for at in range(0, len(cases), 70) if (one := run(cases[at:at + 70], folder, f'random{at}'))]
    print('\n'.join(wrong) or f'{len(cases)} graphs agree')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
