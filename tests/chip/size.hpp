// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

namespace chip {
inline constexpr unsigned most_inputs = 784, most_outputs = 10;
}

/// What is weighed.
void chip_infer(const float* input, float* output);
