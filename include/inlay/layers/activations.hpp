// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The element-wise activations. Each states y = f(x) and its slope, in terms of y where that is possible: the input then
// need not be kept. Both are generic over scalars and packs. Shapes of any rank pass unchanged; NaN stays NaN.
#pragma once

#include <inlay/core/decimal.hpp>
#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

template <class Scalar, class In, class Function>
struct activation_on : layer_on<Scalar, In, In> {
    using function = Function;
    static constexpr bool from_output = requires(Scalar y) { Function::slope_from_output(y); };
    static constexpr layer_traits traits{.backward_needs_input = Function::differentiable && !from_output,
                                         .backward_needs_output = from_output,
                                         .in_place = true,
                                         .differentiable = Function::differentiable,
                                         .same_bits_in_blocks = true};

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        kernels::map<typename Context::backend, Context::batch * In::size>(
            call.output, [](auto x) INLAY_INLINE { return Context::epilogue::apply(Function::apply(x)); }, call.input);
    }

    // dx = dy · f'(x)
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::input_gradient)
            kernels::map<typename Context::backend, Context::batch * In::size>(
                call.input_gradient,
                [](auto dy, auto seen) INLAY_INLINE {
                    if constexpr (from_output) return dy * Function::slope_from_output(seen);
                    else return dy * Function::slope_from_input(seen);
                },
                call.output_gradient, from_output ? call.output : call.input);
    }
};

/// The members that every activation shares.
template <class Function>
struct activation {
    static constexpr bool differentiable = true;
    template <class In>
    static constexpr auto output_shape(In in) {
        return in;
    }
    template <class Scalar, class In>
    using on = activation_on<Scalar, In, Function>;
};

template <class V>
INLAY_INLINE constexpr V number(double value) {
    return V(static_cast<typename math::scalar_of<V>::type>(value));
}

} // namespace detail

/// y = x
struct identity : detail::activation<identity> {
    static constexpr auto name = "identity";
    static constexpr bool brief = true;
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        return x;
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_output(V) {
        return detail::number<V>(1);
    }
};

/// y = 1 where x > 0, else 0 (Heaviside; NaN stays NaN). For inference: it has no useful gradient, and asking for one does
/// not compile.
struct step : detail::activation<step> {
    static constexpr auto name = "step";
    static constexpr bool brief = true;
    static constexpr bool differentiable = false;
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        using namespace detail;
        return select(x > number<V>(0), number<V>(1), select(x != x, x, number<V>(0)));
    }
};

/// y = 1 / (1 + e⁻ˣ)
struct sigmoid : detail::activation<sigmoid> {
    static constexpr auto name = "sigmoid";
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        return math::sigmoid(x);
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_output(V y) {
        return y * (detail::number<V>(1) - y);
    }
};

/// y = tanh x
struct tanh : detail::activation<tanh> {
    static constexpr auto name = "tanh";
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        return math::tanh(x);
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_output(V y) {
        using namespace detail;
        return fma(-y, y, number<V>(1));
    }
};

/// y = x where x > 0, else 0 (NaN stays NaN). The slope at 0 is 0, as in PyTorch.
struct relu : detail::activation<relu> {
    static constexpr auto name = "relu";
    static constexpr bool brief = true;
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        using namespace detail;
        return max(number<V>(0), x);
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_output(V y) {
        using namespace detail;
        return select(y > number<V>(0), number<V>(1), number<V>(0));
    }
};

/// y = x where x > 0, else Slope·x. Slope is positive; `leaky_relu<>` has PyTorch's 0.01.
template <decimal Slope = 0.01_double>
struct leaky_relu : detail::activation<leaky_relu<Slope>> {
    static constexpr auto name = "leaky_relu";
    static constexpr bool brief = true;
    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Slope.billionths <= 0) return refuse<needs_a_positive_argument>{};
        else return in;
    }
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        using namespace detail;
        return select(x > number<V>(0), x, x * number<V>(Slope.template as<double>()));
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_output(V y) {
        using namespace detail;
        return select(y > number<V>(0), number<V>(1), number<V>(Slope.template as<double>()));
    }
};

