// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Batch normalisation beside PyTorch's: three training passes with their running statistics, evaluation with its gradients, and
// training steps of a net, of which every second one is on a partial batch.
#define BOOST_TEST_MODULE golden_batch_norm
#include "batch_norm.hpp"
#include "compare.hpp"

using namespace inlay;
namespace torch = golden::batch_norm;
using golden::converted, golden::tolerance;
using values = std::span<const double>;

namespace {

struct mode {
    values output, gradients, input_gradients;
};

template <class Net, size_t Batch>
void compare_in(values parameters, values buffers, values inputs, values slope, const mode& training, const mode& evaluation,
                values buffers_after) {
    using T = typename Net::scalar_type;
    constexpr size_t in = Batch * Net::input_size, out = Batch * Net::output_size;
    constexpr double close = tolerance<T>;
    Net net;
    BOOST_TEST_REQUIRE(net.assign(converted<T>(parameters)));
    BOOST_TEST_REQUIRE(buffers.size() == Net::buffer_count);
    net.assign_buffers(std::span<const T, Net::buffer_count>(converted<T>(buffers)));
    const std::vector<T> x = converted<T>(inputs);
    const auto work = std::make_unique<workspace<Net, Batch>>();
    for (size_t pass = 0; pass < 3; ++pass) {
        work->forward(net, x.data() + pass * in);
        work->update_statistics(net);
    }
    laws::check_close<T>("running statistics", net.canonical_buffers(), converted<T>(buffers_after), close);
    const auto backward = [&](const std::string& name, const mode& expected) {
        laws::check_close<T>(name, std::span<const T>(work->outputs(), out), converted<T>(expected.output), close);
        gradients<Net> into;
        std::vector<T> dx(in);
        for (size_t i = 0; i < out; ++i) work->output_gradients()[i] = static_cast<T>(slope[i]);
        work->template backward<kernels::native, true>(net, x.data() + 2 * in, into, dx.data());
        laws::check_close<T>(name + ": gradients", into.canonical(), converted<T>(expected.gradients), close);
        laws::check_close<T>(name + ": input gradients", dx, converted<T>(expected.input_gradients), close);
    };
    backward("training", training);
    work->evaluate(net, x.data() + 2 * in);
    backward("evaluation", evaluation);
    typename Net::input_type one;
    for (size_t i = 0; i < one.size(); ++i) one[i] = x[2 * in + i];
    laws::check_close<T>("inference", net(one), converted<T>(evaluation.output.first(Net::output_size)), close);
}
template <class Net, size_t Batch, class... Values>
void compare(const Values&... all) {
    compare_in<typename Net::template with_scalar<double>, Batch>(all...);
    compare_in<Net, Batch>(all...);
}

} // namespace

BOOST_AUTO_TEST_CASE(vectors) {
    using namespace torch::of_vectors;
    compare<network<input<5>, batch_norm<>>, 4>(values(parameters), values(buffers), values(inputs), values(slope),
                                                mode{training::output, training::gradients, training::input_gradients},
                                                mode{evaluation::output, evaluation::gradients, evaluation::input_gradients},
                                                values(buffers_after));
}
BOOST_AUTO_TEST_CASE(sequences) {
    using namespace torch::of_sequences;
    compare<network<input<4, 3>, batch_norm<0.01, 0.3>>, 2>(
        values(parameters), values(buffers), values(inputs), values(slope),
        mode{training::output, training::gradients, training::input_gradients},
        mode{evaluation::output, evaluation::gradients, evaluation::input_gradients}, values(buffers_after));
}
BOOST_AUTO_TEST_CASE(images) {
    using namespace torch::of_images;
    compare<network<input<3, 2, 9>, batch_norm<>>, 2>(
        values(parameters), values(buffers), values(inputs), values(slope),
        mode{training::output, training::gradients, training::input_gradients},
        mode{evaluation::output, evaluation::gradients, evaluation::input_gradients}, values(buffers_after));
}
BOOST_AUTO_TEST_CASE(without_weight_and_bias) {
    using namespace torch::plain;
    compare<network<input<4>, batch_norm<1e-5, 0.1, false>>, 3>(
        values(), values(buffers), values(inputs), values(slope), mode{training::output, {}, training::input_gradients},
        mode{evaluation::output, {}, evaluation::input_gradients}, values(buffers_after));
}

template <class T>
void a_net_learns() {
    namespace net = torch::net;
    using net_type = typename network<input<4, 4, 2>, conv2d<5, 3>, batch_norm<>, relu, flatten, dense_without_bias<6>,
                                      batch_norm<>, inlay::tanh, dense<3>>::template with_scalar<T>;
    net_type it;
    initialize(it, seed{1}); // the buffers
    BOOST_TEST_REQUIRE(it.assign(converted<T>(net::parameters)));
    const auto x = converted<T>(net::input), t = converted<T>(net::target);
    std::array<typename net_type::input_type, 11> inputs;
    std::array<typename net_type::output_type, 11> targets;
    for (size_t n = 0; n < 11; ++n) {
        std::copy_n(x.data() + n * 32, 32, inputs[n].data());
        std::copy_n(t.data() + n * 3, 3, targets[n].data());
    }
    const auto train = std::make_unique<trainer<net_type, mean_squared_error, sgd, batch<7>>>(it, sgd{.learning_rate = 0.1});
    for (int epoch = 0; epoch < 3; ++epoch) {
        train->step(std::span(inputs).template first<7>(), std::span(targets).template first<7>());
        train->step(std::span(inputs).template last<4>(), std::span(targets).template last<4>());
    }
    laws::check_close<T>("parameters", it.canonical(), converted<T>(net::parameters_after), tolerance<T>);
    laws::check_close<T>("running statistics", it.canonical_buffers(), converted<T>(net::buffers_after), tolerance<T>);
    std::vector<T> y;
    for (const auto& one : inputs)
        for (const T value : it(one)) y.push_back(value);
    laws::check_close<T>("outputs", y, converted<T>(net::output), tolerance<T>);
}
BOOST_AUTO_TEST_CASE(training) {
    a_net_learns<double>();
    a_net_learns<float>();
}
