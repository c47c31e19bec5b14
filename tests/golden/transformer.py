# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
h = Header("transformer", "nn.TransformerEncoderLayer, and llama's block by its formula.", '#include "record.hpp"\n\n')


class Block(nn.Module):
    """nn.TransformerEncoderLayer without dropout, its parameters in the order in which they act."""

    def __init__(self, features, heads, hidden, activation, norm_first, causal=False):
        super().__init__()
        self.inner = nn.TransformerEncoderLayer(features, heads, hidden, dropout=0.0, activation=activation,
                                                batch_first=True, norm_first=norm_first)
        self.norm_first, self.causal = norm_first, causal
        for p in self.inner.parameters(): # none is 0 or 1, which would hide what it does
            nn.init.normal_(p, std=0.5)

    def parameters(self, recurse=True):
        i = self.inner
        order = ([i.norm1, i.self_attn, i.norm2, i.linear1, i.linear2] if self.norm_first else
                 [i.self_attn, i.norm1, i.linear1, i.linear2, i.norm2])
        return (p for part in order for p in part.parameters())

    def forward(self, x):
        mask = torch.triu(torch.ones(x.shape[1], x.shape[1], dtype=torch.bool), 1) if self.causal else None
        return self.inner(x, mask)


record(h, "encoder", Block(6, 2, 9, "relu", False), torch.randn(2, 4, 6))
record(h, "encoder_norm_first", Block(6, 2, 9, "gelu", True), torch.randn(2, 4, 6))
record(h, "decoder", Block(6, 3, 7, "relu", False, True), torch.randn(2, 5, 6))
record(h, "decoder_norm_first", Block(6, 3, 7, "gelu", True, True), torch.randn(2, 5, 6))


class Gated(nn.Module): # llama's feed-forward
    def __init__(self, features, hidden):
        super().__init__()
        self.w1, self.w3 = nn.Linear(features, hidden, False), nn.Linear(features, hidden, False)
        self.w2 = nn.Linear(hidden, features, False)

    def forward(self, x):
        return self.w2(F.silu(self.w1(x)) * self.w3(x))


record(h, "gated", Gated(5, 7), torch.randn(2, 3, 5))
h.write()
