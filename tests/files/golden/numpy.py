#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Writes the .npz and .npy files beside it, which test_npz.cpp reads: /usr/bin/python3 tests/files/golden/numpy.py"""
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path = [path for path in sys.path if os.path.abspath(path or '.') != here]  # this file is no NumPy
import numpy as np  # noqa: E402

w = np.arange(6, dtype='f4').reshape(2, 3) / 8 - 0.25
arrays = {'0.weight': w, '0.bias': np.array([0.5, -1]), '2.weight': np.asfortranarray(np.arange(4).reshape(2, 2).astype('f2')),
          '2.bias': np.array([3, 4], dtype='f4')}
np.savez(os.path.join(here, 'numpy.npz'), **arrays)
np.savez_compressed(os.path.join(here, 'packed.npz'), **arrays)
np.save(os.path.join(here, 'volume.npy'), np.asfortranarray(np.arange(24, dtype='i2').reshape(2, 3, 4)))
