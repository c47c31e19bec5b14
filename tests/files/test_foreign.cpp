// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// load for the files of Keras, RTNeural and Neural Amp Modeler.
#define BOOST_TEST_MODULE files_foreign
#include <boost/test/unit_test.hpp>

#include "../host/folder.hpp"

#include <inlay/files.hpp>

#include <algorithm>
#include <cmath>

namespace test_foreign_file {

using namespace inlay;

template <class Network>
Network started(std::uint64_t from = 3) {
    Network net;
    initialize(net, seed{from});
    return net;
}
/// What is said of a file with this text; the network must be as before.
template <class Network>
std::string refused(const std::string& contents, const load_options& options = {}) {
    const temporary_folder here;
    const auto path = here.write("model", contents);
    auto net = started<Network>();
    const auto what = message_of<file_error>([&] { load(net, path, options); });
    BOOST_TEST(net.canonical() == started<Network>().canonical(), boost::test_tools::per_element());
    BOOST_TEST(what.starts_with(path.string() + ": "));
    return what.substr(std::min(what.size(), path.string().size() + 2));
}
template <class Network>
load_report loaded(Network& net, const std::string& contents, const load_options& options = {}) {
    const temporary_folder here;
    return load(net, here.write("model", contents), options);
}

/// Numbers that are all different, as arrays of these extents.
struct numbered {
    float next = 0.01f;
    std::vector<std::vector<float>> all{};
    std::vector<std::string> bytes{};
    std::vector<file_tensor> tensors{};
    const std::vector<float>& add(const std::vector<size_t>& shape) {
        size_t size = 1;
        for (const size_t extent : shape) size *= extent;
        std::vector<float> values;
        std::string raw;
        for (size_t i = 0; i < size; ++i, next = next < 0 ? -next + 0.0125f : -next) {
            values.push_back(next);
            detail::append_little_endian(raw, std::bit_cast<std::uint32_t>(next), 4);
        }
        all.push_back(values);
        bytes.push_back(raw);
        tensors.push_back({"arr_" + std::to_string(tensors.size()), "F32", shape, {}});
        return all.back();
    }
    std::string npz() {
        for (size_t i = 0; i < tensors.size(); ++i) tensors[i].bytes = bytes[i];
        return npz_contents(tensors);
    }
};
std::string json_of(const std::vector<float>& values, const std::vector<size_t>& shape, size_t& at, size_t axis = 0) {
    std::string text = "[";
    for (size_t i = 0; i < shape[axis]; ++i) {
        if (i > 0) text += ", ";
        text += axis + 1 < shape.size() ? json_of(values, shape, at, axis + 1) : std::to_string(values[at++]);
    }
    return text + "]";
}
double logistic(double x) { return 1 / (1 + std::exp(-x)); }

const load_options keras{.layout = tensor_layout::keras};

} // namespace test_foreign_file

using namespace test_foreign_file;

BOOST_AUTO_TEST_CASE(keras_images) {
    using net_type = network<input<4, 3, 2>, conv2d<4, 2>, conv2d<8, window{2, 1}, 1, 0, groups<4>>, batch_norm<0.001_double>,
                             flatten, dense<2>>;
    numbered from;
    const auto kernel = from.add({2, 2, 2, 4});
    from.add({4});
    const auto depth = from.add({2, 1, 4, 2});
    for (int i = 0; i < 5; ++i) from.add({8});
    const auto dense_kernel = from.add({32, 2});
    from.add({2});
    auto net = started<net_type>();
    const auto report = loaded(net, from.npz(), keras);
    BOOST_TEST(report.loaded.size() == 10u);
    for (size_t y = 0, at = 0; y < 2; ++y)
        for (size_t x = 0; x < 2; ++x)
            for (size_t c = 0; c < 2; ++c)
                for (size_t o = 0; o < 4; ++o) BOOST_TEST((net.parameter<"0.weight">()(o, c, y, x) == kernel[at++]));
    for (size_t y = 0, at = 0; y < 2; ++y)
        for (size_t o = 0; o < 8; ++o) BOOST_TEST((net.parameter<"1.weight">()(o, 0, y, 0) == depth[at++]));
    BOOST_TEST(net.parameter<"2.weight">()[3] == from.all[4][3]);
    BOOST_TEST(net.parameter<"2.running_var">()[7] == from.all[7][7]);
    for (size_t i = 0, at = 0; i < 32; ++i)
        for (size_t o = 0; o < 2; ++o) BOOST_TEST((net.parameter<"4.weight">()(o, i) == dense_kernel[at++]));

    from.tensors[2].shape = {2, 1, 1, 8}; // Conv2D with groups
    loaded(net, from.npz(), keras);
    from.tensors[0].shape = {4, 2, 2, 2};
    BOOST_TEST(refused<net_type>(from.npz(), keras) ==
               "tensor arr_0 is F32 [4, 2, 2, 2], expected kernel [2, 2, 2, 4] of layer 0, conv2d");
    from.tensors.pop_back();
    from.tensors[0].shape = {2, 2, 2, 4};
    BOOST_TEST(refused<net_type>(from.npz(), keras) == "ends before bias [2] of layer 4, dense");
}

