// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/reduce.hpp>
#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// y = softmax(x) over `Extent` values; returns ln Σ e^(x − max) + max. `y` may be `x`.
template <class Backend, size_t Extent, class T>
constexpr T softmax_of(const T* x, T* y) {
    const T most = kernels::maximum<Backend, Extent>(x);
    kernels::map<Backend, Extent>(
        y, [most](auto v) INLAY_INLINE { return math::exp(v - decltype(v)(most)); }, x);
    const T total = kernels::sum<Backend, Extent>(y);
    const T scale = T(1) / total;
    kernels::map<Backend, Extent>(
        y, [scale](auto v) INLAY_INLINE { return v * decltype(v)(scale); }, y);
    return math::log(total) + most;
}

/// y = x − ln Σ eˣ over `Extent` values. `scratch` holds as many; `y` may be `x`.
template <class Backend, size_t Extent, class T>
constexpr void log_softmax_of(const T* x, T* y, T* scratch) {
    const T most = kernels::maximum<Backend, Extent>(x);
    kernels::map<Backend, Extent>(
        scratch, [most](auto v) INLAY_INLINE { return math::exp(v - decltype(v)(most)); }, x);
    const T lift = math::log(kernels::sum<Backend, Extent>(scratch));
    kernels::map<Backend, Extent>(
        y, [most, lift](auto v) INLAY_INLINE { return (v - decltype(v)(most)) - decltype(v)(lift); }, x);
}

template <class Scalar, class In, bool Log>
struct softmax_on : layer_on<Scalar, In, In> {
    static constexpr size_t width = In::last, rows = In::size / In::last;
    static constexpr layer_traits traits{
        .backward_needs_input = false, .backward_needs_output = true, .in_place = true, .same_bits_in_blocks = true};
    static constexpr size_t forward_scratch(size_t, bool) { return Log ? width : 0; }

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using backend = typename Context::backend;
        for (size_t r = 0; r < Context::batch * rows; ++r) {
            if constexpr (Log)
                log_softmax_of<backend, width>(call.input + r * width, call.output + r * width, call.scratch);
            else softmax_of<backend, width>(call.input + r * width, call.output + r * width);
        }
    }

    // softmax: dx = y·(dy − Σ dy·y)        log_softmax: dx = dy − e^y · Σ dy
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        if constexpr (Context::input_gradient)
            for (size_t r = 0; r < Context::batch * rows; ++r) {
                const Scalar *const y = call.output + r * width, *const dy = call.output_gradient + r * width;
                const Scalar total = Log ? kernels::sum<backend, width>(dy) : kernels::dot<backend, width>(dy, y);
                kernels::map<backend, width>(
                    call.input_gradient + r * width,
                    [total](auto g, auto v) INLAY_INLINE {
                        const decltype(v) all(total);
                        if constexpr (Log) return fma(-math::exp(v), all, g);
                        else return v * (g - all);
                    },
                    dy, y);
            }
    }
};

/// Softmax over Extent values, Inner apart: the values between lie in lanes, and are added in order.
template <class Scalar, class In, size_t Extent, size_t Inner>
struct softmax_over_on : layer_on<Scalar, In, In> {
    static constexpr layer_traits traits{.backward_needs_input = false,
                                         .backward_needs_output = true,
                                         .in_place = true,
                                         .needs_whole_sequence = In::rank == 2};
    static constexpr size_t block = Extent * Inner;

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        for (size_t at = 0; at < Context::batch * In::size; at += block)
            kernels::each_chunk<typename Context::backend, Scalar, Inner>([&](auto part) INLAY_INLINE {
                const Scalar* const x = call.input + at;
                Scalar* const y = call.output + at;
                auto most = part.load(x);
                for (size_t i = 1; i < Extent; ++i) {
                    const auto next = part.load(x + i * Inner);
                    most = select(most > next, most, next);
                }
                decltype(most) total(Scalar(0));
                for (size_t i = 0; i < Extent; ++i) {
                    const auto power = math::exp(part.load(x + i * Inner) - most);
                    part.store(y + i * Inner, power);
                    total = total + power;
                }
                const auto scale = decltype(most)(Scalar(1)) / total;
                for (size_t i = 0; i < Extent; ++i) part.store(y + i * Inner, part.load(y + i * Inner) * scale);
            });
    }
    // dx = y·(dy − Σ dy·y)
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::input_gradient)
            for (size_t at = 0; at < Context::batch * In::size; at += block)
                kernels::each_chunk<typename Context::backend, Scalar, Inner>([&](auto part) INLAY_INLINE {
                    const Scalar *const y = call.output + at, *const dy = call.output_gradient + at;
                    decltype(part.load(y)) total(Scalar(0));
                    for (size_t i = 0; i < Extent; ++i)
                        total = fma(part.load(dy + i * Inner), part.load(y + i * Inner), total);
                    for (size_t i = 0; i < Extent; ++i)
                        part.store(call.input_gradient + at + i * Inner,
                                   part.load(y + i * Inner) * (part.load(dy + i * Inner) - total));
                });
    }
};

/// The elements behind an axis.
template <class In>
constexpr size_t behind(size_t axis) {
    size_t size = 1;
    for (size_t k = axis + 1; k < In::rank; ++k) size *= In::extent(k);
    return size;
}

template <bool Log>
struct softmax_rule {
    template <class In>
    static constexpr auto output_shape(In in) {
        return in;
    }
    template <class Scalar, class In>
    using on = softmax_on<Scalar, In, Log>;
};

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// yᵢ = e^xᵢ / Σⱼ e^xⱼ over the last extent, computed from x − max x. For training prefer logits and `cross_entropy`.
struct softmax : detail::softmax_rule<false> {
    static constexpr auto name = "softmax";
};

/// softmax over one axis, counted from 0 without the batch: torch.nn.Softmax(axis + 1). `softmax_over<0>` of [time, features] is
/// over time.
template <size_t Axis>
struct softmax_over {
    static constexpr auto name = "softmax_over";
    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Axis >= In::rank) return refuse<has_no_such_axis, takes<Axis>>{};
        else return in;
    }
    template <class Scalar, class In>
    using on = std::conditional_t<Axis + 1 == In::rank, detail::softmax_on<Scalar, In, false>,
                                  detail::softmax_over_on<Scalar, In, In::extent(Axis), detail::behind<In>(Axis)>>;
};

/// yᵢ = xᵢ − ln Σⱼ e^xⱼ over the last extent, computed from x − max x.
struct log_softmax : detail::softmax_rule<true> {
    static constexpr auto name = "log_softmax";
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
