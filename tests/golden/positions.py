# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
import math

h = Header("positions", "Positional encodings, computed and learned.", '#include "record.hpp"\n\n')


class PositionalEncoding(nn.Module): # of PyTorch's tutorials
    def forward(self, x):
        _, time, features = x.shape
        position = torch.arange(time).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, features, 2) * (-math.log(10000.0) / features))
        pe = torch.zeros(time, features)
        pe[:, 0::2] = torch.sin(position * div_term)
        pe[:, 1::2] = torch.cos(position * div_term)[:, :features // 2]
        return x + pe


class Learned(nn.Module):
    def __init__(self, positions, features):
        super().__init__()
        self.inner = nn.Embedding(positions, features)

    def forward(self, x):
        return x + self.inner(torch.arange(x.shape[1]))


record(h, "encoding", PositionalEncoding(), torch.randn(2, 7, 6))
record(h, "odd", PositionalEncoding(), torch.randn(1, 40, 5))
record(h, "learned", Learned(9, 4), torch.randn(2, 7, 4))
h.write()
