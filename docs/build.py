#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""The reference of all public names, by Doxygen; fails where something public has no documentation.

    build.py SOURCE_ROOT OUTPUT VERSION

Status 77 (skipped) without doxygen.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

UNDOCUMENTED = re.compile(r'^(/[^:]+):(\d+): warning: (?:Member|Compound) (.*?) (?:\(|is not documented)')


def glossary(source):
    with open(os.path.join(source, 'docs', 'glossary.txt'), encoding='utf-8') as file:
        return dict(line.rstrip('\n').split(': ', 1) for line in file if not line.startswith('#') and ': ' in line)


def explained(warnings, words):
    """{file: {line: text}} of what the glossary explains."""
    notes = {}
    for line in warnings:
        found = UNDOCUMENTED.match(line)
        if not found:
            continue
        name = re.match(r'operator\S+?(?=\(| |$)|[\w:]+', found[3])
        name = name[0].split('::')[-1] if name else ''
        if found[3].startswith('operator()'):
            name = 'operator()'
        text = words.get(name) or ('Of the implementation.' if name.endswith('_') else None)
        if text:
            notes.setdefault(found[1], {})[int(found[2])] = text
    return notes


def run(source, output, version, folder):
    with open(os.path.join(source, 'docs', 'Doxyfile.in'), encoding='utf-8') as file:
        text = file.read()
    values = {'root': os.path.abspath(source), 'output': os.path.abspath(output), 'version': version,
              'filter': f'python3 {os.path.abspath(__file__)} --filter {os.path.join(folder, "notes.json")}'}
    for name, value in values.items():
        text = text.replace(f'@{name}@', value)
    done = subprocess.run(['doxygen', '-'], input=text, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          cwd=source, check=False)
    return [line for line in done.stderr.splitlines() if re.search(r': (warning|error): ', line)]


def filtered(notes, path):
    """A header as Doxygen gets it: without the namespace of the target, and with what the glossary has to say."""
    with open(notes, encoding='utf-8') as file:
        own = json.load(file).get(path, {})
    with open(path, encoding='utf-8') as file:
        lines = file.read().split('\n')
    for number, text in own.items():
        at = int(number) - 1
        while at > 0 and re.match(r'\s*template\b', lines[at - 1]):
            at -= 1
        several = re.match(r'(\s*)((?:[\w:<>*]+ )+)(\w+[^,;()]*(?:, \w+[^,;()]*)+);(.*)$', lines[at])
        if several: # of several names in one declaration each is declared alone
            alone = ' '.join(f'/** {text} */ {several[2]}{one};' for one in several[3].split(', '))
            lines[at] = several[1] + alone + several[4]
        elif not lines[at].lstrip().startswith('/**'):
            lines[at] = f'/** {text} */ ' + lines[at]
    text = re.sub(r'///.*', lambda found: found[0].replace('\\', '\\\\'), '\n'.join(lines)) # \r is no command of Doxygen's
    sys.stdout.write(text.replace('::inline INLAY_TARGET', '').replace(' INLAY_INLINE', ''))


def main():
    if sys.argv[1] == '--filter':
        filtered(sys.argv[2], sys.argv[3])
        return 0
    source, output, version = sys.argv[1:4]
    if not shutil.which('doxygen'):
        print('doxygen is missing')
        return 77
    os.makedirs(output, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        notes = {}
        for _ in range(3): # what is explained shows what its members lack
            with open(os.path.join(folder, 'notes.json'), 'w', encoding='utf-8') as file:
                json.dump(notes, file)
            warnings = run(source, output, version, folder)
            more = explained(warnings, glossary(source))
            if not more:
                break
            for path, lines in more.items():
                notes.setdefault(path, {}).update(lines)
    for line in warnings:
        print(os.path.relpath(line, source) if line.startswith('/') else line)
    print(f'{len(warnings)} faults in the documentation; {os.path.join(output, "html", "index.html")}')
    return bool(warnings)


if __name__ == '__main__':
    sys.exit(main())
