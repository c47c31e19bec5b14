#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""The rules that keep the tree readable. See CONTRIBUTING.md.

    rooms.py ROOT                 checks the tree
    rooms.py --self-test ROOT     plants each kind of violation in a copy and expects it to be found
"""
import os
import re
import shutil
import sys
import tempfile

# A header includes its own room and those before it.
CHIP = ['core', 'kernels', 'layers', 'loss', 'network', 'optimizer', 'training']
ROOMS = CHIP + ['host', 'files']
UMBRELLAS = {'inlay.hpp': CHIP, 'host.hpp': CHIP + ['host'], 'files.hpp': ROOMS}
# The only door to each third party.
DOORS = {'xsimd': 'kernels/simd.hpp', 'boost/mpi': 'host/mpi.hpp', 'boost': 'network/topology.hpp', 'zlib.h': 'host/file.hpp',
         'nlohmann': 'files/json.hpp', 'onnx': 'files/onnx.hpp', 'hdf5.h': 'files/keras_h5.hpp'}
# Headers for which a program asks by name, as they need what few have: no other includes them (tools/umbrella).
APART = ['files/keras_h5.hpp', 'files/onnx.hpp', 'host/mpi.hpp']
# Headers in layers/ that are no layers, and why.
NOT_LAYERS = {
    'layer.hpp': 'the concept',
    'affine.hpp': 'what dense and causal_conv1d share: one vector times a matrix',
    'moments.hpp': 'sums, means and variances over rows, of the normalisations',
    'angles.hpp': 'sine and cosine of positions',
    'counter.hpp': 'a whole number in a layer\'s state',
    'pooling.hpp': 'windows that reach over the edge, or differ in size',
    'panels.hpp': 'how dense and the convolutions lay out their weights',
    'window.hpp': 'the height and width of a kernel, a template argument',
    'recurrent.hpp': 'what the recurrent layers share',
}
LICENCE = '// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.'
# The header that ends a program with a message, where there is a standard error stream: what it may include.
SPEAKS = ('core/expects.hpp', 'cstdio')
# What a chip has not got, or must not need. Comments and strings are not searched.
FORBIDDEN = {
    r'#\s*include\s*<(vector|string|map|unordered_map|memory|iostream|ostream|istream|sstream|fstream|cstdio|stdexcept|'
    r'functional|thread|mutex|filesystem|chrono|random)>': 'an include that needs heap, exceptions or an operating system',
    r'\bstd::(vector|string|map|unordered_map|function|unique_ptr|shared_ptr|cout|cerr|ostream)\b': 'a type with heap or streams',
    r'(?<![\w:<])new\b(?!\s*;)': 'new', # but for `::new (place) type` and its <new>, which only begin an object's life
    r'\bdelete\b(?!\s*[;,)])': 'delete',
    r'\b(malloc|calloc|realloc|free|alloca)\s*\(': 'malloc',
    r'(?<!\w)(throw|try|catch)\b': 'exceptions',
    r'\bprintf\s*\(': 'printf',
}


def read(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def without_comments(text):
    text = re.sub(r'/\*.*?\*/', ' ', text, flags=re.S)
    return re.sub(r'"(\\.|[^"\\\n])*"|//[^\n]*', lambda m: '""' if m[0].startswith('"') else ' ', text)


def headers_of(include):
    return sorted(os.path.relpath(os.path.join(folder, file), include)
                  for folder, _, files in os.walk(include) for file in files)


def check_includes(name, text):
    room = name.split('/')[0] if '/' in name else None
    if room is None and name not in UMBRELLAS:
        yield f'{name}: only {" and ".join(UMBRELLAS)} stand outside the rooms'
        return
    if room is not None and room not in ROOMS:
        yield f'{name}: no such room; the rooms are {", ".join(ROOMS)}'
        return
    allowed = UMBRELLAS[name] if room is None else ROOMS[:ROOMS.index(room) + 1]
    for target in re.findall(r'^\s*#\s*include\s*["<]([^">]+)[">]', text, re.M):
        if target.startswith('inlay/'):
            inner = target[len('inlay/'):]
            if inner in UMBRELLAS:
                if (name, inner) not in (('host.hpp', 'inlay.hpp'), ('files.hpp', 'host.hpp')):
                    yield f'{name}: includes the umbrella {target}'
            elif inner in APART:
                yield f'{name}: includes {target}, for which programs ask themselves'
            elif inner.split('/')[0] not in allowed:
                yield f'{name}: includes {target}, a room it must not know'
        for party, door in DOORS.items():
            if target == party or target.startswith(party + '/'):
                if name != door:
                    yield f'{name}: includes {target}; the only door to {party} is {door}'
                break
    if re.search(r'^\s*#\s*include\s*"', text, re.M):
        yield f'{name}: includes with quotes; headers of inlay are included as <inlay/…>'


def layers_in(text):
    """The public layer types of a header: structs with a name, outside namespace detail."""
    outside = re.sub(r'namespace detail \{.*?\} // namespace detail', '', text, flags=re.S)
    names = re.findall(r'^struct (\w+)(?:\s*:\s*[\w:<>., ()\n]+)?\s*\{(?!\})', outside, re.M)
    layers = []
    for name in names:
        body = outside[re.search(rf'^struct {name}\b', outside, re.M).start():]
        body = body[:body.index('\n};') if '\n};' in body else len(body)]
        if re.search(r'static constexpr auto name = "', body):
            layers.append(name)
    return layers


def check_layers(root, include):
    tests_dir = os.path.join(root, 'tests', 'layers')
    tests = ''.join(read(os.path.join(tests_dir, file)) for file in sorted(os.listdir(tests_dir))
                    if file.endswith('.cpp')) if os.path.isdir(tests_dir) else ''
    readme_path = os.path.join(root, 'README.md')
    readme = read(readme_path) if os.path.exists(readme_path) else None
    if readme is None:
        yield 'README.md is missing, and with it the table of layers'
    rows = ' '.join(line for line in (readme or '').splitlines() if line.lstrip().startswith('|'))
    folder = os.path.join(include, 'layers')
    sources = [(f'layers/{file}', file) for file in sorted(os.listdir(folder)) if file not in NOT_LAYERS]
    sources += [('network/composites.hpp', None), ('network/keep.hpp', None)]
    for name, file in sources:
        path = os.path.join(include, name)
        if not os.path.exists(path):
            continue
        layers = layers_in(read(path))
        if file and not layers:
            yield f'{name}: holds no layer; helpers are listed in tests/rooms.py'
        for layer in layers:
            if file and not re.search(rf'\b{layer}\b', tests):
                yield f'{name}: no test in tests/layers mentions {layer}'
            if readme is not None and not re.search(rf'`[^`]*\b{layer}\b[^`]*`', rows):
                yield f'{name}: {layer} has no row in README\'s table of layers'
    for helper in NOT_LAYERS:
        if not os.path.exists(os.path.join(folder, helper)) and helper != 'recurrent.hpp':
            yield f'tests/rooms.py names layers/{helper}, which is gone'


def check_umbrella(include):
    """inlay.hpp reaches every header of the chip's rooms; host.hpp and files.hpp those of theirs."""
    for umbrella, rooms in (('inlay.hpp', CHIP), ('host.hpp', ['host']), ('files.hpp', ['files'])):
        path = os.path.join(include, umbrella)
        if not os.path.exists(path):
            yield f'{umbrella} is missing'
            continue
        reached, todo = set(), [umbrella]
        while todo:
            name = todo.pop()
            file = os.path.join(include, name)
            if name in reached or not os.path.exists(file):
                continue
            reached.add(name)
            todo += re.findall(r'#\s*include\s*<inlay/([^>]+)>', read(file))
        for name in headers_of(include):
            if name.split('/')[0] in rooms and name not in reached and name not in APART:
                yield f'{name}: {umbrella} does not reach it: run tools/umbrella'