/// y = x where x > 0, else Alpha·(eˣ − 1) (Clevert 2015). Alpha is positive; `elu<>` has 1.
template <decimal Alpha = 1.0>
struct elu : detail::activation<elu<Alpha>> {
    static constexpr auto name = "elu";
    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Alpha.billionths <= 0) return refuse<needs_a_positive_argument>{};
        else return in;
    }
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        using namespace detail;
        return select(x > number<V>(0), x, number<V>(Alpha.template as<double>()) * math::expm1(x));
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_output(V y) {
        using namespace detail;
        return select(y > number<V>(0), number<V>(1), y + number<V>(Alpha.template as<double>()));
    }
};

/// y = x · Φ(x), Φ the normal distribution function: the exact form (Hendrycks and Gimpel 2016; torch.nn.GELU()).
struct gelu : detail::activation<gelu> {
    static constexpr auto name = "gelu";
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        return x * below(x);
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_input(V x) { // Φ(x) + x·φ(x)
        using namespace detail;
        const V density = number<V>(0.398942280401432678_double) * math::exp(number<V>(-0.5) * (x * x));
        return fma(x, density, below(x));
    }

  private:
    template <class V>
    static INLAY_INLINE constexpr V below(V x) {
        using namespace detail;
        const V half = number<V>(0.5);
        return fma(half, math::erf(x * number<V>(0.707106781186547524_double)), half);
    }
};

/// y = ½x·(1 + tanh(√(2/π)·(x + 0.044715·x³))): the tanh form of gelu (torch.nn.GELU(approximate='tanh')).
struct gelu_tanh : detail::activation<gelu_tanh> {
    static constexpr auto name = "gelu_tanh";
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        using namespace detail;
        const V half = number<V>(0.5) * x;
        return fma(half, inner(x), half);
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_input(V x) {
        using namespace detail;
        const V t = inner(x), half = number<V>(0.5);
        const V rise = fma(number<V>(3 * 0.044715_double * 0.797884560802865356_double), x * x,
                           number<V>(0.797884560802865356_double));
        return fma(half * x * fma(-t, t, number<V>(1)), rise, fma(half, t, half));
    }

  private:
    template <class V>
    static INLAY_INLINE constexpr V inner(V x) {
        using namespace detail;
        return math::tanh(number<V>(0.797884560802865356_double) * fma(number<V>(0.044715_double) * (x * x), x, x));
    }
};

/// y = x · sigmoid(x) (swish)
struct silu : detail::activation<silu> {
    static constexpr auto name = "silu";
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        return x * math::sigmoid(x);
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_input(V x) { // s + x·s·(1 − s)
        using namespace detail;
        const V s = math::sigmoid(x);
        return fma(x * s, number<V>(1) - s, s);
    }
};

/// y = ln(1 + eˣ)
struct softplus : detail::activation<softplus> {
    static constexpr auto name = "softplus";
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        return math::softplus(x);
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_output(V y) {
        return -math::expm1(-y);
    } // 1 − e⁻ʸ = sigmoid(x)
};

/// y = x/6 + ½, held between 0 and 1 (torch.nn.Hardsigmoid)
struct hard_sigmoid : detail::activation<hard_sigmoid> {
    static constexpr auto name = "hard_sigmoid";
    static constexpr bool brief = true;
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        using namespace detail;
        const V y = fma(x, number<V>(1.0_double / 6), number<V>(0.5));
        return select(y <= number<V>(0), number<V>(0), select(y >= number<V>(1), number<V>(1), y));
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_output(V y) {
        using namespace detail;
        const V off = number<V>(0);
        return select(y > off, select(y < number<V>(1), number<V>(1.0_double / 6), off), off);
    }
};

