#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""ONNX's own test cases, of Debian's libonnx-testdata: what can be a network gives their outputs, the rest is listed by reason.

    onnx_testdata.py            some of them, as in continuous integration
    onnx_testdata.py --all      all of them, and the list
    onnx_testdata.py NAME…      those
"""
import glob
import os
import sys
import tempfile
from collections import defaultdict

DATA = '/usr/share/libonnx-testdata/data'
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from needs import needs  # noqa: E402

needs('numpy', 'onnx', package='python3-onnx')
import numpy as np  # noqa: E402
import onnx  # noqa: E402
from onnx import numpy_helper  # noqa: E402
if not os.path.isdir(DATA):
    print('libonnx-testdata is missing')
    sys.exit(77)

from cases import Case, graph, listing, run  # noqa: E402
from onnx_import import evaluate  # noqa: E402
from onnx_import.values import Unsupported  # noqa: E402

ROOMS = ('node', 'pytorch-converted', 'pytorch-operator', 'simple', 'real')
PER_PROGRAM = 60
# What continuous integration runs: one of each kind, and whatever was once wrong.
SOME = '''gemm_all_attributes gemm_transposeB basic_conv_with_padding conv_with_autopad_same Conv2d_groups Conv1d_dilated
convtranspose_output_shape convtranspose_1d averagepool_2d_same_lower averagepool_2d_ceil maxpool_2d_same_upper globalaveragepool
batchnorm_epsilon instancenorm_epsilon layer_normalization_3d_axis1_epsilon lstm_batchwise lstm_with_initial_bias gru_with_initial_bias
gru_batchwise simple_rnn_batchwise concat_3d_axis_1 split_variable_parts_2d slice softmax_axis_1 logsoftmax_axis_0 prelu_broadcast
add_bcast mul_bcast clip celu hardsigmoid depthtospace_crd_mode ReflectionPad2d upsample_nearest operator_addmm GLU reshape_reordered_all_dims
reduce_mean_keepdims_random transpose_all_permutations_3 gather_1 layer_normalization_4d_axis_negative_2 Embedding PReLU_2d_multiparam'''.split()


def value(path):
    tensor = onnx.TensorProto()
    with open(path, 'rb') as file:
        tensor.ParseFromString(file.read())
    return numpy_helper.to_array(tensor)


def case(folder):
    """A Case, or why there is none."""
    model = os.path.join(folder, 'model.onnx')
    if not os.path.exists(model):
        return 'the package has data but no model'
    try:
        whole = graph.read(model)
    except graph.Refused as error:
        return 'no tensors, or no static shapes' if ' shape' in str(error) or 'no tensor' in str(error) or ' is [' in str(error) else str(error)
    sets = []
    for one in sorted(glob.glob(os.path.join(folder, 'test_data_set_*'))):
        try:
            inputs = [value(os.path.join(one, f'input_{i}.pb')) for i in range(len(glob.glob(os.path.join(one, 'input_*.pb'))))]
            outputs = [value(os.path.join(one, f'output_{i}.pb')) for i in range(len(glob.glob(os.path.join(one, 'output_*.pb'))))]
        except Exception:
            return 'sequences, optionals or strings'
        sets.append((dict(zip([name for name, _, _ in whole.inputs], inputs)), dict(zip(whole.outputs, outputs))))
    if not sets:
        return 'has no data'
    whole.inputs = [(name, kind, list(sets[0][0][name].shape)) for name, kind, _ in whole.inputs if name in sets[0][0]]
    if any(np.asarray(v).dtype.kind not in 'fiub' for _, o in sets for v in o.values()) or \
            all(np.asarray(v).dtype.kind != 'f' for v in sets[0][1].values()):
        return 'outputs that are no real numbers'
    if all(np.asarray(v).size < 1 for v in sets[0][1].values()):
        return 'no elements'
    if any(np.dtype(kind).kind == 'f' and sets[0][0][name].dtype.kind != 'f' for name, kind, _ in whole.inputs if kind is not None):
        return 'data of another type than the model says'  # bfloat16 as its bits
    if any(np.asarray(v).dtype == np.float64 and np.abs(v[np.isfinite(v)]).max(initial=0) > 3e38 for i, o in sets for v in (*i.values(), *o.values())):
        return 'numbers that are beyond those of float'
    # Weights are inputs in these graphs: what comes after the first is a constant where it must be.
    first_error = None
    names = [name for name, _, _ in whole.inputs]
    for live in dict.fromkeys((len(names), 1)):
        for only in ([None, whole.outputs[:1]] if len(whole.outputs) > 1 else [None]):
            model = graph.read(os.path.join(folder, 'model.onnx'))
            model.inputs = whole.inputs[:live]
            if live < len(names):
                if len(sets) > 1:
                    continue
                model.constants.update({name: sets[0][0][name] for name in names[live:]})
            try:
                network = listing.convert(model, only)
                made = Case(os.path.basename(folder)[5:], network, sets)
                made.bytes()
                made.model = model
                if only:
                    model.outputs = only
                return made
            except (Unsupported, graph.Refused) as error:
                if isinstance(error, Unsupported) and error.node is not None and getattr(error.node, 'op', None):
                    why = (error.node.op, error.why)
                else:
                    why = ('', str(error))
                first_error = why
    return first_error


def main():
    chosen = [a for a in sys.argv[1:] if not a.startswith('-')]
    everything = '--all' in sys.argv
    wanted = chosen or (None if everything else SOME)
    cases, reasons, count = [], defaultdict(list), 0
    for room in ROOMS:
        for folder in sorted(glob.glob(os.path.join(DATA, room, 'test_*'))):
            name = os.path.basename(folder)[5:]
            if wanted is not None and name not in wanted:
                continue
            count += 1
            made = case(folder)
            if isinstance(made, Case):
                cases.append(made)
            else:
                reasons[made if isinstance(made, str) else f'{made[0]} {made[1]}' if made[0] else made[1]].append(name)
    complaints, evaluated = [], 0
    for one in cases:
        for inputs, outputs in one.sets:
            found = evaluate.outputs(one.model, inputs)
            if found is None:
                break
            for name, array in zip(one.model.outputs, found):
                wanted = np.asarray(outputs[name], np.float64)
                if not np.allclose(array, wanted, 1e-5, 1e-5, equal_nan=True):
                    complaints.append(f'{one.name}: the evaluation of {name} differs by {np.abs(array - wanted).max()}')
        else:
            evaluated += 1
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(cases), PER_PROGRAM):
            part = cases[start:start + PER_PROGRAM]
            wrong = run(part, folder, f'part{start}')
            if wrong:
                complaints.append(wrong)
                if '--keep' in sys.argv:
                    os.system(f'cp {folder}/part{start}.cpp /tmp/')
    print(f'{count} cases: {len(cases)} are networks, {evaluated} of them evaluated in NumPy' + ('' if not complaints else ', and not all give what they should'))
    if everything:
        for why, names in sorted(reasons.items(), key=lambda one: -len(one[1])):
            print(f'{len(names):4} {why}: {", ".join(names[:4])}{" …" if len(names) > 4 else ""}')
    elif reasons and not chosen:
        complaints.append('are no networks any more: ' + ', '.join(name for names in reasons.values() for name in names))
    elif reasons:
        for why, names in reasons.items():
            print(why, names)
    for one in complaints:
        print('\n'.join(one.splitlines()[:40]))
    return 1 if complaints else 0


if __name__ == '__main__':
    sys.exit(main())
