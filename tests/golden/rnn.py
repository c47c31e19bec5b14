# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
h = Header("rnn", "nn.RNN with either of its nonlinearities.", '#include "record.hpp"\n\n')


class Outputs(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x)[0]


record(h, "of_tanh", Outputs(nn.RNN(3, 6, batch_first=True)), torch.randn(2, 5, 3))
record(h, "of_relu", Outputs(nn.RNN(3, 9, nonlinearity="relu", batch_first=True)), torch.randn(2, 4, 3))
h.write()
