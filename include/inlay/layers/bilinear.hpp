// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/product.hpp>
#include <inlay/kernels/reduce.hpp>
#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, class Out, size_t First, size_t Second, size_t Outputs>
struct bilinear_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// y[o] = b[o] + Σᵢⱼ x₁[i] · W[o, i, j] · x₂[j], as torch.nn.Bilinear.
///
/// x₁ and x₂ lie side by side: x [first + second], or on a sequence [time, first + second] every step; y [outputs], or [time,
/// outputs]. `concat<"x">` before it puts a kept value behind what arrives. Tensors `weight` [outputs, first, second] and
/// `bias` [outputs], both uniform(±1/√first) at the start.
template <size_t First, size_t Second, size_t Outputs>
struct bilinear {
    static constexpr auto name = "bilinear";
    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (First == 0 || Second == 0 || Outputs == 0) return refuse<extent_must_not_be_0>{};
        else if constexpr (In::rank == 3) return refuse<needs_a_vector_or_a_sequence>{};
        else if constexpr (In::last != First + Second) return refuse<input_of_another_size, takes<First + Second>>{};
        else return detail::with_extent<In, In::rank - 1, Outputs>();
    }
    template <class Scalar, class In>
    using on = detail::bilinear_on<Scalar, In, decltype(output_shape(In{})), First, Second, Outputs>;
};

template <class Scalar, class In, class Out, size_t First, size_t Second, size_t Outputs>
struct detail::bilinear_on : layer_on<Scalar, In, Out> {
    static constexpr size_t rows = In::size / In::last, width = First + Second, pairs = First * Second;
    static constexpr size_t macs = rows * pairs * Outputs;
    static constexpr layer_traits traits{.takes_epilogue = true, .same_bits_in_blocks = true};
    static constexpr std::array tensors{
        tensor_spec::of("weight", Outputs, First, Second).with_fans(pairs, Outputs* Second, First),
        tensor_spec::of("bias", Outputs).with_fans(pairs, Outputs* Second, First)};
    // Weights lie as [first][second][outputs].
    static constexpr size_t packed_index(size_t tensor, size_t index) {
        return tensor == 1 ? index : index % pairs * Outputs + index / pairs;
    }
    static constexpr size_t aligned_pairs = round_up(pairs, 16);
    static constexpr size_t forward_scratch(size_t, bool) { return aligned_pairs; }
    static constexpr size_t backward_scratch(size_t) { return 2 * aligned_pairs + pairs * Outputs; }

    /// z[i, j] = x₁[i] · x₂[j]
    template <class Backend>
    static INLAY_INLINE constexpr void multiply(const Scalar* x, Scalar* z) {
        for (size_t i = 0; i < First; ++i)
            kernels::map<Backend, Second>(
                z + i * Second, [first = x[i]](auto second) INLAY_INLINE { return decltype(second)(first) * second; },
                x + First);
    }

    // y = b + W·z
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using backend = typename Context::backend;
        for (size_t r = 0; r < Context::batch * rows; ++r) {
            multiply<backend>(call.input + r * width, call.scratch);
            kernels::product<backend, kernels::product_shape::plain(1, Outputs, pairs, Outputs), kernels::start::bias>(
                call.scratch, call.parameters[0], call.parameters[1], call.output + r * Outputs,
                kernels::store_with<typename Context::epilogue>{});
        }
    }

    // dW[i, j] += z[i, j]·dy        dz = Wᵀ·dy        dx₁[i] = Σⱼ dz[i, j]·x₂[j]        dx₂[j] = Σᵢ x₁[i]·dz[i, j]
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        using kernels::product_shape, kernels::start;
        Scalar *const z = call.scratch, *const dz = z + aligned_pairs, *const across = dz + aligned_pairs;
        if constexpr (Context::input_gradient)
            kernels::transpose<backend, pairs, Outputs, Outputs, pairs>(call.parameters[0], across);
        for (size_t r = 0; r < Context::batch * rows; ++r) {
            const Scalar *const x = call.input + r * width, *const dy = call.output_gradient + r * Outputs;
            if constexpr (Context::gradients::trainable(0)) {
                multiply<backend>(x, z);
                kernels::product<backend, product_shape::plain(pairs, Outputs, 1, Outputs), start::accumulate>(
                    z, dy, dy, call.gradients[0]);
            }
            if constexpr (Context::input_gradient) {
                Scalar* const dx = call.input_gradient + r * width;
                kernels::product<backend, product_shape::plain(1, pairs, Outputs, pairs), start::zero>(dy, across, dy,
                                                                                                       dz);
                kernels::product<backend, product_shape::plain(1, Second, First, Second), start::zero>(x, dz, dz,
                                                                                                       dx + First);
                for (size_t i = 0; i < First; ++i) dx[i] = kernels::dot<backend, Second>(dz + i * Second, x + First);
            }
        }
        // db += dy
        if constexpr (Context::gradients::trainable(1))
            kernels::column_sums<backend, Context::batch * rows, Outputs, start::accumulate>(call.output_gradient,
                                                                                             call.gradients[1]);
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
