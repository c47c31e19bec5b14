# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""How the build directory compiles C++: the command Meson wrote for tests/units/first.cpp, for syntax checks.

Without -march: what does not compile, and what the compiler says of it, is the same on all machines then.
"""
import fcntl
import json
import os
import shlex
import subprocess

PROBE = os.path.join('tests', 'units', 'first.cpp')


def syntax_command(build_root):
    """(arguments, working directory) of the compiler with the project's include paths, without source and warnings."""
    with open(os.path.join(build_root, 'compile_commands.json'), encoding='utf-8') as file:
        entry = next(e for e in json.load(file) if os.path.normpath(e['file']).endswith(PROBE))
    words = [w for w in shlex.split(entry['command']) if os.path.basename(w) != 'ccache']
    kept, skip = [], False
    for word in words:
        if skip:
            skip = False
        elif word in ('-o', '-MF', '-MQ', '-MT'):
            skip = True
        elif word in ('-c', '-MD', '-MMD', entry['file']) or word.startswith(('-O', '-W', '-w', '-fdiagnostics', '-g', '-march', '--param')):
            pass
        else:
            kept.append(word)
    return kept + ['-fsyntax-only', '-fdiagnostics-color=never'], entry['directory']


def precompiled(command, where, build_root, include, header):
    """Options with which the command begins every source with <header>, from a precompiled header; none if that cannot be made."""
    folder = os.path.join(os.path.abspath(build_root), 'tests', 'precompiled')
    os.makedirs(folder, exist_ok=True)
    source = os.path.join(folder, header.replace('/', '_'))
    clang = 'clang' in command[0]
    product = source + ('.pch' if clang else '.gch')
    note, words = product + '.command', ' '.join(command)
    newest = max(os.path.getmtime(os.path.join(at, name)) for at, _, names in os.walk(include) for name in names)
    with open(source + '.lock', 'w', encoding='utf-8') as lock:  # one of several makes it, the others wait
        fcntl.flock(lock, fcntl.LOCK_EX)
        fresh = os.path.exists(product) and os.path.getmtime(product) > newest and os.path.exists(note)
        if fresh:
            with open(note, encoding='utf-8') as file:
                fresh = file.read() == words
        if not fresh:
            with open(source, 'w', encoding='utf-8') as file:
                file.write(f'#include <{header}>\n')
            make = [w for w in command if w != '-fsyntax-only'] + ['-x', 'c++-header', '-o', product + '.new', source]
            if subprocess.run(make, cwd=where, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              check=False).returncode != 0:
                return []  # what needs it will tell what is wrong
            os.replace(product + '.new', product)
            with open(note, 'w', encoding='utf-8') as file:
                file.write(words)
    return ['-include-pch', product] if clang else ['-include', source]
