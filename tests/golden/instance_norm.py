# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
h = Header("instance_norm", "Instance normalisation of sequences and images.", '#include "record.hpp"\n\n')


class OfSequences(nn.Module): # channels last
    def __init__(self, *arguments, **options):
        super().__init__()
        self.inner = nn.InstanceNorm1d(*arguments, **options)

    def forward(self, x):
        return self.inner(x.transpose(1, 2)).transpose(1, 2)


record(h, "of_sequences", OfSequences(3), 2 * torch.randn(2, 7, 3) - 3)
image = nn.InstanceNorm2d(5, eps=0.1, affine=True)
nn.init.normal_(image.weight)
nn.init.normal_(image.bias)
record(h, "of_images", image, torch.randn(2, 5, 4, 3) + 1)
h.write()
