# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Maximum poolings."""


class Steps(nn.Module):
    """On [batch, time, channels]."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x.transpose(1, 2)).transpose(1, 2)


h = Header("max_pool", "Maximum poolings.", '#include "record.hpp"\n\n')
record(h, "padded", nn.MaxPool2d(3, 2, padding=1), torch.randn(2, 3, 5, 6))
record(h, "adaptive", nn.AdaptiveMaxPool2d((3, 2)), torch.randn(2, 3, 7, 4))
record(h, "sequence", Steps(nn.MaxPool1d(3, 2)), torch.randn(2, 6, 5))
record(h, "padded_sequence", Steps(nn.MaxPool1d(3, 2, padding=1)), torch.randn(2, 6, 5))
record(h, "adaptive_sequence", Steps(nn.AdaptiveMaxPool1d(3)), torch.randn(2, 7, 5))
record(h, "every_pixel", nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten()), torch.randn(2, 3, 5, 4))
record(h, "dilated", nn.MaxPool2d((2, 3), (1, 2), padding=1, dilation=(3, 2), ceil_mode=True), torch.randn(2, 3, 6, 7))
record(h, "dilated_sequence", Steps(nn.MaxPool1d(2, 3, dilation=3, ceil_mode=True)), torch.randn(2, 9, 5))
record(h, "over_the_end", nn.MaxPool2d(3, 2, ceil_mode=True), torch.randn(2, 3, 2, 6))
h.write()
