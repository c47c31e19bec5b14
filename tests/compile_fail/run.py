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
import fcntl
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
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


def precompiled(command, where, build):
    """Options that let the compiler take <inlay/inlay.hpp> from a precompiled header: five times faster."""
    words = ' '.join(command)
    include = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'include')
    folder = os.path.join(os.path.abspath(build), 'precompiled')
    clang = 'clang' in command[0]
    header = os.path.join(folder, 'inlay', 'inlay.hpp.pch' if clang else 'inlay.hpp.gch')
    os.makedirs(os.path.dirname(header), exist_ok=True)
    newest = max(os.path.getmtime(os.path.join(at, name)) for at, _, names in os.walk(include) for name in names)
    with open(os.path.join(folder, 'lock'), 'w', encoding='utf-8') as lock: # one of the tests makes it, the others wait
        fcntl.flock(lock, fcntl.LOCK_EX)
        note = header + '.command'
        fresh = (os.path.exists(header) and os.path.getmtime(header) > newest and os.path.exists(note)
                 and open(note, encoding='utf-8').read() == words)
        if not fresh:
            make = [w for w in command if w != '-fsyntax-only'] + ['-x', 'c++-header', '-o', header + '.new',
                                                                 os.path.join(include, 'inlay', 'inlay.hpp')]
            if subprocess.run(make, cwd=where, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode != 0:
                return command # the cases will tell what is wrong
            os.replace(header + '.new', header)
            with open(note, 'w', encoding='utf-8') as file:
                file.write(words)
    if clang:
        return command + ['-include-pch', header]
    return command[:1] + ['-I' + folder] + command[1:]


def check(command, where, source, plain=None):
    """The faults of one case, as lines of text. `plain` is the command without the precompiled header, for cases with flags."""
    kind = 'clang' if 'clang' in ' '.join(command[:1]) else 'gcc'
    with open(source, encoding='utf-8') as file:
        text = file.read()
    wanted = [regex.strip() for only, regex in re.findall(r'^// expect-error(?:\((\w+)\))?: (.*)$', text, re.M)
              if only in ('', kind)]
    if not wanted:
        return ['it has no "// expect-error: <regex>" line']
    flags, both = ([word for line in re.findall(rf'^// {key}: (.*)$', text, re.M) for word in line.split()]
                   for key in ('flags', 'flags-of-both'))
    if flags or both:
        command = plain or command
    faults = []
    code, said = run(command + flags + both, where, source)
    lines = said.rstrip('\n').splitlines()
    if code == 0:
        faults.append('it compiles')
    elif crashed(code, said):
        faults.append('the compiler crashed')
    # g++ names the inline namespace, which depends on the machine; clang leaves it out.
    joined = re.sub(r'\binlay::(?:avx|sse|ssse|neon|sve|scalar)\w*::', 'inlay::', ' '.join(lines))
    faults += [f'not said: {regex}' for regex in wanted if not re.search(regex, joined)]
    if len(lines) > LONGEST:
        faults.append(f'{len(lines)} lines of errors, more than {LONGEST}')
    if faults:
        faults.append('the compiler said:\n' + shown(said))
    code, said = run(command + both, where, source, '-DFIXED')
    if code != 0:
        faults.append('with -DFIXED it must compile, but:\n' + shown(said))
    return faults


def main():
    if sys.argv[1] == '--compiler':
        command, where = sys.argv[2].split() + ['-fsyntax-only', '-fdiagnostics-color=never'], os.getcwd()
        sources, plain = sys.argv[3:], None
    else:
        plain, where = compiler.syntax_command(sys.argv[1])
        command = precompiled(plain, where, os.path.join(sys.argv[1], 'tests'))
        sources = sys.argv[2:]
    failed = 0
    for source in sources:
        faults = check(command, where, source, plain)
        failed += bool(faults)
        for fault in faults:
            print(f'{os.path.basename(source)}: {fault}')
    print(f'{len(sources) - failed} of {len(sources)} as expected')
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
