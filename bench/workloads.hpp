// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What is measured: the nets with their weights and data, the same for every library, and what the results must be, from a
// plain double-precision implementation. C++17, since not every peer compiles as C++20.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bench {

using std::size_t;
using numbers = std::vector<float>;

/// Numbers in [low, high), the same on every machine (xorshift64*).
class generator {
  public:
    explicit generator(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}
    double operator()(double low, double high) {
        state_ ^= state_ >> 12;
        state_ ^= state_ << 25;
        state_ ^= state_ >> 27;
        const double unit = static_cast<double>((state_ * 0x2545f4914f6cdd1du) >> 40) * 0x1p-24;
        return low + unit * (high - low);
    }
    numbers some(size_t count, double low, double high) {
        numbers all(count);
        for (float& one : all) one = static_cast<float>((*this)(low, high));
        return all;
    }

  private:
    std::uint64_t state_;
};

enum class activation { tanh, relu };
enum class objective { cross_entropy, mean_squared };
enum class rule { sgd, adam };

// ---- the reference -------------------------------------------------------------------------------------------------------

/// A net in double precision and plain loops. Tensors lie as PyTorch's do: dense [out][in], convolution
/// [out][in][height][width], images channels first; weight before bias, layer by layer.
class reference {
  public:
    explicit reference(const numbers& parameters) : parameters_(parameters.begin(), parameters.end()) {}

    reference& dense(size_t in, size_t out) { return push({kind::dense, in, out, 1, 1, 1}, out * in + out); }
    /// valid, square images and kernels
    reference& convolution(size_t channels, size_t side, size_t filters, size_t kernel) {
        const size_t after = side - kernel + 1;
        return push({kind::convolution, channels * side * side, filters * after * after, channels, side, kernel},
                    filters * channels * kernel * kernel + filters);
    }
    reference& pool(size_t channels, size_t side) {
        return push({kind::pool, channels * side * side, channels * side * side / 4, channels, side, 2}, 0);
    }
    reference& activate(activation which) {
        const size_t size = layers_.back().out;
        return push({which == activation::tanh ? kind::tanh : kind::relu, size, size, 1, 1, 1}, 0);
    }

    std::vector<double> operator()(const float* x) { return forward(x).back(); }

    /// One step of training on `batch` samples; gradients are those of the mean loss.
    void step(const numbers& inputs, const numbers& targets, const std::vector<int>& labels, size_t batch,
              objective what, rule how, double rate) {
        const size_t in = layers_.front().in, out = layers_.back().out;
        std::vector<double> gradients(parameters_.size());
        for (size_t n = 0; n < batch; ++n) {
            const auto values = forward(&inputs[n * in]);
            const auto& y = values.back();
            std::vector<double> slope(out);
            if (what == objective::cross_entropy) {
                double most = *std::max_element(y.begin(), y.end()), sum = 0;
                for (double one : y) sum += std::exp(one - most);
                for (size_t i = 0; i < out; ++i)
                    slope[i] = (std::exp(y[i] - most) / sum - (static_cast<int>(i) == labels[n])) / double(batch);
            } else {
                for (size_t i = 0; i < out; ++i) slope[i] = 2 * (y[i] - targets[n * out + i]) / double(batch * out);
            }
            for (size_t l = layers_.size(); l-- > 0;)
                slope = backward(layers_[l], values[l], values[l + 1], slope, gradients);
        }
        ++steps_;
        first_.resize(gradients.size());
        second_.resize(gradients.size());
        for (size_t i = 0; i < gradients.size(); ++i) {
            const double g = gradients[i];
            if (how == rule::sgd) {
                parameters_[i] -= rate * g;
            } else {
                first_[i] = 0.9 * first_[i] + 0.1 * g;
                second_[i] = 0.999 * second_[i] + 0.001 * g * g;
                const double m = first_[i] / (1 - std::pow(0.9, steps_)),
                             v = second_[i] / (1 - std::pow(0.999, steps_));
                parameters_[i] -= rate * m / (std::sqrt(v) + 1e-8);
            }
        }
    }
    const std::vector<double>& parameters() const { return parameters_; }

  private:
    enum class kind { dense, convolution, pool, tanh, relu };
    struct layer {
        kind what;
        size_t in, out, channels, side, kernel, offset = 0;
    };

