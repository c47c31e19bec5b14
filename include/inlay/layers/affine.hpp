// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/matvec.hpp>
#include <inlay/layers/layer.hpp>
#include <inlay/layers/panels.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// W·x + b for one vector x, and how the matrix W [Outputs][Inputs] is stored in memory for it: what dense and causal_conv1d
/// share. The order of every sum depends on Inputs and Outputs alone.
template <class Scalar, size_t Inputs, size_t Outputs>
struct affine {
    /// The last outputs, where they are few, leave lanes empty: then inputs are held in lanes, and their W as [tail_outputs][inputs]
    /// behind that of the others.
    static constexpr size_t tail_outputs = Outputs % 32 <= 4 ? Outputs % 32 : 0, panel_outputs = Outputs - tail_outputs;
    template <size_t Sum, size_t Panel>
    struct strips {
        static constexpr size_t width = kernels::strip_width<Scalar>(kernels::split_of(Sum, Panel), Panel);
    };
    using layout = panels<Inputs, panel_outputs, strips>;

    /// Whether `apply` adds the inputs one after the other, as kernels::product does. (The last few outputs always go one
    /// vector at a time.)
    static constexpr bool in_order = (panel_outputs < 32 || kernels::split_of(Inputs, 32) == 1) &&
                                     (panel_outputs % 32 == 0 || kernels::split_of(Inputs, panel_outputs % 32) == 1);

    /// Where the weight from input `in` to output `out` is stored.
    static constexpr size_t offset(size_t in, size_t out) {
        return out < panel_outputs ? layout::offset(in, out) : out * Inputs + in;
    }

    /// y = epilogue(W·x + b), or epilogue(W·x) without Bias.
    template <class Backend, bool Bias, class Epilogue>
    static INLAY_INLINE constexpr void apply(const Scalar* x, const Scalar* w, const Scalar* b, Scalar* y) {
        apply_tail<Backend, Bias, Epilogue>(x, w, b, y);
        if constexpr (Backend::shares) {
            layout::each_panel([&](auto panel) INLAY_INLINE {
                static constexpr panel_sizes sizes{.inputs = Inputs,
                                                   .outputs = panel.width,
                                                   .split = kernels::split_of(Inputs, panel.width),
                                                   .block = layout::template widest<panel.width>};
                sum_panel(x, w + panel.offset(), Bias ? b + panel.first : nullptr, y + panel.first, sizes);
            });
            if constexpr (!std::is_same_v<Epilogue, kernels::identity> && panel_outputs > 0)
                kernels::map<Backend, panel_outputs>(
                    y, [](auto v) INLAY_INLINE { return Epilogue::apply(v); }, y);
        } else
            layout::each([&](auto block) INLAY_INLINE {
                // 9 to 12 outputs are a wide register under a mask, or one of half the width and a small one: masks cost more.
                constexpr bool masked = block.width > 8 && block.width <= 12;
                using backend = std::conditional_t<masked, kernels::narrowed<Backend>, Backend>;
                kernels::matvec<backend, Inputs, block.width, block.width, kernels::split_of(Inputs, block.panel), Bias,
                                Epilogue>(x, w + block.offset(), Bias ? b + block.first : nullptr, y + block.first);
            });
    }
    /// The last few of them.
    template <class Backend, bool Bias, class Epilogue>
    static INLAY_INLINE constexpr void apply_tail(const Scalar* x, const Scalar* w, const Scalar* b, Scalar* y) {
        if constexpr (tail_outputs > 0)
            kernels::dots<Backend, tail_outputs, Inputs, Inputs, Bias ? kernels::start::bias : kernels::start::zero,
                          Epilogue>(w + panel_outputs * Inputs, x, Bias ? b + panel_outputs : nullptr,
                                    y + panel_outputs);
    }

    /// W as [Outputs][Inputs], row-major.
    template <class Backend>
    static constexpr void row_major(const Scalar* w, Scalar* to) {
        layout::template transpose<Backend>(w, to);
        kernels::copy<tail_outputs * Inputs>(to + panel_outputs * Inputs, w + panel_outputs * Inputs);
    }
};

/// Weights of a type of their own, and the scale of every output.
template <class Scalar, class Weight>
struct stored_weights {
    const Weight* values;
    const Scalar* scale;
};

/// The weights of a layer whose tensor 0 they are: scalars, or stored ones with their scales as tensor 1.
template <class Scalar, class Weight, class Call>
INLAY_INLINE constexpr auto weights_of(const Call& call) {
    if constexpr (std::is_same_v<Scalar, Weight>) return call.parameters[0];
    else return stored_weights<Scalar, Weight>{call.stored, call.parameters[1]};
}
/// The tensors of a layer whose weights are stored: those, their scales, and the bias if there is one. None is trained.
template <bool Bias>
constexpr auto stored_tensors(const tensor_spec& weight, const tensor_spec& bias) {
    const tensor_spec stored = weight.stored_as(element_type::int8), scale = tensor_spec::scale_of(weight);
    if constexpr (Bias) return std::array{stored, scale, bias.untrained()};
    else return std::array{stored, scale};
}

/// y = epilogue(scale ⊙ y + b)
template <class Backend, size_t Outputs, bool Bias, class Epilogue, class Scalar>
INLAY_INLINE constexpr void scale_outputs(const Scalar* scale, [[maybe_unused]] const Scalar* b, Scalar* y) {
    if constexpr (Bias)
        kernels::map<Backend, Outputs>(
            y, [](auto sum, auto s, auto start) INLAY_INLINE { return Epilogue::apply(fma(sum, s, start)); }, y, scale,
            b);
    else
        kernels::map<Backend, Outputs>(
            y, [](auto sum, auto s) INLAY_INLINE { return Epilogue::apply(sum * s); }, y, scale);
}

/// The same with weights of a type of their own, such as std::int8_t, which become Scalars as they are loaded, and a scale
/// for every output:
///
///     y = epilogue(scale ⊙ (W·x) + b)
template <class Scalar, class Weight, size_t Inputs, size_t Outputs>
struct scaled_affine {
    template <size_t Sum, size_t Panel>
    struct strips {
        static constexpr size_t width = kernels::strip_width<Scalar>(kernels::split_of(Sum, Panel), Panel);
    };
    using layout = panels<Inputs, Outputs, strips>;

    static constexpr size_t offset(size_t in, size_t out) { return layout::offset(in, out); }

    template <class Backend, bool Bias, class Epilogue>
    static INLAY_INLINE constexpr void apply(const Scalar* x, stored_weights<Scalar, Weight> w, const Scalar* b,
                                             Scalar* y) {
        const Scalar* const none = nullptr;
        layout::each([&](auto block) INLAY_INLINE {
            kernels::matvec<Backend, Inputs, block.width, block.width, kernels::split_of(Inputs, block.panel), false>(
                x, w.values + block.offset(), none, y + block.first);
        });
        scale_outputs<Backend, Outputs, Bias, Epilogue>(w.scale, b, y);
    }
};

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
