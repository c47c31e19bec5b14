#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Runs bench_all, prints a table per workload, and writes report.json and report.svg.

usage: report.py [--folder FOLDER] BENCH_ALL          run it, then report
       report.py [--folder FOLDER] --from RUN.json    report an earlier run (FOLDER/run.json)

The time of a row is the median over repetitions, its spread the interquartile range over the median. The limit of a
workload is the largest of three times, from rates measured in the same run: its multiply-adds (and, at the measured
rate, its tanhs) and the loads of its weights, from L1 or L2 by their size.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import xml.sax.saxutils

REPETITIONS = 11
MINIMUM_SECONDS = 0.03
WORKLOADS = {
    "W1 latency": "4-16-16-3 tanh, one sample, latency",
    "W1 throughput": "4-16-16-3 tanh, one sample, throughput",
    "W2 latency": "64-32-10 relu, one sample, latency",
    "W2 throughput": "64-32-10 relu, one sample, throughput",
    "W3a latency": "784-100-10 relu, one sample, latency",
    "W3b forward": "784-100-10 relu, batch of 100, forward",
    "W3c training": "784-100-10 relu, batch of 100, training step (cross-entropy, SGD)",
    "W4a latency": "13-64-64-4 tanh, one sample, latency",
    "W4a throughput": "13-64-64-4 tanh, one sample, throughput",
    "W4b training": "13-64-64-4 tanh, batch of 256, training step (squared error, Adam)",
    "W5 training": "2-8-8-1 tanh, batch of 10, training step (squared error, SGD)",
    "W6 GRU latency": "GRU 1→20 and dense 1, one time step, latency",
    "W6 LSTM latency": "LSTM 1→20 and dense 1, one time step, latency",
    "W7a latency": "LeNet on 1×28×28, one sample, latency",
    "W7b training": "LeNet, batch of 32, training step (cross-entropy, SGD)",
}
OURS = "inlay"


def run(program, folder):
    path = os.path.join(folder, "run.json")
    subprocess.run(
        [
            program, f"--benchmark_out={path}", "--benchmark_out_format=json", "--benchmark_format=console",
            f"--benchmark_min_time={MINIMUM_SECONDS}", f"--benchmark_repetitions={REPETITIONS}",
            "--benchmark_enable_random_interleaving=true", "--benchmark_display_aggregates_only=true",
        ],
        check=True, stdout=subprocess.DEVNULL,
    )
    return path


def measured(path):
    """{(workload, library): {"median", "spread", counters}}, times in ns of CPU."""
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    samples = {}
    for one in report["benchmarks"]:
        if one.get("run_type") != "iteration" or "error_message" in one:
            continue
        workload, library = one["run_name"].split("/")[:2]
        samples.setdefault((workload, library), []).append(one)
    rows = {}
    for key, runs in samples.items():
        times = sorted(r["cpu_time"] * {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}[r["time_unit"]] for r in runs)
        median = statistics.median(times)
        quarters = statistics.quantiles(times, n=4) if len(times) > 1 else [median, median, median]
        counters = {name: runs[0].get(name, 0.0) for name in ("flops", "tanhs", "bytes")}
        rows[key] = {"median": median, "spread": (quarters[2] - quarters[0]) / median, **counters}
    return rows, report["context"]


def machine(rows):
    """Rates per ns: multiply-adds as 2 operations, bytes, tanhs."""
    def rate(name, counter):
        row = rows.get(("machine", name))
        return row[counter] / row["median"] if row else math.inf
    return {"flops": rate("fma", "flops"), "L1": rate("load L1", "bytes"), "L2": rate("load L2", "bytes"),
            "tanhs": rate("tanh", "tanhs")}


def limit(row, rates, l1_size):
    arithmetic = row["flops"] / rates["flops"] + row["tanhs"] / rates["tanhs"]
    return max(arithmetic, row["bytes"] / rates["L1" if row["bytes"] <= l1_size else "L2"])


def in_words(ns):
    for size, unit in ((1e6, "ms"), (1e3, "µs")):
        if ns >= size:
            return f"{ns / size:.3g} {unit}"
    return f"{ns:.3g} ns"


def table(rows, rates, l1_size):
    """Prints; returns the rows of report.json."""
    out = []
    print(f"machine: {rates['flops']:.1f} GFLOP/s multiply-add, loads {rates['L1']:.0f} GB/s from L1, "
          f"{rates['L2']:.0f} from L2, {1 / rates['tanhs']:.2f} ns a tanh\n")
    for workload, title in WORKLOADS.items():
        group = {library: row for (name, library), row in rows.items() if name == workload}
        if not group:
            continue
        best = limit(next(iter(group.values())), rates, l1_size)
        ours = group.get(OURS)
        print(f"{workload}: {title}; limit {in_words(best)}")
        for library, row in sorted(group.items(), key=lambda item: (item[0] != OURS, item[1]["median"])):
            ratio = f"{row['median'] / ours['median']:8.2f} ×" if ours else ""
            print(f"    {library:10}{in_words(row['median']):>10}  ±{100 * row['spread']:3.0f} %{ratio}"
                  f"{100 * best / row['median']:7.0f} % of the limit")
            out.append({"workload": workload, "library": library, "median_ns": round(row["median"], 3),
                        "spread": round(row["spread"], 4), "limit_ns": round(best, 3)})
        print()
    return out


