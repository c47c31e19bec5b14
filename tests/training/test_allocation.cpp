// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Zero allocations, counted. Every way into the global heap is replaced.
#define BOOST_TEST_MODULE training_allocation
#include <boost/test/unit_test.hpp>

#include <inlay/inlay.hpp>

#include <cstdlib>
#include <new>

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
    ++allocations;
    if (void* p = std::malloc(size ? size : 1)) return p;
    throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    ++allocations;
    const auto step = static_cast<std::size_t>(alignment);
    if (void* p = std::aligned_alloc(step, (size + step - 1) / step * step)) return p;
    throw std::bad_alloc();
}
void* operator new[](std::size_t size, std::align_val_t alignment) { return operator new(size, alignment); }
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete" // at -O1 it sees the new above, and not that this is its delete
#endif
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

using namespace inlay;

// One of each kind of layer.
using image =
    network<input<6, 6, 2>, conv2d<5, 3>, relu, max_pool2d<2>, flatten, batch_norm<>, dropout<0.2>,
            residual<dense<7>, gelu, dense<20>>, parallel<dense<4>, sequential<dense<3>, inlay::tanh>>, softmax,
            identity>; // cross_entropy takes logits: identity says that softmax is meant
using sequence = network<input<3, 2>, gru<5>, last_step, dense<3>, log_softmax, identity>;

template <class Net>
void forwards() {
    static Net net;
    initialize(net, seed{1});
    typename Net::input_type x{};
    typename Net::state_type state{};
    random_generator random(seed{2});
    float total = 0;
    const std::size_t before = allocations;
    for (int i = 0; i < 100000; ++i) {
        x[static_cast<size_t>(i) % x.size()] = random.uniform<float>(-1, 1);
        total += i % 2 ? net(x)[0] : net(x, state)[0];
    }
    const std::size_t after = allocations;
    BOOST_TEST(after - before == 0u);
    BOOST_TEST(total == total);
}
BOOST_AUTO_TEST_CASE(a_hundred_thousand_forwards) {
    forwards<image>();
    forwards<sequence>();
}

template <class Net, class Optimizer>
void steps() {
    static Net net;
    initialize(net, seed{1});
    static trainer<Net, cross_entropy, Optimizer, batch<5>> train(net);
    train.clip({.value = 1, .norm = 1});
    std::array<typename Net::input_type, 5> x{};
    std::array<int, 5> targets{0, 1, 2, 1, 0};
    random_generator random(seed{2});
    float total = 0;
    const std::size_t before = allocations;
    for (int i = 0; i < 1000; ++i) {
        for (auto& one : x)
            for (float& value : one) value = random.uniform<float>(-1, 1);
        const auto rows = static_cast<size_t>(i % 5 + 1);
        total += train.step(std::span<const typename Net::input_type>(x).first(rows), std::span(targets).first(rows));
    }
    const std::size_t after = allocations;
    BOOST_TEST(after - before == 0u);
    BOOST_TEST(total == total);
}
BOOST_AUTO_TEST_CASE(a_thousand_steps) {
    steps<image, adam>();
    steps<sequence, sgd_momentum>();
}

BOOST_AUTO_TEST_CASE(the_counter_counts) {
    const std::size_t before = allocations;
    // Called by name: a new-expression whose object is not used may be left out, and clang does.
    ::operator delete(::operator new(4));
    ::operator delete(::operator new(64, std::align_val_t{64}), std::align_val_t{64});
    BOOST_TEST(allocations - before == 2u);
}