BOOST_AUTO_TEST_CASE(keras_recurrent) {
    using net_type = network<input<3, 2>, parallel<gru<3>, reversed<lstm<2>>>, last_step>;
    numbered from;
    const auto k = from.add({2, 9}), u = from.add({3, 9}), b = from.add({2, 9});
    from.add({2, 8}), from.add({2, 8});
    const auto lstm_bias = from.add({8});
    auto net = started<net_type>();
    loaded(net, from.npz(), keras);
    // Keras's GRU with reset_after: gates z r h.
    const float x[] = {0.5f, -1, 0.25f, 2, -0.75f, 1};
    double h[3]{};
    for (size_t t = 0; t < 3; ++t) {
        double of_x[9], of_h[9];
        for (size_t g = 0; g < 9; ++g) {
            of_x[g] = b[g], of_h[g] = b[9 + g];
            for (size_t i = 0; i < 2; ++i) of_x[g] += x[t * 2 + i] * k[i * 9 + g];
            for (size_t i = 0; i < 3; ++i) of_h[g] += h[i] * u[i * 9 + g];
        }
        for (size_t j = 0; j < 3; ++j) {
            const double z = logistic(of_x[j] + of_h[j]), r = logistic(of_x[3 + j] + of_h[3 + j]);
            h[j] = z * h[j] + (1 - z) * std::tanh(of_x[6 + j] + r * of_h[6 + j]);
        }
    }
    const auto y = net({x[0], x[1], x[2], x[3], x[4], x[5]});
    for (size_t j = 0; j < 3; ++j) BOOST_TEST(std::abs(double(y[j]) - h[j]) < 1e-6);
    BOOST_TEST(net.parameter<"0.1.0.bias_ih_l0">()[5] == lstm_bias[5]);
    BOOST_TEST(net.parameter<"0.1.0.bias_hh_l0">()[5] == 0);
    // What Keras has no layout for that is read.
    using attentive = network<input<3, 2>, self_attention<1>>;
    auto other = started<attentive>();
    BOOST_TEST(contains(message_of<std::invalid_argument>([&] { loaded(other, from.npz(), keras); }),
                        "layer 0, self_attention, has no layout of Keras's that is read"));
}

namespace test_foreign_file {

using sound = network<input<1>, dense<3>, inlay::tanh, causal_conv1d<2, 2, 1, 3>, prelu<2>, batch_norm<0.001_double>, gru<2>,
                      dense<1>, dropout<>>;
/// An RTNeural file for it, made of named arrays.
std::string rtneural(numbered& from, const std::string& gru_type = "gru", const std::string& epsilon = "0.001",
                     const std::string& extra = "") {
    const std::vector<std::vector<size_t>> shapes = {{1, 3}, {3}, {2, 3, 2}, {2}, {1, 2}, {2}, {2},
                                                     {2},    {2}, {2, 6},    {2, 6}, {2, 6}, {2, 1}, {1}};
    std::vector<std::string> a;
    for (const auto& shape : shapes) {
        size_t at = 0;
        a.push_back(json_of(from.add(shape), shape, at));
    }
    return R"({"in_shape": [null, null, 1], "layers": [)"
           R"({"type": "time-distributed-dense", "activation": "tanh", "shape": [null, null, 3], "weights": [)" +
           a[0] + "," + a[1] +
           R"(]}, {"type": "conv1d", "activation": "", "shape": [null, null, 2], "kernel_size": [2], "dilation": [3], )"
           R"("groups": 1, "weights": [)" +
           a[2] + "," + a[3] + R"(]}, {"type": "prelu", "activation": "", "shape": [null, null, 2], "weights": [)" + a[4] +
           R"(]}, {"type": "batchnorm", "activation": "", "shape": [null, null, 2], "epsilon": )" + epsilon +
           R"(, "weights": [)" + a[5] + "," + a[6] + "," + a[7] + "," + a[8] + R"(]}, {"type": ")" + gru_type +
           R"(", "activation": "tanh", "shape": [null, null, 2], "weights": [)" + a[9] + "," + a[10] + "," + a[11] +
           R"(]}, {"type": "dense", "activation": "", "shape": [null, null, 1], "weights": [)" + a[12] + "," + a[13] + "]}" +
           extra + "]}";
}

} // namespace test_foreign_file

