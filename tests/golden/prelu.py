# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
h = Header("prelu", "PReLU with one slope and with one per channel.", '#include "record.hpp"\n\n')


class ChannelsLast(nn.Module):
    def __init__(self, slopes):
        super().__init__()
        self.inner = nn.PReLU(slopes)

    def forward(self, x):
        return self.inner(x.transpose(1, 2)).transpose(1, 2)


record(h, "one", ChannelsLast(1), torch.randn(2, 2, 3))
record(h, "channels", ChannelsLast(3), torch.randn(2, 2, 3))
h.write()
