#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Models that PyTorch has exported (make_models.py) as inlay's types with PyTorch's outputs, and what tools/inlay-import refuses."""
import contextlib
import importlib.machinery
import io
import os
import sys
import tempfile
import time
import warnings

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from needs import needs  # noqa: E402

needs('numpy', 'onnx', package='python3-onnx')
import numpy as np  # noqa: E402
import onnx  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from cases import ROOT, Case, graph, listing, run  # noqa: E402
from onnx_import import evaluate  # noqa: E402

warnings.simplefilter('ignore')
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'models')
TOOL = os.path.join(ROOT, 'tools', 'inlay-import')
sys.dont_write_bytecode = True
tool = importlib.machinery.SourceFileLoader('inlay_import', TOOL).load_module()
TYPES = {
    'attention':
        'network<input<5, 4>, causal_self_attention<2, 5>>',
    'bidirectional':
        'network<input<6, 3>, parallel<lstm<4>, reversed<lstm<4>>>, dense<3>>',
    'bidirectional_state':
        'network<input<6, 3>, parallel<gru<4>, reversed<gru<4>>>, parallel<sequential<last_step, slice<0, 0, 4>>, '
        'sequential<slice<0, 0, 1>, flatten, slice<0, 4, 8>>>>',
    'decoder':
        'network<input_of<std::uint16_t, 5>, embedding<11, 4>, positional_embedding<5>, residual<layer_norm<0.00001>, '
        'causal_self_attention<2, 5>>, residual<layer_norm<0.00001>, dense<8>, gelu, dense<4>>>',
    'depthwise':
        'network<input<6, 6, 3>, conv2d<3, 3, 1, 1, groups<3>, without_bias>, batch_norm<0.00001>, relu6, conv2d<4, 1, '
        '1, 0, without_bias>, batch_norm<0.00001>, hard_swish, conv2d<4, 3, 1, 1, groups<4>, without_bias>, '
        'batch_norm<0.00001>, relu6, conv2d<5, 1, 1, 0, without_bias>, batch_norm<0.00001>, hard_swish, '
        'global_avg_pool, dense<2>>',
    'encoder':
        'network<input<5, 8>, residual<self_attention<2>>, layer_norm<0.00001>, residual<dense<12>, relu, dense<8>>, '
        'layer_norm<0.00001>>',
    'gate':
        'network<input<6, 6, 2>, conv2d<4, 3, 1, 0>, keep<"v1">, global_avg_pool, reshape<1, 1, 4>, conv2d<2, 1, 1, 0>, '
        'relu, conv2d<4, 1, 1, 0>, sigmoid, reshape<1, 4>, upsample_nearest1d<16>, reshape<4, 4, 4>, times<"v1">, '
        'parallel<sequential<reshape<16, 2, 2>, permute<0, 2, 1>, reshape<16, 4>>, sequential<gelu, reshape<16, 2, 2>, '
        'permute<0, 2, 1>, reshape<16, 4>>>>',
    'gru':
        'network<input<6, 3>, gru<4>, gru<4>, dense<3>>',
    'heads':
        'network<named_inputs<in<"x", 6, 6, 2>, in<"z", 2>>, conv2d<4, 3, 2, 1>, group_norm<2, 0.00001>, '
        'leaky_relu<0.2>, keep<"v1">, conv_transpose2d<2, 3, 2, 1, 1>, concat<"x">, conv2d<1, 1, 1, 0>, output<"y">, '
        'take<"v1">, global_avg_pool, concat<"z">, dense<2>>',
    'lenet':
        'network<input<16, 16, 1>, conv2d<3, 5, 1, 2>, relu, max_pool2d<2, 2, 0>, conv2d<4, 5, 1, 0>, tanh, '
        'avg_pool2d<2, 2, 0>, flatten, dense<5>>',
    'lstm':
        'network<input<6, 3>, lstm<4>, last_step, dense<3>>',
    'mlp':
        'network<input<6>, dense<8>, gelu, dense<8>, silu, dense<4>, softmax>',
    'resnet':
        'network<input<6, 6, 3>, conv2d<3, 3, 1, 1, without_bias>, batch_norm<0.00001>, relu, residual<conv2d<3, 3, 1, '
        '1, without_bias>, batch_norm<0.00001>, relu, conv2d<3, 3, 1, 1, without_bias>, batch_norm<0.00001>>, relu, '
        'keep<"v2">, conv2d<4, 3, 2, 1, without_bias>, batch_norm<0.00001>, relu, conv2d<4, 3, 1, 1, without_bias>, '
        'batch_norm<0.00001>, plus<"v2", conv2d<4, 1, 2, 0, without_bias>, batch_norm<0.00001>>, relu, global_avg_pool, '
        'dense<3>>',
    'tcn':
        'network<input<10, 2>, keep<"v1">, causal_conv1d<3, 3, 1, 1>, relu, causal_conv1d<3, 3, 1, 1>, relu, plus<"v1", '
        'causal_conv1d<3, 1>>, relu, residual<causal_conv1d<3, 3, 1, 2>, relu, causal_conv1d<3, 3, 1, 2>, relu>, relu>',
}
complaints = []