def check_shown(root):
    """Code that CONTRIBUTING.md shows under the name of a file is in that file."""
    path = os.path.join(root, 'CONTRIBUTING.md')
    if not os.path.exists(path):
        return
    for name, code in re.findall(r'<!-- (\S+) -->\n```cpp\n(.*?)```', read(path), re.S):
        file = os.path.join(root, name)
        if not os.path.exists(file) or code.strip() not in read(file):
            yield f'CONTRIBUTING.md shows of {name} what is not there'


def check_listing(root):
    """examples/meson.build names every example; tests lie where tests/meson.build finds them."""
    build = os.path.join(root, 'examples', 'meson.build')
    text = read(build) if os.path.exists(build) else ''
    for file in sorted(os.listdir(os.path.join(root, 'examples'))):
        if re.match(r'^\d\d_\w+\.cpp$', file) and f"'{file[:-4]}'" not in text:
            yield f'examples/{file} is not listed in examples/meson.build'
    top = os.path.join(root, 'tests')
    for where, _, names in os.walk(top):
        room = os.path.relpath(where, top)
        for file in sorted(names):
            if file.startswith('test_') and file.endswith('.cpp') and not re.match(r'^(?!ch|compile_fail)[^./]+$', room):
                yield f'tests/{room}/{file} lies where nobody runs it'


