// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#include "harness.hpp"

#include <inlay/inlay.hpp>
#if __has_include(<inlay/layers/lstm.hpp>)
#include <inlay/layers/lstm.hpp>
#endif

namespace {

using namespace bench;
using inlay::batch, inlay::conv2d, inlay::dense, inlay::flatten, inlay::gru, inlay::input, inlay::max_pool2d,
    inlay::network, inlay::relu, inlay::tanh;

template <class Net>
struct type_of;
template <>
struct type_of<w1> : std::type_identity<network<input<4>, dense<16>, tanh, dense<16>, tanh, dense<3>>> {};
template <>
struct type_of<w2> : std::type_identity<network<input<64>, dense<32>, relu, dense<10>>> {};
template <>
struct type_of<w3> : std::type_identity<network<input<784>, dense<100>, relu, dense<10>>> {};
template <>
struct type_of<w4> : std::type_identity<network<input<13>, dense<64>, tanh, dense<64>, tanh, dense<4>>> {};
template <>
struct type_of<w5> : std::type_identity<network<input<2>, dense<8>, tanh, dense<8>, tanh, dense<1>>> {};
template <>
struct type_of<w6_gru> : std::type_identity<network<input<1>, gru<20>, dense<1>>> {};
#if __has_include(<inlay/layers/lstm.hpp>)
template <>
struct type_of<w6_lstm> : std::type_identity<network<input<1>, inlay::lstm<20>, dense<1>>> {};
#endif
template <>
struct type_of<w7>
    : std::type_identity<network<input<28, 28, 1>, conv2d<6, 5>, relu, max_pool2d<2>, conv2d<16, 5>, relu,
                                 max_pool2d<2>, flatten, dense<120>, relu, dense<84>, relu, dense<10>>> {};

/// inlay's images are channels last: the columns behind flatten stand in another order.
template <class Net>
numbers reordered(const numbers& from, bool back) {
    if constexpr (!std::is_same_v<Net, w7>) return from;
    numbers to = from;
    for (size_t o = 0; o < 120; ++o)
        for (size_t c = 0; c < 16; ++c)
            for (size_t p = 0; p < 16; ++p) {
                const size_t row = w7::offset(2) + o * 256, first = row + c * 16 + p, last = row + p * 16 + c;
                to[back ? first : last] = from[back ? last : first];
            }
    return to;
}

template <class Net>
auto started() {
    typename type_of<Net>::type net;
    const numbers all = reordered<Net>(Net::parameters(), false);
    net.assign(std::span<const float, type_of<Net>::type::parameter_count>(all));
    return net;
}

template <class Net>
struct single {
    typename type_of<Net>::type net = started<Net>();
    void operator()(const typename Net::input_type& x, typename Net::output_type& y) { y = net(x); }
};

template <class Net>
struct recurrent {
    typename type_of<Net>::type net = started<Net>();
    typename type_of<Net>::type::state_type state{};
    void operator()(const typename Net::input_type& x, typename Net::output_type& y) { y = net(x, state); }
};

template <class Net>
struct batched {
    using type = typename type_of<Net>::type;
    static constexpr size_t scratch_size = type::chain_type::forward_scratch(Net::batch, false);
    type net = started<Net>();
    alignas(64) std::array<float, Net::batch * Net::in> x;
    alignas(64) std::array<float, scratch_size + 16> scratch;
    batched() {
        const numbers all = Net::inputs(Net::batch);
        std::copy(all.begin(), all.end(), x.begin());
    }
    void operator()(float* y) { net.template infer<inlay::kernels::native, Net::batch>(x.data(), y, scratch.data()); }
};

template <class Net, class Loss, class Optimizer>
struct trained {
    using type = typename type_of<Net>::type;
    type net = started<Net>();
    inlay::trainer<type, Loss, Optimizer, batch<Net::batch>> trainer{net, {.learning_rate = Net::rate}};
    alignas(64) std::array<typename Net::input_type, Net::batch> inputs;
    std::vector<typename Net::output_type> targets = std::vector<typename Net::output_type>(Net::batch);
    std::vector<int> labels = Net::labels(Net::batch);
    trained() {
        const numbers x = Net::inputs(Net::batch), y = Net::targets(Net::batch);
        for (size_t n = 0; n < Net::batch; ++n) {
            std::copy_n(&x[n * Net::in], Net::in, inputs[n].begin());
            std::copy_n(&y[n * Net::out], Net::out, targets[n].begin());
        }
    }
    void step() {
        if constexpr (Net::what == objective::cross_entropy) trainer.step(inputs, labels);
        else trainer.step(inputs, targets);
    }
    numbers parameters() const {
        const auto all = net.canonical();
        return reordered<Net>(numbers(all.begin(), all.end()), true);
    }
};

[[maybe_unused]] const bool listed = [] {
    const auto library = "inlay";
    one_sample<w1, single<w1>>(library);
    one_sample<w2, single<w2>>(library);
    one_sample<w3, single<w3>>(library);
    one_sample<w4, single<w4>>(library);
    one_sample<w7, single<w7>>(library);
    one_sample<w6_gru, recurrent<w6_gru>>(library);
#if __has_include(<inlay/layers/lstm.hpp>)
    one_sample<w6_lstm, recurrent<w6_lstm>>(library);
#endif
    forward<w3, batched<w3>>(library);
    training<w3, trained<w3, inlay::cross_entropy, inlay::sgd>>(library);
    training<w4, trained<w4, inlay::mean_squared_error, inlay::adam>>(library);
    training<w5, trained<w5, inlay::mean_squared_error, inlay::sgd>>(library);
    training<w7, trained<w7, inlay::cross_entropy, inlay::sgd>>(library);
    return true;
}();

} // namespace
