#!/usr/bin/python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Writes tests/golden/*.hpp: what PyTorch computes, in double, for the same parameters and inputs.

    /usr/bin/python3 tools/golden.py        needs Debian 12's python3-torch (1.13)
    /usr/bin/python3 tools/golden.py prelu  only what tests/golden/prelu.py records

Activations are written channels last, as inlay has them; weights as state_dict has them. The scalar loss of every layer
is sum(slope * output) with a fixed random slope, so that the gradients are those of a random projection.
"""
import os
import sys
import zlib

import torch
from torch import nn
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(1)
torch.set_num_threads(1)

HERE = os.path.dirname(os.path.abspath(__file__))
TARGET = os.path.join(HERE, "..", "tests", "golden")


def number(value):
    value = float(value)
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("golden values are finite")
    return "0" if value == 0 else repr(value)


class Header:
    """One file of arrays."""
    source = "PyTorch 1.13"

    def __init__(self, name, what, include=""):
        self.name, self.what, self.include, self.lines = name, what, include, []

    def array(self, name, values):
        if isinstance(values, torch.Tensor):
            values = values.detach().reshape(-1).tolist()
        line = "inline constexpr double %s[] = {" % name
        for i, value in enumerate(values):
            text = number(value) + (", " if i + 1 < len(values) else "};")
            if len(line) + len(text.rstrip()) > 119:
                self.lines.append(line.rstrip())
                line = "    "
            line += text
        self.lines.append(line)

    def integers(self, name, values):
        self.lines.append("inline constexpr int %s[] = {%s};" % (name, ", ".join(str(int(v)) for v in values)))

    def open(self, name):
        self.lines.append("\nnamespace %s {" % name)

    def close(self, name):
        self.lines.append("} // namespace %s" % name)

    def write(self):
        with open(os.path.join(TARGET, self.name + ".hpp"), "w") as file:
            file.write("// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.\n")
            file.write("//\n")
            file.write("// %s\n// Written by tools/golden.py from %s in double.\n" % (self.what, self.source))
            file.write("#pragma once\n\n%snamespace golden::%s {\n" % (self.include, self.name))
            file.write("\n".join(self.lines) + "\n\n} // namespace golden::%s\n" % self.name)


def channels_last(x):
    return x.permute(0, 2, 3, 1) if x.dim() == 4 else x


def vector(parameters):
    return torch.cat([p.detach().reshape(-1) for p in parameters]) if parameters else torch.zeros(0)


def record(header, name, module, x, run=None):
    """Forward, and the gradients of sum(slope * y), of a module on a batch x (images channels first)."""
    parameters = list(module.parameters())
    x = x.clone().requires_grad_()
    y = (run or module)(x)
    slope = torch.randn_like(y)
    gradients = torch.autograd.grad((y * slope).sum(), parameters + [x])
    header.open(name)
    if parameters:
        header.array("parameters", vector(parameters))
        header.array("gradients", vector(gradients[:-1]))
    header.array("input", channels_last(x))
    header.array("output", channels_last(y))
    header.array("slope", channels_last(slope))
    header.array("input_gradients", channels_last(gradients[-1]))
    header.lines.append("inline constexpr record all{%s, input, output, slope, input_gradients};"
                        % ("parameters, gradients" if parameters else "{}, {}"))
    header.close(name)


class Residual(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x + self.inner(x)


class Flatten(nn.Module):
    """Channels last, as inlay's."""

    def forward(self, x):
        return x.permute(0, 2, 3, 1).flatten(1)


class Sequence(nn.Module):
    def __init__(self, features, hidden):
        super().__init__()
        self.inner = nn.GRU(features, hidden, batch_first=True)

    def forward(self, x):
        return self.inner(x)[0]


class LongSequence(nn.Module):
    def __init__(self, features, hidden):
        super().__init__()
        self.inner = nn.LSTM(features, hidden, batch_first=True)

    def forward(self, x):
        return self.inner(x)[0]