def check_namespaces(name, bare):
    """What leaves code or data in a program lives in the namespace named after the target: core/config.hpp."""
    for opened in re.findall(r'^namespace\s+(inlay\b[^{;=]*)\{', bare, re.M):
        if not re.fullmatch(r'inlay(::inline INLAY_TARGET(::\w+)*)? ', opened):
            yield f'{name}: namespace {opened.strip()}; it is inlay::inline INLAY_TARGET, or plain inlay for tags'
    for block in re.findall(r'^namespace inlay \{(.*?)^\}\s*$', bare, re.M | re.S):
        if re.search(r'^(?:constexpr|inline|template <[^\n]*>\n(?:constexpr|inline))[^;{=]*\([^;]*\)[^;]*\{', block, re.M):
            yield f'{name}: a function in plain inlay; code lives in inlay::inline INLAY_TARGET'


def check(root):
    include = os.path.join(root, 'include', 'inlay')
    faults = []
    for name in headers_of(include):
        text = read(os.path.join(include, name))
        if not text.startswith(LICENCE + '\n'):
            faults.append(f'{name}: the first line is not the licence')
        if '#pragma once' not in text and name.endswith('.hpp'): # .inc is for several times
            faults.append(f'{name}: no #pragma once')
        if re.search(r'\b(TODO|FIXME|XXX)\b', text):
            faults.append(f'{name}: holds a TODO or FIXME')
        bare = without_comments(text)
        faults += check_includes(name, text)
        faults += check_namespaces(name, bare)
        if name.split('/')[0] in CHIP or name == 'inlay.hpp':
            for pattern, what in FORBIDDEN.items():
                hit = re.search(pattern, bare.replace(f'#include <{SPEAKS[1]}>', ' ', 1) if name == SPEAKS[0] else bare)
                if hit:
                    line = bare[:hit.start()].count('\n') + 1
                    faults.append(f'{name}:{line}: {what} in a room that a chip uses')
    faults += check_layers(root, include)
    faults += check_umbrella(include)
    faults += check_shown(root)
    faults += check_listing(root)
    return faults


