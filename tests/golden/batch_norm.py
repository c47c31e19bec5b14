# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
h = Header("batch_norm", "Batch normalisation: training, running statistics, evaluation.")


def buffers(module):
    return vector([b for b in module.buffers() if b.is_floating_point()]) # without num_batches_tracked


def last(x):
    return x.permute(0, 2, 1) if x.dim() == 3 else channels_last(x)


def both(name, module, xs):
    """Three training passes, the gradients of the last one; then evaluation of the same batch."""
    for p in module.parameters():
        nn.init.uniform_(p, -1, 1)
    nn.init.uniform_(module.running_mean, -1, 1)
    nn.init.uniform_(module.running_var, 0.5, 2)
    h.open(name)
    if module.affine:
        h.array("parameters", vector(list(module.parameters())))
    h.array("buffers", buffers(module))
    h.array("inputs", torch.cat([last(x) for x in xs]))
    for x in xs[:-1]:
        module(x)
    slope = torch.randn_like(xs[-1])
    h.array("slope", last(slope))
    for mode in ("training", "evaluation"):
        module.train(mode == "training")
        x = xs[-1].clone().requires_grad_()
        y = module(x)
        *gradients, dx = torch.autograd.grad((y * slope).sum(), list(module.parameters()) + [x])
        h.open(mode)
        h.array("output", last(y))
        if module.affine:
            h.array("gradients", vector(gradients))
        h.array("input_gradients", last(dx))
        h.close(mode)
    h.array("buffers_after", buffers(module))
    h.close(name)


both("of_vectors", nn.BatchNorm1d(5), [3 * torch.randn(4, 5) + 2 for _ in range(3)])
both("of_sequences", nn.BatchNorm1d(3, eps=0.01, momentum=0.3), [torch.randn(2, 3, 4) for _ in range(3)])
both("of_images", nn.BatchNorm2d(9), [torch.randn(2, 9, 3, 2) - 5 for _ in range(3)])
both("plain", nn.BatchNorm1d(4, affine=False), [torch.randn(3, 4) for _ in range(3)])

net = nn.Sequential(nn.Conv2d(2, 5, 3, bias=True), nn.BatchNorm2d(5), nn.ReLU(), Flatten(), nn.Linear(20, 6, bias=False),
                    nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, 3))
x, t = torch.randn(11, 2, 4, 4), torch.randn(11, 3)
h.open("net")
h.array("parameters", vector(list(net.parameters())))
h.array("input", channels_last(x))
h.array("target", t)
rule = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(3):
    for part in (slice(0, 7), slice(7, 11)): # the second batch is a partial one
        rule.zero_grad()
        F.mse_loss(net(x[part]), t[part]).backward()
        rule.step()
h.array("parameters_after", vector(list(net.parameters())))
h.array("buffers_after", buffers(net))
net.eval()
h.array("output", net(x))
h.close("net")
h.write()
