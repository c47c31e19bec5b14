// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/layers/dropout.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay {

/// `dropout` of whole channels (Tompson et al. 2015; torch.nn.Dropout1d and Dropout2d): in training each channel of each
/// sample becomes 0 at all positions with the given probability p, and is scaled by 1/(1 − p) otherwise; in inference
/// nothing happens. Channels are the last extent: x and y [time, channels] or [height, width, channels]. 0 ≤ p < 1.
template <decimal Probability = 0.5>
struct spatial_dropout {
    static constexpr auto name = "spatial_dropout";
    template <class In>
    static constexpr auto output_shape(In in) {
        return detail::dropout_shape<Probability>(in);
    }
    template <class Scalar, class In>
    using on = detail::dropout_on<Scalar, In, Probability, In::last>;
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
