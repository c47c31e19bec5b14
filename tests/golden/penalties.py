# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Training with L1 penalties on weights and on a bias, and L1 and L2 penalties on activations, as terms of the loss."""

h = Header("penalties", "Training with penalties on weights and activations.")
first, second = nn.Linear(3, 4), nn.Linear(4, 2)
parameters = list(first.parameters()) + list(second.parameters())
x, t = torch.randn(8, 3), torch.randn(8, 2)
h.array("start", vector(parameters))
h.array("input", x)
h.array("target", t)
optimizer, losses = torch.optim.Adam(parameters, lr=0.02), []
for step in range(20):
    optimizer.zero_grad()
    y = torch.tanh(first(x))
    loss = F.mse_loss(second(y), t)
    losses.append(loss.item())
    penalty = 0.01 * (first.weight.abs().sum() + second.weight.abs().sum()) + 0.02 * first.bias.abs().sum()
    activity = (0.05 * y.abs() + 0.03 * y ** 2).sum() / 8
    (loss + penalty + activity).backward()
    optimizer.step()
h.array("losses", losses)
h.array("after", vector(parameters))
h.write()
