// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define CNN_USE_AVX
#define CNN_SINGLE_THREAD
#define CNN_NO_SERIALIZATION
#undef CNN_USE_EXCEPTIONS
#include "harness.hpp"

#include <tiny_dnn/tiny_dnn.h>

#include <map>

namespace {

using namespace bench;
namespace td = tiny_dnn;
using sequential = td::network<td::sequential>;

template <class Net, bool Softmax>
sequential built() {
    using hidden = std::conditional_t<Net::between == activation::tanh, td::activation::tan_h, td::activation::relu>;
    sequential net;
    for (size_t l = 0; l + 1 < Net::layers; ++l)
        net << td::fully_connected_layer<hidden>(unsigned(Net::widths[l]), unsigned(Net::widths[l + 1]));
    using output = std::conditional_t<Softmax, td::activation::softmax, td::activation::identity>;
    net << td::fully_connected_layer<output>(unsigned(Net::widths[Net::layers - 1]), unsigned(Net::out));
    return net;
}
template <bool Softmax>
sequential built_lenet() {
    using td::activation::identity, td::activation::relu;
    using output = std::conditional_t<Softmax, td::activation::softmax, td::activation::identity>;
    sequential net;
    net << td::convolutional_layer<relu>(28, 28, 5, 1, 6) << td::max_pooling_layer<identity>(24, 24, 6, 2)
        << td::convolutional_layer<relu>(12, 12, 5, 6, 16) << td::max_pooling_layer<identity>(8, 8, 16, 2)
        << td::fully_connected_layer<relu>(256, 120) << td::fully_connected_layer<relu>(120, 84)
        << td::fully_connected_layer<output>(84, 10);
    return net;
}

/// tiny-dnn keeps dense weights input-major. body(canonical index, tiny-dnn's number)
template <class Net, class Body>
void each_parameter(sequential& net, Body body) {
    size_t l = 0;
    for (size_t at = 0; at < net.layer_size(); ++at) {
        const auto weights = net[at]->weights();
        if (weights.size() < 2) continue;
        size_t out, in;
        bool dense = true;
        if constexpr (std::is_same_v<Net, w7>) out = w7::layers[l][0], in = w7::layers[l][1], dense = l > 1;
        else out = Net::widths[l + 1], in = Net::widths[l];
        for (size_t o = 0; o < out; ++o) {
            for (size_t i = 0; i < in; ++i)
                body(Net::offset(l) + o * in + i, (*weights[0])[dense ? i * out + o : o * in + i]);
            body(Net::offset(l) + out * in + o, (*weights[1])[o]);
        }
        ++l;
    }
}

template <class Net, bool Softmax = false>
sequential started() {
    sequential net;
    if constexpr (std::is_same_v<Net, w7>) net = built_lenet<Softmax>();
    else net = built<Net, Softmax>();
    net.init_weight();
    const numbers all = Net::parameters();
    each_parameter<Net>(net, [&](size_t index, float& value) { value = all[index]; });
    return net;
}

template <class Net>
struct single {
    sequential net = started<Net>();
    td::vec_t input = td::vec_t(Net::in);
    void operator()(const typename Net::input_type& x, typename Net::output_type& y) {
        std::copy(x.begin(), x.end(), input.begin());
        const td::vec_t output = net.predict(input);
        std::copy_n(output.begin(), Net::out, y.begin());
    }
};

std::vector<td::vec_t> split(const numbers& all, size_t size) {
    std::vector<td::vec_t> parts;
    for (size_t at = 0; at < all.size(); at += size)
        parts.emplace_back(all.begin() + long(at), all.begin() + long(at + size));
    return parts;
}

template <class Net>
struct batched {
    sequential net = started<Net>();
    td::tensor_t inputs = split(Net::inputs(Net::batch), Net::in);
    void operator()(float* y) {
        // One batch: each sample is a tensor of one channel.
        std::vector<td::tensor_t> batch(Net::batch);
        for (size_t n = 0; n < Net::batch; ++n) batch[n].push_back(inputs[n]);
        const auto outputs = net.predict(batch);
        for (size_t n = 0; n < Net::batch; ++n) std::copy_n(outputs[n][0].begin(), Net::out, y + n * Net::out);
    }
};

/// Adam as Kingma and Ba have it; tiny-dnn's own counts a step for each tensor and has ε under the root.
struct true_adam : td::optimizer {
    struct moments {
        td::vec_t m, v;
        float power1 = 1, power2 = 1;
    };
    std::map<const td::vec_t*, moments> of;
    float rate;
    explicit true_adam(float r) : rate(r) {}
    void update(const td::vec_t& dw, td::vec_t& w, bool) override {
        moments& one = of[&w];
        one.m.resize(w.size());
        one.v.resize(w.size());
        const float scale = rate / (1 - (one.power1 *= 0.9f)), lift = 1 / std::sqrt(1 - (one.power2 *= 0.999f));
        for (size_t i = 0; i < w.size(); ++i) {
            one.m[i] = 0.9f * one.m[i] + 0.1f * dw[i];
            one.v[i] = 0.999f * one.v[i] + 0.001f * dw[i] * dw[i];
            w[i] -= scale * one.m[i] / (std::sqrt(one.v[i]) * lift + 1e-8f);
        }
    }
};

template <class Net>
struct trained {
    static constexpr bool classes = Net::what == objective::cross_entropy;
    sequential net = started<Net, classes>();
    std::vector<td::vec_t> inputs = split(Net::inputs(Net::batch), Net::in), targets;
    td::gradient_descent descent;
    true_adam adam{Net::rate};

    trained() {
        descent.alpha = Net::rate;
        if constexpr (classes) {
            for (const int one : Net::labels(Net::batch)) {
                targets.emplace_back(Net::out);
                targets.back()[size_t(one)] = 1;
            }
        } else {
            targets = split(Net::targets(Net::batch), Net::out);
        }
    }
    void step() {
        using error = std::conditional_t<classes, td::cross_entropy_multiclass, td::mse>;
        if constexpr (Net::how == rule::adam) net.fit<error>(adam, inputs, targets, Net::batch, 1);
        else net.fit<error>(descent, inputs, targets, Net::batch, 1);
    }
    numbers parameters() {
        numbers all(Net::parameters().size());
        each_parameter<Net>(net, [&](size_t index, float& value) { all[index] = value; });
        return all;
    }
};

[[maybe_unused]] const bool listed = [] {
    const auto library = "tiny-dnn";
    one_sample<w1, single<w1>>(library);
    one_sample<w2, single<w2>>(library);
    one_sample<w3, single<w3>>(library);
    one_sample<w4, single<w4>>(library);
    one_sample<w7, single<w7>>(library);
    forward<w3, batched<w3>>(library);
    training<w3, trained<w3>>(library);
    training<w4, trained<w4>>(library);
    training<w5, trained<w5>>(library);
    training<w7, trained<w7>>(library);
    return true;
}();

} // namespace