def expect(right, what):
    if not right:
        complaints.append(what)


def models():
    golden, cases = np.load(os.path.join(HERE, 'golden.npz')), []
    for name, wanted in TYPES.items():
        model = graph.read(os.path.join(HERE, name + '.onnx'), {'x': golden[name + '.x'].shape})
        network = listing.convert(model)
        found = network.type.replace('inlay::', '')
        expect(found == wanted, f'{name}: is {found}')
        inputs = {one: golden[f'{name}.{one}'] for one, _, _ in model.inputs}
        outputs = {one: golden[f'{name}.{one}'] for one in model.outputs}
        cases.append(Case(name, network, [(inputs, outputs)]))
        found = evaluate.outputs(model, inputs)
        expect(found is not None and all(np.allclose(a, b, 1e-5, 1e-5) for a, b in zip(found, outputs.values())), f'{name}: evaluated otherwise')
    with tempfile.TemporaryDirectory() as folder:
        expect(not (wrong := run(cases, folder, 'models')), wrong)
    return golden


def forms(folder):
    """Layers that graphs write in several ways, by their types."""
    from onnx import helper, numpy_helper, TensorProto
    weight = np.arange(1, 5, dtype=np.float32)
    table = np.arange(28, dtype=np.float32).reshape(7, 4)
    constants = {'w': weight, 'eps': np.float32([1e-5]), 'one': np.float32(1), 'two': np.float32(2), 'table': table, 'turned': table.T,
                 'other': table.T + 1}
    rms = lambda *end, power=False: [
        ('Pow', 'x two', 'square') if power else ('Mul', 'x x', 'square'), ('ReduceMean', 'square', 'mean', {'axes': [-1], 'keepdims': 1}),
        ('Add', 'mean eps', 'sum'), ('Sqrt', 'sum', 'root'), *end]
    real, whole = 'input<3, 4>', 'input_of<std::uint16_t, 3>'
    for name, first, nodes, wanted in (
            ('div', real, rms(('Div', 'x root', 'n'), ('Mul', 'n w', 'y')), 'rms_norm<0.00001>'),
            ('reciprocal', real, rms(('Reciprocal', 'root', 'r'), ('Mul', 'x r', 'n'), ('Mul', 'w n', 'y'), power=True), 'rms_norm<0.00001>'),
            ('one over', real, rms(('Div', 'one root', 'r'), ('Mul', 'r x', 'y')), 'rms_norm<0.00001, false>'),
            ('tied', whole, [('Gather', 'table x', 'e'), ('Relu', 'e', 'r'), ('MatMul', 'r turned', 'y')],
             'embedding<7, 4>, relu, tied<"0.weight", 7>'),
            ('untied', whole, [('Gather', 'table x', 'e'), ('Relu', 'e', 'r'), ('MatMul', 'r other', 'y')],
             'embedding<7, 4>, relu, dense_without_bias<7>')):
        made = [helper.make_node(op, inputs.split(), [out], **(more[0] if more else {})) for op, inputs, out, *more in nodes]
        kind, shape = (TensorProto.FLOAT, [1, 3, 4]) if first == real else (TensorProto.INT64, [1, 3])
        model = helper.make_model(helper.make_graph(
            made, 'g', [helper.make_tensor_value_info('x', kind, shape)], [helper.make_tensor_value_info('y', TensorProto.FLOAT, None)],
            [numpy_helper.from_array(np.asarray(value), key) for key, value in constants.items()]), opset_imports=[helper.make_opsetid('', 13)])
        path = os.path.join(folder, 'form.onnx')
        with open(path, 'wb') as file:
            file.write(model.SerializeToString())
        try:
            found = listing.convert(graph.read(path)).type.replace('inlay::', '')
        except Exception as error:
            found = repr(error)
        expect(found == f'network<{first}, {wanted}>', f'{name}: is {found}')


def import_of(*arguments):
    """Status and words of tools/inlay-import."""
    said, old = io.StringIO(), sys.argv
    sys.argv = [TOOL, *arguments]
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = tool.main()
    finally:
        sys.argv = old
    return code, said.getvalue()


