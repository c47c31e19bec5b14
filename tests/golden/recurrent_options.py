# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""LSTMs with a projection."""


class Projected(nn.Module):
    def __init__(self, features, hidden, projection):
        super().__init__()
        self.inner = nn.LSTM(features, hidden, batch_first=True, proj_size=projection)

    def forward(self, x):
        return self.inner(x)[0]


h = Header("recurrent_options", "LSTMs with a projection.", '#include "record.hpp"\n\n')
record(h, "projected", Projected(3, 6, 2), torch.randn(2, 5, 3))
record(h, "projected_one", Projected(4, 17, 9), torch.randn(1, 1, 4))
h.write()
