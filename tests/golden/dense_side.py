# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Gates, and numbers in another order."""


class Gated(nn.Module):
    def __init__(self, gate):
        super().__init__()
        self.gate = gate

    def forward(self, x):
        a, b = x.chunk(2, -1)
        return a * self.gate(b)


class Function(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


h = Header("dense_side", "Gates, and numbers in another order.", '#include "record.hpp"\n\n')
record(h, "glu", nn.GLU(), torch.randn(2, 3, 10))
record(h, "reglu", Gated(F.relu), torch.randn(2, 10))
record(h, "geglu", Gated(F.gelu), torch.randn(2, 10))
record(h, "swiglu", Gated(F.silu), torch.randn(2, 10))
record(h, "permute", Function(lambda x: x.permute(0, 2, 1)), torch.randn(2, 3, 5))
record(h, "slice", Function(lambda x: x[:, 1:6:2]), torch.randn(2, 7, 3))
record(h, "slice_features", Function(lambda x: x[:, :, 2:4]), torch.randn(2, 3, 5))
record(h, "softmax_over_time", nn.Softmax(1), torch.randn(2, 4, 3))
record(h, "rescaling", Function(lambda x: 0.5 * x - 1.25), torch.randn(2, 5))
h.write()
