// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE any_of
#include <boost/test/unit_test.hpp>

#include <inlay/inlay.hpp>

#include <bit>
#include <cstdlib>
#include <new>

namespace {
std::size_t allocations = 0;
}

[[gnu::noinline]] void* operator new(std::size_t size) {
    ++allocations;
    if (void* p = std::malloc(size ? size : 1)) return p;
    throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
    ++allocations;
    const auto step = static_cast<std::size_t>(alignment);
    if (void* p = std::aligned_alloc(step, (size + step - 1) / step * step)) return p;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* p) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
[[gnu::noinline]] void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

using namespace inlay;

namespace {

using small = network<input<4>, dense<3>, inlay::tanh, dense<2>>;
using large = network<input<4>, dense<60>, relu, dense<2>>;
using recurrent = network<input<4>, gru<5>, dense<2>>;
using longer = network<input<4>, lstm<6>, dense<2>>;
using model = any_of<small, large, recurrent, longer>;

constexpr model::input_type x{0.5f, -0.25f, 1.0f, 0.125f};

template <class Network>
constexpr Network made(std::uint64_t number) {
    Network net;
    initialize(net, seed{number});
    return net;
}

template <class Array>
bool same(const Array& a, const Array& b) {
    for (size_t i = 0; i < a.size(); ++i)
        if (std::bit_cast<std::uint32_t>(a[i]) != std::bit_cast<std::uint32_t>(b[i])) return false;
    return true;
}

} // namespace

BOOST_AUTO_TEST_CASE(it_is_as_large_as_its_largest_network) {
    static_assert(std::is_trivially_copyable_v<model> && std::is_trivially_destructible_v<model>);
    static_assert(sizeof(model) <= sizeof(large) + 64 && alignof(model) == alignof(large));
    static_assert(model::count == 4 && model::number_of<recurrent> == 2 && model::number_of<int> == 4);
    static_assert(std::is_same_v<model::alternative<3>, longer>);
    static_assert(std::is_same_v<model::state_type, longer::state_type>);
    static_assert(noexcept(std::declval<const model&>()(x))&& noexcept(std::declval<model&>() = small{}));
    static_assert(std::is_constructible_v<model, large> && !std::is_constructible_v<model, small::with_scalar<double>>);
    BOOST_TEST(model{}.index() == 0u);
}

BOOST_AUTO_TEST_CASE(it_gives_what_the_network_held_gives) {
    const auto first = made<small>(1);
    const auto second = made<large>(2);
    const auto third = made<recurrent>(3);
    model any{first};
    BOOST_TEST((any.index() == 0 && any.holds<small>() && !any.holds<large>()));
    BOOST_TEST(same(any(x), first(x)));
    any = second;
    BOOST_TEST((any.index() == 1 && any.holds<large>()));
    BOOST_TEST(same(any(x), second(x)));
    BOOST_TEST(same(any(std::span<const float, 4>(x)), second(x)));
    const model copy = any;
    any = third;
    BOOST_TEST(same(any(x), third(x)));
    BOOST_TEST(same(copy(x), second(x)));
    any = copy;
    BOOST_TEST((any.index() == 1 && same(any(x), second(x))));
    static_assert(std::is_same_v<decltype(any.get_if<1>()), large*>);
    BOOST_TEST((any.get_if<0>() == nullptr && same((*any.get_if<1>())(x), second(x))));
}

BOOST_AUTO_TEST_CASE(emplace_starts_anew) {
    model any{made<large>(2)};
    large& zeros = any.emplace<1>();
    for (const float value : zeros.parameters()) BOOST_TEST_REQUIRE(value == 0.0f);
    initialize(any.emplace<0>(), seed{1});
    BOOST_TEST(same(any(x), made<small>(1)(x)));
    any.emplace<3>(made<longer>(4));
    BOOST_TEST((any.index() == 3 && same(any(x), made<longer>(4)(x))));
}

BOOST_AUTO_TEST_CASE(the_same_type_twice) {
    using pair = any_of<small, small>;
    pair any{made<small>(1)};
    BOOST_TEST(any.index() == 0u);
    any.emplace<1>(made<small>(2));
    BOOST_TEST((any.index() == 1 && same(any(x), made<small>(2)(x)) && any.get_if<0>() == nullptr));
}

BOOST_AUTO_TEST_CASE(visit) {
    model any{made<recurrent>(3)};
    BOOST_TEST(any.visit([](const auto& net) { return net.parameter_count; }) == recurrent::parameter_count);
    any.visit([](auto& net) { initialize(net, seed{7}); });
    BOOST_TEST(same(std::as_const(any)(x), made<recurrent>(7)(x)));
    float& first = any.visit([](auto& net) -> float& { return net.parameters()[0]; });
    BOOST_TEST(&first == any.get_if<2>()->parameters().data());
}

BOOST_AUTO_TEST_CASE(state_carries_on) {
    const auto net = made<recurrent>(3);
    const model any{net};
    recurrent::state_type own{};
    model::state_type state{};
    state.back() = 42; // beyond what this network uses
    for (int i = 0; i < 5; ++i) BOOST_TEST(same(any(x, state), net(x, own)));
    BOOST_TEST(!same(net(x), net(x, own)));
    BOOST_TEST(state.back() == 42.0f);
    const model without{made<small>(1)};
    BOOST_TEST(same(without(x, state), made<small>(1)(x)));
}

BOOST_AUTO_TEST_CASE(in_constant_expressions) {
    constexpr auto run = [] {
        any_of<small, recurrent> any{made<recurrent>(3)};
        any_of<small, recurrent>::state_type state{};
        any(x, state);
        const any_of<small, recurrent> copy = any;
        any = made<small>(1);
        return std::array{copy(x, state)[0], any(x)[0], any.emplace<1>()(x)[0]};
    };
    constexpr auto early = run();
    BOOST_TEST(same(early, run()));
    BOOST_TEST(early[2] == 0.0f);
}

// An audio plug-in: the host calls for a block of samples at a time, and the user turns a knob between blocks.
BOOST_AUTO_TEST_CASE(an_audio_callback_does_not_allocate) {
    using shallow = network<input<1>, gru<8>, dense<1>>;
    using deep = network<input<1>, lstm<16>, residual<dense<16>, inlay::tanh>, dense<1>>;
    using amplifier = any_of<shallow, deep>;
    struct plugin {
        amplifier model{};
        amplifier::state_type state{};
        void callback(std::span<float> block) noexcept {
            const flush_denormals quick;
            for (float& sample : block) sample = model({sample}, state)[0];
        }
    };
    const auto one = made<shallow>(1);
    const auto two = made<deep>(2);
    static plugin audio;
    std::array<float, 64> block{};
    float total = 0;
    const std::size_t before = allocations;
    for (int call = 0; call < 1000; ++call) {
        if (call % 100 == 0) {
            if (call % 200 == 0) audio.model = one;
            else audio.model = two;
            audio.state = {};
        }
        block.fill(call % 7 == 0 ? 1.0f : 0.0f);
        audio.callback(block);
        total += block[63];
    }
    const std::size_t after = allocations;
    BOOST_TEST(after - before == 0u);
    BOOST_TEST(total != 0.0f);
    ::operator delete(::operator new(4)); // the counter counts
    BOOST_TEST(allocations - after >= 1u);
}