    reference& push(layer one, size_t count) {
        one.offset = used_;
        used_ += count;
        layers_.push_back(one);
        return *this;
    }

    /// All activations, the input first.
    std::vector<std::vector<double>> forward(const float* x) const {
        std::vector<std::vector<double>> values{std::vector<double>(x, x + layers_.front().in)};
        for (const layer& l : layers_) {
            const auto& from = values.back();
            std::vector<double> y(l.out);
            const double* w = parameters_.data() + l.offset;
            switch (l.what) {
            case kind::dense:
                for (size_t o = 0; o < l.out; ++o) {
                    y[o] = w[l.out * l.in + o];
                    for (size_t i = 0; i < l.in; ++i) y[o] += w[o * l.in + i] * from[i];
                }
                break;
            case kind::convolution:
                each_tap(l, [&](size_t o, size_t i, size_t tap) { y[o] += w[tap] * from[i]; });
                for (size_t o = 0; o < l.out; ++o) y[o] += w[taps(l) + o / area(l)];
                break;
            case kind::pool:
                for (size_t o = 0; o < l.out; ++o) y[o] = from[largest(l, from, o)];
                break;
            case kind::tanh:
                for (size_t o = 0; o < l.out; ++o) y[o] = std::tanh(from[o]);
                break;
            case kind::relu:
                for (size_t o = 0; o < l.out; ++o) y[o] = std::max(from[o], 0.0);
                break;
            }
            values.push_back(std::move(y));
        }
        return values;
    }

    std::vector<double> backward(const layer& l, const std::vector<double>& x, const std::vector<double>& y,
                                 const std::vector<double>& dy, std::vector<double>& gradients) const {
        std::vector<double> dx(l.in);
        const double* w = parameters_.data() + l.offset;
        double* dw = gradients.data() + l.offset;
        switch (l.what) {
        case kind::dense:
            for (size_t o = 0; o < l.out; ++o) {
                dw[l.out * l.in + o] += dy[o];
                for (size_t i = 0; i < l.in; ++i) {
                    dw[o * l.in + i] += dy[o] * x[i];
                    dx[i] += dy[o] * w[o * l.in + i];
                }
            }
            break;
        case kind::convolution:
            each_tap(l, [&](size_t o, size_t i, size_t tap) {
                dw[tap] += dy[o] * x[i];
                dx[i] += dy[o] * w[tap];
            });
            for (size_t o = 0; o < l.out; ++o) dw[taps(l) + o / area(l)] += dy[o];
            break;
        case kind::pool:
            for (size_t o = 0; o < l.out; ++o) dx[largest(l, x, o)] += dy[o];
            break;
        case kind::tanh:
            for (size_t o = 0; o < l.out; ++o) dx[o] = dy[o] * (1 - y[o] * y[o]);
            break;
        case kind::relu:
            for (size_t o = 0; o < l.out; ++o) dx[o] = x[o] > 0 ? dy[o] : 0;
            break;
        }
        return dx;
    }

    static size_t area(const layer& l) { return (l.side - l.kernel + 1) * (l.side - l.kernel + 1); }
    static size_t taps(const layer& l) { return l.out / area(l) * l.channels * l.kernel * l.kernel; }
    template <class Body>
    static void each_tap(const layer& l, Body body) {
        const size_t after = l.side - l.kernel + 1;
        for (size_t o = 0; o < l.out; ++o) {
            const size_t filter = o / area(l), row = o % area(l) / after, column = o % after;
            for (size_t c = 0; c < l.channels; ++c)
                for (size_t u = 0; u < l.kernel; ++u)
                    for (size_t v = 0; v < l.kernel; ++v)
                        body(o, (c * l.side + row + u) * l.side + column + v,
                             ((filter * l.channels + c) * l.kernel + u) * l.kernel + v);
        }
    }
    static size_t largest(const layer& l, const std::vector<double>& from, size_t o) {
        const size_t half = l.side / 2, c = o / (half * half), row = o % (half * half) / half, column = o % half;
        size_t best = (c * l.side + 2 * row) * l.side + 2 * column;
        for (const size_t at : {best + 1, best + l.side, best + l.side + 1})
            if (from[at] > from[best]) best = at;
        return best;
    }

