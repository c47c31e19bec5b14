// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The ways to call a network with many samples, and to copy parameters.
#define BOOST_TEST_MODULE network_calls
#include <boost/test/unit_test.hpp>

#include <inlay/inlay.hpp>

#include <memory>
#include <vector>

using namespace inlay;

namespace {

template <class Net>
std::vector<typename Net::input_type> samples(size_t count) {
    random_generator random(seed{5});
    std::vector<typename Net::input_type> all(count);
    for (auto& x : all)
        for (auto& value : x) value = random.uniform(-1.0f, 1.0f);
    return all;
}

using small = network<input<9>, dense<35>, inlay::tanh, dense<4>>;
/// 2 samples of it take more than the 256 KiB that a call allows itself, so that it goes two by two.
using large = network<input<3>, dense<40000>, relu, dense<2>>;

} // namespace

BOOST_AUTO_TEST_CASE(chunks_keep_to_the_stack) {
    static_assert(small::batch_chunk(1) == 1 && small::batch_chunk(5) == 5 && small::batch_chunk(100) == 100);
    static_assert(large::batch_chunk(1) == 1 && large::batch_chunk(2) == 2 && large::batch_chunk(1000) == 2);
    static_assert(inference_memory<large, 1000> == inference_memory<large, 2>);
    static_assert(inference_memory<small, 1> == memory<small>.inference_bytes);
    // The largest chunk that fits: one sample more would not.
    using middle = network<input<64>, dense<512>, relu, dense<10>>;
    constexpr size_t rows = middle::batch_chunk(100000);
    static_assert(rows > 2 && rows * (512 + 64 + 10) * 4 <= (size_t{1} << 18));
    static_assert((rows + 1) * (512 + 64 + 10) * 4 > (size_t{1} << 18));
    BOOST_TEST(true);
}

/// However many samples there are, each gets the bits that it has in any other batch.
BOOST_AUTO_TEST_CASE(any_count_gives_the_bits_of_a_batch) {
    const auto net = std::make_unique<small>();
    initialize(*net, seed{1});
    const auto x = samples<small>(100);
    std::array<small::output_type, 100> whole;
    (*net)(std::span<const small::input_type, 100>(x.data(), 100), std::span(whole));
    for (const size_t count : {0u, 1u, 2u, 31u, 32u, 33u, 64u, 77u, 100u}) {
        std::vector<small::output_type> y(count);
        BOOST_TEST_REQUIRE((*net)(std::span(x).first(count), std::span(y)));
        for (size_t n = 0; n < count; ++n) BOOST_TEST(y[n] == whole[n], boost::test_tools::per_element());
    }
    for (size_t n = 0; n < 100; ++n) {
        const auto one = (*net)(x[n]);
        for (size_t i = 0; i < 4; ++i) BOOST_TEST(one[i] == whole[n][i], boost::test_tools::tolerance(1e-3f));
    }
}
BOOST_AUTO_TEST_CASE(chunks_give_the_bits_of_one_piece) {
    const auto net = std::make_unique<large>();
    initialize(*net, seed{1});
    const auto x = samples<large>(5);
    std::array<large::output_type, 5> in_chunks, in_one{};
    (*net)(std::span<const large::input_type, 5>(x.data(), 5), std::span(in_chunks));
    std::vector<float> scratch(large::chain_type::forward_scratch(5, false));
    net->infer<kernels::native, 5>(x.front().data(), in_one.front().data(), scratch.data());
    for (size_t n = 0; n < 5; ++n) BOOST_TEST(in_chunks[n] == in_one[n], boost::test_tools::per_element());
}
BOOST_AUTO_TEST_CASE(unequal_counts_are_refused) {
    small net;
    initialize(net, seed{1});
    const auto x = samples<small>(3);
    std::vector<small::output_type> y(2, small::output_type{7, 7, 7, 7});
    BOOST_TEST(!net(x, y));
    BOOST_TEST(y[0][0] == 7.0f);
}
BOOST_AUTO_TEST_CASE(the_compiler_runs_batches_too) {
    constexpr bool same = [] {
        network<input<2>, dense<3>, inlay::tanh, dense<2>> net;
        initialize(net, seed{3});
        const std::array<std::array<float, 2>, 3> x{{{1, 2}, {-1, 0.5f}, {0, 0}}};
        std::array<std::array<float, 2>, 3> fixed{}, any{};
        net(x, fixed);
        if (!net(std::span<const std::array<float, 2>>(x), std::span<std::array<float, 2>>(any))) return false;
        return fixed == any && fixed[1] == net(x[1]);
    }();
    static_assert(same);
    BOOST_TEST(same);
}

