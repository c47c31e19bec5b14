// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Kernels against naive sums in long double: within the rounding of their length, the same bits in vectors and scalars,
// and nothing outside touched. Under the address sanitizer nothing outside is read either.
#pragma once

#include "../laws.hpp"

using namespace inlay;
using kernels::product_shape, kernels::start;
using laws::guarded;

/// |own − exact| ≤ 4 · ε · Σ|terms|, element by element.
template <class T>
void check_sums(const std::string& what, const std::vector<T>& own, const std::vector<long double>& exact,
                const std::vector<long double>& size, size_t terms) {
    bool close = true;
    for (size_t i = 0; i < own.size(); ++i)
        close = close && std::abs(own[i] - exact[i]) <= static_cast<long double>(std::numeric_limits<T>::epsilon()) *
                                                            static_cast<long double>(terms / 8 + 4) * size[i];
    laws::check(close, what + ": sums");
}