    std::vector<layer> layers_;
    std::vector<double> parameters_, first_, second_;
    size_t used_ = 0;
    int steps_ = 0;
};

// ---- the nets ------------------------------------------------------------------------------------------------------------

constexpr size_t ring = 16; // samples of the throughput rows

/// What the nets share. `Net` says `batch`, `what`, `how`, `rate` if it is trained, and names its rows.
template <class Net, size_t In, size_t Out>
struct net_base {
    static constexpr size_t in = In, out = Out;
    using input_type = std::array<float, In>;
    using output_type = std::array<float, Out>;
    struct alignas(64) input_slot {
        input_type x;
    };

    /// Samples one after the other, between 0 and 1.
    static numbers inputs(size_t count) { return generator(count + In).some(count * In, 0, 1); }
    static numbers targets(size_t count) { return generator(count + Out).some(count * Out, -0.5, 0.5); }
    static std::vector<int> labels(size_t count) {
        generator random(count);
        std::vector<int> all(count);
        for (int& one : all) one = static_cast<int>(random(0, Out));
        return all;
    }
    static std::vector<input_slot> samples() {
        const numbers all = inputs(ring);
        std::vector<input_slot> slots(ring);
        for (size_t n = 0; n < ring; ++n) std::copy_n(&all[n * In], In, slots[n].x.begin());
        return slots;
    }
};

/// Dense layers with `Activation` between them.
template <class Net, activation Activation, size_t... Widths>
struct dense_net : net_base<Net, std::array<size_t, sizeof...(Widths)>{Widths...}[0],
                            std::array<size_t, sizeof...(Widths)>{Widths...}[sizeof...(Widths) - 1]> {
    static constexpr std::array<size_t, sizeof...(Widths)> widths{Widths...};
    static constexpr size_t layers = sizeof...(Widths) - 1;
    static constexpr activation between = Activation;

    /// Where layer l's weight starts, in canonical order; its bias follows.
    static constexpr size_t offset(size_t l) {
        size_t at = 0;
        for (size_t i = 0; i < l; ++i) at += widths[i + 1] * (widths[i] + 1);
        return at;
    }
    static numbers parameters() {
        numbers all;
        generator random(offset(layers));
        for (size_t l = 0; l < layers; ++l) {
            const double bound = 1 / std::sqrt(double(widths[l]));
            for (size_t i = 0; i < widths[l + 1] * (widths[l] + 1); ++i)
                all.push_back(static_cast<float>(random(-bound, bound)));
        }
        return all;
    }
    static reference exact() {
        reference net(parameters());
        for (size_t l = 0; l < layers; ++l) {
            net.dense(widths[l], widths[l + 1]);
            if (l + 1 < layers) net.activate(Activation);
        }
        return net;
    }

    // What a sample costs: multiply-adds, activations that are not free, bytes of weights.
    static constexpr size_t macs() {
        size_t sum = 0;
        for (size_t l = 0; l < layers; ++l) sum += widths[l] * widths[l + 1];
        return sum;
    }
    /// Multiply-adds of the input gradients: none for the first layer.
    static constexpr size_t input_gradient_macs() { return macs() - widths[0] * widths[1]; }
    static constexpr size_t tanhs() {
        size_t sum = 0;
        for (size_t l = 1; l < layers; ++l) sum += Activation == activation::tanh ? widths[l] : 0;
        return sum;
    }
    static constexpr size_t weight_bytes() { return 4 * offset(layers); }
};

struct w1 : dense_net<w1, activation::tanh, 4, 16, 16, 3> {
    static constexpr auto latency = "W1 latency", throughput = "W1 throughput";
};
struct w2 : dense_net<w2, activation::relu, 64, 32, 10> {
    static constexpr auto latency = "W2 latency", throughput = "W2 throughput";
};
struct w3 : dense_net<w3, activation::relu, 784, 100, 10> {
    static constexpr auto latency = "W3a latency", forward = "W3b forward", training = "W3c training";
    static constexpr const char* throughput = nullptr;
    static constexpr size_t batch = 100;
    static constexpr objective what = objective::cross_entropy;
    static constexpr rule how = rule::sgd;
    static constexpr float rate = 0.01f;
};
struct w4 : dense_net<w4, activation::tanh, 13, 64, 64, 4> {
    static constexpr auto latency = "W4a latency", throughput = "W4a throughput", training = "W4b training";
    static constexpr size_t batch = 256;
    static constexpr objective what = objective::mean_squared;
    static constexpr rule how = rule::adam;
    static constexpr float rate = 0.001f;
};
struct w5 : dense_net<w5, activation::tanh, 2, 8, 8, 1> {
    static constexpr auto training = "W5 training";
    static constexpr size_t batch = 10;
    static constexpr objective what = objective::mean_squared;
    static constexpr rule how = rule::sgd;
    static constexpr float rate = 0.01f;
};

