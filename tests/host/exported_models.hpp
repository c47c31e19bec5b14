// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What export_models.cpp exports and test_export.cpp finds again.
#pragma once

#include <inlay/inlay.hpp>

namespace own {

enum class sign { plus, minus };

/// A layer from outside the library: y = ±Factor·x
template <sign Sign, int Factor>
struct scaled {
    static constexpr auto name = "scaled";
    template <class In>
    static constexpr auto output_shape(In in) {
        return in;
    }
    template <class Scalar, class In>
    struct on : inlay::layer_on<Scalar, In, In> {
        static constexpr inlay::layer_traits traits{.differentiable = false};
        template <class Context, class Call>
        static constexpr void forward(const Call& call) {
            for (std::size_t i = 0; i < Context::batch * In::size; ++i)
                call.output[i] = call.input[i] * Scalar(Sign == sign::plus ? Factor : -Factor);
        }
    };
};

} // namespace own

namespace models {

using namespace inlay;

using digits = network<input<64>, dense<32>, relu, dense<10>>;
using image =
    network<input<7, 6, 2>, conv2d<5, 3, 1, window{0, 1}>, leaky_relu<0.25>, max_pool2d<window{2, 3}, window{2, 1}>,
            conv2d<33, 1>, residual<conv2d<4, 1>, elu<>, conv2d<33, 1>>, flatten, dense<3>, softmax>;
using sequence = network<input<6, 3>, gru<5>, gelu, last_step, dense<4>>;
using nested = network<input<4>, named<"first \"layer\"", dense<40>>, dropout<0.2>,
                       residual<dense<3>, inlay::tanh, frozen<dense<40>, "weight">>,
                       parallel<dense_without_bias<2>, sequential<dense<4>, named<"tip", frozen<dense<1>>>>>,
                       own::scaled<own::sign::minus, 3>, log_softmax>;
using precise = basic_network<double, input<5, 2>, lstm<3>, last_step, dense<2>, softplus>;
using normed = network<input<4, 4, 2>, conv2d<5, 3>, batch_norm<>, relu, frozen<batch_norm<0.01, 0.1, false>>, flatten,
                       dense_without_bias<7>, batch_norm<>, dense<3>>;
using bare = network<input<3>, relu>;
using bytes = network<input<9>, stored_as<std::int8_t, dense<35>>, inlay::tanh, dense<4>>;
using kept = network<named_inputs<in<"image", 6, 2>, in<"speed", 3>>, gru<4, relu>, keep<"x">, accumulate<"sum", dense<5>>,
                     parallel<gru<2>, reversed<gru<2>>>, plus<"x">, times<"x", inlay::tanh>, dense<5>, accumulate<"sum">,
                     take<"sum">, last_step, concat<"speed">, named<"gains", dense<4>>, keep<"a>\"b">,
                     plus<"a>\"b", sigmoid>, output<"vad", dense<1>>>;
using integers = network<input<7>, dense<9>, quantize<>, dequantize, dense<4>, quantize<std::uint8_t>>;
using options = network<input<6, 8, 4>, conv2d<4, 3, 1, padding::same, groups<4>, without_bias>, relu, avg_pool2d<2>,
                        conv2d<5, 3, 2, padding{1, 2, 0, 1}, reflect>, reshape<3, 5>, causal_self_attention<1, 3, rotary<>, head_size<4>>,
                        conv1d<3, 2, 1, 0, dilation<2>>, global_avg_pool, dense<2>>;
using tokens = network<input_of<std::uint8_t, 4>, named<"table", embedding<7, 5>>, gru<5>, last_step, tied<"table.weight", 7>>;

/// File names whose stems are functions, types, variables, macros and keywords: as namespaces they would not compile.
inline constexpr const char* names_of_the_library[] = {
    "signal", "time",    "gamma",    "index",  "tanh",   "read",       "write",    "open",    "close",    "stat",
    "link",   "wait",    "sleep",    "select", "abs",    "div",        "y0",       "j1",      "log",      "exp",
    "round",  "floor",   "rand",     "random", "raise",  "remove",     "rename",   "printf",  "puts",     "stdin",
    "stdout", "errno",   "EOF",      "NULL",   "assert", "linux",      "unix",     "major",   "minor",    "environ",
    "isnan",  "tolower", "bind",     "listen", "accept", "timezone",   "daylight", "signgam", "INFINITY", "NAN",
    "BUFSIZ", "time_t",  "size_t",   "FILE",   "tm",     "div_t",      "double_t", "main",    "malloc",   "free",
    "exit",   "class",   "int",      "std",    "inlay",  "TIOCGWINSZ", "SIGINT",   "M_PI",    "pause",    "alarm",
    "access", "daemon",  "basename", "lgamma", "erf",    "clock",      "system",   "abort",   "setjmp",   "2048-game"};

template <class Network>
Network trained(std::uint64_t number) {
    Network net;
    initialize(net, seed{number}, init::normal{0, 0.5});
    return net;
}

/// Its running statistics have moved.
inline normed normed_and_trained() {
    normed net = trained<normed>(6);
    random_generator random(seed{7});
    trainer<normed, mean_squared_error, sgd, batch<5>> trainer{net, {.learning_rate = 0.125}};
    for (int step = 0; step < 3; ++step) {
        std::array<normed::input_type, 5> x;
        std::array<normed::output_type, 5> y;
        for (auto& one : x)
            for (float& value : one) value = random.uniform(-1.0f, 2.0f);
        for (auto& one : y)
            for (float& value : one) value = random.uniform(-1.0f, 1.0f);
        trainer.step(x, y);
    }
    return net;
}

} // namespace models
