// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#include "harness.hpp"

#include <torch/torch.h>

namespace {

using namespace bench;

at::Tensor tensor(const float* from, at::IntArrayRef extents) {
    return torch::from_blob(const_cast<float*>(from), extents, torch::kFloat32).clone();
}

/// Weights and biases in turn.
template <class Net>
std::vector<at::Tensor> started() {
    const numbers all = Net::parameters();
    std::vector<at::Tensor> tensors;
    for (size_t l = 0; l < Net::layers; ++l) {
        const auto in = static_cast<long>(Net::widths[l]), out = static_cast<long>(Net::widths[l + 1]);
        tensors.push_back(tensor(&all[Net::offset(l)], {out, in}));
        tensors.push_back(tensor(&all[Net::offset(l) + static_cast<size_t>(in * out)], {out}));
    }
    return tensors;
}
template <>
std::vector<at::Tensor> started<w7>() {
    const numbers all = w7::parameters();
    std::vector<at::Tensor> tensors;
    for (size_t l = 0; l < 5; ++l) {
        const auto outputs = static_cast<long>(w7::layers[l][0]), terms = static_cast<long>(w7::layers[l][1]);
        tensors.push_back(l < 2 ? tensor(&all[w7::offset(l)], {outputs, terms / 25, 5, 5})
                                : tensor(&all[w7::offset(l)], {outputs, terms}));
        tensors.push_back(tensor(&all[w7::offset(l) + static_cast<size_t>(outputs * terms)], {outputs}));
    }
    return tensors;
}

template <class Net>
at::Tensor activate(at::Tensor x) {
    if constexpr (std::is_same_v<Net, w7>) return torch::relu_(x);
    else if constexpr (Net::between == activation::tanh) return torch::tanh_(x);
    else return torch::relu_(x);
}

template <class Net>
at::Tensor run(const std::vector<at::Tensor>& p, at::Tensor x) {
    size_t l = 0;
    if constexpr (std::is_same_v<Net, w7>) {
        x = torch::max_pool2d(activate<Net>(torch::conv2d(x, p[0], p[1])), 2);
        x = torch::max_pool2d(activate<Net>(torch::conv2d(x, p[2], p[3])), 2).flatten(1);
        l = 2;
    }
    for (; 2 * l < p.size(); ++l) {
        x = torch::linear(x, p[2 * l], p[2 * l + 1]);
        if (2 * l + 2 < p.size()) x = activate<Net>(x);
    }
    return x;
}

template <class Net>
std::vector<long> extents(size_t batch) {
    if constexpr (std::is_same_v<Net, w7>) return {static_cast<long>(batch), 1, 28, 28};
    else return {static_cast<long>(batch), static_cast<long>(Net::in)};
}

template <class Net>
struct single {
    std::vector<at::Tensor> p = started<Net>();
    at::Tensor input = torch::empty(extents<Net>(1));
    void operator()(const typename Net::input_type& x, typename Net::output_type& y) {
        const c10::InferenceMode guard;
        std::copy(x.begin(), x.end(), input.data_ptr<float>());
        const at::Tensor output = run<Net>(p, input);
        std::copy_n(output.data_ptr<float>(), Net::out, y.begin());
    }
};

template <class Net>
struct recurrent {
    std::vector<at::Tensor> p;
    at::Tensor input = torch::empty({1, 1}), h = torch::zeros({1, 20}), c = torch::zeros({1, 20});
    recurrent() {
        const numbers all = Net::parameters();
        const long gates = Net::gates;
        p = {tensor(&all[Net::weight_ih], {gates, 1}), tensor(&all[Net::weight_hh], {gates, 20}),
             tensor(&all[Net::bias_ih], {gates}),      tensor(&all[Net::bias_hh], {gates}),
             tensor(&all[Net::weight], {1, 20}),       tensor(&all[Net::bias], {1})};
    }
    void operator()(const std::array<float, 1>& x, std::array<float, 1>& y) {
        const c10::InferenceMode guard;
        *input.data_ptr<float>() = x[0];
        if constexpr (Net::gates == 60) h = torch::gru_cell(input, h, p[0], p[1], p[2], p[3]);
        else std::tie(h, c) = torch::lstm_cell(input, {h, c}, p[0], p[1], p[2], p[3]);
        y[0] = *torch::linear(h, p[4], p[5]).template data_ptr<float>();
    }
};

template <class Net>
struct batched {
    std::vector<at::Tensor> p = started<Net>();
    at::Tensor input = tensor(Net::inputs(Net::batch).data(), extents<Net>(Net::batch));
    void operator()(float* y) {
        const c10::InferenceMode guard;
        const at::Tensor output = run<Net>(p, input);
        std::copy_n(output.data_ptr<float>(), Net::batch * Net::out, y);
    }
};

template <class Net, class Optimizer, class Options>
struct trained {
    std::vector<at::Tensor> p;
    at::Tensor input = tensor(Net::inputs(Net::batch).data(), extents<Net>(Net::batch));
    at::Tensor targets = tensor(Net::targets(Net::batch).data(), {long(Net::batch), long(Net::out)});
    at::Tensor labels = torch::empty({long(Net::batch)}, torch::kInt64);
    std::unique_ptr<Optimizer> optimizer;
    trained() {
        for (const at::Tensor& one : started<Net>()) p.push_back(one.detach().requires_grad_());
        const auto all = Net::labels(Net::batch);
        std::copy(all.begin(), all.end(), labels.data_ptr<std::int64_t>());
        optimizer = std::make_unique<Optimizer>(p, Options(Net::rate));
    }
    void step() {
        optimizer->zero_grad();
        const at::Tensor output = run<Net>(p, input);
        at::Tensor loss;
        if constexpr (Net::what == objective::cross_entropy)
            loss = torch::nn::functional::cross_entropy(output, labels);
        else loss = torch::mse_loss(output, targets);
        loss.backward();
        optimizer->step();
    }
    numbers parameters() const {
        numbers all;
        for (const at::Tensor& one : p)
            all.insert(all.end(), one.data_ptr<float>(), one.data_ptr<float>() + one.numel());
        return all;
    }
};
template <class Net>
using with_sgd = trained<Net, torch::optim::SGD, torch::optim::SGDOptions>;
template <class Net>
using with_adam = trained<Net, torch::optim::Adam, torch::optim::AdamOptions>;

[[maybe_unused]] const bool listed = [] {
    at::set_num_threads(1);
    at::set_num_interop_threads(1);
    const auto library = "libtorch";
    one_sample<w1, single<w1>>(library);
    one_sample<w2, single<w2>>(library);
    one_sample<w3, single<w3>>(library);
    one_sample<w4, single<w4>>(library);
    one_sample<w7, single<w7>>(library);
    one_sample<w6_gru, recurrent<w6_gru>>(library);
    one_sample<w6_lstm, recurrent<w6_lstm>>(library);
    forward<w3, batched<w3>>(library);
    training<w3, with_sgd<w3>>(library);
    training<w4, with_adam<w4>>(library);
    training<w5, with_sgd<w5>>(library);
    training<w7, with_sgd<w7>>(library);
    return true;
}();

} // namespace
