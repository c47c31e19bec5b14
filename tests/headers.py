#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Every header compiles alone, twice included, without a warning, and puts the macros of others aside (core/macros_aside.inc).
Its numbers survive -fsingle-precision-constant.

    headers.py BUILD_ROOT INCLUDE_DIR
"""
import concurrent.futures
import os
import re
import struct
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import compiler  # noqa: E402

SIMD = 'inlay/kernels/simd.hpp'
# Headers that need more than a bare machine has, and the program that knows where it is.
NEEDS = {'inlay/host/mpi.hpp': ['mpicxx', '--showme:compile']}


def reaches(include, header, wanted, seen):
    """Whether the header includes `wanted`, itself or through others of the library."""
    if header == wanted or header in seen:
        return header == wanted
    seen.add(header)
    with open(os.path.join(include, header), encoding='utf-8') as file:
        return any([reaches(include, name, wanted, seen) for name in re.findall(r'^#include <(inlay/.*\.hpp)>', file.read(), re.M)])


def check(command, where, header):
    source = f'#include <{header}>\n#include <{header}>\n'
    for _ in range(2):  # a compiler that crashes gets a second chance
        done = subprocess.run(command + ['-x', 'c++', '-'], cwd=where,
                              input=source.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if 0 <= done.returncode <= 128:
            break
    return header, done.returncode, done.stdout.decode('utf-8', 'replace')


def lacks(command, where, include, header):
    """Whether a header asks for another party's (__has_include … #error) that this machine has not."""
    with open(os.path.join(include, header), encoding='utf-8') as file:
        wanted = re.findall(r'^#if !__has_include\((<[^)]*>)\)\n#error', file.read(), re.M)
    if not wanted:
        return False
    source = ''.join(f'#if !__has_include({name})\n#error\n#endif\n' for name in wanted)
    return subprocess.run(command + ['-x', 'c++', '-'], cwd=where, input=source.encode(), stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, check=False).returncode != 0


def keeps_macros_out(text):
    """Whether all code lies between the two files of core/ that put macros aside and bring them back."""
    code = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith('//')]
    aside, back = '#include <inlay/core/macros_aside.inc>', '#include <inlay/core/macros_back.inc>'
    if not any(line.startswith(('namespace', 'inline namespace', 'template')) for line in code):
        return True  # an umbrella
    inside = 0
    for line in code:
        inside += (line == aside) - (line == back)
        if inside == 0 and not line.lstrip().startswith('#') and not line.endswith('\\'):
            return False
    return inside == 0


NUMBER = re.compile(r"(?<![\w.])(0x[0-9a-fA-F]*\.?[0-9a-fA-F]*p[+-]?\d+|(?:\d[\d']*\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?)(?![\w.])")


def numbers_lost_in_float(text):
    """The literals without a suffix that float does not hold: with -fsingle-precision-constant they are other numbers."""
    for line in text.splitlines():
        code = re.sub(r'"(\\.|[^"\\])*"|//.*', lambda m: '' if m[0].startswith('//') else '""', line)
        for literal in NUMBER.findall(code):
            digits = literal.replace("'", '')
            value = float.fromhex(digits) if digits.startswith('0x') else float(digits)
            try:
                lost = struct.unpack('f', struct.pack('f', value))[0] != value
            except OverflowError:
                lost = True
            if lost:
                yield literal


def main():
    command, where = compiler.syntax_command(sys.argv[1])
    command += ['-Wall', '-Wextra', '-Wconversion', '-Wshadow', '-Werror']
    include = sys.argv[2]
    # What takes longest to read, xsimd, is precompiled for those that include it anyway; all they include comes before their
    # own code, so that they see no more than they would alone.
    common = compiler.precompiled(command, where, sys.argv[1], include, SIMD)
    headers = sorted(os.path.relpath(os.path.join(folder, file), include)
                     for folder, _, files in os.walk(include) for file in files if file.endswith('.hpp'))
    # One that needs what is not here is left out.
    headers = [header for header in headers if not lacks(command, where, include, header)]
    failed = 0
    for header in headers:
        with open(os.path.join(include, header), encoding='utf-8') as file:
            text = file.read()
            for literal in numbers_lost_in_float(text):
                failed += 1
                print(f'{header}: write {literal}_double, or {literal}f where a float is meant')
            if not keeps_macros_out(text):
                failed += 1
                print(f'{header}: include <inlay/core/macros_aside.inc> behind its other includes, and macros_back.inc at its end')

    def own(header):
        if header in NEEDS:
            try:
                flags = subprocess.run(NEEDS[header], stdout=subprocess.PIPE, check=True).stdout.decode().split()
            except (OSError, subprocess.CalledProcessError):
                return header, 0, ''
            # What others wrote is not held to this project's warnings.
            return check(command + [flag.replace('-I', '-isystem', 1) for flag in flags], where, header)
        behind = header != SIMD and reaches(include, header, SIMD, set())
        return check(command + (common if behind else []), where, header)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for header, code, said in pool.map(own, headers):
            if code != 0:
                failed += 1
                print(f'{header} does not compile alone:\n{said[:4000]}')
    print(f'{len(headers) - failed} of {len(headers)} headers compile alone')
    return failed > 0 or not headers


if __name__ == '__main__':
    sys.exit(main())
