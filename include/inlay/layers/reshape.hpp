// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The same numbers in another shape or order, or some of them.
#pragma once

#include <inlay/layers/flatten.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, class Out, size_t... Axes>
struct permute_on;
template <class Scalar, class In, class Out, size_t Axis, size_t Start, size_t Step>
struct slice_on;

/// Whether these are 0, 1 … in some order.
template <size_t... Axes>
inline constexpr bool is_permutation = [] {
    size_t seen = 0;
    ((seen |= Axes < sizeof...(Axes) ? size_t{1} << Axes : 0), ...);
    return seen + 1 == size_t{1} << sizeof...(Axes);
}();

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

struct needs_each_axis_of_its_input_once {}; ///< 0, 1 … in some order
struct needs_a_range_within_its_input {};    ///< [start, end) of at least one element, in steps of at least 1

/// The same elements in the same order under another shape: x of any shape, y [extents]. Costs nothing. Channels are last:
/// an image of 2 channels from a vector is not that of torch.nn.Unflatten, which has them first.
template <size_t... Extents>
struct reshape {
    static constexpr auto name = "reshape";
    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (sizeof...(Extents) < 1 || sizeof...(Extents) > 3)
            return refuse<an_input_has_one_to_three_extents>{};
        else if constexpr (((Extents == 0) || ...)) return refuse<extent_must_not_be_0>{};
        else if constexpr ((Extents * ... * size_t{1}) != In::size)
            return refuse<input_of_another_size, takes<Extents...>>{};
        else return shape<Extents...>{};
    }
    template <class Scalar, class In>
    using on = detail::reshape_on<Scalar, In, shape<Extents...>>;
};

/// The same elements with their axes in another order, as torch.permute: axis k of y is axis Axes[k] of x. The batch is no
/// axis: `permute<1, 0>` makes [features, time] of [time, features], `permute<2, 0, 1>` channels first of channels last.
template <size_t... Axes>
struct permute {
    static constexpr auto name = "permute";
    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (sizeof...(Axes) != In::rank) return refuse<needs_each_axis_of_its_input_once>{};
        else if constexpr (!detail::is_permutation<Axes...>) return refuse<needs_each_axis_of_its_input_once>{};
        else return shape<In::extent(Axes)...>{};
    }
    template <class Scalar, class In>
    using on = detail::permute_on<Scalar, In, decltype(output_shape(In{})), Axes...>;
};

/// x[start:end:step] along one axis, as Python has it: y[…, i, …] = x[…, start + i·step, …] with ⌈(end − start)/step⌉ of
/// them. The batch is no axis: `slice<0, 2, 5>` is steps 2, 3 and 4 of a sequence.
template <size_t Axis, size_t Start, size_t End, size_t Step = 1>
struct slice {
    static constexpr auto name = "slice";
    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (Axis >= In::rank) return refuse<has_no_such_axis, takes<Axis>>{};
        else if constexpr (Step == 0 || Start >= End || End > In::extent(Axis))
            return refuse<needs_a_range_within_its_input, takes<Start, End>>{};
        else return detail::with_extent<In, Axis, (End - Start + Step - 1) / Step>();
    }
    template <class Scalar, class In>
    using on = detail::slice_on<Scalar, In, decltype(output_shape(In{})), Axis, Start, Step>;
};

template <class Scalar, class In, class Out, size_t... Axes>
struct detail::permute_on : layer_on<Scalar, In, Out> {
    static constexpr layer_traits traits{.backward_needs_input = false, .needs_whole_sequence = In::rank == 2};

    // y[i₀, i₁, i₂] = x with i at the axes named
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        constexpr std::array<size_t, In::rank> axes{Axes...};
        for (size_t n = 0; n < Context::batch; ++n)
            move<typename Context::backend, In, axes>(call.input + n * In::size, call.output + n * In::size);
    }
    // and back
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        constexpr auto back = [] {
            constexpr std::array<size_t, In::rank> axes{Axes...};
            std::array<size_t, In::rank> all{};
            for (size_t k = 0; k < In::rank; ++k) all[axes[k]] = k;
            return all;
        }();
        if constexpr (Context::input_gradient)
            for (size_t n = 0; n < Context::batch; ++n)
                move<typename Context::backend, Out, back>(call.output_gradient + n * In::size,
                                                           call.input_gradient + n * In::size);
    }

  private:
    template <class Backend, class From, auto Order>
    static INLAY_INLINE constexpr void move(const Scalar* from, Scalar* to) {
        constexpr size_t skip = 3 - From::rank; // axes of one element, in front
        constexpr auto extent = [](size_t axis) { return axis < skip ? 1 : From::extent(axis - skip); };
        constexpr auto axis = [](size_t k) { return k < skip ? k : Order[k - skip] + skip; };
        constexpr size_t a = extent(0), b = extent(1), c = extent(2);
        if constexpr (axis(0) == 0 && axis(1) == 1) kernels::copy<a * b * c>(to, from);
        else if constexpr (axis(2) == 2) // [a][b][c] to [b][a][c]
            for (size_t i = 0; i < a; ++i)
                for (size_t j = 0; j < b; ++j) kernels::copy<c>(to + (j * a + i) * c, from + (i * b + j) * c);
        else if constexpr (axis(0) == 0) // [a][c][b]
            for (size_t i = 0; i < a; ++i) kernels::transpose<Backend, b, c, c, b>(from + i * b * c, to + i * b * c);
        else if constexpr (axis(2) == 0 && axis(1) == 2) // [b][c][a]
            kernels::transpose<Backend, a, b * c, b * c, a>(from, to);
        else if constexpr (axis(0) == 2 && axis(1) == 0) // [c][a][b]
            kernels::transpose<Backend, a * b, c, c, a * b>(from, to);
        else // [c][b][a]
            for (size_t j = 0; j < b; ++j) kernels::transpose<Backend, a, c, b * c, b * a>(from + j * c, to + j * a);
    }
};

template <class Scalar, class In, class Out, size_t Axis, size_t Start, size_t Step>
struct detail::slice_on : layer_on<Scalar, In, Out> {
    static constexpr layer_traits traits{.backward_needs_input = false,
                                         .needs_whole_sequence = In::rank == 2 && Axis == 0};
    static constexpr size_t count = Out::extent(Axis), extent = In::extent(Axis);
    static constexpr size_t inner = [] {
        size_t size = 1;
        for (size_t k = Axis + 1; k < In::rank; ++k) size *= In::extent(k);
        return size;
    }();
    static constexpr size_t repeats = In::size / (extent * inner);

    // y[…, i, …] = x[…, start + i·step, …]
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        each<Context::batch>([&](size_t from, size_t to, auto size)
                                 INLAY_INLINE { kernels::copy<size>(call.output + to, call.input + from); });
    }
    // dx is dy there and 0 elsewhere
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::input_gradient) {
            kernels::fill<Context::batch * In::size>(call.input_gradient, Scalar(0));
            each<Context::batch>([&](size_t from, size_t to, auto size) INLAY_INLINE {
                kernels::copy<size>(call.input_gradient + from, call.output_gradient + to);
            });
        }
    }

  private:
    template <size_t Batch, class Body>
    static INLAY_INLINE constexpr void each(Body&& body) {
        constexpr size_t together = Step == 1 ? count : 1;
        for (size_t o = 0; o < Batch * repeats; ++o)
            for (size_t i = 0; i < count; i += together)
                body((o * extent + Start + i * Step) * inner, (o * count + i) * inner,
                     std::integral_constant<size_t, together * inner>{});
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
