# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
# Recurrent layers with a projection, with a learned initial state, and with both.


class Started(nn.Module):
    """A sequence through `inner` from initial states that are parameters, [1, 1, extent] each."""

    def __init__(self, inner, *extents):
        super().__init__()
        self.inner = inner
        self.starts = [nn.Parameter(torch.randn(1, 1, extent)) for extent in extents]

    def parameters(self, recurse=True):
        return list(self.inner.parameters()) + self.starts

    def forward(self, x):
        states = tuple(start.expand(1, x.shape[0], -1).contiguous() for start in self.starts)
        return self.inner(x, states if len(states) > 1 else states[0] if states else None)[0]


h = Header("recurrent_options", "Recurrent layers with a projection, a learned initial state, and both.",
           '#include "record.hpp"\n\n')
record(h, "projected", Started(nn.LSTM(3, 6, batch_first=True, proj_size=2)), torch.randn(2, 5, 3))
record(h, "projected_one", Started(nn.LSTM(4, 17, batch_first=True, proj_size=9)), torch.randn(1, 1, 4))
record(h, "started_gru", Started(nn.GRU(3, 5, batch_first=True), 5), torch.randn(2, 4, 3))
record(h, "started_lstm", Started(nn.LSTM(2, 6, batch_first=True), 6, 6), torch.randn(2, 4, 2))
record(h, "started_rnn", Started(nn.RNN(2, 5, batch_first=True, nonlinearity="relu"), 5), torch.randn(2, 3, 2))
record(h, "both", Started(nn.LSTM(3, 7, batch_first=True, proj_size=4), 4, 7), torch.randn(2, 3, 3))
h.write()
