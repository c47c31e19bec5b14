// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// FANN has no relu: its LINEAR_PIECE (0 to 1) on sums scaled down by 64 is one for sums below 64. It has neither Adam nor
// cross-entropy, and LINEAR_PIECE has the wrong slope in training.
#include "harness.hpp"

#include <floatfann.h>

namespace {

using namespace bench;

template <class Net>
struct fann_net {
    static constexpr float shrink = Net::between == activation::relu ? 64.0f : 1.0f;
    struct fann* net;
    std::vector<struct fann_connection> connections;

    fann_net() {
        std::array<unsigned, Net::layers + 1> widths;
        std::copy(Net::widths.begin(), Net::widths.end(), widths.begin());
        net = fann_create_standard_array(Net::layers + 1, widths.data());
        fann_set_activation_function_hidden(net, Net::between == activation::relu ? FANN_LINEAR_PIECE
                                                                                  : FANN_SIGMOID_SYMMETRIC);
        fann_set_activation_function_output(net, FANN_LINEAR);
        fann_set_activation_steepness_hidden(net, 1 / shrink);
        fann_set_activation_steepness_output(net, 1);
        connections.resize(fann_get_total_connections(net));
        fann_get_connection_array(net, connections.data());
        const numbers all = Net::parameters();
        for (size_t i = 0; i < connections.size(); ++i) { // fann_set_weight_array searches for each: seconds
            const auto [index, factor] = place(connections[i]);
            net->weights[i] = all[index] * factor;
        }
    }
    ~fann_net() { fann_destroy(net); }
    fann_net(const fann_net&) = delete;

    /// Which parameter a connection is, and how much larger FANN's is. Each layer ends with a bias neuron.
    static std::pair<size_t, float> place(const struct fann_connection& one) {
        size_t start = 0, l = 0;
        while (one.from_neuron > start + Net::widths[l]) start += Net::widths[l++] + 1;
        const size_t in = Net::widths[l], out = Net::widths[l + 1];
        const size_t from = one.from_neuron - start, to = one.to_neuron - start - in - 1;
        if (from == in) return {Net::offset(l) + in * out + to, 1.0f};
        return {Net::offset(l) + to * in + from, l > 0 ? shrink : 1.0f};
    }
    void operator()(const typename Net::input_type& x, typename Net::output_type& y) {
        const float* const result = fann_run(net, const_cast<float*>(x.data()));
        std::copy_n(result, Net::out, y.begin());
    }
};

template <class Net>
struct batched : fann_net<Net> {
    numbers inputs = Net::inputs(Net::batch);
    void operator()(float* y) {
        for (size_t n = 0; n < Net::batch; ++n)
            std::copy_n(fann_run(this->net, &inputs[n * Net::in]), Net::out, y + n * Net::out);
    }
};

struct trained : fann_net<w5> {
    struct fann_train_data* data;
    trained() {
        const numbers x = w5::inputs(w5::batch), y = w5::targets(w5::batch);
        data = fann_create_train(w5::batch, w5::in, w5::out);
        for (size_t n = 0; n < w5::batch; ++n) {
            std::copy_n(&x[n * w5::in], w5::in, data->input[n]);
            std::copy_n(&y[n * w5::out], w5::out, data->output[n]);
        }
        fann_set_training_algorithm(net, FANN_TRAIN_BATCH);
        fann_set_train_error_function(net, FANN_ERRORFUNC_LINEAR);
        fann_set_learning_rate(net, 2 * w5::rate); // its slope lacks the factor of 2
    }
    ~trained() { fann_destroy_train(data); }
    void step() { fann_train_epoch(net, data); }
    numbers parameters() {
        fann_get_connection_array(net, connections.data());
        numbers all(w5::offset(w5::layers));
        for (const auto& one : connections) all[place(one).first] = one.weight;
        return all;
    }
};

[[maybe_unused]] const bool listed = [] {
    const auto library = "FANN";
    one_sample<w1, fann_net<w1>>(library);
    one_sample<w2, fann_net<w2>>(library);
    one_sample<w3, fann_net<w3>>(library);
    one_sample<w4, fann_net<w4>>(library);
    forward<w3, batched<w3>>(library);
    training<w5, trained>(library);
    return true;
}();

} // namespace
