#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""What export_onnx writes passes onnx's checker, and OpenCV's dnn module makes of it what inlay does, to 1e-5.

    onnx_check.py ONNX_MODELS COMPILER...      the program of onnx_models.cpp, and what compiles for the same processor

Where tools/inlay-import is, models come back as headers whose outputs are the same bits: one of them, or with
INLAY_ALL_ROUND_TRIPS=1 in the environment all, each of which is compiled. Status 77 (skipped) without python3-onnx. Models that
OpenCV cannot run are only checked.
"""
import os
import shlex
import shutil
import subprocess
import sys
import tempfile

try:
    import onnx
except ImportError:
    system = '/usr/bin/python3'  # Debian's python3-onnx, where another python3 comes first
    if os.path.exists(system) and os.path.realpath(sys.executable) != os.path.realpath(system):
        os.execv(system, [system] + sys.argv)
    print('python3-onnx is missing')
    sys.exit(77)
import numpy

try:
    import cv2
except ImportError:
    cv2 = None
    print('python3-opencv is missing: the models are checked, but not run')

# What OpenCV 4.6 has no layer for, and why.
NOT_RUN = {
    'clipped': 'Clip with limits that are inputs', 'rnn': 'RNN', 'language': 'LayerNormalization', 'transformer': 'LayerNormalization',
    'attention': 'a mask in MatMul', 'heads': 'a mask in MatMul', 'normed_rows': 'ReduceMean of sequences', 'normed_vector': 'Div by one number',
    'pools': 'dilated MaxPool', 'tied': 'Gather by an input', 'transposed': 'padding that differs', 'transposed_rows': 'ConvTranspose of sequences',
    'upsampled_rows': 'Resize of sequences',
}


IMPORT = os.environ.get('INLAY_IMPORT', os.path.join(
    os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), 'tools', 'inlay-import'))


def comes_back(folder, name, data):
    """Whether the importer makes of the model what inlay computed, bit by bit."""
    at = lambda what: os.path.join(folder, f'{name}_{what}')
    numpy.save(at('x.npy'), data['input'].astype('i8') if name in ('language', 'tied') else data['input'])
    numpy.save(at('y.npy'), data['output'])
    done = subprocess.run([IMPORT, os.path.join(folder, name + '.onnx'), '-o', at('back.hpp'), '--name', name, '--inputs', at('x.npy'),
                           '--outputs', at('y.npy'), '--tolerance', '0'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          env={**os.environ, 'CXX': shlex.join(sys.argv[2:])})
    if done.returncode != 0:
        print(f'{name}: does not come back:\n{done.stdout.decode()[-1500:]}')
    else:
        print(f'{name}: comes back with the same bits')
    return done.returncode == 0


def for_opencv(model):
    """OpenCV takes an array of three extents for a picture with colours: it gets four, and the model begins with a Reshape."""
    entry = model.graph.input[0]
    shape = [d.dim_value for d in entry.type.tensor_type.shape.dim]
    if len(shape) != 3:
        return model
    changed = onnx.ModelProto()
    changed.CopyFrom(model)
    changed.graph.input[0].CopyFrom(onnx.helper.make_tensor_value_info('four', onnx.TensorProto.FLOAT, [1] + shape))
    changed.graph.initializer.append(onnx.helper.make_tensor('three', onnx.TensorProto.INT64, [3], shape))
    changed.graph.node.insert(0, onnx.helper.make_node('Reshape', ['four', 'three'], [entry.name]))
    return changed


def main():
    folder = tempfile.mkdtemp()
    failed = 0
    try:
        subprocess.run([sys.argv[1], folder], check=True)
        for name in sorted(name[:-5] for name in os.listdir(folder) if name.endswith('.onnx')):
            path = os.path.join(folder, name + '.onnx')
            model = onnx.load(path)
            onnx.checker.check_model(model, full_check=True)
            data = numpy.load(os.path.join(folder, name + '.npz'))
            several = len(model.graph.input) + len(model.graph.output)
            for value in [*model.graph.input, *model.graph.output]:
                shape = [d.dim_value for d in value.type.tensor_type.shape.dim]
                if list(data[value.name].shape) != shape:
                    print(f'{name}: the model says that {value.name} is {shape}')
                    failed += 1
            if not any(one.key == 'inlay.network' for one in model.metadata_props):
                print(f'{name}: does not say its network')
                failed += 1
            if os.path.exists(IMPORT) and len(sys.argv) > 2 and \
                    (name == 'gru' or os.environ.get('INLAY_ALL_ROUND_TRIPS') and several == 2):
                failed += not comes_back(folder, name, data)
            if cv2 is None or name in NOT_RUN or several != 2:
                continue
            try:
                x = data['input']
                net = cv2.dnn.readNetFromONNX(numpy.frombuffer(for_opencv(model).SerializeToString(), dtype=numpy.uint8))
                net.setInput(x[numpy.newaxis] if x.ndim == 3 else x)
                y = net.forward()
            except cv2.error as error:
                print(f'{name}: OpenCV: {str(error)[-400:]}')
                failed += 1
                continue
            error = numpy.abs(y.reshape(-1) - data['output'].reshape(-1)).max() / max(1, numpy.abs(data['output']).max())
            if not error <= 1e-5:
                failed += 1
            print(f'{name}: within {error:.1e}')
    finally:
        shutil.rmtree(folder)
    print(f'{failed} failed' if failed else 'all agree')
    return bool(failed)


if __name__ == '__main__':
    sys.exit(main())
