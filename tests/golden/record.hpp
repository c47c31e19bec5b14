// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <span>

namespace golden {

/// What PyTorch made of one batch through one net. The gradients are those of Σ slope · output.
struct record {
    std::span<const double> parameters, gradients, input, output, slope, input_gradients;
};

} // namespace golden