class LastStep(nn.Module):
    def forward(self, x):
        return x[:, -1]


def layers():
    h = Header("layers", "Layers: forward and gradients.", '#include "record.hpp"\n\n')
    record(h, "dense", nn.Linear(5, 7), torch.randn(3, 5))
    record(h, "dense_narrow", nn.Linear(9, 3), torch.randn(2, 9))
    record(h, "dense_wide", nn.Linear(3, 37), torch.randn(2, 3))
    record(h, "dense_without_bias", nn.Linear(4, 6, bias=False), torch.randn(2, 4))
    record(h, "dense_sequence", nn.Linear(3, 5), torch.randn(2, 4, 3))
    record(h, "conv2d", nn.Conv2d(3, 5, 3), torch.randn(2, 3, 5, 6))
    record(h, "conv2d_strided", nn.Conv2d(2, 7, (3, 2), stride=(2, 3), padding=(1, 2)), torch.randn(2, 2, 6, 7))
    record(h, "conv2d_wide", nn.Conv2d(1, 35, 2, padding=1), torch.randn(1, 1, 3, 2))
    record(h, "max_pool2d", nn.MaxPool2d(3, 2), torch.randn(2, 2, 7, 6))
    record(h, "max_pool2d_window", nn.MaxPool2d((2, 3)), torch.randn(1, 3, 5, 7))
    record(h, "gru", Sequence(3, 6), torch.randn(2, 5, 3))
    record(h, "gru_one", Sequence(4, 9), torch.randn(1, 1, 4))
    record(h, "softmax", nn.Softmax(-1), 3 * torch.randn(3, 7))
    record(h, "log_softmax", nn.LogSoftmax(-1), 3 * torch.randn(3, 7))
    record(h, "residual", Residual(nn.Sequential(nn.Linear(5, 8), nn.Tanh(), nn.Linear(8, 5))), torch.randn(3, 5))
    record(h, "image_net", nn.Sequential(nn.Conv2d(2, 5, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), Flatten(),
                                         nn.Linear(5 * 3 * 3, 4)), torch.randn(2, 2, 6, 6))
    record(h, "sequence_net", nn.Sequential(Sequence(2, 5), LastStep(), nn.Linear(5, 3)), torch.randn(2, 4, 2))
    record(h, "lstm", LongSequence(3, 6), torch.randn(2, 5, 3))
    record(h, "lstm_one", LongSequence(4, 9), torch.randn(1, 1, 4))
    h.write()


def lanes():
    h = Header("lanes", "Layers whose shapes fill registers in other ways.", '#include "record.hpp"\n\n')
    record(h, "lstm", LongSequence(1, 17), torch.randn(1, 3, 1))
    record(h, "conv2d", nn.Conv2d(1, 3, (2, 3), padding=(1, 0)), torch.randn(2, 1, 4, 20))
    record(h, "image_net", nn.Sequential(nn.Conv2d(1, 6, 3), nn.Tanh(), nn.MaxPool2d(2), Flatten(), nn.Linear(6 * 8, 5),
                                         nn.Tanh(), nn.Linear(5, 3)), torch.randn(2, 1, 6, 10))
    record(h, "dense", nn.Linear(3, 35), torch.randn(2, 3))
    h.write()


