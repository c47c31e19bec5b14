// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/matvec.hpp>
#include <inlay/kernels/product.hpp>
#include <inlay/layers/affine.hpp>
#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// The shape rule of recurrent layers: a sequence gives a sequence, a vector is one time step. h has `Carried` values.
template <size_t Hidden, size_t Carried = Hidden>
struct recurrent_rule {
    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (Hidden == 0 || Carried == 0) return refuse<extent_must_not_be_0>{};
        else if constexpr (In::rank == 1) return shape<Carried>{};
        else if constexpr (In::rank == 2) return shape<In::extent(0), Carried>{};
        else return refuse<needs_a_vector_or_a_sequence>{};
    }
};

/// Whether an activation can stand in a recurrent layer, whose backward has outputs only.
template <class Activation>
inline constexpr bool slope_follows_from_output = requires(float x) {
    Activation::apply(kernels::packed(x));
    Activation::slope_from_output(kernels::packed(x));
};

/// The sigmoid of a gate, ½ + ½·tanh(½x): absolute error below 2e-7 in float, at half the cost of math::sigmoid. A gate
/// scales what it lets through, so that its relative error near 0 does not matter.
template <class V>
INLAY_INLINE constexpr V gate(V x) {
    const V half(static_cast<typename math::scalar_of<V>::type>(0.5));
    return fma(half, math::tanh(half * x), half);
}

/// What recurrent layers share: parameters, their layout and their gradients. `Gates` blocks of `Hidden` rows each; block
/// b of PyTorch's order is stored at place `Order[b]` inside. h, which is the output, has `Carried` values.
template <class Scalar, class In, size_t Hidden, size_t Gates, size_t States, auto Order, class Weight = Scalar,
          size_t Carried = Hidden>
struct recurrent_on : layer_on<Scalar, In, decltype(recurrent_rule<Carried>::output_shape(In{}))> {
    static constexpr size_t features = In::last, steps = In::size / In::last, hidden = Hidden, gates = Gates * Hidden,
                            carried = Carried;
    static constexpr size_t macs = steps * gates * (features + carried);
    static constexpr size_t widest = gates;
    static constexpr size_t state_size = carried + (States - 1) * hidden;
    /// Whether the weights are stored in another type: see stored_as.
    static constexpr bool is_stored = !std::is_same_v<Weight, Scalar>;
    static constexpr layer_traits traits{
        .backward_needs_output = !is_stored, .differentiable = !is_stored, .same_bits_in_blocks = true};

    static constexpr auto tensors = [] {
        constexpr auto weight_ih = tensor_spec::of("weight_ih_l0", gates, features).with_fans(features, gates, hidden);
        constexpr auto weight_hh = tensor_spec::of("weight_hh_l0", gates, carried).with_fans(carried, gates, hidden);
        constexpr auto bias_ih = tensor_spec::of("bias_ih_l0", gates).with_fans(features, gates, hidden);
        constexpr auto bias_hh = tensor_spec::of("bias_hh_l0", gates).with_fans(hidden, gates, hidden);
        if constexpr (is_stored)
            return std::array{weight_ih.stored_as(element_type::int8),
                              tensor_spec::scale_of(weight_ih),
                              weight_hh.stored_as(element_type::int8),
                              tensor_spec::scale_of(weight_hh),
                              bias_ih.untrained(),
                              bias_hh.untrained()};
        else return std::array{weight_ih, weight_hh, bias_ih, bias_hh};
    }();
    // Numbers of the tensors.
    static constexpr size_t of_h = is_stored ? 2 : 1, bias_of_x = is_stored ? 4 : 2, bias_of_h = bias_of_x + 1;

    /// W_i and W_h.
    template <class Call>
    static INLAY_INLINE constexpr auto weights_of_x(const Call& call) {
        return weights_of<Scalar, Weight>(call);
    }
    template <class Call>
    static INLAY_INLINE constexpr auto weights_of_h(const Call& call) {
        if constexpr (is_stored)
            return stored_weights<Scalar, Weight>{call.stored + gates * features, call.parameters[of_h + 1]};
        else return call.parameters[of_h];
    }

    // Both weights are stored input-major, [inputs][gates], and gates are stored in blocks of neighbouring units: within a block gate
    // by gate. Blocks of 16, 8 and 4 units fill registers, so that no register straddles two gates and what one register
    // has stored another can load at once. On a chip one block is all.
    template <size_t First, size_t Width>
    struct block {
        static constexpr size_t first = First, width = Width; ///< its units
        /// Where, among `per_unit` values per unit, its values of kind `which` begin.
        static constexpr size_t at(size_t per_unit, size_t which = 0) { return per_unit * First + which * Width; }
    };
    static constexpr bool one_block =
        kernels::native::lanes<Scalar> == 1 || kernels::native::sums_in_strips<Scalar> || hidden % 16 == 0;
    static constexpr size_t sixteens = one_block ? hidden : hidden / 16 * 16, eights = hidden / 8 * 8,
                            fours = hidden / 4 * 4;

    /// Calls `body(block)` for every block.
    template <class Body>
    static INLAY_INLINE constexpr void each_block(Body&& body) {
        if constexpr (sixteens > 0) body(block<0, sixteens>{});
        if constexpr (eights > sixteens) body(block<sixteens, 8>{});
        if constexpr (!one_block && fours > eights) body(block<eights, 4>{});
        if constexpr (!one_block && hidden > fours) body(block<fours, hidden - fours>{});
    }

