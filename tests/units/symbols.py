#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Objects for different instruction sets share no code and no data of inlay.

Where two files of a program define one symbol, the linker keeps one of them: then one file runs the other's instructions on
objects of another layout. tests/units/target.cpp is compiled for several targets, with and without optimisation, and no
symbol that mentions inlay:: may be defined by two of them.

    symbols.py BUILD_ROOT
"""
import itertools
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import compiler  # noqa: E402

TARGETS = [['-march=x86-64'], ['-march=x86-64', '-mavx2', '-mfma'], ['-march=x86-64-v4']]
LEVELS = ['-O0', '-O2']


def defined(path):
    """Names that the linker may merge with others of their name."""
    lines = subprocess.run(['nm', '-C', '--defined-only', '--extern-only', path], check=True, capture_output=True,
                           text=True).stdout.splitlines()
    return {line.split(' ', 2)[2] for line in lines}


def main():
    command, where = compiler.syntax_command(sys.argv[1])
    command = [word for word in command if word != '-fsyntax-only' and not word.startswith(('-march', '-mavx', '-mfma'))]
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        for level in LEVELS:
            names = []
            for number, target in enumerate(TARGETS):
                path = os.path.join(folder, f'{number}{level}.o')
                subprocess.run(command + target + [level, f'-DUNIT=unit{number}', '-c', os.path.join(HERE, 'target.cpp'),
                                                   '-o', path], cwd=where, check=True)
                names.append(defined(path))
            for (a, one), (b, other) in itertools.combinations(enumerate(names), 2):
                shared = sorted(name for name in one & other if 'inlay::' in name)
                for name in shared[:20]:
                    print(f'{level}: {" ".join(TARGETS[a])} and {" ".join(TARGETS[b])} both define {name}')
                faults += len(shared)
            own = sum('inlay::' in name for name in names[0])
            print(f'{level}: {own} symbols of inlay in the first object')
            faults += own == 0 and level == '-O0' # then nothing was looked at
    return faults > 0


if __name__ == '__main__':
    sys.exit(main())
