# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
h = Header("tied", "A language model whose head is its embedding: three steps of SGD.")
tokens = torch.tensor([[0, 3, 1, 4], [2, 2, 0, 1]])
labels = torch.tensor([[3, 1, 4, 0], [2, 0, 1, 3]])
table, inner = nn.Embedding(5, 3), nn.Linear(3, 3)
h.array("parameters", vector([table.weight, inner.weight, inner.bias]))
h.integers("tokens", tokens.reshape(-1).tolist())
h.integers("labels", labels.reshape(-1).tolist())


def logits():
    return torch.tanh(inner(table(tokens))) @ table.weight.t()


h.array("outputs", logits())
rule = torch.optim.SGD([table.weight, inner.weight, inner.bias], lr=0.5)
losses = []
for step in range(3):
    rule.zero_grad()
    loss = F.cross_entropy(logits().reshape(-1, 5), labels.reshape(-1))
    loss.backward()
    rule.step()
    losses.append(loss.item())
h.array("losses", losses)
h.array("trained", vector([table.weight, inner.weight, inner.bias]))
h.write()
