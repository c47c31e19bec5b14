// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/product.hpp>
#include <inlay/layers/affine.hpp>
#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

template <class Scalar, class In, size_t Outputs, bool Bias>
struct dense_on;
template <class Scalar, class In, size_t Outputs, bool Bias, class Weight>
struct stored_dense_on;

template <bool Bias, size_t... Sizes>
struct dense_rule {
    static constexpr size_t size_at(size_t index) {
        const size_t all[] = {Sizes..., 0};
        return all[index];
    }

    template <class In>
    static constexpr auto output_shape(In) {
        constexpr size_t inputs = size_at(0), outputs = size_at(sizeof...(Sizes) == 2);
        if constexpr (sizeof...(Sizes) != 1 && sizeof...(Sizes) != 2)
            return refuse<needs_outputs_or_inputs_and_outputs>{};
        else if constexpr (((Sizes == 0) || ...)) return refuse<extent_must_not_be_0>{};
        else if constexpr (In::rank == 3) return refuse<needs_a_vector_so_put_flatten_before_it>{};
        else if constexpr (sizeof...(Sizes) == 2 && inputs != In::last)
            return refuse<input_of_another_size, takes<inputs>>{};
        else if constexpr (In::rank == 2) return shape<In::extent(0), outputs>{};
        else return shape<outputs>{};
    }
    template <class Scalar, class In>
    using on = dense_on<Scalar, In, size_at(sizeof...(Sizes) == 2), Bias>;
    /// With weights stored in another type: see stored_as.
    template <class Scalar, class In, class Weight>
    using on_stored = stored_dense_on<Scalar, In, size_at(sizeof...(Sizes) == 2), Bias, Weight>;
};

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// y = W·x + b for a vector, and for every step of a sequence.
///
/// `dense<outputs>` takes any width, `dense<inputs, outputs>` insists on one. Shapes: x [inputs] or [time, inputs],
/// y [outputs] or [time, outputs]. Tensors `weight` [outputs, inputs] and `bias` [outputs], both uniform(±1/√inputs) at
/// the start, as torch.nn.Linear. An image needs `flatten` before it.
template <size_t... Sizes>
struct dense : detail::dense_rule<true, Sizes...> {
    static constexpr auto name = "dense";
    using with_scale = dense;
};

/// y = W·x: `dense` without its bias.
template <size_t... Sizes>
struct dense_without_bias : detail::dense_rule<false, Sizes...> {
    static constexpr auto name = "dense_without_bias";
    using with_scale = dense<Sizes...>;
};

/// PyTorch's name for `dense`.
template <size_t... Sizes>
using linear = dense<Sizes...>;

template <class Scalar, class In, size_t Outputs, bool Bias>
struct detail::dense_on : layer_on<Scalar, In, decltype(dense_rule<Bias, Outputs>::output_shape(In{}))> {
    static constexpr size_t inputs = In::last, outputs = Outputs, steps = In::size / In::last;
    static constexpr size_t macs = steps * inputs * outputs;
    static constexpr auto tensors = [] {
        constexpr auto weight = tensor_spec::of("weight", outputs, inputs).with_fans(inputs, outputs, inputs);
        constexpr auto bias = tensor_spec::of("bias", outputs).with_fans(inputs, outputs, inputs);
        if constexpr (Bias) return std::array{weight, bias};
        else return std::array{weight};
    }();

    using rows_of = affine<Scalar, inputs, outputs>;
    using layout = typename rows_of::layout;
    static constexpr size_t tail_outputs = rows_of::tail_outputs, panel_outputs = rows_of::panel_outputs;

    // Several rows are a product, whose sums run in order; a single input without bias is not added to 0 there.
    static constexpr layer_traits traits{.takes_epilogue = true,
                                         .takes_slope = true,
                                         .overwrites_gradients = true,
                                         .steps_in_backward = true,
                                         .same_bits_in_blocks = rows_of::in_order && (Bias || inputs > 1)};

    static constexpr size_t packed_index(size_t tensor, size_t index) {
        return tensor == 0 ? rows_of::offset(index % inputs, index / inputs) : index;
    }
    static constexpr void scale_outputs(const std::array<Scalar*, 2>& to, const double* scale, const double* shift) {
        scale_rows<dense_on>(to, scale, shift);
    }
    static constexpr size_t backward_scratch(size_t batch) {
        return batch * steps > 1 && panel_outputs > 0 ? inputs * outputs : 0;
    }

