# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Self-attention by its formula, for what nn.MultiheadAttention has not."""


class AttentionByFormula(nn.Module):
    def __init__(self, features, heads, key_value_heads, head, bias, window=0, rotary=None):
        super().__init__()
        self.heads, self.key_value_heads, self.head, self.window, self.rotary = heads, key_value_heads, head, window, rotary
        self.in_proj = nn.Linear(features, (heads + 2 * key_value_heads) * head, bias)
        self.out_proj = nn.Linear(heads * head, features, bias)

    def turned(self, x): # [batch, time, heads, head]
        pairs, time = self.head // 2, torch.arange(x.shape[1])
        angle = time[:, None] * 10000.0 ** (-torch.arange(pairs) / pairs)
        turn = torch.polar(torch.ones_like(angle), angle)[:, None, :]
        if self.rotary == "interleaved": # as in llama
            z = torch.view_as_complex(x.reshape(*x.shape[:-1], pairs, 2).contiguous())
            return torch.view_as_real(z * turn).flatten(-2)
        z = torch.complex(x[..., :pairs], x[..., pairs:]) * turn # as in GPT-NeoX
        return torch.cat([z.real, z.imag], -1)

    def forward(self, x):
        batch, time, _ = x.shape
        q, k, v = (part.reshape(batch, time, -1, self.head) for part in self.in_proj(x).split(
            [self.heads * self.head, self.key_value_heads * self.head, self.key_value_heads * self.head], -1))
        if self.rotary:
            q, k = self.turned(q), self.turned(k)
        k, v = (part.repeat_interleave(self.heads // self.key_value_heads, 2) for part in (k, v))
        scores = torch.einsum("bthc,bjhc->bhtj", q, k) / self.head ** 0.5
        if self.window:
            back = torch.arange(time)[:, None] - torch.arange(time)[None, :]
            scores = scores.masked_fill((back < 0) | (back >= self.window), float("-inf"))
        return self.out_proj(torch.einsum("bhtj,bjhc->bthc", scores.softmax(-1), v).flatten(2))


h = Header("attention_options", "Self-attention with its options, by its formula.", '#include "record.hpp"\n\n')
record(h, "grouped", AttentionByFormula(6, 4, 2, 3, True), torch.randn(2, 5, 6))
record(h, "llama", AttentionByFormula(6, 4, 2, 8, False, 7, "interleaved"), torch.randn(2, 7, 6))
record(h, "neox", AttentionByFormula(8, 2, 1, 4, True, 3, "halves"), torch.randn(1, 6, 8))
h.write()
