#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""The tutorial's snippets: compiled, run, and their output compared with the grey boxes of the text.

    run.py extract OUT.cpp CHAPTER.md…     the program of these chapters
    run.py check PROGRAM CHAPTER.md…       runs it where the test runs, compares, looks for the pictures
    run.py --write PROGRAM CHAPTER.md…     runs it in docs/tutorial, which gets its pictures, and renews the boxes

A snippet is a block ```cpp; what it prints is the block ```text directly after it, and nothing without one. A snippet that
begins with `template` stands at namespace scope; all others of a chapter are one function.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

BLOCK = re.compile(r'^```cpp\n(.*?)^```\n(?:```text\n(.*?)^```\n)?', re.M | re.S)
MARK = '\x1e'


def extract(target, chapters):
    text = '#include <inlay/host.hpp>\n\n#include <cmath>\n#include <iomanip>\n#include <iostream>\n#include <string>\n'
    calls = ''
    for chapter in chapters:
        markdown = chapter.read_text(encoding='utf-8')
        name = 'chapter_' + chapter.stem
        outside, inside = '', ''
        for number, block in enumerate(BLOCK.finditer(markdown)):
            line = markdown.count('\n', 0, block.start()) + 2
            code = f'#line {line} "{chapter}"\n{block[1]}'
            if block[1].startswith('template'):
                outside += code
                code = ''
            inside += f'std::cout << "\\036{chapter.name}:{number}\\n";\n{code}'
        text += (f'\nnamespace {name} {{\nusing namespace inlay;\n{outside}'
                 f'void run([[maybe_unused]] std::ostream& log, [[maybe_unused]] const std::string& data) {{\n{inside}}}\n}}\n')
        calls += f'    {name}::run(std::cerr, INLAY_EXAMPLE_DATA);\n'
    target.write_text(text + f'\nint main() {{\n    std::cout << std::setprecision(4);\n{calls}}}\n', encoding='utf-8')


def run(program, where, chapters):
    """The outputs by "chapter:number", and what was logged."""
    done = subprocess.run([program], cwd=where, capture_output=True, encoding='utf-8', timeout=120)
    if done.returncode != 0:
        sys.exit(f'{program} ended with {done.returncode}\n{done.stderr}')
    outputs = {}
    for part in done.stdout.split(MARK)[1:]:
        key, _, printed = part.partition('\n')
        outputs[key] = re.sub(r' +$', '', printed, flags=re.M)
    return outputs, done.stderr


def check(program, chapters):
    outputs, logged = run(program, '.', chapters)
    wrong = 0
    for chapter in chapters:
        markdown = chapter.read_text(encoding='utf-8')
        for number, block in enumerate(BLOCK.finditer(markdown)):
            printed, shown = outputs.pop(f'{chapter.name}:{number}'), block[2] or ''
            if printed != shown:
                wrong += 1
                print(f'{chapter}: snippet {number} prints\n{printed}and the text says\n{shown}')
        drawn = re.findall(r'try_save\("(.*?)"', markdown)
        for picture in drawn:
            if f'({picture})' not in markdown or not (chapter.parent / picture).exists():
                wrong += 1
                print(f'{chapter}: the picture {picture} is not shown, or not there')
            if shutil.which('gnuplot') and f'{picture} drawn' not in logged:
                wrong += 1
                print(f'{chapter}: {picture} was not drawn\n{logged}')
        for link in re.findall(r'\]\(([^)#:]+)[^)]*\)', BLOCK.sub('', markdown)):
            if not (chapter.parent / link).exists():
                wrong += 1
                print(f'{chapter}: a link to {link}, which is not there')
    if not shutil.which('gnuplot'):
        print('no pictures: gnuplot is not installed')
    print('the text is what the snippets print' if wrong == 0 else f'{wrong} wrong')
    return wrong


def write(program, chapters):
    outputs, logged = run(program, chapters[0].parent, chapters)
    print(logged, end='')
    for chapter in chapters:
        numbers = iter(range(1000))

        def renewed(block):
            printed = outputs[f'{chapter.name}:{next(numbers)}']
            return f'```cpp\n{block[1]}```\n' + (f'```text\n{printed}```\n' if printed else '')
        chapter.write_text(BLOCK.sub(renewed, chapter.read_text(encoding='utf-8')), encoding='utf-8')


def main():
    what, program, *chapters = sys.argv[1:]
    chapters = [pathlib.Path(chapter) for chapter in chapters]
    if what == 'extract':
        extract(pathlib.Path(program), chapters)
    elif what == 'check':
        sys.exit(check(os.path.abspath(program), chapters) != 0)
    elif what == '--write':
        write(os.path.abspath(program), chapters)
    else:
        sys.exit(__doc__)


if __name__ == '__main__':
    main()
