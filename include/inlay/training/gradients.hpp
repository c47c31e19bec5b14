// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/loss/loss.hpp>
#include <inlay/network/network.hpp>
#include <inlay/optimizer/clipping.hpp>
#include <inlay/optimizer/optimizer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// The gradients of a network's trainable parameters, in the network's own layout. Starts as zeros.
template <class Network>
class gradients {
  public:
    using scalar_type = typename Network::scalar_type;
    static constexpr size_t extent = Network::trainable_extent;

    [[nodiscard]] constexpr scalar_type* data() noexcept { return data_; }
    [[nodiscard]] constexpr const scalar_type* data() const noexcept { return data_; }
    constexpr void clear() noexcept { kernels::fill<extent>(data_, scalar_type(0)); }
    /// What is between tensors becomes 0 again, should NaN have got there.
    constexpr void clear_padding() noexcept {
        for (size_t t = 0; t < Network::tensor_count; ++t)
            if (Network::tensors[t].trainable) {
                const size_t size = Network::tensors[t].size, start = Network::tensor_offset(t);
                for (size_t i = size; i < detail::aligned<scalar_type>(size); ++i) data_[start + i] = scalar_type(0);
            }
    }

    /// A tensor's gradient by its name, under its canonical indices. Frozen parameters have none.
    template <fixed_text Name>
    [[nodiscard]] constexpr auto parameter() const noexcept {
        constexpr size_t tensor = Network::find_tensor(Name.view());
        static_assert(tensor < Network::tensor_count, "inlay: the network has no parameter of that name");
        if constexpr (tensor < Network::tensor_count) {
            static_assert(Network::tensors[tensor].trainable, "inlay: a frozen parameter has no gradient");
            return parameter_view<const scalar_type, typename Network::chain_type, tensor>(
                data_ + Network::tensor_offset(tensor));
        } else return detail::no_parameter<const scalar_type>{};
    }
    /// All of them in canonical order.
    [[nodiscard]] constexpr std::array<scalar_type, Network::trainable_count> canonical() const noexcept {
        std::array<scalar_type, Network::trainable_count> values{};
        size_t at = 0;
        Network::each_parameter([&](size_t index) {
            if (index < extent) values[at++] = data_[index];
        });
        return values;
    }

  private:
    alignas(detail::line<scalar_type>) scalar_type data_[extent ? extent : 1]{};
};

/// Gradient clipping; 0 means off. By value first, then by norm.
struct clipping {
    double value = 0; ///< every gradient is held between −value and value
    double norm = 0;  ///< the gradients' Euclidean norm is held to this
};

namespace detail {

/// Limits in the net's own arithmetic.
template <class Scalar>
struct clipping_limits {
    Scalar value{}, norm{};

    constexpr clipping_limits() noexcept = default;
    constexpr explicit clipping_limits(clipping limits) noexcept
        : value(static_cast<Scalar>(limits.value)), norm(static_cast<Scalar>(limits.norm)) {
        INLAY_EXPECTS(not_negative(value) && not_negative(norm), "inlay: clipping takes finite numbers, 0 or more");
    }
    template <class Backend, class Network>
    constexpr void apply(gradients<Network>& to) const noexcept {
        constexpr size_t extent = Network::trainable_extent;
        if (value > 0) clip_by_value<Backend, extent>(to.data(), value);
        if (norm > 0 && !hold_norm<Backend, extent>(to.data(), norm)) to.clear_padding();
    }
};

} // namespace detail

/// Clips gradients (torch.nn.utils.clip_grad_value_ and clip_grad_norm_): `clip(gradients, {.norm = 1})`. The limits are
/// finite numbers, 0 or more.
template <class Backend = kernels::native, class Network>
constexpr void clip(gradients<Network>& to, clipping limits) noexcept {
    detail::clipping_limits<typename Network::scalar_type>(limits).template apply<Backend>(to);
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
