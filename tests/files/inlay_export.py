#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""tools/inlay-export: a header from a file, and what it says where there is none.

    inlay_export.py SOURCE_ROOT COMPILER...
"""
import os
import shlex
import subprocess
import sys
import tempfile

TYPE = 'network<input<7>, dense<5>, relu, dense<3>>'


def main():
    root, compiler = sys.argv[1], shlex.join(sys.argv[2:])
    weights = os.path.join(root, 'tests', 'files', 'golden', 'mlp.safetensors')
    failed = 0

    def check(status, said, *arguments, there=False):
        nonlocal failed
        with tempfile.TemporaryDirectory() as folder:
            header = os.path.join(folder, 'mlp.hpp')
            done = subprocess.run([os.path.join(root, 'tools', 'inlay-export'), *arguments, '-o', header, '--compiler', compiler],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            text = done.stdout.decode()
            good = done.returncode == status and said in text and len(text.splitlines()) <= 8 and os.path.exists(header) == there
            if there and good:
                with open(header, encoding='utf-8') as file:
                    good = 'dense<5>' in file.read()
            if not good:
                failed += 1
                print(f'{arguments}: status {done.returncode}, expected {status} and "{said}":\n{text}')

    # The file has inputs and outputs, too, without the prefix.
    check(0, 'mlp.hpp written', weights, '--type', TYPE, '--prefix', 'model.', there=True)
    check(1, 'expected F32 [6, 7]', weights, '--prefix', 'model.', '--type',
          TYPE.replace('dense<5>', 'dense<6>'))
    check(1, 'this network does not fit together', weights, '--type', 'network<input<7>, dense<5, 3>>')
    check(1, 'no such file', weights + '.none', '--type', TYPE)
    check(1, '--type is not a network<…>', weights, '--type', 'network<input<7>>; int x')
    print(f'{failed} failed' if failed else 'all as expected')
    return bool(failed)


if __name__ == '__main__':
    sys.exit(main())