def self_test(root):
    """Each planted violation must give a fault that matches."""
    core = 'include/inlay/core/config.hpp'
    plants = [
        ('a forward include', core, '\n#include <inlay/kernels/map.hpp>\n', 'a room it must not know'),
        ('the chip includes the host', 'include/inlay/training/trainer.hpp', '\n#include <inlay/host/file.hpp>\n',
         'a room it must not know'),
        ('an umbrella inside', core, '\n#include <inlay/inlay.hpp>\n', 'includes the umbrella'),
        ('a second door to xsimd', 'include/inlay/kernels/map.hpp', '\n#include <xsimd/xsimd.hpp>\n', 'only door to xsimd'),
        ('the host includes files', 'include/inlay/host/fit.hpp', '\n#include <inlay/files/json.hpp>\n',
         'a room it must not know'),
        ('a second door to JSON', 'include/inlay/files/weights.hpp', '\n#include <nlohmann/json.hpp>\n',
         'only door to nlohmann'),
        ('a second door to Hana', 'include/inlay/network/network.hpp', '\n#include <boost/hana/tuple.hpp>\n',
         'only door to boost'),
        ('a second door to MPI', 'include/inlay/host/fit.hpp', '\n#include <boost/mpi/communicator.hpp>\n', 'only door to boost/mpi'),
        ('MPI for all', 'include/inlay/host/fit.hpp', '\n#include <inlay/host/mpi.hpp>\n', 'for which programs ask'),
        ('a quoted include', core, '\n#include "shape.hpp"\n', 'includes with quotes'),
        ('a vector', 'include/inlay/layers/dense.hpp', '\ninline std::vector<int> planted;\n', 'a type with heap'),
        ('iostream', 'include/inlay/loss/loss.hpp', '\n#include <iostream>\n', 'an include that needs heap'),
        ('new', 'include/inlay/network/chain.hpp', '\ninline int* planted = new int;\n', ': new in a room'),
        ('malloc', 'include/inlay/kernels/map.hpp', '\ninline void* planted = malloc(3);\n', 'malloc'),
        ('throw', 'include/inlay/optimizer/sgd.hpp', '\ninline void planted() { throw 1; }\n', 'exceptions'),
        ('a note to self', core, '\n// TODO: planted\n', 'TODO'),
        ('a layer without test and row', 'include/inlay/layers/planted.hpp',
         LICENCE + '\n#pragma once\nstruct planted_layer {\n    static constexpr auto name = "planted";\n};\n',
         'no test in tests/layers mentions planted_layer'),
        ('a layer without row', 'include/inlay/layers/planted.hpp',
         LICENCE + '\n#pragma once\nstruct planted_layer {\n    static constexpr auto name = "planted";\n};\n',
         "planted_layer has no row"),
        ('a header without licence', 'include/inlay/core/planted.hpp', '#pragma once\n', 'not the licence'),
        ('a header the umbrella forgets', 'include/inlay/core/planted.hpp', LICENCE + '\n#pragma once\n', 'does not reach it'),
        ('a room of its own', 'include/inlay/attic/planted.hpp', LICENCE + '\n#pragma once\n', 'no such room'),
        ('a header outside the rooms', 'include/inlay/planted.hpp', LICENCE + '\n#pragma once\n', 'outside the rooms'),
        ('a test that nobody runs', 'tests/chip/test_planted.cpp', '\n', 'lies where nobody runs it'),
        ('a namespace of its own', core, '\nnamespace inlay::planted {}\n', 'it is inlay::inline INLAY_TARGET'),
        ('a function outside the target', core,
         '\nnamespace inlay {\ninline int planted(int x) { return x; }\n} // namespace inlay\n', 'a function in plain inlay'),
        ('code that is shown and not there', 'CONTRIBUTING.md',
         '<!-- include/inlay/layers/prelu.hpp -->\n```cpp\nint planted;\n```\n', 'what is not there'),
        ('an example that nobody runs', 'examples/99_planted.cpp', '\n', 'not listed in examples/meson.build'),
    ]
    missed = []
    for what, path, text, expected in plants:
        with tempfile.TemporaryDirectory() as copy:
            for part in ('include', 'tests', 'examples', 'README.md', 'CONTRIBUTING.md'):
                source = os.path.join(root, part)
                if os.path.isdir(source):
                    shutil.copytree(source, os.path.join(copy, part), ignore=shutil.ignore_patterns('*.csv*', '*.gz'))
                elif os.path.exists(source):
                    shutil.copy(source, os.path.join(copy, part))
            readme = os.path.join(copy, 'README.md')
            if not os.path.exists(readme):
                with open(readme, 'w', encoding='utf-8') as file:
                    file.write('| layer |\n')
            target = os.path.join(copy, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            before = set(check(copy))
            with open(target, 'a', encoding='utf-8') as file:
                file.write(text)
            new = [fault for fault in check(copy) if fault not in before]
            if not any(expected in fault for fault in new):
                missed.append(f'not found: {what} ({expected}); found: {new}')
    print('\n'.join(missed + [f'{len(plants) - len(missed)} of {len(plants)} planted violations found']))
    return bool(missed)


def main():
    if sys.argv[1] == '--self-test':
        return self_test(sys.argv[2])
    faults = check(sys.argv[1])
    print('\n'.join(faults + [f'{len(faults)} violations']))
    return bool(faults)


if __name__ == '__main__':
    sys.exit(main())
