// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Inference by other kernels than this machine's: the least code, sums in strips as on chips, narrower vectors. The same
// bits.
#define BOOST_TEST_MODULE layers_policies
#include <boost/test/unit_test.hpp>
#include <inlay/inlay.hpp>

#include <memory>
#include <vector>

using namespace inlay;

namespace {

// What a chip without vectors does.
struct in_strips : kernels::scalar {
    template <class T>
    static constexpr bool sums_in_strips = true;
};

// Vectors of 16 bytes although the machine may have wider ones: SSE with fused multiply-add.
struct in_quarters : kernels::native {
    template <class T>
    static constexpr size_t lanes = kernels::has_lanes<T, 16 / sizeof(T)> ? 16 / sizeof(T) : 1;
};

template <class Net>
void same_bits() {
    using scalar = typename Net::scalar_type;
    const auto net = std::make_unique<Net>();
    initialize(*net, seed{7});
    random_generator random(seed{8});
    typename Net::input_type x;
    for (scalar& value : x) value = random.uniform(scalar(-2), scalar(2));
    const auto expected = (*net)(x);
    const auto small = net->template infer<backend::size>(x), strips = net->template infer<in_strips>(x);
    BOOST_TEST(small == expected, boost::test_tools::per_element());
    BOOST_TEST(strips == expected, boost::test_tools::per_element());
    BOOST_TEST(net->template infer<in_quarters>(x) == expected, boost::test_tools::per_element());
    BOOST_TEST(net->template infer<backend::speed>(x) == expected, boost::test_tools::per_element());
}

template <size_t Block>
struct blocks_of {
    template <size_t, size_t Panel>
    struct rule {
        static constexpr size_t width = Block < Panel ? Block : Panel;
    };
};

// `each` walks through the weights in the order they are stored in, and `offset` says the same.
template <size_t Sum, size_t Outputs, size_t Block>
void blocks_cover_the_weights() {
    using layout = detail::panels<Sum, Outputs, blocks_of<Block>::template rule>;
    std::vector<int> seen(Sum * Outputs);
    size_t next = 0;
    layout::each([&](auto block) {
        BOOST_TEST(block.offset() == next);
        BOOST_TEST(block.width <= Block);
        BOOST_TEST(block.panel == (block.first / 32 == Outputs / 32 ? Outputs % 32 : 32));
        for (size_t in = 0; in < Sum; ++in)
            for (size_t i = 0; i < block.width; ++i) {
                const size_t at = layout::offset(in, block.first + i);
                BOOST_TEST(at == next++);
                ++seen[at];
            }
    });
    BOOST_TEST(next == seen.size());
    for (const int count : seen) BOOST_TEST(count == 1);
}

} // namespace

BOOST_AUTO_TEST_CASE(dense_layers) {
    same_bits<network<input<64>, dense<32>, relu, dense<10>>>();
    same_bits<network<input<33>, dense<77>, inlay::tanh, dense_without_bias<9>, dense<5>, dense<3>>>();
    same_bits<network<input<3>, dense<40>, relu, dense<2>>::with_scalar<double>>();
    same_bits<network<input<3, 5>, dense<7>>>();
}

BOOST_AUTO_TEST_CASE(other_layers) {
    same_bits<network<input<9, 8, 3>, conv2d<5, 3, 1, 1>, relu, max_pool2d<2>, conv2d<34, 2>, silu, flatten, dense<4>,
                      softmax>>();
    same_bits<network<input<4, 3>, gru<5>, lstm<6>, last_step, dense<2>>>();
    same_bits<network<input<6>, residual<dense<6>, elu<>>, parallel<dense<3>, dense<4>>>>();
}

BOOST_AUTO_TEST_CASE(blocks_of_weights) {
    blocks_cover_the_weights<3, 10, 4>();
    blocks_cover_the_weights<2, 32, 8>();
    blocks_cover_the_weights<1, 77, 8>();
    blocks_cover_the_weights<5, 64, 32>();
    blocks_cover_the_weights<4, 7, 2>();
    blocks_cover_the_weights<4, 1, 2>();
}

// One sample's input gradient through blocks narrower than their panel.
BOOST_AUTO_TEST_CASE(dots_through_blocks) {
    constexpr size_t rows = 3, length = 10, block = 4;
    std::array<float, rows * length> plain, blocked;
    std::array<float, length> x;
    random_generator random(seed{1});
    for (float& value : plain) value = random.uniform(-1.0f, 1.0f);
    for (float& value : x) value = random.uniform(-1.0f, 1.0f);
    for (size_t r = 0; r < rows; ++r)
        for (size_t c = 0; c < length; ++c) {
            const size_t first = c / block * block, wide = length - first < block ? length - first : block;
            blocked[first * rows + r * wide + c - first] = plain[r * length + c];
        }
    std::array<float, rows> a{1, 2, 3}, b = a;
    using kernels::start, kernels::scalar, kernels::identity;
    kernels::dots<scalar, rows, length, length, start::accumulate>(plain.data(), x.data(), x.data(), a.data());
    kernels::dots<scalar, rows, length, length, start::accumulate, identity, block>(blocked.data(), x.data(), x.data(),
                                                                                    b.data());
    BOOST_TEST(a == b, boost::test_tools::per_element());
}