BOOST_AUTO_TEST_CASE(rtneural_files) {
    numbered from;
    const std::string text = rtneural(from);
    auto net = started<sound>(), same = started<sound>();
    const auto report = loaded(net, text);
    BOOST_TEST(report.loaded.size() == 14u);
    BOOST_TEST(report.loaded[2] == "layers.1.weights.0");
    from.all.clear(), from.bytes.clear();
    // The same arrays as Keras's.
    numbered again;
    rtneural(again);
    loaded(same, again.npz(), keras);
    for (size_t i = 0; i < sound::element_count; ++i)
        BOOST_TEST(std::abs(detail::all_elements(net)[i] - detail::all_elements(same)[i]) <= 1e-6); // decimals

    numbered other;
    BOOST_TEST(refused<sound>(rtneural(other, "lstm")) ==
               "layer 4 is lstm of 2, expected gru of 2 (layer 5 of the network)");
    BOOST_TEST(contains(refused<sound>(rtneural(other, "gru", "0.01")), "layer 3 has an epsilon of 0.01, expected 0.001"));
    BOOST_TEST(refused<sound>(rtneural(other, "gru", "0.001", R"(, {"type": "activation", "activation": "relu", )"
                                                              R"("shape": [1], "weights": []})")) ==
               "has layer 6, relu, behind the last one of the network");
    using without = network<input<1>, dense<3>, inlay::tanh>;
    BOOST_TEST(refused<without>(text) == "has layer 1, conv1d, behind the last one of the network");
    using longer = network<input<1>, dense<3>, relu>;
    BOOST_TEST(refused<longer>(text) == "layer 0 is tanh of 3, expected relu of 3 (layer 1 of the network)");
    using wider = network<input<2>, dense<3>, inlay::tanh>;
    BOOST_TEST(contains(refused<wider>(text), "numbers at a time (in_shape), expected 2"));
    std::string damaged = text;
    damaged.replace(damaged.find("[2], \"dilation\""), 3, "[2");
    BOOST_TEST(contains(refused<sound>(damaged), "is not valid JSON at offset"));
}

BOOST_AUTO_TEST_CASE(json_that_is_hostile) {
    using one = network<input<1>, dense<1>>;
    const auto layer = [](const std::string& weights) {
        return R"({"in_shape": [1], "layers": [{"type": "dense", "shape": [1], "weights": )" + weights + "}]}";
    };
    BOOST_TEST(refused<one>("{}") == "is JSON, but neither of Neural Amp Modeler (it has no architecture) nor of RTNeural "
                                     "(it has no layers)");
    BOOST_TEST(contains(refused<one>(R"({"layers": [], "layers": []})"), "has the key layers twice"));
    BOOST_TEST(contains(refused<one>("{\"a\":" + std::string(100000, '[')), "is nested more than 32 deep"));
    BOOST_TEST(contains(refused<one>(layer("[" + std::string(100000, '['))), "has an array of more than 4 extents"));
    BOOST_TEST(contains(refused<one>(layer("[[[1, 2], [1]], [1]]")), "has rows of different lengths"));
    BOOST_TEST(contains(refused<one>(layer("[[[1], 1], [1]]")), "has rows of another kind"));
    BOOST_TEST(contains(refused<one>(layer("[[1], 1]")), "mixes numbers and arrays"));
    BOOST_TEST(contains(refused<one>(layer("[1, [1]]")), "mixes numbers and arrays"));
    BOOST_TEST(contains(refused<one>(layer("[[1e39], [1]]")), "too large for float"));
    BOOST_TEST(contains(refused<one>(layer("[[NaN], [1]]")), "is not valid JSON"));
    BOOST_TEST(contains(refused<one>(layer("[[null], [1]]")), "has null under weights"));
    BOOST_TEST(contains(refused<one>(layer("[[1], [1]]")), "array 0 is kernel [1], expected kernel [1, 1]"));
    BOOST_TEST(contains(refused<one>(layer("[[[1]]]")), "has 1 arrays of weights, expected 2"));
    std::string many = "[[";
    for (int i = 0; i < 100000; ++i) many += "0,";
    BOOST_TEST(contains(refused<one>(layer(many + "0]]")), "has more than 1152 weights"));
    many = "{\"a\": [";
    for (int i = 0; i < 100000; ++i) many += "0,";
    BOOST_TEST(contains(refused<one>(many + "0]}"), "has more than 10000 values beside its weights"));
}

