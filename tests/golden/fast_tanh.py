# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Neural Amp Modeler's fast tanh (NAM/activations.h, fast_tanh), by its formula."""
h = Header("fast_tanh", "Neural Amp Modeler's fast tanh.", '#include "record.hpp"\n\n')


class FastTanh(nn.Module):
    def forward(self, x):
        ax, x2 = x.abs(), x * x
        return (x * (2.45550750702956 + 2.45550750702956 * ax + (0.893229853513558 + 0.821226666969744 * ax) * x2)
                / (2.44506634652299 + (2.44506634652299 + x2) * (x + 0.814642734961073 * x * ax).abs()))


record(h, "alone", FastTanh(), 4 * torch.randn(2, 21))
h.write()