def activations():
    h = Header("activations", "Activations on a grid without kinks, and their slopes.")
    x = torch.linspace(-5.03, 4.97, 41)
    # softplus: PyTorch's is linear beyond 20. hard_sigmoid: the slope of PyTorch's is 1/6 in float, even in double.
    h.array("input", x)
    for name, f in [("sigmoid", torch.sigmoid), ("tanh", torch.tanh), ("relu", torch.relu),
                    ("leaky_relu", F.leaky_relu), ("leaky_relu_steep", lambda v: F.leaky_relu(v, 0.2)),
                    ("elu", F.elu), ("elu_half", lambda v: F.elu(v, 0.5)), ("gelu", F.gelu),
                    ("gelu_tanh", lambda v: F.gelu(v, approximate="tanh")), ("silu", F.silu),
                    ("softplus", lambda v: torch.log1p(torch.exp(-v.abs())) + torch.relu(v)),
                    ("hard_sigmoid", lambda v: torch.clamp(v / 6 + 0.5, 0, 1)), ("hard_tanh", F.hardtanh),
                    ("clamp", lambda v: F.hardtanh(v, -2, 1.5)), ("relu6", F.relu6), ("softsign", F.softsign),
                    ("hard_swish", lambda v: v * torch.clamp(v / 6 + 0.5, 0, 1)), ("selu", F.selu),
                    ("celu", F.celu), ("celu_half", lambda v: F.celu(v, 0.5)), ("mish", F.mish),
                    ("log_sigmoid", F.logsigmoid)]:
        v = x.clone().requires_grad_()
        y = f(v)
        h.open(name)
        h.array("output", y)
        h.array("slope", torch.autograd.grad(y.sum(), v)[0])
        h.close(name)
    h.write()


def losses():
    h = Header("losses", "Losses of 5 rows of 4 outputs: value and gradient.")
    y = 2 * torch.randn(5, 4)
    t = torch.randn(5, 4)
    index = torch.tensor([1, 3, 0, 1, 2])
    shares = torch.softmax(torch.randn(5, 4), 1)
    sides = torch.sign(torch.randn(5, 4))
    bits = torch.rand(5, 4)
    weights = torch.tensor([0.5, 1.0, 2.0, 1.25])
    h.array("output", y)
    h.array("target", t)
    h.integers("index", index)
    h.array("one_hot", F.one_hot(index, 4).double())
    h.array("shares", shares)
    h.array("sides", sides)
    h.array("bits", bits)
    h.array("weights", weights)

    def loss(name, function):
        for reduction in ("mean", "sum"):
            v = y.clone().requires_grad_()
            value = function(v, reduction)
            h.open(name + ("" if reduction == "mean" else "_sum"))
            h.array("value", value)
            h.array("gradient", torch.autograd.grad(value, v)[0])
            h.close(name + ("" if reduction == "mean" else "_sum"))

    def hinge(v, reduction):
        each = torch.relu(1 - sides * v)
        return each.mean() if reduction == "mean" else each.sum()

    loss("mean_squared_error", lambda v, r: F.mse_loss(v, t, reduction=r))
    loss("mean_absolute_error", lambda v, r: F.l1_loss(v, t, reduction=r))
    loss("huber", lambda v, r: F.huber_loss(v, t, reduction=r))
    loss("huber_half", lambda v, r: F.huber_loss(v, t, reduction=r, delta=0.5))
    loss("binary", lambda v, r: F.binary_cross_entropy_with_logits(v, bits, reduction=r))
    loss("hinge", hinge)
    for smoothing in (0.0, 0.1):
        for w in (None, weights):
            end = ("_smooth" if smoothing else "") + ("" if w is None else "_weighted")
            loss("cross_entropy" + end,
                 lambda v, r: F.cross_entropy(v, index, weight=w, label_smoothing=smoothing, reduction=r))
            loss("cross_entropy_shares" + end,
                 lambda v, r: F.cross_entropy(v, shares, weight=w, label_smoothing=smoothing, reduction=r))
    h.write()