BOOST_AUTO_TEST_CASE(neural_amp_modeler) {
    using net_type = network<input<1>, keep<"x">, causal_conv1d_without_bias<2, 1>,
                             residual<causal_conv1d<2, 3, 1, 4>, plus<"x", causal_conv1d_without_bias<2, 1>>, inlay::tanh,
                                      accumulate<"skip">, causal_conv1d<2, 1>>,
                             take<"skip">, causal_conv1d<1, 1>>;
    const auto file = [](const std::string& dilation, size_t weights, const std::string& more = "") {
        std::string list;
        for (size_t i = 1; i < weights; ++i) list += std::to_string(double(i) / 64) + ", ";
        return R"({"version": "0.5.4", "architecture": "WaveNet", "config": {"layers": [{"input_size": 1, "condition_size": 1,)"
               R"("head_size": 1, "channels": 2, "kernel_size": 3, "dilations": [)" +
               dilation + R"(], "activation": "Tanh", "gated": false, "head_bias": true)" + more +
               R"(}], "head": null, "head_scale": 0.5}, "weights": [)" + list + "0.5]}";
    };
    const size_t count = net_type::parameter_count;
    auto net = started<net_type>();
    loaded(net, file("4", count + 1));
    const auto values = net.canonical();
    for (size_t i = 0; i < count; ++i) // the last convolution has taken the factor
        BOOST_TEST(values[i] == float(i + 1) / 64 * (i + 3 < count ? 1.0f : 0.5f));

    BOOST_TEST(refused<net_type>(file("5", count + 1)) ==
               "has a causal_conv1d from 2 to 2 channels, kernel 3, dilation 5, expected causal_conv1d from 2 to 2 channels, "
               "kernel 3, dilation 4 (layer 2.0 of the network)");
    BOOST_TEST(contains(refused<net_type>(file("4", count)), "weights, expected " + std::to_string(count + 1)));
    BOOST_TEST(contains(refused<net_type>(file("4, 8", count + 1)), "dilation 8, expected"));
    BOOST_TEST(contains(refused<net_type>(file("4", count + 1, R"(, "bottleneck": 1)")), "has a bottleneck, which is not read"));
    BOOST_TEST(contains(refused<net_type>(R"({"architecture": "ConvNet", "config": {}})"), "is a ConvNet"));
    // Of a container's models the one that is the network.
    const auto container = [&](const std::string& first) {
        return R"({"architecture": "SlimmableContainer", "config": {"submodels": [{"model": )" + file(first, count + 1) +
               R"(}, {"model": )" + file("4", count + 1) + "}]}}";
    };
    auto other = started<net_type>();
    loaded(other, container("5"));
    BOOST_TEST(other.canonical() == values, boost::test_tools::per_element());

    using lstm_type = network<input<1>, lstm<1>, dense<1>>;
    lstm_type recurrent;
    const auto report = loaded(recurrent, R"({"architecture": "LSTM", "config": {"input_size": 1, "hidden_size": 1, )"
                                          R"("num_layers": 1}, "weights": [1,2,3,4,5,6,7,8, 9,10,11,12, 13,14, 15,16]})");
    const std::vector<float> expected{1, 3, 5, 7, 2, 4, 6, 8, 9, 10, 11, 12, 0, 0, 0, 0, 15, 16};
    BOOST_TEST(recurrent.canonical() == expected, boost::test_tools::per_element());
    BOOST_TEST((report.state == std::vector<double>{13, 14}));
}
