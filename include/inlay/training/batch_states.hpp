// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/network/network.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// Calls `body(where the state of a layer starts among those of one sample, its size)` for every layer that has one, those
/// inside composites too.
template <class Bound, class Body>
constexpr void each_state(Body&& body, size_t start = 0) {
    if constexpr (requires { Bound::state_starts; })
        topology::walk<0, Bound::count>(
            [&](auto i) { each_state<typename Bound::template bound<i>>(body, start + Bound::state_starts[i]); });
    else if constexpr (Bound::state_size > 0) body(start, Bound::state_size);
}

} // namespace detail

/// The states of a batch as a call takes them, layer by layer, where a sample's own state_type has those of all layers.
template <class Network, size_t Batch>
class batch_states {
  public:
    using scalar_type = typename Network::scalar_type;
    using state_type = typename Network::state_type;

    [[nodiscard]] constexpr scalar_type* data() noexcept { return data_; }

    /// Takes the states of `rows` samples.
    constexpr void load(const state_type* states, size_t rows = Batch) noexcept {
        each(rows, [&](size_t inside, size_t n, size_t k) { data_[inside] = states[n][k]; });
    }
    /// Gives them back.
    constexpr void store(state_type* states, size_t rows = Batch) const noexcept {
        each(rows, [&](size_t inside, size_t n, size_t k) { states[n][k] = data_[inside]; });
    }

  private:
    template <class Body>
    static constexpr void each(size_t rows, Body body) noexcept {
        detail::each_state<typename Network::chain_type>([&](size_t start, size_t size) {
            for (size_t n = 0; n < rows; ++n)
                for (size_t k = 0; k < size; ++k) body(start * Batch + n * size + k, n, start + k);
        });
    }

    static constexpr size_t extent = Batch * Network::chain_type::state_size;
    alignas(detail::line<scalar_type>) scalar_type data_[extent ? extent : 1]{};
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
