#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Two spirals with the TensorFlow playground's settings: the test losses inlay's spiral example is held against.

    /usr/bin/python3 tools/reference/spiral.py [--seeds 20]

500 points without noise, half of them for training; features x1, x2, x1^2, x2^2, x1*x2, sin x1, sin x2, not scaled;
weights uniform(-1/2, 1/2), biases 0.1; tanh in the hidden layers and at the output; loss (o - y)^2 / 2; plain gradient
descent, rate 0.03, on the mean over batches of 10. The batches follow each other in the same order every epoch, as in
the playground (it shuffles once, when it makes the points). Double precision, as in JavaScript. All seeds are trained
side by side, as one batched net.
"""
import argparse
import math
import time

import torch

NETS = [(6,), (3, 3), (6, 6)]
EPOCHS = (259, 370)
BATCH, RATE = 10, 0.03


def spirals(generator):
    """Features [500, 7] and labels [500, 1], +1 and -1, in random order."""
    step = torch.arange(250, dtype=torch.float64) / 250
    points, labels = [], []
    for offset, label in ((0.0, 1.0), (math.pi, -1.0)):
        radius, angle = 5 * step, 1.75 * step * 2 * math.pi + offset
        points.append(torch.stack([radius * torch.sin(angle), radius * torch.cos(angle)], 1))
        labels.append(torch.full((250, 1), label, dtype=torch.float64))
    order = torch.randperm(500, generator=generator)
    x1, x2 = torch.cat(points)[order].unbind(1)
    features = torch.stack([x1, x2, x1 * x1, x2 * x2, x1 * x2, torch.sin(x1), torch.sin(x2)], 1)
    return features, torch.cat(labels)[order]


def forward(layers, x):
    for weight, bias in layers:
        x = torch.tanh(torch.baddbmm(bias, x, weight))
    return x


def losses(hidden, seeds):
    """Per epoch of EPOCHS the test loss of every seed."""
    inputs, labels, layers = [], [], []
    sizes = (7, *hidden, 1)
    for seed in range(seeds):
        generator = torch.Generator().manual_seed(seed)
        features, label = spirals(generator)
        inputs.append(features)
        labels.append(label)
        layers.append([torch.rand(n, m, dtype=torch.float64, generator=generator) - 0.5
                       for n, m in zip(sizes, sizes[1:])])
    x, y = torch.stack(inputs), torch.stack(labels)
    net = [(torch.stack(weights).requires_grad_(), torch.full((seeds, 1, m), 0.1, dtype=torch.float64).requires_grad_())
           for weights, m in zip(zip(*layers), sizes[1:])]
    parameters = [parameter for layer in net for parameter in layer]
    train_x, test_x, train_y, test_y = x[:, :250], x[:, 250:], y[:, :250], y[:, 250:]

    result = {}
    for epoch in range(1, max(EPOCHS) + 1):
        for first in range(0, 250, BATCH):
            batch = slice(first, first + BATCH)
            error = forward(net, train_x[:, batch]) - train_y[:, batch]
            # The mean over a seed's batch, summed over the seeds: each seed then gets its own gradient.
            gradients = torch.autograd.grad(error.square().sum() / (2 * BATCH), parameters)
            with torch.no_grad():
                for parameter, gradient in zip(parameters, gradients):
                    parameter.sub_(gradient, alpha=RATE)
        if epoch in EPOCHS:
            with torch.no_grad():
                result[epoch] = ((forward(net, test_x) - test_y).square() / 2).mean((1, 2))
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=20, help="(default: 20)")
    options = parser.parse_args()
    if options.seeds < 1:
        parser.error("needs at least one seed")

    torch.set_num_threads(1)
    print(f"torch {torch.__version__}; {options.seeds} seeds; test loss, median [min-max] (25 % and 75 % quantile)")
    for hidden in NETS:
        start = time.monotonic()
        for epoch, values in losses(hidden, options.seeds).items():
            low, median, high = values.quantile(torch.tensor([.25, .5, .75], dtype=torch.float64)).tolist()
            print(f"{'+'.join(map(str, hidden)):4} epoch {epoch}: {median:.3f} [{values.min():.3f}-{values.max():.3f}] "
                  f"({low:.3f} {high:.3f}), below 0.05: {100 * (values < 0.05).double().mean():.0f} %")
        print(f"     ({time.monotonic() - start:.0f} s)", flush=True)


if __name__ == "__main__":
    main()
