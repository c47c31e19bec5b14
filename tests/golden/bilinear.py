# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Bilinear of the two parts of a vector."""


class SideBySide(nn.Module):
    def __init__(self, first, second, outputs):
        super().__init__()
        self.first = first
        self.inner = nn.Bilinear(first, second, outputs)

    def forward(self, x):
        return self.inner(x[..., :self.first].contiguous(), x[..., self.first:].contiguous())


h = Header("bilinear", "Bilinear of the two parts of a vector.", '#include "record.hpp"\n\n')
record(h, "vectors", SideBySide(3, 5, 7), torch.randn(2, 8))
record(h, "sequence", SideBySide(4, 1, 2), torch.randn(2, 3, 5))
h.write()
