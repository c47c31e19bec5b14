#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""What export_onnx writes passes onnx's checker, and OpenCV's dnn module makes of it what inlay does, to 1e-5.

    onnx_check.py ONNX_MODELS      the program of onnx_models.cpp

Status 77 (skipped) without python3-onnx. Models that OpenCV cannot run are only checked.
"""
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from needs import needs  # noqa: E402

needs('onnx', package='python3-onnx')
import onnx  # noqa: E402
import numpy  # noqa: E402

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
