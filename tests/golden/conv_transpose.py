# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Transposed convolutions."""


class Steps(nn.Module):
    """On [batch, time, channels]."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x.transpose(1, 2)).transpose(1, 2)


h = Header("conv_transpose", "Transposed convolutions.", '#include "record.hpp"\n\n')
record(h, "plain", nn.ConvTranspose2d(3, 5, (3, 2), stride=2), torch.randn(2, 3, 3, 4))
record(h, "padded", nn.ConvTranspose2d(3, 2, 3, stride=2, padding=1, output_padding=(1, 0)), torch.randn(2, 3, 3, 4))
record(h, "grouped", nn.ConvTranspose2d(4, 6, 2, stride=(1, 3), padding=(0, 1), groups=2, bias=False, dilation=(1, 2)),
       torch.randn(2, 4, 3, 3))
record(h, "beyond", nn.ConvTranspose2d(2, 3, 1, stride=3, output_padding=2), torch.randn(1, 2, 2, 2))
record(h, "sequence", Steps(nn.ConvTranspose1d(3, 9, 4, stride=2, padding=1, output_padding=1)), torch.randn(2, 5, 3))
record(h, "narrow_sequence", Steps(nn.ConvTranspose1d(3, 2, 4, stride=2)), torch.randn(2, 5, 3))
h.write()
