# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Conv1d after zeros on the left."""


class CausalConv1d(nn.Module):
    """On [batch, time, channels], zeros before the first step."""

    def __init__(self, *arguments, **options):
        super().__init__()
        self.inner = nn.Conv1d(*arguments, **options)
        self.before = (self.inner.kernel_size[0] - 1) * self.inner.dilation[0]

    def forward(self, x):
        return self.inner(F.pad(x.transpose(1, 2), (self.before, 0))).transpose(1, 2)


h = Header("causal_conv1d", "Conv1d after zeros on the left.", '#include "record.hpp"\n\n')
record(h, "plain", CausalConv1d(3, 5, 3), torch.randn(2, 6, 3))
record(h, "dilated", CausalConv1d(2, 7, 2, dilation=4), torch.randn(2, 7, 2))
record(h, "strided", CausalConv1d(3, 4, 3, stride=2, dilation=2, bias=False), torch.randn(2, 8, 3))
record(h, "wide", CausalConv1d(1, 35, 4), torch.randn(1, 3, 1))
h.write()
