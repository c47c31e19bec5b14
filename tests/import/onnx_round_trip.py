#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Networks that export_onnx has written come back as networks with the same bits.

    onnx_round_trip.py ONNX_MODELS [--only NAME,NAME…] -march=native …

ONNX_MODELS is the program of tests/files/onnx_models.cpp; behind it stands what it was compiled with.
"""
import glob
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from needs import needs  # noqa: E402

needs('numpy', 'onnx', package='python3-onnx')
import numpy as np  # noqa: E402

from cases import Case, graph, listing, run  # noqa: E402


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.argv[1], folder], check=True)
        cases, flags = [], sys.argv[2:]
        only = flags[1].split(',') if flags[:1] == ['--only'] else []
        flags = flags[2:] if only else flags
        for path in sorted(glob.glob(os.path.join(folder, '*.onnx'))):
            if only and os.path.basename(path)[:-5] not in only:
                continue
            model, arrays = graph.read(path), np.load(path[:-4] + 'npz')
            inputs, outputs = {name: arrays[name] for name, _, _ in model.inputs}, {name: arrays[name] for name in model.outputs}
            cases.append(Case(os.path.basename(path)[:-5], listing.convert(model), [(inputs, outputs)]))
        wrong = run(cases, folder, 'back', 0, flags)
    missing = set(only) - {case.name for case in cases}
    wrong = f'no such networks: {missing}' if missing else wrong
    print(wrong or f'{len(cases)} networks give the same bits')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
