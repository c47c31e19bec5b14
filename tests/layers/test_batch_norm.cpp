// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_batch_norm
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_of_vectors) { laws::obeys_laws<network<input<17>, batch_norm<>>>(); }

BOOST_AUTO_TEST_CASE(laws_between_layers) { // after an activation whose slope it applies, before one that it applies
    laws::obeys_laws_briefly<
        network<input<2, 3, 2>, conv2d<5, window{1, 2}>, inlay::tanh, batch_norm<0.01, 0.3>, sigmoid, flatten, dense<2>>>();
}

BOOST_AUTO_TEST_CASE(laws_without_weight_and_bias) {
    laws::obeys_laws_briefly<network<input<3, 4>, dense_without_bias<3>, batch_norm<1e-5, 0.1, false>>>();
}

template <class Net, size_t Batch, size_t Rows>
void partial_batch_is_a_whole_one() {
    using precise = typename Net::template with_scalar<double>;
    laws::partial_batch_is_a_whole_one(laws::subject_of<Net, Batch>(), laws::subject_of<Net, Rows>());
    laws::partial_batch_is_a_whole_one(laws::subject_of<precise, Batch>(), laws::subject_of<precise, Rows>());
}
BOOST_AUTO_TEST_CASE(partial_batches) {
    partial_batch_is_a_whole_one<network<input<5>, dense<9>, batch_norm<>, relu, dense<2>>, 7, 3>();
    partial_batch_is_a_whole_one<network<input<4>, batch_norm<>>, 3, 1>();
    partial_batch_is_a_whole_one<network<input<2, 4>, batch_norm<>>, 3, 1>();
}

BOOST_AUTO_TEST_CASE(tensors) {
    using net = network<input<5, 6, 3>, batch_norm<>, flatten, dense<2>>;
    static_assert(net::parameter_count == 3 + 3 + 90 * 2 + 2 && net::trainable_count == net::parameter_count);
    static_assert(net::buffer_count == 3 + 3 && net::element_count == net::parameter_count + 6);
    static_assert(net::find_tensor("0.weight") == 0 && net::find_tensor("0.running_var") == 3);
    static_assert(net::tensors[0].role == tensor_role::scale && net::tensors[1].role == tensor_role::bias);
    static_assert(net::tensors[2].role == tensor_role::statistic && !net::tensors[3].trainable);
    static_assert(network<input<4>, batch_norm<1e-3, 0.1, false>>::parameter_count == 0);
    net it;
    initialize(it, seed{1}, init::he_normal{}, init::constant{0.5}); // scales and statistics keep their own
    const std::array<float, 6> buffers = {0, 0, 0, 1, 1, 1};
    BOOST_TEST(it.canonical_buffers() == buffers);
    for (size_t i = 0; i < 3; ++i) {
        BOOST_TEST(it.parameter<"0.weight">()[i] == 1.0f);
        BOOST_TEST(it.parameter<"0.bias">()[i] == 0.5f);
    }
    initialize(it, seed{1}); // PyTorch's
    BOOST_TEST(it.canonical_buffers() == buffers);
    BOOST_TEST((it.parameter<"0.weight">()[2] == 1.0f && it.parameter<"0.bias">()[2] == 0.0f));
    const std::array<float, 6> other = {1, 2, 3, 4, 5, 6};
    it.assign_buffers(other);
    BOOST_TEST(it.canonical_buffers() == other);
    BOOST_TEST(it.parameter<"0.running_var">()(1) == 5.0f);
    BOOST_TEST(it.canonical()[1] == 1.0f);
}

/// The measured mean and variance of one channel: what momentum 1 leaves in the running ones.
template <class T, size_t Count>
std::array<double, 2> measured(const std::vector<double>& x) {
    using net = basic_network<T, input<Count, 1>, batch_norm<1e-5, 1.0>>;
    const auto work = std::make_unique<workspace<net, 1>>();
    net it;
    const std::vector<T> inputs(x.begin(), x.end());
    work->forward(it, inputs.data());
    work->update_statistics(it);
    return {static_cast<double>(it.canonical_buffers()[0]), static_cast<double>(it.canonical_buffers()[1])};
}
/// In float, values far from 0: Σx² − (Σx)²/n would have no digit left.
BOOST_AUTO_TEST_CASE(an_offset_does_no_harm) {
    constexpr size_t count = 2000;
    random_generator random(seed{5});
    for (const double offset : {0.0, 1e3, -1e5}) {
        std::vector<double> x(count);
        for (double& value : x) value = static_cast<double>(static_cast<float>(offset + random.uniform(-2.0, 2.0)));
        x[0] = static_cast<double>(static_cast<float>(offset - 50)); // what the sums are shifted by is no good guess
        double mean = 0, var = 0;
        for (const double value : x) mean += value / count;
        for (const double value : x) var += (value - mean) * (value - mean) / (count - 1);
        const auto own = measured<float, count>(x), fine = measured<double, count>(x);
        BOOST_TEST(std::abs(own[0] - mean) <= 2e-7 * std::abs(mean) + 1e-6);
        BOOST_TEST(std::abs(own[1] / var - 1) < 2e-6);
        BOOST_TEST(std::abs(fine[1] / var - 1) < 1e-13 * (1 + std::abs(offset)));
    }
    const auto constant = measured<float, count>(std::vector<double>(count, static_cast<double>(0.1f)));
    BOOST_TEST((constant[0] == static_cast<double>(0.1f) && constant[1] == 0.0));
}

/// A last batch of one vector: normalised with the running statistics, which stay.
BOOST_AUTO_TEST_CASE(one_value_has_no_variance) {
    using net = network<input<2>, batch_norm<>>;
    net it;
    initialize(it, seed{1});
    const std::array<float, 4> before = {1, 2, 4, 0.25f};
    it.assign_buffers(before);
    trainer<net, mean_squared_error, sgd, batch<4>> train{it, {.learning_rate = 0}};
    const std::array<std::array<float, 2>, 1> x{{{5, 3}}}, y{};
    const float loss = train.step(x, y);
    BOOST_TEST(it.canonical_buffers() == before);
    const auto inferred = it(x[0]);
    BOOST_TEST(inferred[0] == 2.0f, boost::test_tools::tolerance(1e-5f));
    BOOST_TEST(loss == (inferred[0] * inferred[0] + inferred[1] * inferred[1]) / 2);
    train.step(std::array{x[0], x[0]}, std::array{y[0], y[0]});
    BOOST_TEST(it.canonical_buffers() != before);
}

BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<2, 3>, batch_norm<>>, 2>(); }

BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<5>, batch_norm<>>>(); }
