#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""What `memory` promises against what the linked program holds and what one inference took of the stack.

    budget.py NET=BYTES,…,BYTES TOOLS PROGRAM EMULATOR…     runs the program built from budget.cpp; these nets, and all
                                                            others, may take that much more stack than promised
    budget.py --self-test
"""
import collections
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import elf  # noqa: E402


def reports(text):
    """name → figures, from lines such as "net mlp parameter_bytes 9664 …"."""
    found = {}
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ['net']:
            found[words[1]] = {label: int(value) for label, value in zip(words[2::2], words[3::2])}
    return found


def problems(nets, in_flash, static_ram, slack):
    if not nets:
        yield 'the program has reported nothing'
    promised, linked = (collections.Counter(sizes) for sizes in
                        ((net['parameter_bytes'] for net in nets.values()), in_flash))
    if promised != linked:
        yield f'networks in flash: {sorted(linked.elements())}, memory promises {sorted(promised.elements())}'
    if static_ram:
        yield f'{static_ram} bytes of RAM are taken before anything runs'
    for name, net in nets.items():
        limit = net['inference_bytes'] + net['output_bytes'] + slack.get(name, slack[''])
        if 'stack' in net and net['stack'] > limit:
            yield (f'{name}: {net["stack"]} bytes of stack; memory promises {net["inference_bytes"]}, the output takes '
                   f'{net["output_bytes"]}: {net["stack"] - limit} too many')


def self_test():
    good = {'a': {'parameter_bytes': 64, 'inference_bytes': 100, 'output_bytes': 40, 'stack': 268}}
    cases = [
        ('what holds', (good, [64], 0), 0),
        ('nothing reported', ({}, [], 0), 1),
        ('a larger network', (good, [80], 0), 1),
        ('a network twice', (good, [64, 64], 0), 1),
        ('static RAM', (good, [64], 4), 1),
        ('a byte of stack too many', ({'a': dict(good['a'], stack=269)}, [64], 0), 1),
    ]
    slack = {'a': 128, '': 1000}
    failed = [what for what, arguments, count in cases if len(list(problems(*arguments, slack))) != count]
    if list(problems({'b': dict(good['a'], stack=269)}, [64], 0, slack)):
        failed.append('a net with other limits')
    failed += ['reading'] if reports('x\nnet a stack 4 b 5\n') != {'a': {'stack': 4, 'b': 5}} else []
    for what in failed:
        print('not told apart:', what)
    print(f'{len(cases) + 2 - len(failed)} passed, {len(failed)} failed')
    return bool(failed)


def main():
    arguments = sys.argv[1:]
    if arguments == ['--self-test']:
        return self_test()
    limits, tools, program, *emulator = arguments
    slack = {name: int(bytes) for name, _, bytes in (limit.rpartition('=') for limit in limits.split(','))}
    done = subprocess.run([*emulator, program], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                          check=False)
    file = elf.Elf(tools, program)
    nets = reports(done.stdout)
    linked = [size for name, size, section in file.symbols if 'in_flash' in name and size and section == '.rodata']
    bare = any(section['name'] == '.stack' for section in file.sections) # a Linux program holds the C library
    lines = list(problems(nets, linked, file.static_ram() if bare else 0, slack))
    if done.returncode:
        lines.append(f'the program ended with {done.returncode}: {done.stdout[-400:]}{done.stderr[-400:]}')
    print(f'{"net":14}{"parameters":>12}{"inference":>12}{"output":>8}{"stack":>8}{"beyond":>8}{"instructions":>14}'
          f'{"per MAC":>9}')
    for name, net in nets.items():
        print(f'{name:14}{net["parameter_bytes"]:12}{net["inference_bytes"]:12}{net["output_bytes"]:8}', end='')
        if 'stack' in net:
            beyond = net['stack'] - net['inference_bytes'] - net['output_bytes']
            per_mac = net['instructions'] / net['multiply_accumulates']
            print(f'{net["stack"]:8}{beyond:8}{net["instructions"]:14}{per_mac:9.2f}', end='')
        print()
    for line in lines:
        print(line)
    count = 2 + len(nets)
    print(f'{max(count - len(lines), 0)} passed, {len(lines)} failed')
    return bool(lines)


if __name__ == '__main__':
    sys.exit(main())
