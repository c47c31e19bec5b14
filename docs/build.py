#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""The reference of all public names, by Doxygen; fails where something public has no documentation.

    build.py SOURCE_ROOT OUTPUT VERSION

Status 77 (skipped) without doxygen.
"""
import os
import re
import shutil
import subprocess
import sys

# What the members of these names mean is said once, where the idea is explained: a layer, an activation, an optimiser, a
# loss, a call. Members that end in _ are no one's business.
EXPLAINED = {
    'layers/layer.hpp': 'name output_shape on tensors packed_index cache_size forward_scratch backward_scratch state_size macs forward '
                        'backward absorb apply slope_from_output slope_from_input input output scalar_type',
    'loss/loss.hpp': 'row weight',
    'optimizer/optimizer.hpp': 'rule next started steps base state_type',
}
NAMES = {name for names in EXPLAINED.values() for name in names.split()} | {'operator==', 'operator<<'}


def excused(warning):
    found = re.search(r'Member (.*?)\s*(?:\(|$)', warning)
    if not found:
        return False
    name = re.sub(r'[(<\[].*', '', found[1].split()[0])
    return name in NAMES or name.endswith('_')


def main():
    source, output, version = sys.argv[1:4]
    if not shutil.which('doxygen'):
        print('doxygen is missing')
        return 77
    with open(os.path.join(source, 'docs', 'Doxyfile.in'), encoding='utf-8') as file:
        text = file.read()
    for name, value in {'root': os.path.abspath(source), 'output': os.path.abspath(output), 'version': version}.items():
        text = text.replace(f'@{name}@', value)
    os.makedirs(output, exist_ok=True)
    done = subprocess.run(['doxygen', '-'], input=text, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    warnings = [line for line in done.stderr.splitlines() if re.search(r': (warning|error): ', line)]
    warnings = [line for line in warnings if not ('is not documented' in line and excused(line))]
    for line in warnings:
        print(os.path.relpath(line, source) if line.startswith('/') else line)
    print(f'{len(warnings)} faults in the documentation; {os.path.join(output, "html", "index.html")}')
    return bool(warnings) or done.returncode != 0


if __name__ == '__main__':
    sys.exit(main())