    /// Where the value of kind `which` of a unit is stored among `PerUnit` values per unit.
    template <size_t PerUnit>
    static constexpr size_t place(size_t which, size_t unit) {
        size_t at = 0;
        each_block([&](auto b) {
            if (unit >= b.first && unit < b.first + b.width) at = b.at(PerUnit, which) + unit - b.first;
        });
        return at;
    }
    static constexpr size_t row_of(size_t row) { return place<Gates>(Order[row / hidden], row % hidden); }
    static constexpr size_t packed_index(size_t tensor, size_t index) {
        if (tensor != 0 && tensor != of_h) return row_of(index);
        const size_t inputs = tensor == 0 ? features : carried;
        return index % inputs * gates + row_of(index / inputs);
    }

    /// y = W·x + b, W being input-major.
    template <class Backend, size_t Inputs, size_t Outputs, bool Bias>
    static INLAY_INLINE constexpr void product_of(const Scalar* x, const Scalar* w, const Scalar* b, Scalar* y) {
        kernels::matvec<Backend, Inputs, Outputs, Outputs, kernels::split_of(Inputs, Outputs), Bias>(x, w, b, y);
    }
    template <class Backend, size_t Inputs, size_t Outputs, bool Bias>
    static INLAY_INLINE constexpr void product_of(const Scalar* x, stored_weights<Scalar, Weight> w, const Scalar* b,
                                                  Scalar* y) {
        const Scalar* const none = nullptr;
        kernels::matvec<Backend, Inputs, Outputs, Outputs, kernels::split_of(Inputs, Outputs), false>(x, w.values, none,
                                                                                                      y);
        scale_outputs<Backend, Outputs, Bias, kernels::identity>(w.scale, b, y);
    }
    /// from_x = W_i·x + b_i and from_h = W_h·h + b_h for one time step.
    template <class Backend, class Call>
    static INLAY_INLINE constexpr void gates_of(const Call& call, const Scalar* x, const Scalar* h, Scalar* from_x,
                                                Scalar* from_h) {
        product_of<Backend, features, gates, true>(x, weights_of_x(call), call.parameters[bias_of_x], from_x);
        product_of<Backend, carried, gates, true>(h, weights_of_h(call), call.parameters[bias_of_h], from_h);
    }

    /// Where a sample's state is while its steps run: in the cache for training, where backward needs the first one; else
    /// in the caller's state itself, or in scratch, from 0.
    template <class Context>
    static INLAY_INLINE constexpr Scalar* initial_state(Scalar* cache, Scalar* state, Scalar* scratch) {
        if (!Context::keeps && state) return state;
        Scalar* const to = Context::keeps ? cache : scratch;
        if (state) kernels::copy<state_size>(to, state);
        else kernels::fill<state_size>(to, Scalar(0));
        return to;
    }

    /// The gradients of parameters and input from those of all gates: `at_x` belongs to W_i·x + b_i, `at_h` to
    /// W_h·h + b_h, both [batch][steps][gates]. `first_h(sample)` is the h that a sample started from.
    template <class Context, class Call, class FirstHidden>
    static constexpr void gradients_of(const Call& call, const Scalar* at_x, const Scalar* at_h, FirstHidden first_h) {
        using backend = typename Context::backend;
        input_gradients_of<Context>(call, at_x);
        if constexpr (Context::gradients::trainable(1))
            for (size_t sample = 0; sample < Context::batch; ++sample)
                recurrent_gradient<backend, gates>(first_h(sample), call.output + sample * steps * carried,
                                                   at_h + sample * steps * gates, call.gradients[1]);
        if constexpr (Context::gradients::trainable(3))
            kernels::column_sums<backend, Context::batch * steps, gates, kernels::start::accumulate>(at_h,
                                                                                                     call.gradients[3]);
    }
    /// Those of W_i, b_i and x.
    template <class Context, class Call>
    static constexpr void input_gradients_of(const Call& call, const Scalar* at_x) {
        using backend = typename Context::backend;
        using kernels::start;
        constexpr size_t rows = Context::batch * steps;
        if constexpr (Context::gradients::trainable(0))
            kernels::product<backend, kernels::product_shape::transposed(features, gates, rows, gates),
                             start::accumulate>(call.input, at_x, at_x, call.gradients[0]);
        if constexpr (Context::gradients::trainable(2))
            kernels::column_sums<backend, rows, gates, start::accumulate>(at_x, call.gradients[2]);
        if constexpr (Context::input_gradient)
            for (size_t row = 0; row < rows; ++row)
                kernels::dots<backend, features, gates, gates, start::zero>(call.parameters[0], at_x + row * gates,
                                                                            at_x, call.input_gradient + row * features);
    }
    /// dW_h[k][g] += Σₜ h[t][k] · dgate[t][g] for one sample, whose h before step 0 is `first` and before step t is
    /// `h` [t − 1].
    template <class Backend, size_t Columns>
    static constexpr void recurrent_gradient(const Scalar* first, const Scalar* h, const Scalar* dgates, Scalar* dw) {
        using kernels::product_shape, kernels::start;
        kernels::product<Backend, product_shape::transposed(carried, Columns, 1, Columns), start::accumulate>(
            first, dgates, dgates, dw);
        if constexpr (steps > 1)
            kernels::product<Backend, product_shape::transposed(carried, Columns, steps - 1, Columns),
                             start::accumulate>(h, dgates + Columns, dgates, dw);
    }
};

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
