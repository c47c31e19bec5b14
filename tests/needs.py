# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""needs('onnx', package='python3-onnx'): the modules of a test, or its end.

Where this python3 lacks one, Debian's runs the program anew (another one may come first in PATH); where that lacks it too the
program says which package is missing and ends with 77, which is skipped.

    needs.py MODULE...      ends with 0 where they are, else with 77
"""
import importlib
import os
import sys

SYSTEM = '/usr/bin/python3'


def needs(*modules, package):
    try:
        for module in modules:
            importlib.import_module(module)
    except ImportError:
        if os.path.exists(SYSTEM) and os.path.realpath(sys.executable) != os.path.realpath(SYSTEM):
            os.execv(SYSTEM, [SYSTEM] + sys.argv)
        print(f'{package} is missing')
        sys.exit(77)


if __name__ == '__main__':
    needs(*sys.argv[1:], package=', '.join(sys.argv[1:]))
