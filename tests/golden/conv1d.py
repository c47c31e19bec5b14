# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Conv1d with its options."""


class Steps(nn.Module):
    """On [batch, time, channels]."""

    def __init__(self, inner, pad=(0, 0)):
        super().__init__()
        self.inner, self.pad = inner, pad

    def forward(self, x):
        return self.inner(F.pad(x.transpose(1, 2), self.pad)).transpose(1, 2)


h = Header("conv1d", "Conv1d with its options.", '#include "record.hpp"\n\n')
record(h, "plain", Steps(nn.Conv1d(3, 5, 3, stride=2, padding=1)), torch.randn(2, 7, 3))
record(h, "grouped", Steps(nn.Conv1d(4, 6, 3, dilation=2, groups=2, bias=False), (3, 0)), torch.randn(2, 5, 4))
record(h, "depthwise", Steps(nn.Conv1d(3, 3, 4, padding="same", groups=3)), torch.randn(2, 6, 3))
record(h, "reflect", Steps(nn.Conv1d(2, 3, 3, padding=2, padding_mode="reflect")), torch.randn(1, 4, 2))
h.write()