    // y = W·x + b
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using backend = typename Context::backend;
        using epilogue = typename Context::epilogue;
        using kernels::start;
        constexpr size_t rows = Context::batch * steps;
        constexpr start begin = Bias ? start::bias : start::zero;
        const Scalar *const w = call.parameters[0], *const b = Bias ? call.parameters[Bias] : nullptr;
        if constexpr (rows == 1) rows_of::template apply<backend, Bias, epilogue>(call.input, w, b, call.output);
        else {
            for (size_t r = 0; r < rows; ++r)
                rows_of::template apply_tail<backend, Bias, epilogue>(call.input + r * inputs, w, b,
                                                                      call.output + r * outputs);
            layout::each([&](auto block) INLAY_INLINE {
                kernels::product<backend, kernels::product_shape::plain(rows, block.width, inputs, outputs), begin>(
                    call.input, w + block.offset(), Bias ? b + block.first : nullptr, call.output + block.first,
                    kernels::store_with<epilogue>{});
            });
        }
    }

    // dx = Wᵀ·dy        dW += dy·xᵀ        db += dy
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        using kernels::start;
        constexpr size_t rows = Context::batch * steps;
        const Scalar *const x = call.input, *const dy = call.output_gradient;
        if constexpr (Context::input_gradient) {
            const Scalar* const w = call.parameters[0];
            constexpr auto back = kernels::product_shape::plain(rows, inputs, outputs, inputs);
            const auto into = Context::input_sink(call);
            if constexpr (panel_outputs == 0)
                kernels::product<backend, back, start::zero>(dy, w, dy, call.input_gradient, into);
            else if constexpr (rows == 1) {
                kernels::fill<inputs>(call.input_gradient, Scalar(0));
                layout::each_panel([&](auto panel) INLAY_INLINE {
                    kernels::dots<backend, inputs, panel.width, panel.width, start::accumulate, kernels::identity,
                                  layout::template widest<panel.width>>(w + panel.offset(), dy + panel.first, dy,
                                                                        call.input_gradient);
                });
                if constexpr (tail_outputs > 0)
                    kernels::product<backend, kernels::product_shape::plain(1, inputs, tail_outputs, inputs),
                                     start::accumulate>(dy + panel_outputs, w + panel_outputs * inputs, dy,
                                                        call.input_gradient);
                if constexpr (Context::takes_slope)
                    kernels::map<backend, inputs>(
                        call.input_gradient, [](auto g, auto seen) INLAY_INLINE { return Context::sloped(g, seen); },
                        call.input_gradient, x);
            } else {
                rows_of::template row_major<backend>(w, call.scratch);
                kernels::product<backend, back, start::zero>(dy, call.scratch, dy, call.input_gradient, into);
            }
        }
        // The parameters may change from here on.
        const auto sink = Context::sink(call);
        if constexpr (Context::gradients::trainable(0)) {
            Scalar* const dw = call.gradients[0];
            layout::each([&](auto block) INLAY_INLINE {
                kernels::product<backend, kernels::product_shape::transposed(inputs, block.width, rows, outputs),
                                 Context::begin>(x, dy + block.first, dy, dw + block.offset(), sink);
            });
            constexpr auto last =
                kernels::product_shape::transposed(tail_outputs, inputs, rows, inputs).with_a_every(outputs);
            kernels::product<backend, last, Context::begin>(dy + panel_outputs, x, dy, dw + panel_outputs * inputs,
                                                            sink);
        }
        if constexpr (Bias) {
            if constexpr (Context::gradients::trainable(1))
                kernels::column_sums<backend, rows, outputs, Context::begin>(dy, call.gradients[Bias], sink);
        }
    }
};

/// dense in inference, from weights of another type:
///
///     y = scale ⊙ (W·x) + b
template <class Scalar, class In, size_t Outputs, bool Bias, class Weight>
struct detail::stored_dense_on : layer_on<Scalar, In, decltype(dense_rule<Bias, Outputs>::output_shape(In{}))> {
    static constexpr size_t inputs = In::last, outputs = Outputs, steps = In::size / In::last;
    static constexpr size_t macs = steps * inputs * outputs;
    static constexpr layer_traits traits{.takes_epilogue = true, .differentiable = false, .same_bits_in_blocks = true};

    static constexpr auto tensors =
        stored_tensors<Bias>(tensor_spec::of("weight", outputs, inputs), tensor_spec::of("bias", outputs));
    using rows_of = scaled_affine<Scalar, Weight, inputs, outputs>;
    static constexpr size_t packed_index(size_t tensor, size_t index) {
        return tensor == 0 ? rows_of::offset(index % inputs, index / inputs) : index;
    }

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        for (size_t r = 0; r < Context::batch * steps; ++r)
            rows_of::template apply<typename Context::backend, Bias, typename Context::epilogue>(
                call.input + r * inputs, weights_of<Scalar, Weight>(call), Bias ? call.parameters[2 * Bias] : nullptr,
                call.output + r * outputs);
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
