#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""A program with a trainer compiles quickly without optimisation and with sanitizers: users debug so.

    debug_build.py BUILD_ROOT

Generous: about a quarter of it is usual. When every function was forced inline, g++ took a minute and 1.6 GB.
"""
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'bench')]
import compile_cost  # noqa: E402
import compiler  # noqa: E402

SECONDS, MEGABYTES = 30, 900


def main():
    command, where = compiler.syntax_command(sys.argv[1])
    command = [word for word in command if word != '-fsyntax-only']
    os.chdir(where)
    os.environ['CCACHE_DISABLE'] = '1'
    with tempfile.TemporaryDirectory() as folder:
        seconds, megabytes, code = compile_cost.compile_once(
            command + ['-march=native', '-O0', '-g', '-fsanitize=address,undefined'], compile_cost.DIGITS, folder)
        if code != 0:
            with open(os.path.join(folder, 'log'), encoding='utf-8', errors='replace') as log:
                print(log.read()[:4000])
    good = code == 0 and seconds < SECONDS and megabytes < MEGABYTES
    print(f'{seconds:.1f} s and {megabytes:.0f} MB; at most {SECONDS} s and {MEGABYTES} MB')
    return not good


if __name__ == '__main__':
    sys.exit(main())
