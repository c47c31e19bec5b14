#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""What PyTorch reaches with the nets, data and settings of inlay's examples: the figures they print beside theirs.

    /usr/bin/python3 tools/reference/learning.py gan [--seeds 10]        examples/10_gan
    /usr/bin/python3 tools/reference/learning.py cancer [--seeds 10]     examples/15_cancer
    /usr/bin/python3 tools/reference/learning.py lenet FOLDER            examples/16_lenet; FOLDER holds MNIST
    /usr/bin/python3 tools/reference/learning.py depthwise FOLDER        examples/22_depthwise; the same FOLDER
    /usr/bin/python3 tools/reference/learning.py adding [--seeds 3]      examples/17_adding
    /usr/bin/python3 tools/reference/learning.py text FILE [--seeds 3]   examples/18_text; `18_text --write FILE` writes it
    /usr/bin/python3 tools/reference/learning.py vae [--seeds 3]         examples/19_vae
    /usr/bin/python3 tools/reference/learning.py amp [--seeds 3]         examples/20_amp

One thread, float32, PyTorch's own start values except where the example has others.
"""
import argparse
import gzip
import math
import pathlib
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

torch.set_num_threads(1)
DATA = pathlib.Path(__file__).resolve().parents[2] / "examples" / "data"


def cosine(optimizer, rate, step, total):
    for group in optimizer.param_groups:
        group["lr"] = rate * (1 + math.cos(math.pi * step / total)) / 2


def gan(arguments):
    """Eight Gaussians: how many the generator covers, and the share of its points within three deviations of one."""
    for seed in range(arguments.seeds):
        torch.manual_seed(seed)
        generator = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2))
        discriminator = nn.Sequential(nn.Linear(2, 64), nn.LeakyReLU(0.2), nn.Linear(64, 64), nn.LeakyReLU(0.2),
                                      nn.Linear(64, 1))
        for layer in [*generator, *discriminator]:
            if isinstance(layer, nn.Linear):
                nn.init.kaiming_normal_(layer.weight)
                nn.init.zeros_(layer.bias)
        train_g = torch.optim.Adam(generator.parameters(), lr=1e-3, betas=(0.5, 0.999))
        train_d = torch.optim.Adam(discriminator.parameters(), lr=1e-3, betas=(0.5, 0.999))
        angle = torch.arange(8) * (math.pi / 4)
        middle = 2 * torch.stack([angle.cos(), angle.sin()], 1)
        one, zero = torch.ones(64, 1), torch.zeros(64, 1)
        loss = nn.BCEWithLogitsLoss()
        for _ in range(8000):
            real = middle[torch.randint(8, (64,))] + 0.2 * torch.randn(64, 2)
            made = generator(torch.randn(64, 8))
            train_d.zero_grad()
            (loss(discriminator(real), one) + loss(discriminator(made.detach()), zero)).backward()
            train_d.step()
            train_g.zero_grad()
            loss(discriminator(made), one).backward()
            train_g.step()
        with torch.no_grad():
            made = generator(torch.randn(4096, 8))
            near = (torch.cdist(made, middle) < 0.6).float().mean(0)
        print(f"seed {seed}: {(near > 0.01).sum().item()} Gaussians, {100 * near.sum().item():.1f} % near one", flush=True)


def cancer(arguments):
    """The area under the ROC curve on three tenths of the samples, of every class alike, for other splits by each seed."""
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import train_test_split
    rows = numpy.loadtxt(DATA / "breast_cancer.csv", delimiter=",", dtype=numpy.float32)
    areas = []
    for seed in range(arguments.seeds):
        torch.manual_seed(seed)
        train, test = train_test_split(rows, test_size=0.3, stratify=rows[:, 30], random_state=seed)
        mean, deviation = train[:, :30].mean(0), train[:, :30].std(0)
        x, t = torch.from_numpy((train[:, :30] - mean) / deviation), torch.from_numpy(train[:, 30:].copy())
        net = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 1))
        optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
        for _ in range(30):
            for batch in torch.randperm(len(x)).split(16):
                optimizer.zero_grad()
                functional.binary_cross_entropy_with_logits(net(x[batch]), t[batch]).backward()
                optimizer.step()
        with torch.no_grad():
            logits = net(torch.from_numpy((test[:, :30] - mean) / deviation))[:, 0]
        areas.append(roc_auc_score(test[:, 30], logits.numpy()))
    print(f"area {numpy.mean(areas):.4f} ± {numpy.std(areas, ddof=1):.4f}")


def idx(path):
    with gzip.open(path) as file:
        data = file.read()
    rank = data[3]
    extents = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(rank)]
    return torch.from_numpy(numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * rank).copy()).reshape(extents)


def mnist(arguments, make, rate, shift):
    """Ten epochs of Adam in batches of 64, images moved by up to `shift` pixels in each direction."""
    folder = pathlib.Path(arguments.file)
    x = idx(folder / "train-images-idx3-ubyte.gz").float().unsqueeze(1) / 255
    t = idx(folder / "train-labels-idx1-ubyte.gz").long()
    test_x = idx(folder / "t10k-images-idx3-ubyte.gz").float().unsqueeze(1) / 255
    test_t = idx(folder / "t10k-labels-idx1-ubyte.gz").long()
    wide = functional.pad(x, (shift,) * 4)[:, 0]
    pixels = torch.arange(28)
    for seed in range(arguments.seeds):
        torch.manual_seed(seed)
        net = make()
        optimizer = torch.optim.Adam(net.parameters(), lr=rate)
        start, step, total = time.time(), 0, 10 * math.ceil(len(x) / 64)
        for epoch in range(10):
            net.train()
            for batch in torch.randperm(len(x)).split(64):
                cosine(optimizer, rate, step, total)
                step += 1
                images = x[batch]
                if shift > 0:
                    row = torch.randint(2 * shift + 1, (len(batch), 1, 1)) + pixels.view(1, 28, 1)
                    column = torch.randint(2 * shift + 1, (len(batch), 1, 1)) + pixels.view(1, 1, 28)
                    images = wide[batch.view(-1, 1, 1), row, column].unsqueeze(1)
                optimizer.zero_grad()
                functional.cross_entropy(net(images), t[batch]).backward()
                optimizer.step()
            net.eval()
            with torch.no_grad():
                classes = torch.cat([net(part).argmax(1) for part in test_x.split(1000)])
            print(f"seed {seed} epoch {epoch + 1}: test {100 * (classes == test_t).float().mean().item():.2f} %, "
                  f"{time.time() - start:.0f} s", flush=True)


def lenet(arguments):
    mnist(arguments, lambda: nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)), 2e-3, 0)


def depthwise(arguments):
    def normed(before, after, kernel, stride, groups=1):
        return nn.Sequential(nn.Conv2d(before, after, kernel, stride, kernel // 2, groups=groups, bias=False),
                             nn.BatchNorm2d(after), nn.ReLU())

    def separable(before, after, stride=1):
        return nn.Sequential(normed(before, before, 3, stride, before), normed(before, after, 1, 1))

    mnist(arguments, lambda: nn.Sequential(
        normed(1, 16, 3, 1), separable(16, 32, 2), separable(32, 32), separable(32, 64, 2), separable(64, 64),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)), 5e-3, 2)


class Last(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer, self.head = layer, nn.Linear(32, 1)

    def forward(self, x):
        return self.head(self.layer(x)[0][:, -1])


def sums(count):
    x = torch.zeros(count, 50, 2)
    x[:, :, 0] = torch.rand(count, 50)
    first, second = torch.randint(25, (count,)), 25 + torch.randint(25, (count,))
    rows = torch.arange(count)
    x[rows, first, 1] = x[rows, second, 1] = 1
    return x, (x[:, :, 0] * x[:, :, 1]).sum(1, keepdim=True)


def adding(arguments):
    for kind in (nn.GRU, nn.LSTM):
        for seed in range(arguments.seeds):
            torch.manual_seed(seed)
            net = Last(kind(2, 32, batch_first=True))
            optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
            test_x, test_t = sums(2000)
            steps, start = 3000, time.time()
            for step in range(steps):
                cosine(optimizer, 5e-3, step, steps)
                x, t = sums(64)
                optimizer.zero_grad()
                functional.mse_loss(net(x), t).backward()
                nn.utils.clip_grad_norm_(net.parameters(), 1.0)
                optimizer.step()
                if (step + 1) % 1000 == 0:
                    with torch.no_grad():
                        error = functional.mse_loss(net(test_x), test_t).item()
                    print(f"{kind.__name__} seed {seed} step {step + 1}: {error:.2e}, {time.time() - start:.0f} s",
                          flush=True)


class Decoder(nn.Module):
    def __init__(self, vocabulary, window):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, 64), nn.Embedding(window, 64)
        self.blocks = nn.ModuleList(nn.TransformerEncoderLayer(64, 4, 256, 0.0, batch_first=True, norm_first=True)
                                    for _ in range(2))
        self.norm, self.head = nn.LayerNorm(64), nn.Linear(64, vocabulary)
        self.register_buffer("mask", torch.triu(torch.full((window, window), float("-inf")), 1))

    def forward(self, x):
        y = self.tokens(x) + self.positions.weight
        for block in self.blocks:
            y = block(y, self.mask)
        return self.head(self.norm(y))


def text(arguments):
    content = pathlib.Path(arguments.file).read_text()
    letters = sorted(set(content))
    tokens = torch.tensor([letters.index(letter) for letter in content])
    split, window, steps = len(tokens) * 9 // 10, 64, 1500
    train, test = tokens[:split], tokens[split:]
    count = (len(test) - 1) // window
    test_x, test_t = test[:count * window].view(count, window), test[1:count * window + 1].view(count, window)
    for seed in range(arguments.seeds):
        torch.manual_seed(seed)
        net = Decoder(len(letters), window)
        optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
        start = time.time()
        for step in range(steps):
            cosine(optimizer, 2e-3, step, steps)
            at = torch.randint(split - window - 1, (16, 1)) + torch.arange(window + 1)
            optimizer.zero_grad()
            functional.cross_entropy(net(train[at[:, :-1]]).flatten(0, 1), train[at[:, 1:]].flatten()).backward()
            optimizer.step()
            if (step + 1) % 500 == 0:
                with torch.no_grad():
                    loss = functional.cross_entropy(net(test_x).flatten(0, 1), test_t.flatten()).item()
                print(f"{sum(p.numel() for p in net.parameters())} parameters, seed {seed} step {step + 1}: "
                      f"{loss:.4f} per character, {time.time() - start:.0f} s", flush=True)


def vae(arguments):
    rows = numpy.loadtxt(gzip.open(DATA / "digits.csv.gz", "rt"), delimiter=",", dtype=numpy.float32)
    x = torch.from_numpy(rows[:, :64].copy()) / 16
    for seed in range(arguments.seeds):
        torch.manual_seed(seed)
        order = torch.randperm(len(x))
        train, test = x[order[:1437]], x[order[1437:]]
        encoder = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 16))
        decoder = nn.Sequential(nn.Linear(8, 128), nn.ReLU(), nn.Linear(128, 64))
        optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], lr=2e-3)

        def bound(x):
            mean, log_variance = encoder(x).chunk(2, 1)
            z = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
            picture = functional.binary_cross_entropy_with_logits(decoder(z), x, reduction="none").sum(1)
            divergence = 0.5 * (mean ** 2 + log_variance.exp() - 1 - log_variance).sum(1)
            return picture.mean(), divergence.mean()

        for epoch in range(100):
            for batch in torch.randperm(len(train)).split(32):
                optimizer.zero_grad()
                sum(bound(train[batch])).backward()
                optimizer.step()
        with torch.no_grad():
            figures = torch.tensor([bound(test) for _ in range(20)]).mean(0)
        print(f"seed {seed}: test {figures.sum():.2f} = picture {figures[0]:.2f} + divergence {figures[1]:.2f}", flush=True)


class WaveNet(nn.Module):
    """Causal: `before` holds, of each layer, the 2·dilation samples before this window, and is replaced by the next ones."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(1, 8, bias=False)
        self.dilations = (1, 2, 4, 8)
        self.looks = nn.ModuleList(nn.Conv1d(8, 8, 3, dilation=d) for d in self.dilations)
        self.mixes = nn.ModuleList(nn.Linear(1, 8, bias=False) for _ in self.dilations)
        self.outs = nn.ModuleList(nn.Linear(8, 8) for _ in self.dilations)
        self.head = nn.Linear(8, 1)

    def nothing(self, count):
        return [torch.zeros(count, 2 * d, 8) for d in self.dilations]

    def forward(self, x, before):
        y, skip, after = self.first(x), 0, []
        for look, mix, out, past in zip(self.looks, self.mixes, self.outs, before):
            wide = torch.cat([past, y], 1)
            after.append(wide[:, -past.shape[1]:].detach())
            h = torch.tanh(look(wide.transpose(1, 2)).transpose(1, 2) + mix(x))
            skip = skip + h
            y = y + out(h)
        return self.head(skip), after