def whole(golden, folder):
    """From the command line to a header that says where it comes from."""
    x, y, header = (os.path.join(folder, name) for name in ('x.npy', 'y.npy', 'some.hpp'))
    np.save(x, golden['lenet.x'])
    np.save(y, golden['lenet.y'])
    model = os.path.join(HERE, 'lenet.onnx')
    code, said = import_of(model, '-o', header, '--name', 'digits', '--shape', 'x=2,1,16,16', '--inputs', x, '--outputs', y)
    expect(code == 0 and '2 samples agree with the outputs given' in said, f'importing: {code} {said}')
    text = open(header).read() if os.path.exists(header) else ''
    for part in ('namespace digits {', 'Imported from lenet.onnx (ONNX, opset 13, pytorch 1.13.0)', 'SHA-256 ', 'golden', 'inlay::conv2d<3, 5, 1, 2>',
                 'Input x [batch, 1, 16, 16]: [16, 16, 1] here.'):
        expect(part in text, f'the header has no {part!r}')
    np.save(y, golden['lenet.y'] + 0.01)
    other = os.path.join(folder, 'other.hpp')
    write, tool.prove.write_header = tool.prove.write_header, lambda *_: 'no header'
    again, tool.prove.run_header = tool.prove.run_header, lambda *_: golden['lenet.y']
    code, said = import_of(model, '-o', other, '--shape', 'x=2,1,16,16', '--inputs', x, '--outputs', y)
    tool.prove.write_header, tool.prove.run_header = write, again
    expect(code == 2 and 'differs from the outputs given' in said and not os.path.exists(other), f'other outputs: {code} {said}')


def model_of(nodes, constants=(), inputs=(('x', [1, 4]),), outputs=('y',), opset=13):
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs]
    results = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
    held = [numpy_helper.from_array(np.asarray(array), name) for name, array in dict(constants).items()]
    return helper.make_model(helper.make_graph(nodes, 'g', values, results, held), opset_imports=[helper.make_opsetid('', opset)])


