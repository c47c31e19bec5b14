// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE layers_dropout
#include "../laws.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(laws_alone) { laws::obeys_laws<network<input<17>, dropout<0.3>>>(); }

BOOST_AUTO_TEST_CASE(laws_between_layers) {
    laws::obeys_laws_briefly<network<input<5>, dense<7>, inlay::tanh, dropout<0.5>, dense<3>>>();
}

/// The outputs for ones, in training.
template <class Net, size_t Batch>
std::vector<float> dropped(random_generator& random) {
    const auto work = std::make_unique<workspace<Net, Batch>>();
    const std::vector<float> ones(Batch * Net::input_size, 1.0f);
    work->forward(Net{}, ones.data(), &random);
    return std::vector<float>(work->outputs(), work->outputs() + ones.size());
}

BOOST_AUTO_TEST_CASE(distribution) {
    random_generator random(seed{1});
    const auto y = dropped<network<input<1000>, dropout<0.2>>, 50>(random);
    size_t zeros = 0;
    for (const float value : y) {
        BOOST_TEST_REQUIRE((value == 0.0f || value == 1.25f));
        zeros += value == 0 ? 1 : 0;
    }
    BOOST_TEST(std::abs(static_cast<double>(zeros) / 50000 - 0.2) < 5 * std::sqrt(0.2 * 0.8 / 50000)); // 5 sigma
}

BOOST_AUTO_TEST_CASE(draws_anew_and_from_its_seed) {
    using net = network<input<64>, dropout<0.5>>;
    random_generator random(seed{3}), same(seed{3}), other(seed{4});
    const auto first = dropped<net, 1>(random), second = dropped<net, 1>(random);
    BOOST_TEST((first != second));
    BOOST_TEST((first == dropped<net, 1>(same)));
    BOOST_TEST((first != dropped<net, 1>(other)));
}

BOOST_AUTO_TEST_CASE(probability_0_drops_nothing) {
    random_generator random(seed{1});
    for (const float value : dropped<network<input<100>, dropout<0.0>>, 3>(random)) BOOST_TEST(value == 1.0f);
}

BOOST_AUTO_TEST_CASE(gradient_passes_where_the_value_passed) {
    using net = network<input<33>, dropout<0.4>>;
    workspace<net, 3> work;
    gradients<net> into;
    random_generator random(seed{9});
    std::array<float, 99> x{}, dx{};
    x.fill(1);
    work.forward(net{}, x.data(), &random);
    for (size_t i = 0; i < 99; ++i) work.output_gradients()[i] = 2;
    work.backward<kernels::native, true>(net{}, x.data(), into, dx.data());
    for (size_t i = 0; i < 99; ++i) BOOST_TEST(dx[i] == 2 * work.outputs()[i]);
}

BOOST_AUTO_TEST_CASE(inference_changes_nothing) {
    const network<input<5>, dropout<0.9>> net;
    const std::array<float, 5> x = {1, 2, 3, 4, 5};
    BOOST_TEST(net(x) == x);
    using doubled = network<input<5>, dense<5>, dropout<0.9>>;
    static_assert(doubled::inference_scratch == network<input<5>, dense<5>>::inference_scratch);
}

BOOST_AUTO_TEST_CASE(compile_time) { laws::same_at_compile_time<network<input<7>, dropout<0.3>>>(); }

BOOST_AUTO_TEST_CASE(not_a_number) { laws::nan_reaches_the_output<network<input<5>, dropout<0.5>>>(); }
