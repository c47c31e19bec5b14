# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
h = Header("keep", "Networks that keep values: WaveNet's skips, a U, RNNoise's taps, gates.", '#include "record.hpp"\n\n')


class CausalConv(nn.Module):
    def __init__(self, channels, dilation):
        super().__init__()
        self.conv = nn.Conv1d(channels, channels, 3, dilation=dilation)
        self.padding = 2 * dilation

    def forward(self, x):
        return self.conv(F.pad(x.transpose(1, 2), (self.padding, 0))).transpose(1, 2)


class WaveNetLayer(nn.Module):
    """As in Neural Amp Modeler: the condition before the activation, the skip after it."""

    def __init__(self, channels, dilation):
        super().__init__()
        self.conv = CausalConv(channels, dilation)
        self.mix = nn.Linear(2, channels, bias=False)
        self.one = nn.Linear(channels, channels)

    def forward(self, h, condition):
        y = torch.tanh(self.conv(h) + self.mix(condition))
        return h + self.one(y), y


class WaveNetArray(nn.Module):
    def __init__(self, inputs, channels, dilations, outputs):
        super().__init__()
        self.enter = nn.Linear(inputs, channels, bias=False)
        self.layers = nn.ModuleList([WaveNetLayer(channels, d) for d in dilations])
        self.head = nn.Linear(channels, outputs, bias=outputs == 1)

    def forward(self, h, condition, skip):
        h = self.enter(h)
        for layer in self.layers:
            h, y = layer(h, condition)
            skip = y if skip is None else skip + y
        return h, self.head(skip)


class WaveNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = WaveNetArray(2, 4, [1, 2, 4], 3)
        self.second = WaveNetArray(4, 3, [1, 2], 1)

    def forward(self, x):
        h, head = self.first(x, x, None)
        h, head = self.second(h, x, head)
        return head + 0 * h[..., :1]  # nothing reads what the last layer gives: gradient 0


record(h, "wavenet", WaveNet(), torch.randn(2, 12, 2))


class Level(nn.Module):
    """One level of a U: the value before the way down is joined to the one that comes back up."""

    def __init__(self, inputs, width, below):
        super().__init__()
        self.down = nn.Linear(inputs, width)
        self.below = below
        self.up = nn.Linear(2 * width, inputs)

    def forward(self, x):
        y = torch.tanh(self.down(x))
        inner = self.below(y) if self.below else torch.relu(y)
        return self.up(torch.cat([inner, y], -1))


record(h, "u", Level(6, 5, Level(5, 4, Level(4, 3, None))), torch.randn(3, 6))


class Taps(nn.Module):
    """RNNoise's topology with torch's GRU: three recurrent layers on joined values, two outputs."""

    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(5, 4)
        self.first = nn.GRU(4, 3, batch_first=True)
        self.vad = nn.Linear(3, 1)
        self.second = nn.GRU(12, 4, batch_first=True)
        self.third = nn.GRU(12, 5, batch_first=True)
        self.gains = nn.Linear(5, 2)

    def forward(self, x):
        d = torch.tanh(self.dense(x))
        v = self.first(d)[0]
        n = self.second(torch.cat([d, v, x], -1))[0]
        g = self.third(torch.cat([v, n, x], -1))[0]
        vad, gains = torch.sigmoid(self.vad(v)), torch.sigmoid(self.gains(g))
        return torch.cat([vad.flatten(1), gains.flatten(1)], -1)


record(h, "taps", Taps(), torch.randn(2, 3, 5))


class Modulated(nn.Module):
    """FiLM: a second input scales and shifts features; and a gate."""

    def __init__(self):
        super().__init__()
        self.dense = nn.Linear(4, 5)
        self.scale = nn.Linear(3, 5)
        self.shift = nn.Linear(3, 5)
        self.gate = nn.Linear(5, 5)

    def forward(self, both):
        x, c = both[:, :4], both[:, 4:]
        v = torch.relu(self.dense(x) * self.scale(c) + self.shift(c))
        return torch.tanh(v) * torch.sigmoid(self.gate(v))


record(h, "modulated", Modulated(), torch.randn(3, 7))
h.write()
