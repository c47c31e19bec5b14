#!/usr/bin/python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Writes models/*.onnx, small ones with random weights, as PyTorch exports them, and models/golden.npz, what PyTorch computes.

    /usr/bin/python3 tests/import/make_models.py        needs Debian 12's python3-torch (1.13)
"""
import io
import os
import warnings

import numpy as np
import onnx
import torch
from torch import nn

warnings.filterwarnings('ignore')
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'models')


class Residual(nn.Module):
    def __init__(self, channels, out, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(channels, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out)
        self.conv2, self.bn2 = nn.Conv2d(out, out, 3, 1, 1, bias=False), nn.BatchNorm2d(out)
        same = stride == 1 and channels == out
        self.down = nn.Identity() if same else nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        return torch.relu(self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))) + self.down(x))


class Recurrent(nn.Module):
    """`last`: of the last step only."""

    def __init__(self, layer, features, last=False):
        super().__init__()
        self.layer, self.head, self.last = layer, nn.Linear(features, 3), last

    def forward(self, x):
        y, _ = self.layer(x)
        return self.head(y[:, -1] if self.last else y)


class Final(nn.Module):
    """Of the state that is left, as Keras has it."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        _, state = self.layer(x)
        return state.transpose(0, 1).flatten(1)


class Chomp(nn.Module):
    def __init__(self, steps):
        super().__init__()
        self.steps = steps

    def forward(self, x):
        return x[:, :, :-self.steps].contiguous()


class Causal(nn.Module):
    """A block of Bai's TCN (2018)."""

    def __init__(self, channels, out, dilation):
        super().__init__()
        conv = lambda i: [nn.Conv1d(i, out, 3, padding=2 * dilation, dilation=dilation), Chomp(2 * dilation), nn.ReLU()]
        self.net = nn.Sequential(*conv(channels), *conv(out))
        self.down = nn.Conv1d(channels, out, 1) if channels != out else nn.Identity()

    def forward(self, x):
        return torch.relu(self.net(x) + self.down(x))


class Gate(nn.Module):
    """Squeeze and excitation, and a channel shuffle."""

    def __init__(self):
        super().__init__()
        self.conv, self.squeeze = nn.Conv2d(2, 4, 3), nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(4, 2, 1), nn.ReLU(), nn.Conv2d(2, 4, 1), nn.Sigmoid())

    def forward(self, x):
        y = self.conv(x)
        y = y * self.squeeze(y)
        n, c, h, w = y.shape
        y = y.view(n, 2, 2, h, w).transpose(1, 2).reshape(n, c, h, w)
        return torch.cat([y, nn.functional.gelu(y)], 1)


class Tokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.positions = nn.Embedding(11, 4), nn.Parameter(torch.randn(1, 5, 4))
        self.block = nn.TransformerEncoderLayer(4, 2, 8, 0.0, batch_first=True, norm_first=True, activation='gelu')

    def forward(self, x):
        mask = torch.triu(torch.full((5, 5), float('-inf')), 1)
        return self.block(self.words(x) + self.positions, mask)


