#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""A bare inference, weighed and timed: flash beyond the raw weights, RAM and instructions of size.cpp.

    sizes.py [--goals] [--json FILE] TOOLS EMULATOR… -- NET:POLICY:OPTIMISATION:PROGRAM…

The net `nothing` is the same program without a network. Goals are those for a Cortex-M4F.
"""
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import elf  # noqa: E402

RAW = {'mlp': 9640, 'cnn': 28072}  # bytes of weights and biases
MACS = {'mlp': 2368, 'cnn': 59400}
INPUT_AND_OUTPUT = 784 * 4 + 10 * 4
FLASH_GOAL = {('mlp', 'size'): 410, ('cnn', 'size'): 1024, ('mlp', 'speed'): 1434, ('cnn', 'speed'): 2560}
PER_MAC_GOAL = {'mlp': 1.4, 'cnn': 1.6}


def measure(tools, base, emulator, net, policy, optimisation, program):
    file = elf.Elf(tools, program)
    row = {'net': net, 'policy': policy, 'optimisation': optimisation,
           'flash': file.flash() - elf.Elf(tools, base[optimisation]).flash() - RAW[net],
           'ram': file.static_ram() - INPUT_AND_OUTPUT}
    done = subprocess.run([*emulator, program], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                          check=False)
    words = done.stdout.split()
    if done.returncode or words[:1] != ['instructions']:
        row['wrong'] = f'ended with {done.returncode}: {done.stdout}{done.stderr}'
    else:
        row['instructions'], row['stack'] = int(words[1]), int(words[3])
        row['per_mac'] = row['instructions'] / MACS[net]
    return row


def verdict(row, goals):
    if 'wrong' in row:
        return row['wrong'].splitlines()[0]
    if row['ram']:
        return f'{row["ram"]} bytes of static RAM'
    fitting = 'Os' if row['policy'] == 'size' else 'O2'
    if goals and row['optimisation'] == fitting and row['flash'] > FLASH_GOAL[row['net'], row['policy']]:
        return f'the goal for flash is {FLASH_GOAL[row["net"], row["policy"]]}'
    if goals and row['policy'] == 'speed' and row['per_mac'] > PER_MAC_GOAL[row['net']]:
        return f'the goal is {PER_MAC_GOAL[row["net"]]} instructions per multiply-accumulate'
    return ''


def main():
    arguments = sys.argv[1:]
    goals, out = False, None
    while arguments[0].startswith('--'):
        if arguments[0] == '--goals':
            goals, arguments = True, arguments[1:]
        else:
            out, arguments = arguments[1], arguments[2:]
    cut = arguments.index('--')
    tools, *emulator = arguments[:cut]
    programs = [program.split(':', 3) for program in arguments[cut + 1:]]
    base = {optimisation: program for net, _, optimisation, program in programs if net == 'nothing'}
    rows = [measure(tools, base, emulator, *program) for program in programs if program[0] != 'nothing']
    print(f'{"net":5}{"policy":8}{"":5}{"flash beyond weights":>22}{"static RAM":>12}{"stack":>8}{"instructions":>14}'
          f'{"per MAC":>9}')
    failed = 0
    for row in rows:
        wrong = verdict(row, goals)
        failed += bool(wrong)
        figures = f'{row["stack"]:8}{row["instructions"]:14}{row["per_mac"]:9.2f}' if 'stack' in row else ''
        print(f'{row["net"]:5}{row["policy"]:8}-{row["optimisation"]:4}{row["flash"]:22}{row["ram"]:12}{figures}  {wrong}')
    if out:
        with open(out, 'w', encoding='utf-8') as file:
            json.dump(rows, file)
    print(f'{len(rows) - failed} passed, {failed} failed')
    return failed > 0 or not rows


if __name__ == '__main__':
    sys.exit(main())
