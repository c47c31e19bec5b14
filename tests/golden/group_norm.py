# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
h = Header("group_norm", "Group normalisation of vectors, sequences and images.", '#include "record.hpp"\n\n')


class OfSequences(nn.Module): # channels last
    def __init__(self, *arguments, **options):
        super().__init__()
        self.inner = nn.GroupNorm(*arguments, **options)

    def forward(self, x):
        return self.inner(x.transpose(1, 2)).transpose(1, 2)


def drawn(norm):
    nn.init.normal_(norm.weight)
    nn.init.normal_(norm.bias)
    return norm


record(h, "of_vectors", drawn(nn.GroupNorm(2, 6)), 2 * torch.randn(3, 6) - 3)
record(h, "of_sequences", OfSequences(1, 4, eps=0.1, affine=False), torch.randn(2, 5, 4))
record(h, "of_images", drawn(nn.GroupNorm(4, 20)), torch.randn(2, 20, 3, 2) + 1)
h.write()