def optimizers():
    h = Header("optimizers", "100 steps of each optimiser: a net 3-4-2 with tanh, mean squared error, 8 samples.")
    start = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    x, t = torch.randn(8, 3), torch.randn(8, 2)
    h.array("start", vector(list(start.parameters())))
    h.array("input", x)
    h.array("target", t)
    start = start.state_dict()

    def optimizer(name, make, norm=None, value=None):
        net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
        net.load_state_dict(start)
        rule = make(net.parameters())
        h.open(name)
        for step in range(100):
            rule.zero_grad()
            F.mse_loss(net(x), t).backward()
            if value:
                nn.utils.clip_grad_value_(net.parameters(), value)
            if norm:
                nn.utils.clip_grad_norm_(net.parameters(), norm)
            rule.step()
            if step in (1, 99):
                h.array("after_%d" % (step + 1), vector(list(net.parameters())))
        h.close(name)

    optim = torch.optim
    optimizer("sgd", lambda p: optim.SGD(p, lr=0.1))
    optimizer("sgd_decay", lambda p: optim.SGD(p, lr=0.1, weight_decay=0.01))
    optimizer("momentum", lambda p: optim.SGD(p, lr=0.05, momentum=0.9))
    optimizer("momentum_dampened", lambda p: optim.SGD(p, lr=0.05, momentum=0.8, dampening=0.3, weight_decay=0.01))
    optimizer("nesterov", lambda p: optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01))
    optimizer("adagrad", lambda p: optim.Adagrad(p, lr=0.1))
    optimizer("adagrad_decay", lambda p: optim.Adagrad(p, lr=0.1, lr_decay=0.05, weight_decay=0.01))
    optimizer("rmsprop", lambda p: optim.RMSprop(p, lr=0.01))
    # With lr 0.01 and alpha 0.9 the end depends on the start's last bits: 1e-14 there is 6e-6 after 100 steps.
    optimizer("rmsprop_decay", lambda p: optim.RMSprop(p, lr=0.002, alpha=0.95, weight_decay=0.01))
    optimizer("adam", lambda p: optim.Adam(p, lr=0.02))
    optimizer("adam_decay", lambda p: optim.Adam(p, lr=0.02, betas=(0.8, 0.95), weight_decay=0.01))
    optimizer("adamw", lambda p: optim.AdamW(p, lr=0.02))
    optimizer("adamw_decay", lambda p: optim.AdamW(p, lr=0.02, weight_decay=0.2))
    optimizer("clipped_norm", lambda p: optim.SGD(p, lr=0.1), norm=0.3)
    optimizer("clipped_value", lambda p: optim.SGD(p, lr=0.1), value=0.05)
    optimizer("clipped_both", lambda p: optim.SGD(p, lr=0.1), value=0.1, norm=0.2)
    h.write()


def clipping():
    h = Header("clipping", "torch.nn.utils.clip_grad_norm_ and clip_grad_value_.")
    g = torch.randn(13)
    h.array("gradients", g)
    h.array("norm", g.norm())

    def clipped(name, function):
        p = torch.zeros(13, requires_grad=True)
        p.grad = g.clone()
        function(p)
        h.array(name, p.grad)

    clipped("norm_1", lambda p: nn.utils.clip_grad_norm_([p], 1.0))
    clipped("norm_100", lambda p: nn.utils.clip_grad_norm_([p], 100.0))
    clipped("value_half", lambda p: nn.utils.clip_grad_value_([p], 0.5))
    h.write()


def schedules():
    h = Header("schedules", "Learning rates, step by step.")
    lr = torch.optim.lr_scheduler

    def rates(name, make, count, base=0.1):
        rule = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base)
        scheduler = make(rule)
        values = []
        for _ in range(count):
            values.append(rule.param_groups[0]["lr"])
            rule.step()
            scheduler.step()
        h.array(name, values)

    rates("step", lambda o: lr.StepLR(o, step_size=3, gamma=0.5), 14)
    rates("exponential", lambda o: lr.ExponentialLR(o, gamma=0.9), 30)
    rates("cosine", lambda o: lr.CosineAnnealingLR(o, T_max=20, eta_min=0.001), 21)
    rates("one_cycle", lambda o: lr.OneCycleLR(o, max_lr=0.2, total_steps=40, cycle_momentum=False), 40)
    rates("one_cycle_early", lambda o: lr.OneCycleLR(o, max_lr=0.2, total_steps=31, pct_start=0.1, div_factor=10,
                                                     final_div_factor=100, cycle_momentum=False), 31)

    def plateau(name, watched, **settings):
        rule = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
        scheduler = lr.ReduceLROnPlateau(rule, **settings)
        values = []
        for loss in watched:
            scheduler.step(loss)
            values.append(rule.param_groups[0]["lr"])
        h.array(name + "_losses", watched)
        h.array(name, values)

    plateau("plateau", [1, 0.9, 0.9, 0.91, 0.92, 0.95, 0.89, 0.89, 0.89, 0.889999, 0.89, 0.89, 0.5, 0.6, 0.6, 0.6, 0.6],
            patience=2, factor=0.5)
    plateau("plateau_least", [1.0] * 12, patience=1, factor=0.1, min_lr=0.002)
    h.write()


