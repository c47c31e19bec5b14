# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
h = Header("cross_attention", "nn.MultiheadAttention of one sequence to another.", '#include "record.hpp"\n\n')


class Decoder(nn.Module):
    """A linear layer of the last steps' features asks what was there before it."""

    def __init__(self, features, heads):
        super().__init__()
        self.before, self.query = nn.Linear(features, features), nn.GRU(features, features, batch_first=True)
        self.inner = nn.MultiheadAttention(features, heads, batch_first=True)
        nn.init.normal_(self.inner.in_proj_bias) # 0 at the start, which would hide what they do
        nn.init.normal_(self.inner.out_proj.bias)

    def forward(self, x):
        memory = self.before(x)
        q = self.query(memory)[0][:, -1:]
        return self.inner(q, memory, memory, need_weights=False)[0]


class Same(nn.Module):
    def __init__(self, features, heads):
        super().__init__()
        self.query, self.inner = nn.Linear(features, features), nn.MultiheadAttention(features, heads, batch_first=True)
        nn.init.normal_(self.inner.in_proj_bias)
        nn.init.normal_(self.inner.out_proj.bias)

    def forward(self, x):
        return self.inner(self.query(x), x, x, need_weights=False)[0]


record(h, "one", Decoder(6, 2), torch.randn(2, 5, 6))
record(h, "several", Same(6, 3), torch.randn(2, 4, 6))
h.write()