/// y = x, held between −1 and 1 (torch.nn.Hardtanh)
struct hard_tanh : detail::activation<hard_tanh> {
    static constexpr auto name = "hard_tanh";
    static constexpr bool brief = true;
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        using namespace detail;
        return select(x <= number<V>(-1), number<V>(-1), select(x >= number<V>(1), number<V>(1), x));
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_output(V y) {
        using namespace detail;
        const V off = number<V>(0);
        return select(y > number<V>(-1), select(y < number<V>(1), number<V>(1), off), off);
    }
};

/// y = x, held between Low and High (torch.nn.Hardtanh(min_val, max_val)). The slope at the limits is 0, as there.
template <decimal Low, decimal High>
struct clamp : detail::activation<clamp<Low, High>> {
    static constexpr auto name = "clamp";
    static constexpr bool brief = true;
    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Low.billionths >= High.billionths) return refuse<needs_a_lower_limit_below_the_upper_one>{};
        else return in;
    }
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        const V low = limit<V>(Low), high = limit<V>(High);
        using namespace detail;
        return select(x <= low, low, select(x >= high, high, x));
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_output(V y) {
        using namespace detail;
        const V off = number<V>(0);
        return select(y > limit<V>(Low), select(y < limit<V>(High), number<V>(1), off), off);
    }

  private:
    template <class V>
    static INLAY_INLINE constexpr V limit(decimal value) {
        return detail::number<V>(value.template as<double>());
    }
};

/// y = x, held between 0 and 6 (torch.nn.ReLU6)
struct relu6 : detail::activation<relu6> {
    static constexpr auto name = "relu6";
    static constexpr bool brief = true;
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        return clamp<0, 6>::apply(x);
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_output(V y) {
        return clamp<0, 6>::slope_from_output(y);
    }
};

/// y = x · hard_sigmoid(x) (torch.nn.Hardswish; Howard et al., MobileNetV3, 2019)
struct hard_swish : detail::activation<hard_swish> {
    static constexpr auto name = "hard_swish";
    static constexpr bool brief = true;
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        return x * hard_sigmoid::apply(x);
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_input(V x) { // x/3 + ½ between −3 and 3
        using namespace detail;
        const V slope = fma(x, number<V>(1.0_double / 3), number<V>(0.5));
        return select(x < number<V>(-3), number<V>(0), select(x > number<V>(3), number<V>(1), slope));
    }
};

/// A quotient of polynomials near tanh, `Fasttanh` in Neural Amp Modeler's files, whose player may also put it in the place of
/// every tanh: with a = |x|
///
///     y = ±a·(c + c·a + d·a² + e·a³) / (f + (f + a²)·(a + g·a²)), the sign being that of x
///
/// c = 2.45550750702956, d = 0.893229853513558, e = 0.821226666969744, f = 2.44506634652299, g = 0.814642734961073. It is
/// within 0.0011 of tanh up to |x| = 5, and goes on to e/g = 1.008. For models that are played with it.
struct fast_tanh : detail::activation<fast_tanh> {
    static constexpr auto name = "fast_tanh";
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        using namespace detail;
        const parts<V> at(x);
        const V y = at.a * at.above / at.below;
        return select(x < number<V>(0), -y, y);
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_input(V x) { // (a·N/D)' = (N + a·N' − a·N/D·D')/D
        using namespace detail;
        const parts<V> at(x);
        const V y = at.a * at.above / at.below, two = number<V>(2);
        const V above = fma(fma(number<V>(3 * e), at.a, number<V>(2 * d)), at.a, number<V>(c));
        const V below = fma(two * at.a, at.p, at.q * fma(number<V>(2 * g), at.a, number<V>(1)));
        return fma(-y, below, fma(at.a, above, at.above)) / at.below;
    }

