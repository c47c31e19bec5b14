# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
h = Header("layer_norm", "Layer normalisation of sequences and vectors.", '#include "record.hpp"\n\n')
steps = nn.LayerNorm(7)
nn.init.normal_(steps.weight)
nn.init.normal_(steps.bias)
record(h, "of_sequences", steps, 2 * torch.randn(2, 5, 7) - 3)
record(h, "of_vectors", nn.LayerNorm(18, eps=0.1, elementwise_affine=False), torch.randn(3, 18))
h.write()