class Attention(nn.Module):
    """GPT-2's, from its parts."""

    def __init__(self):
        super().__init__()
        self.qkv, self.out = nn.Linear(4, 12), nn.Linear(4, 4)

    def forward(self, x):
        n, t, d = x.shape
        q, k, v = (one.view(n, t, 2, d // 2).permute(0, 2, 1, 3) for one in self.qkv(x).split(d, 2))
        scores = torch.where(torch.ones(t, t).cumsum(0) >= torch.arange(1, t + 1), q @ k.transpose(-1, -2) / (d // 2) ** 0.5, torch.tensor(-1e9))
        return self.out((scores.softmax(-1) @ v).permute(0, 2, 1, 3).reshape(n, t, d))


class Heads(nn.Module):
    """A U with two inputs and two outputs."""

    def __init__(self):
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(2, 4, 3, 2, 1), nn.GroupNorm(2, 4), nn.LeakyReLU(0.2))
        self.up, self.head, self.speed = nn.ConvTranspose2d(4, 2, 3, 2, 1, 1), nn.Conv2d(4, 1, 1), nn.Linear(6, 2)

    def forward(self, x, z):
        y = self.down(x)
        return self.head(torch.cat([self.up(y), x], 1)), self.speed(torch.cat([y.mean((2, 3)), z], 1))


def separable(channels, out):
    return nn.Sequential(nn.Conv2d(channels, channels, 3, 1, 1, groups=channels, bias=False), nn.BatchNorm2d(channels), nn.ReLU6(),
                         nn.Conv2d(channels, out, 1, bias=False), nn.BatchNorm2d(out), nn.Hardswish())


def models():
    yield 'mlp', nn.Sequential(nn.Linear(6, 8), nn.GELU(), nn.Linear(8, 8), nn.SiLU(), nn.Linear(8, 4), nn.Softmax(-1)), torch.randn(5, 6)
    yield 'lenet', nn.Sequential(nn.Conv2d(1, 3, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(3, 4, 5), nn.Tanh(), nn.AvgPool2d(2),
                                 nn.Flatten(), nn.Linear(16, 5)), torch.randn(2, 1, 16, 16)
    yield 'resnet', nn.Sequential(nn.Conv2d(3, 3, 3, 1, 1, bias=False), nn.BatchNorm2d(3), nn.ReLU(), Residual(3, 3, 1), Residual(3, 4, 2),
                                  nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3)), torch.randn(2, 3, 6, 6)
    yield 'depthwise', nn.Sequential(separable(3, 4), separable(4, 5), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 2)), torch.randn(2, 3, 6, 6)
    yield 'lstm', Recurrent(nn.LSTM(3, 4, batch_first=True), 4, True), torch.randn(2, 6, 3)
    yield 'gru', Recurrent(nn.GRU(3, 4, 2, batch_first=True), 4), torch.randn(2, 6, 3)
    yield 'bidirectional', Recurrent(nn.LSTM(3, 4, batch_first=True, bidirectional=True), 8), torch.randn(2, 6, 3)
    yield 'bidirectional_state', Final(nn.GRU(3, 4, batch_first=True, bidirectional=True)), torch.randn(2, 6, 3)
    yield 'encoder', nn.TransformerEncoderLayer(8, 2, 12, 0.0, batch_first=True), torch.randn(2, 5, 8)
    yield 'decoder', Tokens(), torch.randint(0, 11, (1, 5))
    yield 'tcn', nn.Sequential(Causal(2, 3, 1), Causal(3, 3, 2)), torch.randn(2, 2, 10)
    yield 'attention', Attention(), torch.randn(2, 5, 4)
    yield 'heads', Heads(), (torch.randn(2, 2, 6, 6), torch.randn(2, 2))
    yield 'gate', Gate(), torch.randn(2, 2, 6, 6)


def shorten(graph):
    """Names of one or two letters, for small files."""
    names = {name: name for name in ('', 'x', 'y', 'z', 'v')}
    short = lambda name: names.setdefault(name, f'{len(names):x}')
    for tensor in graph.initializer:
        tensor.name = short(tensor.name)
    for node in graph.node:
        node.ClearField('doc_string')
        node.ClearField('name')
        node.input[:], node.output[:] = [short(n) for n in node.input], [short(n) for n in node.output]


def main():
    torch.manual_seed(1)
    torch.set_num_threads(1)
    os.makedirs(HERE, exist_ok=True)
    golden = {}
    for name, model, x in models():
        for parameter in model.parameters():
            if parameter.dim() == 1:
                nn.init.uniform_(parameter, -0.5, 0.5)  # biases that are 0 would say nothing
        for buffer, values in model.named_buffers():
            if values.dtype == torch.float32:
                nn.init.uniform_(values, *((0.5, 2) if buffer.endswith('var') else (-0.5, 0.5)))
        model.eval()
        written = io.BytesIO()
        # TransformerEncoderLayer has a fast path in evaluation that PyTorch 1.13 cannot export.
        mode = torch.onnx.TrainingMode.TRAINING if name in ('encoder', 'decoder') else torch.onnx.TrainingMode.PRESERVE
        xs = x if isinstance(x, tuple) else (x,)
        torch.onnx.export(model, x, written, opset_version=13, training=mode, input_names=['x', 'z'][:len(xs)],
                          output_names=['y', 'v'][:2 if name == 'heads' else 1],
                          dynamic_axes={'x': {0: 'batch'}, 'y': {0: 'batch'}} if name in ('mlp', 'lenet', 'lstm') else None)
        proto = onnx.load_from_string(written.getvalue())
        shorten(proto.graph)
        onnx.save(proto, os.path.join(HERE, name + '.onnx'))
        model.eval()
        with torch.no_grad():
            ys = model(*xs)
        golden.update({f'{name}.{k}': one.numpy() for k, one in zip('xz', xs)})
        golden.update({f'{name}.{k}': one.numpy() for k, one in zip('yv', ys if isinstance(ys, tuple) else (ys,))})
    np.savez_compressed(os.path.join(HERE, 'golden.npz'), **golden)


if __name__ == '__main__':
    main()