BOOST_AUTO_TEST_CASE(a_tensor_takes_anothers_values) {
    small a, b;
    initialize(a, seed{1});
    initialize(b, seed{2});
    const auto before = b.parameter<"2.weight">()(3, 34);
    b.parameter<"0.weight">() = a.parameter<"0.weight">();
    b.parameter<"0.bias">() = std::as_const(a).parameter<"0.bias">();
    for (size_t i = 0; i < 35 * 9; ++i) BOOST_TEST_REQUIRE(b.parameter<"0.weight">()[i] == a.parameter<"0.weight">()[i]);
    for (size_t i = 0; i < 35; ++i) BOOST_TEST(b.parameter<"0.bias">()[i] == a.parameter<"0.bias">()[i]);
    BOOST_TEST(b.parameter<"2.weight">()(3, 34) == before);
    // Between networks whose layouts differ, for their tensors are next to others.
    network<input<9>, frozen<dense<35>>, relu, dense<1>> c;
    c.parameter<"0.weight">() = a.parameter<"0.weight">();
    BOOST_TEST(c.parameter<"0.weight">()(34, 8) == a.parameter<"0.weight">()(34, 8));
    const auto view = a.parameter<"2.bias">();
    const auto& itself = view;
    view = itself;
    view = std::array<float, 4>{1, 2, 3, 4};
    BOOST_TEST(a.parameter<"2.bias">()(2) == 3.0f);
}
BOOST_AUTO_TEST_CASE(parameters_from_and_to_ranges) {
    small a, b;
    initialize(a, seed{1});
    std::vector<float> values(small::parameter_count);
    a.canonical(std::span<float, small::parameter_count>(values.data(), small::parameter_count));
    BOOST_TEST(values == a.canonical(), boost::test_tools::per_element());
    BOOST_TEST(b.assign(values));
    BOOST_TEST(b.canonical() == a.canonical(), boost::test_tools::per_element());
    values.push_back(1);
    values[0] += 1;
    BOOST_TEST(!b.assign(values)); // one too many: nothing changes
    BOOST_TEST(b.canonical() == a.canonical(), boost::test_tools::per_element());
}
BOOST_AUTO_TEST_CASE(state_size_is_public) {
    static_assert(network<input<3>, gru<5>, residual<lstm<5>>>::state_size == 15 && small::state_size == 0);
    BOOST_TEST(true);
}

/// A table in canonical order becomes the network, every tensor of it.
BOOST_AUTO_TEST_CASE(packed_takes_every_parameter) {
    using net = network<input<2>, dense<3>, relu, dense<1>>;
    static constexpr net it = packed<net>({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13});
    const auto all = it.canonical();
    for (size_t i = 0; i < all.size(); ++i) BOOST_TEST(all[i] == static_cast<float>(i + 1));
}

/// Lists in lists in lists, from tools/parity: clang evaluates a constant in a million steps at most.
namespace test_calls_deep {
template <class... Layers>
using inner = parallel<sequential<positional_encoding<>, rnn<7>>, sequential<dense<13>, residual<gelu, dense<13>>>, Layers...>;
using deep = network<input<30>, parallel<sequential<gru<12>, rnn<10>>, sequential<celu<>, rms_norm<>>,
                                         inner<inner<inner<inner<parallel<rnn<10>, sequential<dense<9>, layer_norm<>>>>>>>>,
                     dense<5>>;
} // namespace test_calls_deep
static_assert(test_calls_deep::deep::batch_chunk(32) == 32);
