# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""How the build directory compiles C++: the command Meson wrote for tests/units/first.cpp, for syntax checks.

Without -march: what does not compile, and what the compiler says of it, is the same on all machines then.
"""
import json
import os
import shlex

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
        elif word in ('-c', '-MD', '-MMD', entry['file']) or word.startswith(('-O', '-W', '-w', '-fdiagnostics', '-g', '-march')):
            pass
        else:
            kept.append(word)
    return kept + ['-fsyntax-only', '-fdiagnostics-color=never'], entry['directory']
