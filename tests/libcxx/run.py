#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Builds and runs a program with libc++; says that it is skipped where there is none (exit code 77).

    run.py SOURCE_ROOT
"""
import os
import shutil
import subprocess
import sys
import tempfile


def main():
    root = sys.argv[1]
    here = os.path.dirname(os.path.abspath(__file__))
    found = None
    with tempfile.TemporaryDirectory() as folder:
        probe = os.path.join(folder, 'probe.cpp')
        with open(probe, 'w', encoding='utf-8') as file:
            file.write('#include <vector>\nint main() { return std::vector<int>(3).size() == 3 ? 0 : 1; }\n')
        for compiler in ('clang++-19', 'clang++', 'clang++-14'):
            command = [compiler, '-std=c++20', '-stdlib=libc++', '-Wall', '-Wextra', '-Werror', '-O1']
            if shutil.which(compiler) and subprocess.run(command + [probe, '-o', os.path.join(folder, 'probe')], check=False,
                                                         capture_output=True).returncode == 0:
                found = command
                break
        if not found:
            print('skipped: no clang++ with libc++ here')
            return 77
        program = os.path.join(folder, 'program')
        print(' '.join(found), flush=True)
        built = subprocess.run(found + ['-I' + os.path.join(root, 'include'), os.path.join(here, 'program.cpp'), '-o', program,
                                        '-lz'], check=False)
        return 1 if built.returncode else subprocess.run([program], check=False).returncode


if __name__ == '__main__':
    sys.exit(main())
