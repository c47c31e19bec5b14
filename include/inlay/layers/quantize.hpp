// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/layers/layer.hpp>

#include <limits>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, class Element>
struct quantize_on;
template <class Scalar, class In>
struct dequantize_on;

inline constexpr std::array quantization_buffers{
    tensor_spec::of("scale", 1).as(tensor_role::statistic).starting_at(1.0_double / 128),
    tensor_spec::of("zero_point", 1).as(tensor_role::statistic)};
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

struct gives_integers_of_8_or_16_bits {}; ///< std::int8_t, std::uint8_t, std::int16_t, std::uint16_t
struct needs_integers_as_quantize_gives_them {};

/// q = clamp(round(x/scale) + zero_point): numbers as whole numbers of one or two bytes (torch.quantize_per_tensor). Ties go
/// to the even one; the limits are those of Element, and NaN gives the least.
///
/// Shapes: x of any shape; q of the same, with elements of type Element, which the memory plan counts in bytes: an int8
/// activation takes a quarter of a float's room. Buffers `scale` (1/128 at the start) and `zero_point` (0, a whole number),
/// [1] each, as in torch.ao.nn.quantized.Quantize. Has no gradient: what comes after can be trained.
template <class Element = std::int8_t>
struct quantize {
    static constexpr auto name = "quantize";
    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (!std::is_integral_v<Element> || std::is_same_v<Element, bool> || sizeof(Element) > 2)
            return refuse<gives_integers_of_8_or_16_bits>{};
        else return with_elements(in);
    }
    template <class Scalar, class In>
    using on = detail::quantize_on<Scalar, In, Element>;

  private:
    template <size_t... Extents>
    static constexpr shape_of<Element, Extents...> with_elements(shape<Extents...>) {
        return {};
    }
};

template <class Scalar, class In, class Element>
struct detail::quantize_on : layer_on<Scalar, In, decltype(quantize<Element>::output_shape(In{}))> {
    static constexpr layer_traits traits{.differentiable = false, .same_bits_in_blocks = true};
    static constexpr auto tensors = quantization_buffers;

    // q = clamp(round(x/scale) + zero_point)
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        const Scalar scale = call.parameters[0][0], zero = call.parameters[1][0];
        const Scalar least = Scalar((std::numeric_limits<Element>::min)()) - zero;
        const Scalar most = Scalar((std::numeric_limits<Element>::max)()) - zero;
        for (size_t i = 0; i < Context::batch * In::size; ++i) {
            Scalar v = call.input[i] / scale;
            v = v >= least ? v : least;
            v = v <= most ? v : most;
            // 1.5 · 2ⁿ takes a number below 2ⁿ⁻¹ to where the last bit is 1
            constexpr Scalar unit = Scalar(std::uint64_t{3} << (std::numeric_limits<Scalar>::digits - 2));
            const Scalar whole = math::rounded(math::rounded(v + unit) - unit);
            call.output[i] = static_cast<Element>(static_cast<std::int32_t>(whole + zero));
        }
    }
};

/// x = (q − zero_point)·scale: whole numbers as numbers again (torch.dequantize).
///
/// Shapes: q of any shape, with elements of one or two bytes; x of the same. Buffers as quantize has them. Its input has no
/// gradient.
struct dequantize {
    static constexpr auto name = "dequantize";
    template <class Element>
    static constexpr bool takes_elements = std::is_integral_v<Element>;
    template <class In>
    static constexpr auto output_shape(In in) {
        using element = typename In::template element<float>;
        if constexpr (!std::is_integral_v<element> || sizeof(element) > 2)
            return refuse<needs_integers_as_quantize_gives_them>{};
        else return real(in);
    }
    template <class Scalar, class In>
    using on = detail::dequantize_on<Scalar, In>;

  private:
    template <size_t... Extents>
    static constexpr shape<Extents...> real(shape<Extents...>) {
        return {};
    }
};

template <class Scalar, class In>
struct detail::dequantize_on : layer_on<Scalar, In, decltype(dequantize::output_shape(In{}))> {
    static constexpr layer_traits traits{.backward_needs_input = false, .same_bits_in_blocks = true};
    static constexpr auto tensors = quantization_buffers;

    // x = (q − zero_point)·scale
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        const Scalar scale = call.parameters[0][0], zero = call.parameters[1][0];
        for (size_t i = 0; i < Context::batch * In::size; ++i)
            call.output[i] = math::product(Scalar(call.input[i]) - zero, scale);
    }

    template <class Context, class Call>
    static constexpr void backward(const Call&) {} // whole numbers have no gradient
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
