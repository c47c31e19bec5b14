#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""What a program that uses inlay costs to compile: user time and peak memory, next to an empty file.

usage: compile_cost.py [--json FILE] COMPILER [FLAGS...]

Exits with 1 if the digits training program misses its goals (5 s and 500 MB; without optimisation and with sanitizers 15 s
and 700 MB) or anything does not compile.
"""
import argparse
import json
import os
import sys
import tempfile
import time

GOAL_SECONDS, GOAL_MEGABYTES = 5.0, 500.0

DIGITS = """
#include <inlay/inlay.hpp>
using digits = inlay::network<inlay::input<64>, inlay::dense<32>, inlay::relu, inlay::dense<10>>;
digits net;
std::array<std::array<float, 64>, 32> inputs{};
std::array<int, 32> labels{};
int main() {
    initialize(net, inlay::seed{42});
    static inlay::trainer<digits, inlay::cross_entropy, inlay::adam, inlay::batch<32>> trainer{net, {.learning_rate = 1e-3}};
    float loss = 0;
    for (int step = 0; step < 100; ++step) loss = trainer.step(inputs, labels);
    return loss < 1 && inlay::argmax(net(inputs[0])) == 0 ? 0 : 1;
}
"""


def layers(count):
    """A net of `count` dense layers with relu between, inference and training; widths differ, as they do in life."""
    items = []
    for i in range(count - 1):
        items.append(f"inlay::dense<{16 + i % 3 * 8}>, inlay::relu")
    items.append("inlay::dense<10>")
    return f"""
#include <inlay/inlay.hpp>
using net_type = inlay::network<inlay::input<16>, {', '.join(items)}>;
net_type net;
std::array<std::array<float, 16>, 8> inputs{{}};
std::array<int, 8> labels{{}};
int main() {{
    initialize(net, inlay::seed{{1}});
    static inlay::trainer<net_type, inlay::cross_entropy, inlay::sgd, inlay::batch<8>> trainer{{net, {{.learning_rate = 0.1}}}};
    return trainer.step(inputs, labels) < 1 && inlay::argmax(net(inputs[0])) == 0 ? 0 : 1;
}}
"""


PROGRAMS = [
    ("an empty file", "", None),
    ("<iostream>", "#include <iostream>\nint main() { std::cout << 1; }\n", None),
    ("<inlay/inlay.hpp>", "#include <inlay/inlay.hpp>\nint main() {}\n", None),
    ("digits training", DIGITS, (GOAL_SECONDS, GOAL_MEGABYTES)),
    ("the same at -O0", DIGITS, (GOAL_SECONDS, GOAL_MEGABYTES), ["-O0"]),
    ("with sanitizers too", DIGITS, (15.0, 700.0), ["-O0", "-g", "-fsanitize=address,undefined"]),
    ("3 layers, training", layers(3), None),
    ("10 layers, training", layers(10), None),
    ("30 layers, training", layers(30), None),
    ("100 layers, training", layers(100), None),
]

# Measured elsewhere (Sapphire Rapids server, g++ 12 -O3), user seconds; that machine took 0.64 s for <iostream>.
PEERS = [
    ("RTNeural (STL), inference", 4.5, None),
    ("RTNeural (Eigen), inference", 6.7, None),
    ("RLtools, the type of an MLP", 1.2, None),
    ("dlib, MLP training", 23.0, 600.0),
    ("tiny-dnn, MLP training", 57.0, 1300.0),
]
PEERS_IOSTREAM = 0.64


def compile_once(command, source, folder):
    """User + system seconds, peak megabytes and the exit status of the compiler and its children."""
    path = os.path.join(folder, "program.cpp")
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
    # wait4 counts the driver's own children (cc1plus, as) too.
    pid = os.fork()
    if pid == 0:
        try:
            log = os.open(os.path.join(folder, "log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(log, 1)
            os.dup2(log, 2)
            os.execvp(command[0], command + ["-c", path, "-o", os.path.join(folder, "program.o")])
        finally:
            os._exit(127)
    _, status, usage = os.wait4(pid, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--json")
    parser.add_argument("--only", help="programs whose name contains this")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    rows, failed = [], False
    os.environ["CCACHE_DISABLE"] = "1"
    print(" ".join(options.command))
    print(f"\n{'':32}{'seconds':>9}{'× empty':>9}{'MB':>8}{'object KB':>11}")
    with tempfile.TemporaryDirectory() as folder:
        empty = None
        for name, source, goal, *more in PROGRAMS:
            if options.only and empty and options.only not in name:
                continue
            runs = [compile_once(options.command + (more[0] if more else []), source, folder) for _ in range(3 if goal or not source else 1)]
            seconds, megabytes, code = min(runs)
            if code != 0:
                failed = True
                with open(os.path.join(folder, "log"), encoding="utf-8", errors="replace") as log:
                    print(f"{name:32} does not compile:\n{log.read()[:4000]}")
                continue
            empty = empty or seconds
            kilobytes = os.path.getsize(os.path.join(folder, "program.o")) / 1024
            verdict = ""
            if goal:
                met = seconds < goal[0] and megabytes < goal[1]
                failed |= not met
                verdict = f"   {'within' if met else 'MISSES'} {goal[0]:.0f} s and {goal[1]:.0f} MB"
            print(f"{name:32}{seconds:9.2f}{seconds / empty:9.0f}{megabytes:8.0f}{kilobytes:11.0f}{verdict}", flush=True)
            rows.append({"program": name, "seconds": seconds, "times_empty": seconds / empty, "megabytes": megabytes})
    print(f"\nPeers, on another machine (<iostream> took {PEERS_IOSTREAM} s there):")
    for name, seconds, megabytes in PEERS:
        print(f"{name:32}{seconds:9.2f}{'':9}{f'{megabytes:8.0f}' if megabytes else ''}   "
              f"{seconds / PEERS_IOSTREAM:.0f} × <iostream>")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
