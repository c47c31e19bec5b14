# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
h = Header("reversed", "A bidirectional GRU.", '#include "record.hpp"\n\n')


class Bidirectional(nn.Module):
    def __init__(self, features, hidden):
        super().__init__()
        self.inner = nn.GRU(features, hidden, batch_first=True, bidirectional=True)

    def forward(self, x):
        return self.inner(x)[0]


record(h, "gru", Bidirectional(3, 5), torch.randn(2, 4, 3))
h.write()
