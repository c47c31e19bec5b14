#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""The accuracy PyTorch reaches on the data sets of examples/data: the figures inlay's examples are held against.

    /usr/bin/python3 tools/reference/cross_validation.py [name ...] [--weight-decay 1e-4] [--seeds 5]

Five-fold cross-validation. One hidden layer of ReLU units, PyTorch's default initialisation, cross-entropy,
torch.optim.Adam (its weight_decay adds decay * w to the gradient), batches drawn anew each epoch, the last one smaller.
The spread is the sample standard deviation (n - 1) of the seeds' means.
"""
import argparse
import gzip
import pathlib
import statistics
import time

import numpy
import torch

DATA = pathlib.Path(__file__).resolve().parents[2] / "examples" / "data"

SETTINGS = {
    "digits": dict(file="digits.csv.gz", net=(64, 32, 10), scale=1 / 16, epochs=30, batch=32, rate=1e-3),
    "iris": dict(file="iris.csv", net=(4, 8, 3), scale=None, epochs=100, batch=16, rate=1e-2),
    "wine": dict(file="wine.csv", net=(13, 16, 3), scale=None, epochs=60, batch=16, rate=1e-2),
    "breast_cancer": dict(file="breast_cancer.csv", net=(30, 16, 2), scale=None, epochs=30, batch=32, rate=3e-3),
}


def load(name):
    """The features [n, f] and labels [n] of a file in examples/data."""
    path = DATA / name
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="ascii") as lines:
        table = numpy.loadtxt(lines, delimiter=",", comments="#", dtype=numpy.float64, ndmin=2)
    return table[:, :-1], table[:, -1].astype(numpy.int64)


def folds(count, seed, parts=5):
    """Shuffled parts whose sizes differ by at most one, as sklearn's KFold and inlay's k_fold make them."""
    order = numpy.random.RandomState(seed).permutation(count)
    return numpy.array_split(order, parts)


def accuracy(setting, inputs, labels, test, seed, decay):
    """The share of `test` that a net trained on the rest gets right."""
    train = numpy.setdiff1d(numpy.arange(len(labels)), test)
    if setting["scale"] is None:
        mean, deviation = inputs[train].mean(0), inputs[train].std(0)
        inputs = (inputs - mean) / numpy.where(deviation == 0, 1, deviation)
    else:
        inputs = inputs * setting["scale"]
    x, y = torch.tensor(inputs, dtype=torch.float32), torch.tensor(labels)
    train, test = torch.tensor(train), torch.tensor(test)

    torch.manual_seed(seed)
    n_inputs, hidden, classes = setting["net"]
    net = torch.nn.Sequential(torch.nn.Linear(n_inputs, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, classes))
    adam = torch.optim.Adam(net.parameters(), lr=setting["rate"], weight_decay=decay)
    for _ in range(setting["epochs"]):
        for batch in train[torch.randperm(len(train))].split(setting["batch"]):
            adam.zero_grad()
            torch.nn.functional.cross_entropy(net(x[batch]), y[batch]).backward()
            adam.step()
    with torch.no_grad():
        return (net(x[test]).argmax(1) == y[test]).float().mean().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="name", help="of " + ", ".join(SETTINGS) + " (default: all)")
    parser.add_argument("--weight-decay", type=float, default=0.0, help="as torch.optim.Adam's (default: 0)")
    parser.add_argument("--seeds", type=int, default=5, help="at least 2 (default: 5)")
    options = parser.parse_args()
    for name in options.names:
        if name not in SETTINGS:
            parser.error(f"no data set named {name}: choose from {', '.join(SETTINGS)}")
    if options.seeds < 2:
        parser.error("a spread needs at least 2 seeds")

    torch.set_num_threads(1)
    print(f"torch {torch.__version__}, numpy {numpy.__version__}; {options.seeds} seeds x 5 folds, "
          f"weight decay {options.weight_decay:g}")
    for name in options.names or SETTINGS:
        setting = SETTINGS[name]
        inputs, labels = load(setting["file"])
        start = time.monotonic()
        means = []
        for seed in range(options.seeds):
            # A seed per fold, too: otherwise the five nets of a seed start from the same weights.
            scores = [accuracy(setting, inputs, labels, test, 1000 * seed + fold, options.weight_decay)
                      for fold, test in enumerate(folds(len(labels), seed))]
            means.append(100 * statistics.mean(scores))
        shape = "-".join(map(str, setting["net"]))
        print(f"{name:13} {shape:9} {statistics.mean(means):6.2f} +- {statistics.stdev(means):4.2f} %   seeds "
              + " ".join(f"{value:.2f}" for value in means) + f"   ({time.monotonic() - start:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
