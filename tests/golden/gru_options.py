# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""GRU by its formula, for what nn.GRU has not."""


class GruByFormula(nn.Module):
    """What nn.GRU has not: another activation of the candidate, and the reset gate before the recurrent product."""

    def __init__(self, features, hidden, activation, reset_before):
        super().__init__()
        self.hidden, self.activation, self.reset_before = hidden, activation, reset_before
        shapes = [(3 * hidden, features), (3 * hidden, hidden), (3 * hidden,)] + ([] if reset_before else [(3 * hidden,)])
        self.all = nn.ParameterList([nn.Parameter(torch.randn(shape) / hidden ** 0.5) for shape in shapes])

    def forward(self, x):
        parts = [p.chunk(3) for p in self.all]
        h, outputs = torch.zeros(x.shape[0], self.hidden), []

        def recurrent(gate, v):
            return v @ parts[1][gate].T + (0 if self.reset_before else parts[3][gate])

        for t in range(x.shape[1]):
            from_x = [x[:, t] @ w.T + b for w, b in zip(parts[0], parts[2])]
            r, z = (torch.sigmoid(from_x[gate] + recurrent(gate, h)) for gate in (0, 1))
            n = self.activation(from_x[2] + (recurrent(2, r * h) if self.reset_before else r * recurrent(2, h)))
            h = (1 - z) * n + z * h
            outputs.append(h)
        return torch.stack(outputs, 1)


h = Header("gru_options", "GRU by its formula.", '#include "record.hpp"\n\n')
record(h, "reset_before", GruByFormula(3, 6, torch.tanh, True), torch.randn(2, 5, 3))
record(h, "with_relu", GruByFormula(3, 5, torch.relu, False), torch.randn(2, 4, 3))
record(h, "both", GruByFormula(4, 9, torch.relu, True), torch.randn(1, 3, 4))
h.write()
