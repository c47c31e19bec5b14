#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Files as Keras 3's save_weights lays them out, written by h5py, for the program of keras_h5.cpp.

    keras_h5.py KERAS_H5

Status 77 (skipped) without h5py.
"""
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from needs import needs  # noqa: E402

needs('h5py', 'numpy', package='h5py')
import h5py  # noqa: E402
import numpy  # noqa: E402

RECURRENT = lambda features, units, gates, biases: [
    (features, gates * units), (units, gates * units), biases + (gates * units,)]
# In the order of the layers; the file has them in that of their names.
GROUPS = [
    ('conv2d', [(3, 3, 2, 4), (4,)]),
    ('depthwise_conv2d', [(3, 3, 4, 1), (4,)]),
    ('batch_normalization', [(4,)] * 4),
    ('bidirectional/forward_layer/cell', RECURRENT(4, 3, 3, (2,))),
    ('bidirectional/backward_layer/cell', RECURRENT(4, 3, 3, (2,))),
    ('lstm/cell', RECURRENT(6, 4, 4, ())),
    ('p_re_lu', [(1, 4)]),
    ('dense', [(4, 3), (3,)]),
    ('dense_1', [(3, 2), (2,)]),
]


def main():
    folder = tempfile.mkdtemp()
    at = lambda name: os.path.join(folder, name)
    random = numpy.random.default_rng(1)
    arrays = [(f'layers/{group}/vars/{i}', random.standard_normal(shape).astype('f4'))
              for group, shapes in GROUPS for i, shape in enumerate(shapes)]
    try:
        for name, some in (('whole', arrays), ('cut', arrays[:-1]),
                           ('more', arrays + [('layers/dense_2/vars/0', numpy.zeros((2, 2), 'f4'))])):
            with h5py.File(at(name), 'w') as file:
                file.create_dataset('optimizer/vars/0', data=numpy.int64(3))
                file.create_group('layers/re_lu/vars')
                for path, array in some:
                    file.create_dataset(path, data=array)
        numpy.savez(at('arrays.npz'), *[array for _, array in arrays])
        return subprocess.run([sys.argv[1], at('whole'), at('arrays.npz'), at('cut'), at('more')], check=False).returncode
    finally:
        shutil.rmtree(folder)


if __name__ == '__main__':
    sys.exit(main())
