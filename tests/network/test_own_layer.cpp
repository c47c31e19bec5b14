// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A user's layer that keeps statistics of its own: what batch normalisation needs of the layer concept.
#define BOOST_TEST_MODULE network_own_layer
#include <boost/test/unit_test.hpp>

#include <inlay/inlay.hpp>

#include <cmath>

namespace {

/// y = x − mean: the batch's mean in training, a running one (momentum ½) in inference.
struct centred {
    static constexpr auto name = "centred";
    template <class In>
    static constexpr auto output_shape(In in) {
        return in;
    }
    template <class Scalar, class In>
    struct on : inlay::layer_on<Scalar, In, In> {
        static constexpr inlay::layer_traits traits{.backward_needs_input = false, .has_statistics = true, .mixes_samples = true};
        static constexpr std::array tensors{
            inlay::tensor_spec::of("running_mean", In::size).as(inlay::tensor_role::statistic)};
        static constexpr std::size_t cache_size(std::size_t) { return In::size; }

        template <class Context, class Call>
        static constexpr void forward(const Call& call) {
            if constexpr (Context::training)
                for (std::size_t i = 0; i < In::size; ++i) {
                    call.cache[i] = 0;
                    for (std::size_t n = 0; n < call.rows; ++n) call.cache[i] += call.input[n * In::size + i];
                    call.cache[i] /= static_cast<Scalar>(call.rows);
                }
            const Scalar* const mean = Context::training ? call.cache : call.parameters[0];
            for (std::size_t n = 0; n < Context::batch; ++n)
                for (std::size_t i = 0; i < In::size; ++i)
                    call.output[n * In::size + i] = call.input[n * In::size + i] - mean[i];
        }
        // dx = dy − mean dy
        template <class Context, class Call>
        static constexpr void backward(const Call& call) {
            if constexpr (Context::input_gradient)
                for (std::size_t i = 0; i < In::size; ++i) {
                    Scalar mean = 0;
                    for (std::size_t n = 0; n < call.rows; ++n) mean += call.output_gradient[n * In::size + i];
                    mean /= static_cast<Scalar>(call.rows);
                    for (std::size_t n = 0; n < Context::batch; ++n)
                        call.input_gradient[n * In::size + i] =
                            n < call.rows ? call.output_gradient[n * In::size + i] - mean : Scalar(0);
                }
        }
        template <class Context>
        static constexpr void update_statistics(const std::array<Scalar*, 1>& tensors, const Scalar* cache, std::size_t) {
            for (std::size_t i = 0; i < In::size; ++i)
                tensors[0][i] = inlay::math::fma(Scalar(0.5), cache[i] - tensors[0][i], tensors[0][i]);
        }
    };
};

/// y = x², which can overwrite x where no backward pass follows: that backward reads x is what traits say by default.
struct square {
    static constexpr auto name = "square";
    template <class In>
    static constexpr auto output_shape(In in) {
        return in;
    }
    template <class Scalar, class In>
    struct on : inlay::layer_on<Scalar, In, In> {
        static constexpr inlay::layer_traits traits{.in_place = true};
        template <class Context, class Call>
        static constexpr void forward(const Call& call) {
            for (std::size_t i = 0; i < Context::batch * In::size; ++i) call.output[i] = call.input[i] * call.input[i];
        }
        // dx = 2·x·dy
        template <class Context, class Call>
        static constexpr void backward(const Call& call) {
            if constexpr (Context::input_gradient)
                for (std::size_t i = 0; i < Context::batch * In::size; ++i)
                    call.input_gradient[i] = 2 * call.input[i] * call.output_gradient[i];
        }
    };
};

} // namespace

using inlay::dense, inlay::input, inlay::network, inlay::parallel, inlay::residual;

BOOST_AUTO_TEST_CASE(statistics_are_updated_wherever_the_layer_stands) {
    using plain = network<input<2>, centred, dense<1>>;
    static_assert(plain::parameter_count == 3 && plain::trainable_count == 3 && plain::buffer_count == 2);
    static_assert(plain::chain_type::traits.has_statistics && !network<input<2>, dense<1>>::chain_type::traits.has_statistics);
    plain net;
    initialize(net, inlay::seed{1});
    inlay::trainer<plain, inlay::mean_squared_error, inlay::sgd, inlay::batch<4>> trainer{net, {.learning_rate = 0}};
    const std::array<std::array<float, 2>, 4> x{{{1, 10}, {2, 20}, {3, 30}, {6, 60}}};
    const std::array<std::array<float, 1>, 4> y{};
    trainer.step(x, y);
    BOOST_TEST(net.parameter<"0.running_mean">()(0) == 1.5f); // halfway from 0 to 3
    BOOST_TEST(net.parameter<"0.running_mean">()(1) == 15.0f);
    // A partial batch counts its own rows only: the mean of the first two is 1.5 and 15.
    trainer.step(std::span(x).first<2>(), std::span(y).first<2>());
    BOOST_TEST(net.parameter<"0.running_mean">()(0) == 1.5f);
    BOOST_TEST(net.parameter<"0.running_mean">()(1) == 15.0f);
}

BOOST_AUTO_TEST_CASE(statistics_are_updated_inside_composites) {
    using nested = network<input<2>, residual<centred, inlay::tanh>, parallel<dense<2>, centred>, dense<1>>;
    nested net;
    initialize(net, inlay::seed{1});
    inlay::trainer<nested, inlay::mean_squared_error, inlay::sgd, inlay::batch<4>> trainer{net, {.learning_rate = 0}};
    const std::array<std::array<float, 2>, 4> x{{{1, 10}, {2, 20}, {3, 30}, {6, 60}}};
    const std::array<std::array<float, 1>, 4> y{};
    trainer.step(x, y);
    BOOST_TEST(net.parameter<"0.0.running_mean">()(0) == 1.5f);
    BOOST_TEST(net.parameter<"0.0.running_mean">()(1) == 15.0f);
    // Behind the residual: x + tanh(x − mean), whose mean is what the branch saw.
    float expected = 0;
    for (const auto& row : x) expected += row[0] + std::tanh(row[0] - 3.0f);
    BOOST_TEST(net.parameter<"1.1.running_mean">()(0) == expected / 8, boost::test_tools::tolerance(1e-5f));
}

BOOST_AUTO_TEST_CASE(inference_uses_the_running_mean) {
    network<input<2>, centred> net;
    net.parameter<"0.running_mean">() = {1.0f, 2.0f};
    const auto y = net({5.0f, 5.0f});
    BOOST_TEST(y[0] == 4.0f);
    BOOST_TEST(y[1] == 3.0f);
}

BOOST_AUTO_TEST_CASE(a_layer_in_place_keeps_its_input_for_backward) {
    network<input<1>, dense<1>, square> net;
    net.parameter<"0.weight">() = {3};
    net.parameter<"0.bias">() = {1};
    BOOST_TEST(net({2})[0] == 49.0f);
    const auto d = inlay::differentiate(net, inlay::mean_squared_error{}, {2}, std::array<float, 1>{48});
    BOOST_TEST(d.gradients.canonical()[0] == 2 * 1 * (2 * 7) * 2.0f); // 2(y − t) · 2v · x
    BOOST_TEST(d.input_gradient[0] == 2 * 1 * (2 * 7) * 3.0f);
}