/// A recurrent layer 1→20 with `Gates` gates, in PyTorch's order, and dense 20→1: weight_ih, weight_hh, bias_ih, bias_hh,
/// weight, bias. A sample is one step in time.
template <class Net, size_t Gates>
struct recurrent_net : net_base<Net, 1, 1> {
    static constexpr size_t hidden = 20, gates = Gates * hidden;
    static constexpr const char* throughput = nullptr;
    static constexpr size_t weight_ih = 0, weight_hh = gates, bias_ih = weight_hh + gates * hidden,
                            bias_hh = bias_ih + gates, weight = bias_hh + gates, bias = weight + hidden,
                            count = bias + 1;
    static numbers parameters() { return generator(gates).some(count, -1 / std::sqrt(20.0), 1 / std::sqrt(20.0)); }
    static constexpr size_t macs() { return gates * (hidden + 1) + hidden; }
    static constexpr size_t tanhs() { return (Gates == 4 ? 5 : 3) * hidden; }
    static constexpr size_t weight_bytes() { return 4 * count; }

    /// Carries its state from call to call.
    struct exact_net {
        numbers p = parameters();
        std::array<double, hidden> h{}, c{};

        std::array<double, 1> operator()(const float* x) {
            std::array<double, gates> from_x{}, from_h{};
            for (size_t g = 0; g < gates; ++g) {
                from_x[g] = p[weight_ih + g] * x[0] + p[bias_ih + g];
                from_h[g] = p[bias_hh + g];
                for (size_t k = 0; k < hidden; ++k) from_h[g] += p[weight_hh + g * hidden + k] * h[k];
            }
            const auto sigmoid = [](double v) { return 1 / (1 + std::exp(-v)); };
            for (size_t k = 0; k < hidden; ++k) {
                const auto both = [&](size_t gate) { return from_x[gate * hidden + k] + from_h[gate * hidden + k]; };
                if constexpr (Gates == 3) { // r z n
                    const double r = sigmoid(both(0)), z = sigmoid(both(1));
                    const double n = std::tanh(from_x[2 * hidden + k] + r * from_h[2 * hidden + k]);
                    h[k] = (1 - z) * n + z * h[k];
                } else { // i f g o
                    c[k] = sigmoid(both(1)) * c[k] + sigmoid(both(0)) * std::tanh(both(2));
                    h[k] = sigmoid(both(3)) * std::tanh(c[k]);
                }
            }
            double y = p[bias];
            for (size_t k = 0; k < hidden; ++k) y += p[weight + k] * h[k];
            return {y};
        }
    };
    static exact_net exact() { return {}; }
};
struct w6_gru : recurrent_net<w6_gru, 3> {
    static constexpr auto latency = "W6 GRU latency";
};
struct w6_lstm : recurrent_net<w6_lstm, 4> {
    static constexpr auto latency = "W6 LSTM latency";
};

/// LeNet on 1×28×28: convolution 5×5×6, pool, convolution 5×5×16, pool, 256-120-84-10, relu after each but the last.
struct w7 : net_base<w7, 784, 10> {
    static constexpr auto latency = "W7a latency", training = "W7b training";
    static constexpr const char* throughput = nullptr;
    static constexpr size_t batch = 32;
    static constexpr objective what = objective::cross_entropy;
    static constexpr rule how = rule::sgd;
    static constexpr float rate = 0.01f;

