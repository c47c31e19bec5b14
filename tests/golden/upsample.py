# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Upsample in its modes."""


class Steps(nn.Module):
    """On [batch, time, channels]."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x.transpose(1, 2)).transpose(1, 2)


h = Header("upsample", "Upsample in its modes.", '#include "record.hpp"\n\n')
record(h, "nearest", nn.Upsample(scale_factor=(2, 3)), torch.randn(2, 3, 2, 3))
record(h, "nearest_sequence", Steps(nn.Upsample(scale_factor=3)), torch.randn(2, 3, 2))
record(h, "bilinear", nn.Upsample(scale_factor=(2, 3), mode="bilinear"), torch.randn(2, 3, 3, 2))
record(h, "corners", nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True), torch.randn(2, 3, 3, 2))
record(h, "linear", Steps(nn.Upsample(scale_factor=4, mode="linear")), torch.randn(2, 3, 2))
h.write()
