#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""What the example takes and gives on each target, from the last `meson test` of their build folders.

    table.py BUILD…
"""
import glob
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'tests', 'chip'))
import elf  # noqa: E402


def row_of(build):
    """Figures of one target; None where the program has not run to its end."""
    try:
        with open(os.path.join(build, 'meson-logs', 'testlog.json'), encoding='utf-8') as file:
            result = next(r for r in map(json.loads, file) if r['name'].split(' / ')[-1] == 'on_chip')
        words = result['stdout'].split()
        row = {label: int(value) for label, value in zip(words[::2], words[1::2])}
        row['good'] = result['result'] == 'OK'
        # What classify.cpp adds to a program; the compiler's own soft-float comes on top.
        unit = elf.Elf('', glob.glob(os.path.join(build, 'examples', 'on_chip', '*.p', '*classify.cpp.o'))[0])
        row['weights'] = sum(size for name, size, _ in unit.symbols if 'digits3net' in name)
        row['code'] = unit.bytes_of(lambda section: section['type'] == 'PROGBITS' and section['name'].startswith(
            ('.text', '.rodata', '.srodata'))) - row['weights']
        row['ram'] = unit.static_ram()
        return row if {'images', 'stack', 'outputs'} <= row.keys() else None
    except (OSError, StopIteration, IndexError, ValueError, KeyError):
        return None


def main():
    print(f'\n{"":9}{"flash":>16}{"":9}{"RAM":>8}{"":8}{"instructions":>14}{"right":>10}{"as the host":>13}'
          f'{"its bits":>12}')
    print(f'{"target":9}{"code":>8} +{"weights":>8}{"":6}{"static":>8} +{"stack":>6}{"":4}{"per image":>10}'
          f'{"of 100":>10}{"of 100":>13}')
    failed = 0
    for build in sys.argv[1:]:
        name, row = os.path.basename(build), row_of(build)
        if row is None:
            print(f'{name:9} has not run to its end')
            failed += 1
            continue
        failed += not row['good']
        bits = 'all' if row['other_bits'] == 0 else f'{row["outputs"] - row["other_bits"]} of {row["outputs"]}'
        stack, instructions = (row['stack'], row['instructions']) if row['measured'] else ('-', '-')
        print(f'{name:9}{row["code"]:8} +{row["weights"]:8}{"":6}{row["ram"]:8} +{stack:>6}{"":4}{instructions:>10}'
              f'{row["right"]:10}{row["as_host"]:13}{bits:>12}' + ('' if row['good'] else '  WRONG'))
    return failed > 0


if __name__ == '__main__':
    sys.exit(main())