class Attention(nn.Module):
    """nn.MultiheadAttention of x with itself; `window` steps back, or all of them without."""

    def __init__(self, features, heads, window=0):
        super().__init__()
        self.inner = nn.MultiheadAttention(features, heads, batch_first=True)
        nn.init.normal_(self.inner.in_proj_bias) # 0 at the start, which would hide what they do
        nn.init.normal_(self.inner.out_proj.bias)
        self.window = window

    def forward(self, x):
        if not self.window:
            return self.inner(x, x, x, need_weights=False)[0]
        time = torch.arange(x.shape[1])
        back = time[:, None] - time[None, :]
        return self.inner(x, x, x, need_weights=False, attn_mask=(back < 0) | (back >= self.window))[0]


def attention():
    h = Header("attention", "Multi-head self-attention: forward and gradients.", '#include "record.hpp"\n\n')
    record(h, "whole", Attention(6, 2), torch.randn(2, 5, 6))
    record(h, "causal", Attention(8, 4, 7), torch.randn(2, 7, 8))
    record(h, "window", Attention(6, 1, 3), torch.randn(1, 8, 6))
    record(h, "encoder", nn.Sequential(Residual(Attention(6, 2)), Residual(nn.Sequential(
        nn.Linear(6, 9), nn.GELU(), nn.Linear(9, 6))), LastStep(), nn.Linear(6, 3)), torch.randn(2, 5, 6))
    h.write()


def gan():
    """Three steps of a GAN as in PyTorch's DCGAN tutorial, Adam for both nets."""
    torch.manual_seed(21)
    h = Header("gan", "A GAN of two small nets: its first gradients, and its parameters after three steps.")
    g = nn.Sequential(nn.Linear(2, 5), nn.Tanh(), nn.Linear(5, 2))
    d = nn.Sequential(nn.Linear(2, 6), nn.LeakyReLU(0.2), nn.Linear(6, 1))
    criterion = nn.BCEWithLogitsLoss()
    adam_g, adam_d = (torch.optim.Adam(net.parameters(), lr=0.01, betas=(0.5, 0.999)) for net in (g, d))
    real, noise = torch.randn(4, 2), torch.randn(4, 2)
    h.array("generator", vector(list(g.parameters())))
    h.array("discriminator", vector(list(d.parameters())))
    h.array("real", real)
    h.array("noise", noise)
    losses = []
    for step in range(3):
        d.zero_grad()
        fake = g(noise)
        criterion(d(real), torch.ones(4, 1)).backward()
        criterion(d(fake.detach()), torch.zeros(4, 1)).backward()
        if step == 0:
            h.array("discriminator_gradients", torch.cat([p.grad.reshape(-1) for p in d.parameters()]))
        adam_d.step()
        g.zero_grad()
        fake.retain_grad()
        loss = criterion(d(fake), torch.ones(4, 1))
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            h.array("fake", fake)
            h.array("fake_gradients", fake.grad)
            h.array("generator_gradients", torch.cat([p.grad.reshape(-1) for p in g.parameters()]))
        adam_g.step()
    h.array("losses", losses)
    h.array("generator_after", vector(list(g.parameters())))
    h.array("discriminator_after", vector(list(d.parameters())))
    h.write()


