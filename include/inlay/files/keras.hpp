// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// How Keras lays out the tensors of its layers (keras.io; Model.get_weights()), which RTNeural's files do too.
#pragma once

#include <inlay/files/leaves.hpp>
#include <inlay/files/safetensors.hpp>

#include <algorithm>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// An array of another program's layer.
struct foreign_array {
    std::string_view name{}; ///< "kernel"
    std::vector<size_t> shape{};
    std::vector<std::vector<size_t>> or_shapes{}; ///< other extents that the same numbers may have
    std::vector<size_t> to{};                     ///< its number i is the network's number to[i]

    [[nodiscard]] bool fits(const std::vector<size_t>& other) const {
        return other == shape || std::find(or_shapes.begin(), or_shapes.end(), other) != or_shapes.end();
    }
};
struct foreign_layer {
    std::string path{};      ///< as in state_dict
    std::string_view name{}; ///< "gru"
    std::string inside{};    ///< see leaf_place
    std::vector<foreign_array> arrays{};
    std::vector<size_t> zeros{}; ///< the network's numbers that such a layer has not: they are 0
};

/// One layer with tensors as Keras has it. `starts` says where each of its tensors begins among the network's numbers.
///
///     dense              kernel [in, out], bias
///     conv1d, conv2d     kernel [height, width, in/groups, out], bias; depthwise [height, width, in, out/in]
///     conv_transpose     kernel [height, width, out, in], bias
///     batch_norm         gamma, beta, moving_mean, moving_variance; layer_norm: gamma, beta
///     lstm, rnn          kernel [in, gates·units], recurrent_kernel [units, gates·units], one bias; gates i f c o
///     gru                the same, gates z r h; bias [2, 3·units], or [3·units] with reset_before_product
///     prelu              alpha [1, …, channels]
///     embedding          embeddings [count, features]
template <class Layer, class Bound>
foreign_layer keras_layer(const leaf_place& place, const std::vector<size_t>& starts) {
    constexpr std::string_view name = Layer::name;
    foreign_layer all{place.path, name, place.inside, {}, {}};
    // The layer's tensor `t` with its axes in another order. Rows of its first axis go by gates, `gates` of them.
    const auto add = [&](std::string_view called, size_t t, std::initializer_list<size_t> axes,
                         std::initializer_list<size_t> gates = {0}) {
        const tensor_spec& spec = Bound::tensors[t];
        if (spec.element == element_type::int8)
            throw std::invalid_argument("inlay: layer " + place.path +
                                        " has stored weights: load a network without stored_as, and make this one of "
                                        "it with inlay::quantized");
        foreign_array array{called, {}, {}, {}};
        for (const size_t axis : axes) array.shape.push_back(spec.extents[axis]);
        const size_t rows = spec.extents[0] / gates.size();
        std::vector<size_t> index(axes.size());
        array.to.resize(spec.size);
        for (size_t i = 0; i < spec.size; ++i) {
            size_t own[8]{}, at = 0;
            for (size_t k = 0; k < axes.size(); ++k) own[axes.begin()[k]] = index[k];
            own[0] = gates.begin()[own[0] / rows] * rows + own[0] % rows;
            for (size_t k = 0; k < spec.rank; ++k) at = at * spec.extents[k] + own[k];
            array.to[i] = starts[place.first_tensor + t] + at;
            for (size_t k = axes.size(); k-- > 0 && ++index[k] == array.shape[k];) index[k] = 0;
        }
        all.arrays.push_back(std::move(array));
    };
    const auto bias_if_any = [&] {
        if (Bound::tensors.size() > 1) add("bias", 1, {0});
    };
    constexpr bool sequence = name == "conv1d" || name == "causal_conv1d" || name == "causal_conv1d_without_bias";
    if constexpr (name == "dense" || name == "dense_without_bias") {
        add("kernel", 0, {1, 0});
        bias_if_any();
    } else if constexpr (sequence || name == "conv2d") {
        if constexpr (sequence) add("kernel", 0, {2, 1, 0});
        else add("kernel", 0, {2, 3, 1, 0});
        auto& kernel = all.arrays.back();
        constexpr size_t in = Bound::input::last;
        if (const size_t rank = kernel.shape.size(); in > 1 && kernel.shape[rank - 2] == 1) {
            auto shape = kernel.shape; // depthwise: an output's channel is its input's and then which of that one's
            shape[rank - 1] /= in;
            shape[rank - 2] = in;
            kernel.or_shapes.push_back(std::move(shape));
        }
        bias_if_any();
    } else if constexpr (name == "conv_transpose1d" || name == "conv_transpose2d") {
        if constexpr (name == "conv_transpose1d") add("kernel", 0, {2, 1, 0});
        else add("kernel", 0, {2, 3, 1, 0});
        bias_if_any();
    } else if constexpr (name == "batch_norm") {
        const char* const names[] = {"gamma", "beta", "moving_mean", "moving_variance"};
        constexpr size_t from = 4 - Bound::tensors.size();
        for (size_t t = 0; t < Bound::tensors.size(); ++t) add(names[from + t], t, {0});
    } else if constexpr (name == "layer_norm") {
        add("gamma", 0, {0});
        if (Bound::tensors.size() > 1) add("beta", 1, {0});
    } else if constexpr (name == "embedding") add("embeddings", 0, {0, 1});
    else if constexpr (name == "prelu") {
        add("alpha", 0, {0});
        const size_t slopes = Bound::tensors[0].size;
        all.arrays.back().or_shapes = {{1, slopes}, {1, 1, slopes}};
    } else if constexpr ((name == "lstm" || name == "rnn") && has_only_gates<Bound>) {
        add("kernel", 0, {1, 0});
        add("recurrent_kernel", 1, {1, 0});
        add("bias", 2, {0});
        for (size_t i = 0; i < Bound::tensors[3].size; ++i) all.zeros.push_back(starts[place.first_tensor + 3] + i);
    } else if constexpr (name == "gru" && has_only_gates<Bound>) {
        add("kernel", 0, {1, 0}, {1, 0, 2});
        add("recurrent_kernel", 1, {1, 0}, {1, 0, 2});
        add("bias", 2, {0}, {1, 0, 2});
        if (Bound::tensors.size() > 3) { // one array for both biases
            add("bias", 3, {0}, {1, 0, 2});
            auto second = std::move(all.arrays.back().to);
            all.arrays.pop_back();
            auto& both = all.arrays.back();
            both.shape.insert(both.shape.begin(), 2);
            both.to.insert(both.to.end(), second.begin(), second.end());
        }
    } else
        throw std::invalid_argument("inlay: layer " + place.path + ", " + std::string(name) +
                                    ", has no layout of Keras's that is read");
    return all;
}

/// Where each tensor's numbers begin among all of the network's; at the end their number.
template <class Network>
std::vector<size_t> element_starts() {
    std::vector<size_t> starts{0};
    for (const tensor_spec& spec : Network::tensors) starts.push_back(starts.back() + spec.size);
    return starts;
}

/// The layers that have tensors, in the order of get_weights.
template <class Network>
std::vector<foreign_layer> keras_layers() {
    const auto starts = element_starts<Network>();
    std::vector<foreign_layer> all;
    const auto visit = [&]<class Layer, class Bound>(const leaf_place& place) {
        if constexpr (Bound::tensors.size() > 0) all.push_back(keras_layer<Layer, Bound>(place, starts));
    };
    each_leaf<typename Network::chain_type>(visit);
    return all;
}

/// "alpha [4] or [1, 4]"
inline std::string expected_array(const foreign_array& array) {
    std::string text = dtype_and_shape(array.name, array.shape);
    for (const auto& shape : array.or_shapes) text += " or" + dtype_and_shape("", shape);
    return text;
}

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