class PluckedString:
    """Karplus and Strong's string, and the amplifier's formula, as in the example; other random numbers."""

    def __init__(self, seed):
        self.random, self.line, self.at = numpy.random.default_rng(seed), [0.0] * 60, 0
        self.before = self.high = self.out = 0.0

    def play(self, count):
        clean, loud = [], []
        for _ in range(count):
            if self.at == 0 and self.random.integers(40) == 0:
                strength = self.random.uniform(0.2, 1.0)
                self.line = list(self.random.uniform(-strength, strength, 40 + self.random.integers(120)))
            x = self.line[self.at]
            self.line[self.at] = 0.498 * (x + self.line[(self.at + 1) % len(self.line)])
            self.at = (self.at + 1) % len(self.line)
            self.high, self.before = 0.9 * (self.high + x - self.before), x
            self.out += 0.35 * (math.tanh(4 * self.high + 0.3) - math.tanh(0.3) - self.out)
            clean.append(x)
            loud.append(self.out)
        return clean, loud


def amp(arguments):
    length, strings, windows = 128, 8, 4000
    for seed in range(arguments.seeds):
        torch.manual_seed(seed)
        net = WaveNet()
        optimizer = torch.optim.Adam(net.parameters(), lr=5e-3)
        played, states = [PluckedString(100 * seed + n) for n in range(strings)], net.nothing(strings)
        start = time.time()
        for window in range(windows):
            clean, loud = zip(*(one.play(length) for one in played))
            cosine(optimizer, 5e-3, window, windows)
            optimizer.zero_grad()
            y, states = net(torch.tensor(clean).float().unsqueeze(2), states)
            functional.mse_loss(y[:, :, 0], torch.tensor(loud).float()).backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
        ratios = []
        for other in range(5):
            clean, loud = (torch.tensor(part).float() for part in PluckedString(10 ** 6 + other).play(20000))
            with torch.no_grad():
                y = net(clean.view(1, -1, 1), net.nothing(1))[0].view(-1)
            ratios.append(100 * (((loud - y) ** 2).sum() / (loud ** 2).sum()).item())
        print(f"{sum(p.numel() for p in net.parameters())} parameters, seed {seed}: error-to-signal ratio on five other "
              f"strings {' '.join(f'{ratio:.3f}' for ratio in ratios)} %, {time.time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("example", choices=["gan", "cancer", "lenet", "depthwise", "adding", "text", "vae", "amp"])
    parser.add_argument("file", nargs="?")
    parser.add_argument("--seeds", type=int)
    chosen = parser.parse_args()
    chosen.seeds = chosen.seeds or {"gan": 10, "cancer": 10, "lenet": 1, "depthwise": 1}.get(chosen.example, 3)
    globals()[chosen.example](chosen)
