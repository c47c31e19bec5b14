# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Conv2d with its options."""


class TensorflowSame(nn.Module):
    """TensorFlow's padding = SAME, by its formula."""

    def __init__(self, *arguments, **options):
        super().__init__()
        self.inner = nn.Conv2d(*arguments, **options)

    def forward(self, x):
        sides = []
        for axis in (1, 0):
            extent, stride = x.shape[2 + axis], self.inner.stride[axis]
            reach = (self.inner.kernel_size[axis] - 1) * self.inner.dilation[axis] + 1
            total = max((-(-extent // stride) - 1) * stride + reach - extent, 0)
            sides += [total // 2, total - total // 2]
        return self.inner(F.pad(x, sides))


class Padded(nn.Module):
    def __init__(self, sides, *arguments, **options):
        super().__init__()
        self.sides, self.inner = sides, nn.Conv2d(*arguments, **options)

    def forward(self, x):
        return self.inner(F.pad(x, self.sides))


h = Header("conv2d_options", "Conv2d with its options.", '#include "record.hpp"\n\n')
record(h, "dilated", nn.Conv2d(3, 5, (3, 2), stride=(2, 1), padding=1, dilation=(2, 3)), torch.randn(2, 3, 6, 7))
record(h, "grouped", nn.Conv2d(4, 6, (2, 3), groups=2), torch.randn(2, 4, 4, 5))
record(h, "depthwise", nn.Conv2d(5, 5, 3, stride=2, padding=1, groups=5, bias=False), torch.randn(2, 5, 5, 6))
record(h, "multiplied", nn.Conv2d(3, 6, 2, groups=3), torch.randn(2, 3, 3, 4))
record(h, "pointwise", nn.Conv2d(5, 9, 1), torch.randn(2, 5, 2, 3))
record(h, "same", nn.Conv2d(2, 3, (4, 3), padding="same", dilation=(1, 2)), torch.randn(2, 2, 4, 5))
record(h, "tensorflow_same", TensorflowSame(2, 3, 3, stride=2), torch.randn(2, 2, 6, 7))
record(h, "sides", Padded((1, 0, 0, 2), 2, 3, 3), torch.randn(1, 2, 3, 4))
for mode in ("reflect", "replicate", "circular"):
    record(h, mode, nn.Conv2d(2, 3, 3, padding=(2, 1), padding_mode=mode), torch.randn(2, 2, 4, 3))
h.write()