  private:
    static constexpr double c = 2.45550750702956_double, d = 0.893229853513558_double, e = 0.821226666969744_double,
                            f = 2.44506634652299_double, g = 0.814642734961073_double;
    template <class V>
    struct parts {
        V a, above, p, q, below; ///< N and D = f + q·p
        INLAY_INLINE constexpr explicit parts(V x)
            : a(magnitude(x)),
              above(fma(fma(fma(detail::number<V>(e), a, detail::number<V>(d)), a, detail::number<V>(c)), a,
                        detail::number<V>(c))),
              p(fma(detail::number<V>(g) * a, a, a)), q(fma(a, a, detail::number<V>(f))),
              below(fma(q, p, detail::number<V>(f))) {}
        /// Beyond 10⁹ nothing changes but that a⁴ would overflow.
        static INLAY_INLINE constexpr V magnitude(V x) {
            using namespace detail;
            const V size = abs(x), most = number<V>(1e9);
            return select(size > most, most, size);
        }
    };
};

/// y = x / (1 + |x|)
struct softsign : detail::activation<softsign> {
    static constexpr auto name = "softsign";
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        using namespace detail;
        return x / (number<V>(1) + abs(x));
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_output(V y) { // (1 − |y|)²
        using namespace detail;
        const V rest = number<V>(1) - abs(y);
        return rest * rest;
    }
};

/// y = 1.0507·x where x > 0, else 1.0507·1.6733·(eˣ − 1): layers of it keep mean 0 and variance 1 (Klambauer et al. 2017;
/// torch.nn.SELU, which has the constants to 32 digits)
struct selu : detail::activation<selu> {
    static constexpr auto name = "selu";
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        using namespace detail;
        return select(x > number<V>(0), number<V>(scale) * x, number<V>(below) * math::expm1(x));
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_output(V y) {
        using namespace detail;
        return select(y > number<V>(0), number<V>(scale), y + number<V>(below));
    }

  private:
    static constexpr double scale = 1.05070098735548049_double,
                            below = 1.05070098735548049_double * 1.67326324235437728_double;
};

/// y = x where x > 0, else Alpha·(e^(x/Alpha) − 1) (Barron 2017; torch.nn.CELU). Alpha is positive; `celu<>` has 1.
template <decimal Alpha = 1.0>
struct celu : detail::activation<celu<Alpha>> {
    static constexpr auto name = "celu";
    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (Alpha.billionths <= 0) return refuse<needs_a_positive_argument>{};
        else return in;
    }
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        using namespace detail;
        const double alpha = Alpha.template as<double>();
        return select(x > number<V>(0), x, number<V>(alpha) * math::expm1(x * number<V>(1 / alpha)));
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_output(V y) {
        using namespace detail;
        const V slope = fma(y, number<V>(1 / Alpha.template as<double>()), number<V>(1));
        return select(y > number<V>(0), number<V>(1), slope);
    }
};

/// y = x · tanh(ln(1 + eˣ)) (Misra 2019; torch.nn.Mish)
struct mish : detail::activation<mish> {
    static constexpr auto name = "mish";
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        return x * math::tanh(math::softplus(x));
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_input(V x) { // t + x·(1 − t²)·sigmoid(x)
        using namespace detail;
        const V t = math::tanh(math::softplus(x));
        return fma(x * fma(-t, t, number<V>(1)), math::sigmoid(x), t);
    }
};

/// y = ln sigmoid(x)
struct log_sigmoid : detail::activation<log_sigmoid> {
    static constexpr auto name = "log_sigmoid";
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        return -math::softplus(-x);
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_output(V y) { // 1 − eʸ
        return -math::expm1(y);
    }
};

/// y = Scale·x + Offset, as Keras' Rescaling: `rescaling<0.5, -1>`. The constants are decimals of nine places.
template <decimal Scale, decimal Offset = 0.0>
struct rescaling : detail::activation<rescaling<Scale, Offset>> {
    static constexpr auto name = "rescaling";
    static constexpr bool brief = true;
    template <class V>
    static INLAY_INLINE constexpr V apply(V x) {
        using namespace detail;
        if constexpr (Offset.billionths == 0) return x * number<V>(Scale.template as<double>());
        else return fma(x, number<V>(Scale.template as<double>()), number<V>(Offset.template as<double>()));
    }
    template <class V>
    static INLAY_INLINE constexpr V slope_from_output(V) {
        return detail::number<V>(Scale.template as<double>());
    }
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