def refusals(folder):
    node = helper.make_node
    weight = np.ones([4, 4], np.float32)
    kept = [node('MatMul', ['x', 'w'], ['h'])]
    away = model_of([node('MatMul', ['x', 'w'], ['y'])], {'w': weight})
    tensor = away.graph.initializer[0]
    tensor.ClearField('raw_data')
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (('location', '../secret.bin'), ('length', '64')):
        entry = tensor.external_data.add()
        entry.key, entry.value = key, value
    inside, huge = onnx.ModelProto(), onnx.ModelProto()
    inside.CopyFrom(away)
    inside.graph.initializer[0].external_data[0].value = 'weights.bin'
    huge.CopyFrom(model_of([node('MatMul', ['x', 'w'], ['y'])], {'w': weight}))
    huge.graph.initializer[0].dims[:] = [1 << 40, 1 << 40]
    strange = model_of([node('Relu', ['x'], ['y'])])
    strange.producer_name = 'strange'
    cases = [
        ('operator', model_of(kept + [node('Erf', ['h'], ['y'], name='the_erf')], {'w': weight}),
         ['the node Erf', "'the_erf'", 'has no layer', 'inputs: [1, 4]']),
        ('nearest', model_of(kept + [node('Hardmax', ['h'], ['y'])], {'w': weight}), ['Hardmax', 'nearest supported form: Softmax']),
        ('quantised', model_of([node('QuantizeLinear', ['x', 's'], ['y'])], {'s': np.float32(0.5)}), ['quantised graphs are not yet supported']),
        ('domain', model_of([node('Mine', ['x'], ['y'], domain='com.example')]), ['com.example.Mine', 'has no layer']),
        ('product', model_of([node('MatMul', ['x', 'z'], ['y'])], inputs=(('x', [1, 4]), ('z', [4, 4]))), ['weights of attention']),
        ('conv3d', model_of([node('Conv', ['x', 'w'], ['y'])], {'w': np.ones([1, 1, 2, 2, 2], np.float32)}, (('x', [1, 1, 4, 4, 4]),)), ['over 3 axes']),
        ('dynamic', model_of([node('Relu', ['x'], ['y'])], inputs=(('x', [1, 'time', 4]),)), ['[1,time,4]', '--shape x=']),
        ('cell', model_of([node('LSTM', ['x', 'w', 'r'], ['', '', 'y'], hidden_size=2)],
                          {'w': np.ones([1, 8, 4], np.float32), 'r': np.ones([1, 8, 2], np.float32)}, (('x', [3, 1, 4]),)), ['cell state']),
        ('unknown value', model_of([node('Relu', ['nothing'], ['y'])]), ['reads', 'nothing']),
        ('twice', model_of([node('Relu', ['x'], ['y']), node('Tanh', ['x'], ['y'])]), ['given twice']),
        ('outside', away, ['outside of the model']),
        ('absent', inside, ['weights.bin']),
        ('extents', huge, ['impossible extents']),
        ('attribute', model_of([node('Transpose', ['x'], ['y'], perm=[0, 7])]), ['not as ONNX defines it']),
        ('shape', model_of([node('Reshape', ['x', 's'], ['y'])], {'s': np.asarray([1 << 40, -1])}), ['Reshape']),
        ('no text', strange, ['is damaged']),
        ('doubling', model_of([node('Concat', ['c0', 'c0'], ['c1'], axis=0)] +
                              [node('Concat', [f'c{i}', f'c{i}'], [f'c{i + 1}'], axis=0) for i in range(1, 60)] + [node('Mul', ['x', 'c60'], ['y'])],
                              {'c0': np.ones(4, np.float32)}), ['more than 67108864 numbers']),
        ('squares', model_of([node('Mul', ['x', 'x'], ['h0'])] + [node('Mul', [f'h{i}', f'h{i}'], [f'h{i + 1}']) for i in range(80)] +
                             [node('Hardmax', ['h80'], ['y'])]), ['Hardmax']),
        ('enormous', model_of([node('Resize', ['x', '', 's'], ['y'], mode='nearest', coordinate_transformation_mode='asymmetric', nearest_mode='floor')],
                              {'s': np.asarray([1, 1, 1 << 20, 1 << 20], np.float32)}, (('x', [1, 1, 4, 4]),)), ['gives an array']),
        ('constant', model_of([node('ConstantOfShape', ['s'], ['c']), node('Add', ['x', 'c'], ['y'])], {'s': np.asarray([1 << 30, 4])}), ['more than 67108864 numbers']),
    ]
    for name, model, parts in cases:
        path, header = os.path.join(folder, 'm.onnx'), os.path.join(folder, 'refused.hpp')
        onnx.save(model, path) if name not in ('outside', 'absent') else open(path, 'wb').write(model.SerializeToString())
        began = time.process_time()
        if name == 'no text':  # not UTF-8
            data = open(path, 'rb').read().replace(b'strange', b'str\xff\xfege')
            open(path, 'wb').write(data)
        code, said = import_of(path, '-o', header)
        right = code == 2 and all(part in said for part in parts) and len(said.splitlines()) <= 4 and 'Traceback' not in said
        expect(right, f'{name}: {code} {said}')
        expect(time.process_time() - began < 3, f'{name}: takes {time.process_time() - began:.1f} s')
        expect(not os.path.exists(header), f'{name}: wrote a header')
    # Cut off, altered and of other kinds: refused, or read, but never anything else.
    data = open(os.path.join(HERE, 'mlp.onnx'), 'rb').read()
    random = np.random.default_rng(1)
    for trial in range(400):
        changed = bytearray(data[:int(random.integers(0, len(data)))] if trial % 2 else data)
        for _ in range(trial % 2 or 1 + trial % 5):
            if changed:
                changed[int(random.integers(0, len(changed)))] = int(random.integers(0, 256))
        path = os.path.join(folder, 'altered.onnx')
        with open(path, 'wb') as file:
            file.write(changed)
        try:
            listing.convert(graph.read(path, {'x': [5, 6]}))
        except (graph.Refused, listing.Unsupported):
            pass
        except Exception as error:  # noqa: BLE001
            complaints.append(f'altered file {trial}: {type(error).__name__} {error}')
            break
    for arguments in (['nowhere.onnx', '-o', 'x.hpp'], [os.path.join(HERE, 'mlp.onnx'), '-o', 'x.hpp', '--name', '1 2'],
                      [os.path.join(HERE, 'mlp.onnx'), '-o', 'x.hpp', '--shape', 'z=1'], [os.path.join(HERE, 'mlp.onnx'), '-o', 'x.hpp', '--only', 'z'],
                      [os.path.join(HERE, 'mlp.onnx'), '-o', 'x.hpp', '--inputs', 'a.npy']):
        code, said = import_of(*arguments)
        expect(code == 2 and 'Traceback' not in said, f'{arguments}: {code} {said}')


def main():
    golden = models()
    with tempfile.TemporaryDirectory() as folder:
        whole(golden, folder)
        forms(folder)
        refusals(folder)
    for one in complaints:
        print('\n'.join(one.splitlines()[:20]))
    print(f'{len(TYPES)} models, {len(complaints)} complaints')
    return 1 if complaints else 0


if __name__ == '__main__':
    sys.exit(main())
