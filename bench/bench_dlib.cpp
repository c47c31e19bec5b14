// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#include "harness.hpp"

#include <dlib/dnn.h>

namespace {

using namespace bench;
using dlib::resizable_tensor;

using pixels = dlib::input<dlib::matrix<float>>;
template <long Filters, class Below>
using convolution = dlib::add_layer<dlib::con_<Filters, 5, 5, 1, 1, 0, 0>, Below>;
template <class Below>
using pool = dlib::add_layer<dlib::max_pool_<2, 2, 2, 2, 0, 0>, Below>;
template <class Below>
using relu = dlib::relu<Below>;

template <class Net>
struct type_of;
template <>
struct type_of<w1> {
    using type = dlib::fc<3, dlib::htan<dlib::fc<16, dlib::htan<dlib::fc<16, pixels>>>>>;
};
template <>
struct type_of<w2> {
    using type = dlib::fc<10, relu<dlib::fc<32, pixels>>>;
};
template <>
struct type_of<w3> {
    using type = dlib::fc<10, relu<dlib::fc<100, pixels>>>;
};
template <>
struct type_of<w4> {
    using type = dlib::fc<4, dlib::htan<dlib::fc<64, dlib::htan<dlib::fc<64, pixels>>>>>;
};
template <>
struct type_of<w5> {
    using type = dlib::fc<1, dlib::htan<dlib::fc<8, dlib::htan<dlib::fc<8, pixels>>>>>;
};
template <>
struct type_of<w7> {
    using type = dlib::fc<
        10, relu<dlib::fc<84, relu<dlib::fc<120, pool<relu<convolution<16, pool<relu<convolution<6, pixels>>>>>>>>>>>;
};

template <class Net>
resizable_tensor empty_input(size_t batch) {
    if constexpr (std::is_same_v<Net, w7>) return resizable_tensor(static_cast<long>(batch), 1, 28, 28);
    else return resizable_tensor(static_cast<long>(batch), static_cast<long>(Net::in), 1, 1);
}
template <class Net>
resizable_tensor filled_input() {
    resizable_tensor x = empty_input<Net>(Net::batch);
    const numbers all = Net::inputs(Net::batch);
    std::copy(all.begin(), all.end(), x.host());
    return x;
}

/// Calls body(dlib's numbers, their count) for each layer with parameters, the first one first.
template <class Network, class Body>
void each_layer(Network& net, Body body) {
    std::vector<dlib::tensor*> found;
    dlib::visit_layer_parameters(net, [&](size_t, dlib::tensor& t) {
        if (t.size() > 0) found.push_back(&t);
    });
    std::reverse(found.begin(), found.end());
    for (dlib::tensor* one : found) body(one->host(), one->size());
}

/// dlib keeps dense weights input-major. body(canonical index, dlib's number)
template <class Net, class Network, class Body>
void each_parameter(Network& net, Body body) {
    size_t l = 0;
    each_layer(net, [&](float* values, size_t count) {
        size_t out, in;
        bool dense = true;
        if constexpr (std::is_same_v<Net, w7>) out = w7::layers[l][0], in = w7::layers[l][1], dense = l > 1;
        else out = Net::widths[l + 1], in = Net::widths[l];
        if (count != out * (in + 1)) throw std::runtime_error("layers in another order");
        for (size_t o = 0; o < out; ++o) {
            for (size_t i = 0; i < in; ++i) body(Net::offset(l) + o * in + i, values[dense ? i * out + o : o * in + i]);
            body(Net::offset(l) + out * in + o, values[out * in + o]);
        }
        ++l;
    });
}
template <class Net, class Network>
void start(Network& net) {
    // Layers get their parameters in the first run, and a run needs to_tensor first.
    const dlib::matrix<float> sample =
        std::is_same_v<Net, w7> ? dlib::zeros_matrix<float>(28, 28) : dlib::zeros_matrix<float>(long(Net::in), 1);
    resizable_tensor x;
    net.to_tensor(&sample, &sample + 1, x);
    net.forward(x);
    const numbers all = Net::parameters();
    each_parameter<Net>(net, [&](size_t index, float& value) { value = all[index]; });
}

template <class Net>
struct single {
    typename type_of<Net>::type net;
    resizable_tensor input = empty_input<Net>(1);
    single() { start<Net>(net); }
    void operator()(const typename Net::input_type& x, typename Net::output_type& y) {
        std::copy(x.begin(), x.end(), input.host_write_only());
        std::copy_n(net.forward(input).host(), Net::out, y.begin());
    }
};

template <class Net>
struct batched {
    typename type_of<Net>::type net;
    resizable_tensor input = filled_input<Net>();
    batched() { start<Net>(net); }
    void operator()(float* y) { std::copy_n(net.forward(input).host(), Net::batch * Net::out, y); }
};

template <class Net>
struct trained {
    static constexpr bool classes = Net::what == objective::cross_entropy;
    using loss = std::conditional_t<classes, dlib::loss_multiclass_log_, dlib::loss_mean_squared_multioutput_>;
    using solver = std::conditional_t<Net::how == rule::adam, dlib::adam, dlib::sgd>;
    using label = typename loss::training_label_type;

    dlib::add_loss_layer<loss, typename type_of<Net>::type> net;
    resizable_tensor input = filled_input<Net>();
    std::vector<label> labels;
    std::vector<solver> solvers;

    trained() {
        start<Net>(net.subnet());
        if constexpr (classes) {
            for (const int one : Net::labels(Net::batch)) labels.push_back(static_cast<label>(one));
        } else {
            const numbers all = Net::targets(Net::batch);
            for (size_t n = 0; n < Net::batch; ++n) {
                labels.emplace_back(static_cast<long>(Net::out), 1);
                std::copy_n(&all[n * Net::out], Net::out, labels.back().begin());
            }
        }
        solver one;
        if constexpr (Net::how == rule::adam) one = solver(0, 0.9f, 0.999f);
        else one = solver(0, 0);
        solvers.assign(net.num_computational_layers, one);
    }
    void step() {
        // Its squared error is half of the others'. Adam does not mind.
        const float rate = classes || Net::how == rule::adam ? Net::rate : 2 * Net::rate;
        net.compute_parameter_gradients(input, labels.begin());
        net.update_parameters(solvers, rate);
    }
    numbers parameters() {
        numbers all(Net::parameters().size());
        each_parameter<Net>(net.subnet(), [&](size_t index, float& value) { all[index] = value; });
        return all;
    }
};

[[maybe_unused]] const bool listed = [] {
    const auto library = "dlib";
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
