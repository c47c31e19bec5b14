# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
h = Header("rms_norm", "Root mean square normalisation of sequences and vectors.", '#include "record.hpp"\n\n')


class RMSNorm(nn.Module): # nn.RMSNorm of PyTorch 2.4
    def __init__(self, features, eps, affine):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.randn(features)) if affine else None

    def forward(self, x):
        y = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)
        return y if self.weight is None else y * self.weight


record(h, "of_sequences", RMSNorm(7, 1e-5, True), 2 * torch.randn(2, 5, 7) - 3)
record(h, "of_vectors", RMSNorm(18, 0.1, False), torch.randn(3, 18))
h.write()