    // Each layer with weights: how many outputs, how many terms in each.
    static constexpr std::array<std::array<size_t, 2>, 5> layers{{{6, 25}, {16, 150}, {120, 256}, {84, 120}, {10, 84}}};
    static constexpr size_t offset(size_t l) {
        size_t at = 0;
        for (size_t i = 0; i < l; ++i) at += layers[i][0] * (layers[i][1] + 1);
        return at;
    }
    static numbers parameters() {
        numbers all;
        generator random(7);
        for (const auto& [outputs, terms] : layers)
            for (size_t i = 0; i < outputs * (terms + 1); ++i)
                all.push_back(static_cast<float>(random(-1, 1) / std::sqrt(double(terms))));
        return all;
    }
    static reference exact() {
        reference net(parameters());
        net.convolution(1, 28, 6, 5).activate(activation::relu).pool(6, 24);
        net.convolution(6, 12, 16, 5).activate(activation::relu).pool(16, 8);
        net.dense(256, 120).activate(activation::relu).dense(120, 84).activate(activation::relu).dense(84, 10);
        return net;
    }
    static constexpr size_t first_macs = 24 * 24 * 6 * 25;
    static constexpr size_t macs() { return first_macs + 8 * 8 * 16 * 150 + 256 * 120 + 120 * 84 + 84 * 10; }
    static constexpr size_t input_gradient_macs() { return macs() - first_macs; }
    static constexpr size_t tanhs() { return 0; }
    static constexpr size_t weight_bytes() { return 4 * offset(5); }
};

// ---- checks: an empty text if all is well --------------------------------------------------------------------------------

/// A model takes one sample: model(x, y). Outputs must be within 1e-5 of the reference's, by their size.
template <class Net, class Model>
std::string check_outputs(Model& model) {
    auto exact = Net::exact();
    for (const auto& slot : Net::samples()) {
        typename Net::output_type y{};
        model(slot.x, y);
        const auto wanted = exact(slot.x.data());
        for (size_t i = 0; i < Net::out; ++i)
            if (!(std::abs(y[i] - wanted[i]) <= 1e-5 * (1 + std::abs(wanted[i]))))
                return "output " + std::to_string(i) + " is " + std::to_string(y[i]) + ", not " +
                       std::to_string(wanted[i]);
    }
    return {};
}

/// A model of a batch: model(y) writes batch × out outputs of Net::inputs(batch).
template <class Net, class Model>
std::string check_batch(Model& model) {
    auto exact = Net::exact();
    const numbers inputs = Net::inputs(Net::batch);
    numbers y(Net::batch * Net::out);
    model(y.data());
    for (size_t n = 0; n < Net::batch; ++n) {
        const auto wanted = exact(&inputs[n * Net::in]);
        for (size_t i = 0; i < Net::out; ++i)
            if (!(std::abs(y[n * Net::out + i] - wanted[i]) <= 1e-5 * (1 + std::abs(wanted[i]))))
                return "sample " + std::to_string(n) + ": output " + std::to_string(i) + " is " +
                       std::to_string(y[n * Net::out + i]) + ", not " + std::to_string(wanted[i]);
    }
    return {};
}

/// A model in training: model.step() on Net::inputs(batch), model.parameters() in canonical order. Over three steps the
/// parameters have moved as the reference's have: the difference of the moves is below 1 % of them, in root mean square.
/// (Not each for itself: Adam makes much of the rounding of a gradient that is almost 0, and of where ε stands.)
template <class Net, class Model>
std::string check_training(Model& model) {
    static const std::vector<double> wanted = [] {
        auto exact = Net::exact();
        const numbers inputs = Net::inputs(Net::batch), targets = Net::targets(Net::batch);
        for (int step = 0; step < 3; ++step)
            exact.step(inputs, targets, Net::labels(Net::batch), Net::batch, Net::what, Net::how, Net::rate);
        return exact.parameters();
    }();
    const numbers before = Net::parameters();
    for (int step = 0; step < 3; ++step) model.step();
    const numbers after = model.parameters();
    double moved = 0, off = 0;
    for (size_t i = 0; i < before.size(); ++i) {
        moved += (wanted[i] - before[i]) * (wanted[i] - before[i]);
        off += (wanted[i] - after[i]) * (wanted[i] - after[i]);
    }
    const double error = std::sqrt(off / moved);
    return error <= 0.01 ? std::string()
                         : "after three steps the moves are off by " + std::to_string(100 * error) + " %";
}

} // namespace bench
