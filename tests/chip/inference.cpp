// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Every network, constant in flash, gives the host's bits.
#include "check.hpp"
#include "nets.hpp"

#include <golden_fused.hpp>
#include <golden_plain.hpp>

using namespace chip;

namespace {

/// Each in a function of its own, so that the stack holds one at a time.
template <class Net>
[[gnu::noinline]] typename Net::output_type called(const typename Net::input_type& x) {
    return (*board::unknown(&in_flash<Net>))(x);
}
template <class Backend, class Net>
[[gnu::noinline]] typename Net::output_type built_for(const typename Net::input_type& x) {
    typename Net::output_type y;
    float scratch[Net::inference_scratch + 1];
    board::unknown(&in_flash<Net>)->template infer<Backend, 1>(x.data(), y.data(), scratch);
    return y;
}

template <class Net>
[[gnu::noinline]] void check(checks& all, const char* name, std::span<const unsigned> fused,
                             std::span<const unsigned> plain) {
    comparison bits{all, name, fused, plain};
    bool twins = true, policies = true;
    for (size_t sample = 0; sample < samples; ++sample) {
        const auto x = drawn_input<Net>(sample);
        const auto y = called<Net>(x), small = built_for<backend::size, Net>(x),
                   scalar = built_for<kernels::scalar, Net>(x);
        for (size_t i = 0; i < y.size(); ++i) {
            bits.add(y[i]);
            const auto bits_of_y = std::bit_cast<std::uint32_t>(y[i]);
            policies = policies && bits_of_y == std::bit_cast<std::uint32_t>(small[i]);
            twins = twins && bits_of_y == std::bit_cast<std::uint32_t>(scalar[i]);
        }
    }
    bits.finish();
    all.that(policies, name, "the size policy gives the same bits");
    all.that(twins, name, "scalar code gives the same bits");
}

} // namespace

int main() {
    checks all;
#define CHIP_CHECK(net) check<net>(all, #net, golden_fused::net, golden_plain::net);
    CHIP_EACH_NET(CHIP_CHECK)
    return all.result();
}