def groups():
    """Parameter groups: no weight decay on biases, a tenth of the rate for layer 0, all under one LambdaLR."""
    torch.manual_seed(22)
    h = Header("groups", "50 steps with parameter groups: a net 3-4-2 with tanh, mean squared error, 8 samples.")
    start = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    x, t = torch.randn(8, 3), torch.randn(8, 2)
    h.array("start", vector(list(start.parameters())))
    h.array("input", x)
    h.array("target", t)
    start = start.state_dict()

    def optimizer(name, make, rate, decay):
        net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
        net.load_state_dict(start)
        rule = make([{"params": [p], "lr": rate * (0.1 if n.startswith("0.") else 1.0),
                      "weight_decay": 0.0 if n.endswith("bias") else decay} for n, p in net.named_parameters()])
        schedule = torch.optim.lr_scheduler.LambdaLR(rule, lambda step: 0.98 ** step)
        h.open(name)
        for step in range(50):
            rule.zero_grad()
            F.mse_loss(net(x), t).backward()
            rule.step()
            schedule.step()
            if step in (1, 49):
                h.array("after_%d" % (step + 1), vector(list(net.parameters())))
        h.close(name)

    optim = torch.optim
    optimizer("sgd", lambda p: optim.SGD(p, lr=1), 0.1, 0.05)
    optimizer("momentum", lambda p: optim.SGD(p, lr=1, momentum=0.9), 0.05, 0.05)
    optimizer("nesterov", lambda p: optim.SGD(p, lr=1, momentum=0.9, nesterov=True), 0.05, 0.05)
    optimizer("adam", lambda p: optim.Adam(p), 0.02, 0.05)
    optimizer("adamw", lambda p: optim.AdamW(p), 0.02, 0.2)
    h.write()


def windows():
    """Truncated back-propagation through time: the state is detached between windows."""
    torch.manual_seed(23)
    h = Header("windows", "A recurrent net trained on windows of a longer sequence, its state carried on.")

    def train(name, make):
        rnn, head = make(), nn.Linear(3, 1)
        x, t = torch.randn(2, 12, 2), torch.randn(2, 12, 1)
        parameters = list(rnn.parameters()) + list(head.parameters())
        rule = torch.optim.SGD(parameters, lr=0.1)
        h.open(name)
        h.array("parameters", vector(parameters))
        h.array("input", x)
        h.array("target", t)
        state, losses = None, []
        for first in range(0, 12, 4):
            y, state = rnn(x[:, first:first + 4], state)
            loss = F.mse_loss(head(y), t[:, first:first + 4])
            rule.zero_grad()
            loss.backward()
            rule.step()
            state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()
            losses.append(loss.item())
        h.array("losses", losses)
        h.array("after", vector(parameters))
        h.array("state", torch.cat(state if isinstance(state, tuple) else (state,), 2)[0])
        h.close(name)

    train("gru", lambda: nn.GRU(2, 3, batch_first=True))
    train("lstm", lambda: nn.LSTM(2, 3, batch_first=True))
    h.write()


def found(name):
    """What tests/golden/NAME.py records: it is run with the names of this file, each with random numbers of its own."""
    torch.manual_seed(zlib.crc32(name.encode()))
    with open(os.path.join(TARGET, name + ".py"), encoding="utf-8") as file:
        exec(compile(file.read(), name + ".py", "exec"), dict(globals()))


if __name__ == "__main__":
    os.makedirs(TARGET, exist_ok=True)
    here = [layers, activations, losses, optimizers, clipping, schedules, lanes, attention,
            gan, groups, windows]
    beside = sorted(name[:-3] for name in os.listdir(TARGET) if name.endswith(".py"))
    wanted = sys.argv[1:]
    if not wanted:
        for one in here:
            one()
    for name in wanted or beside:
        found(name)
