// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// CHIP_NET is the network; CHIP_SIZE asks for small code instead of fast code.
#include "size.hpp"

#ifdef CHIP_NET
#include "nets.hpp"

void chip_infer(const float* input, float* output) {
    using net = chip::CHIP_NET;
#ifdef CHIP_SIZE
    using policy = inlay::backend::size;
#else
    using policy = inlay::backend::speed;
#endif
    float scratch[net::inference_scratch + 1];
    chip::in_flash<net>.infer<policy, 1>(input, output, scratch);
}

#else
void chip_infer(const float*, float*) {}
#endif
