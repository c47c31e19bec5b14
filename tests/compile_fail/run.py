#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Compiles a source that must not compile, and its corrected twin.

The source carries `// expect-error: <regex>` lines; each must be found in what the compiler says (lines joined, so that a
regex may cross a line break), and the compiler must be brief about it. With -DFIXED the same source must compile.
`expect-error(gcc)` and `expect-error(clang)` hold for one compiler. `// flags: <options>` adds options, but not to the twin;
`// flags-of-both: <options>` to both.

    run.py BUILD_ROOT SOURCE…
    run.py --compiler "clang++-14 -std=c++20 -Iinclude" SOURCE…      without a build directory
"""
import os
import re
import subprocess
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
INCLUDE = os.path.join(os.path.dirname(TESTS), 'include')
sys.path.insert(0, TESTS)
import compiler  # noqa: E402

LONGEST = 15


def crashed(code, said):
    return code < 0 or code > 128 or 'internal compiler error' in said or 'PLEASE submit a bug report' in said


def run(command, where, source, *more):
    """(exit code, output); a compiler that crashes gets a second chance, as virtual machines have made clang do."""
    for _ in range(2):
        done = subprocess.run(command + list(more) + [source], cwd=where, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        said = done.stdout.decode('utf-8', 'replace')
        if not crashed(done.returncode, said):
            break
    return done.returncode, said


def shown(said):
    lines = said.rstrip('\n').splitlines()
    return '\n'.join(lines[:60] + ([f'… and {len(lines) - 60} lines more'] if len(lines) > 60 else []))


def check(command, where, source, common=()):
    """The faults of one case, as lines of text. `common` are the options that read the library from a precompiled header."""
    kind = 'clang' if 'clang' in ' '.join(command[:1]) else 'gcc'
    with open(source, encoding='utf-8') as file:
        text = file.read()
    wanted = [regex.strip() for only, regex in re.findall(r'^// expect-error(?:\((\w+)\))?: (.*)$', text, re.M)
              if only in ('', kind)]
    if not wanted:
        return ['it has no "// expect-error: <regex>" line']
    flags, both = ([word for line in re.findall(rf'^// {key}: (.*)$', text, re.M) for word in line.split()]
                   for key in ('flags', 'flags-of-both'))
    # Not with macros of its own before the library, nor with flags of its own.
    if both or re.search(r'#\s*(define|undef) (?!MINE_)', text.partition('#include')[0]):
        common = []
    faults = []
    code, said = run(command + flags + both + ([] if flags else common), where, source)
    lines = said.rstrip('\n').splitlines()
    if code == 0:
        faults.append('it compiles')
    elif crashed(code, said):
        faults.append('the compiler crashed')
    # g++ names the inline namespace, which depends on the machine; clang leaves it out.
    joined = re.sub(r'\binlay::(?:avx|sse|ssse|neon|sve|scalar)\w*::', 'inlay::', ' '.join(lines))
    faults += [f'not said: {regex}' for regex in wanted if not re.search(regex, joined)]
    long = sum('tests/precompiled/' not in line for line in lines)  # a user's program has no such line
    if long > LONGEST:
        faults.append(f'{long} lines of errors, more than {LONGEST}')
    if faults:
        faults.append('the compiler said:\n' + shown(said))
    code, said = run(command + both + common, where, source, '-DFIXED')
    if code != 0:
        faults.append('with -DFIXED it must compile, but:\n' + shown(said))
    return faults


def main():
    if sys.argv[1] == '--compiler':
        command, where = sys.argv[2].split() + ['-fsyntax-only', '-fdiagnostics-color=never'], os.getcwd()
        sources, common = sys.argv[3:], []
    else:
        command, where = compiler.syntax_command(sys.argv[1])
        common = compiler.precompiled(command, where, sys.argv[1], INCLUDE, 'inlay/inlay.hpp')
        sources = sys.argv[2:]
    failed = 0
    for source in sources:
        faults = check(command, where, source, common)
        failed += bool(faults)
        for fault in faults:
            print(f'{os.path.basename(source)}: {fault}')
    print(f'{len(sources) - failed} of {len(sources)} as expected')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
