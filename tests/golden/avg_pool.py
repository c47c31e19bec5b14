# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Average poolings."""


class Steps(nn.Module):
    """On [batch, time, channels]."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x.transpose(1, 2)).transpose(1, 2)


h = Header("avg_pool", "Average poolings.", '#include "record.hpp"\n\n')
record(h, "image", nn.AvgPool2d((2, 3), (2, 1)), torch.randn(2, 3, 5, 6))
record(h, "padded", nn.AvgPool2d(3, 2, padding=1), torch.randn(2, 3, 5, 6))
record(h, "padded_uncounted", nn.AvgPool2d(3, 2, padding=1, count_include_pad=False), torch.randn(2, 3, 5, 6))
record(h, "adaptive", nn.AdaptiveAvgPool2d((3, 2)), torch.randn(2, 3, 7, 4))
record(h, "sequence", Steps(nn.AvgPool1d(3, 2, padding=1)), torch.randn(2, 6, 5))
record(h, "adaptive_sequence", Steps(nn.AdaptiveAvgPool1d(3)), torch.randn(2, 7, 5))
record(h, "every_pixel", nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()), torch.randn(2, 3, 5, 4))
record(h, "over_the_end", nn.AvgPool2d(3, 2, padding=1, ceil_mode=True), torch.randn(2, 3, 6, 8))
record(h, "over_the_end_uncounted", nn.AvgPool2d((3, 2), 2, ceil_mode=True, count_include_pad=False), torch.randn(2, 3, 6, 7))
record(h, "sequence_over_the_end", Steps(nn.AvgPool1d(4, 3, padding=1, ceil_mode=True)), torch.randn(2, 6, 5))
h.write()