# ---- the picture: readable on white and on dark -------------------------------------------------------------------------

COLORS = {"Eigen": "#4f8fd6", "oneDNN": "#e08a2e", "libtorch": "#d6604d", "dlib": "#8d6cc4", "tiny-dnn": "#3fa67a",
          "FANN": "#a8925a"}
TEXT = "#7d8590"  # a grey with contrast on both


def picture(rows, path, note):
    """Bars of time relative to inlay, on a logarithmic axis that starts at inlay's time."""
    groups = {}
    for row in rows:
        groups.setdefault(row["workload"], {})[row["library"]] = row["median_ns"]
    groups = {name: group for name, group in groups.items() if OURS in group and len(group) > 1}
    if not groups:
        return
    left, width, bar, gap = 330, 560, 11, 20
    low = 0.5
    high = 10 ** math.ceil(math.log10(max(max(g.values()) / g[OURS] for g in groups.values())))

    def x(ratio):
        ratio = min(max(ratio, low), high)
        return left + width * math.log(ratio / low) / math.log(high / low)

    body, y = [], 64
    def text(at, line, words, size=12, anchor="start", color=TEXT, weight="normal"):
        words = xml.sax.saxutils.escape(words)
        body.append(f'<text x="{at:.1f}" y="{line:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{color}" '
                    f'font-weight="{weight}">{words}</text>')

    top = y - 8
    for workload in [name for name in WORKLOADS if name in groups]:
        group = groups[workload]
        others = sorted((t / group[OURS], library) for library, t in group.items() if library != OURS)
        height = bar * len(others)
        words = WORKLOADS[workload].split(" (")[0].split(", ", 1)
        text(left - 14, y + height / 2 - 2, f"{workload.split()[0]}  {words[0]}", 12, "end", weight="bold")
        text(left - 14, y + height / 2 + 12, f"{words[1] if len(words) > 1 else ''}, {in_words(group[OURS])}", 11, "end")
        for ratio, library in others:
            begin, end = sorted((x(1), x(ratio)))
            color = COLORS.get(library, "#888888")
            body.append(f'<rect x="{begin:.1f}" y="{y + 1}" width="{max(end - begin, 1):.1f}" height="{bar - 2}" '
                        f'fill="{color}"/>')
            shown = f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}" if ratio >= 1.05 else f"{ratio:.2f}"
            text(max(end, x(1)) + 4, y + bar - 2, f"{library} {shown}×", 10, color=color)
            y += bar
        y += gap
    bottom = y - gap + 6
    grid = []
    ticks = [10.0 ** e for e in range(0, int(math.log10(high)) + 1)]
    for tick in ticks:
        grid.append(f'<line x1="{x(tick):.1f}" y1="{top}" x2="{x(tick):.1f}" y2="{bottom}" stroke="{TEXT}" '
                    f'stroke-opacity="{0.9 if tick == 1 else 0.3}" stroke-width="1"/>')
        text(x(tick), top - 6, "inlay" if tick == 1 else f"{tick:.0f}×", 11, "middle")
    text(left, 20, "Time relative to inlay, one thread (longer is slower)", 14, weight="bold")
    text(left, bottom + 22, note, 10)
    total = left + width + 120
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {bottom + 34:.0f}" width="{total}" '
                   f'font-family="system-ui, sans-serif">\n' + "\n".join(grid + body) + "\n</svg>\n")


def cpu_name():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return "this machine"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", default=".")
    parser.add_argument("--from", dest="earlier")
    parser.add_argument("program", nargs="?")
    options = parser.parse_args()
    if not options.program and not options.earlier:
        parser.error("what to run?")
    os.makedirs(options.folder, exist_ok=True)
    rows, context = measured(options.earlier or run(options.program, options.folder))
    rates = machine(rows)
    l1_size = next((c["size"] for c in context.get("caches", []) if c["level"] == 1 and c["type"] == "Data"), 32768)
    report = table(rows, rates, l1_size)
    with open(os.path.join(options.folder, "report.json"), "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(row) for row in report) + "\n]\n")
    picture(report, os.path.join(options.folder, "report.svg"),
            f"{cpu_name()}, {rates['flops']:.0f} GFLOP/s; float32; medians of interleaved repetitions")
    print(f"written to {options.folder}: report.json, report.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
