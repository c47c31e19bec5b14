// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The files of RTNeural (github.com/jatinchowdhury18/RTNeural): JSON with "in_shape" and "layers", each with its "type",
// "activation", "shape" and "weights", which are Keras's. What they hold must be the network, layer by layer.
#pragma once

#include <inlay/files/fingerprint.hpp>
#include <inlay/files/json.hpp>
#include <inlay/files/keras.hpp>
#include <inlay/layers/batch_norm.hpp>
#include <inlay/layers/causal_conv1d.hpp>

#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// The dilation of a convolution over time.
template <class Layer>
inline constexpr size_t dilation_of = 1;
template <size_t Channels, size_t Kernel, size_t Stride, size_t Dilation>
inline constexpr size_t dilation_of<causal_conv1d<Channels, Kernel, Stride, Dilation>> = Dilation;
template <size_t Channels, size_t Kernel, size_t Stride, size_t Dilation>
inline constexpr size_t dilation_of<causal_conv1d_without_bias<Channels, Kernel, Stride, Dilation>> = Dilation;
/// The ε of batch_norm.
template <class Layer>
inline constexpr double epsilon_of = 0;
template <decimal Epsilon, decimal Momentum, bool Affine>
inline constexpr double epsilon_of<batch_norm<Epsilon, Momentum, Affine>> = Epsilon.template as<double>();

/// What a type is called in descriptions: "leaky_relu<0.01>".
template <class Type>
std::string description_of() {
    text_writer text;
    description<Type>::to(text);
    return text.value;
}

/// A layer as such a file has it.
struct rtneural_step {
    std::string kind{}, path{}; ///< "dense"; where the network has it, or the number of the file's layer
    size_t width = 0, dilation = 1;
    double epsilon = 0;
    std::optional<foreign_layer> layer{}; ///< of the network
    const json_value* weights = nullptr;  ///< of the file: numbers of its arrays
};

template <class Network>
std::vector<rtneural_step> rtneural_steps() {
    const auto starts = element_starts<Network>();
    std::vector<rtneural_step> all;
    const auto visit = [&]<class Layer, class Bound>(const leaf_place& place) {
        constexpr std::string_view name = Layer::name;
        if constexpr (name == "identity" || name == "dropout") return;
        else {
            std::string kind = description_of<Layer>();
            if (name == "dense" || name == "dense_without_bias") kind = "dense";
            else if (name == "causal_conv1d" || name == "causal_conv1d_without_bias") kind = "conv1d";
            else if (name == "prelu") kind = "prelu";
            else if (name == "batch_norm") kind = "batchnorm";
            else if (kind == "elu<1>") kind = "elu";
            else if (kind.starts_with("gru<") || kind.starts_with("lstm<"))
                if (kind.find(',') == kind.npos) kind = name; // not those with options
            rtneural_step step{kind, place.path, Bound::output::last, dilation_of<Layer>, epsilon_of<Layer>,
                               {},   nullptr};
            if constexpr (Bound::tensors.size() > 0) step.layer = keras_layer<Layer, Bound>(place, starts);
            all.push_back(std::move(step));
        }
    };
    each_leaf<typename Network::chain_type>(visit);
    return all;
}

/// Fills `values` from such a file, and returns the names of what it took.
template <class Network>
std::vector<std::string> read_rtneural(const json_with_weights& from, const std::string& file,
                                       std::vector<typename Network::scalar_type>& values) {
    const auto wrong = [&](const std::string& what) { return file_error(file, what); };
    const auto text_in = [&](const json_value& object, const char* key, const std::string& where) -> std::string {
        const auto found = object.find(key);
        if (found == object.end()) return {};
        if (!found->is_string()) throw wrong(where + " has an " + key + " that is no string");
        return found->template get<std::string>();
    };
    // A number, or the last of a list.
    const auto number_in = [&](const json_value& object, const char* key, const std::string& where) {
        auto found = object.find(key);
        const json_value* one = found == object.end() ? nullptr : &*found;
        if (one && one->is_array()) one = one->empty() ? nullptr : &one->back();
        if (!one || !one->is_number()) throw wrong(where + " has no number for its " + key);
        return one->template get<double>();
    };
    const auto layers = from.root.find("layers");
    if (!layers->is_array()) throw wrong("its layers are no list");

    std::vector<rtneural_step> found;
    const std::string itself = "the file";
    if (const double width = number_in(from.root, "in_shape", itself);
        width != static_cast<double>(Network::input_shape::last))
        throw wrong("takes " + json_value(width).dump() + " numbers at a time (in_shape), expected " +
                    std::to_string(Network::input_shape::last));
    for (size_t i = 0; i < layers->size(); ++i) {
        const auto& one = (*layers)[i];
        const std::string number = std::to_string(i), where = "layer " + number;
        if (!one.is_object()) throw wrong(where + " is no object");
        rtneural_step step;
        step.path = number;
        step.kind = text_in(one, "type", where);
        if (step.kind == "time-distributed-dense") step.kind = "dense";
        if (step.kind == "conv1d") {
            const double dilation = one.contains("dilation") ? number_in(one, "dilation", where) : 1;
            step.dilation = dilation >= 1 && dilation < 1e9 ? static_cast<size_t>(dilation) : 0;
            if (one.contains("groups") && number_in(one, "groups", where) != 1)
                throw wrong(where + " is a conv1d in groups, which inlay has not over time");
        }
        if (step.kind == "batchnorm") step.epsilon = number_in(one, "epsilon", where);
        const double width = number_in(one, "shape", where);
        step.width = width >= 1 && width < 1e9 ? static_cast<size_t>(width) : 0;
        const std::string activation = text_in(one, "activation", where);
        if (step.kind != "activation") {
            const auto weights = one.find("weights");
            if (weights != one.end() && weights->is_array()) step.weights = &*weights;
            found.push_back(step);
        }
        // RTNeural has gru and lstm as they are, whatever stands there.
        if (!activation.empty() && activation != "linear" && step.kind != "gru" && step.kind != "lstm") {
            step.kind = activation;
            step.weights = nullptr;
            found.push_back(std::move(step));
        }
    }

    const auto expected = rtneural_steps<Network>();
    std::vector<std::string> taken;
    for (size_t i = 0; i < std::max(found.size(), expected.size()); ++i) {
        if (i >= expected.size())
            throw wrong("has layer " + found[i].path + ", " + shown(found[i].kind) +
                        ", behind the last one of the network");
        const auto& want = expected[i];
        const auto said = [](const rtneural_step& step) {
            std::string text = shown(step.kind) + " of " + std::to_string(step.width);
            if (step.dilation != 1) text += " with dilation " + std::to_string(step.dilation);
            return text;
        };
        if (i >= found.size()) throw wrong("ends before layer " + want.path + " of the network, " + said(want));
        const auto& has = found[i];
        if (said(has) != said(want))
            throw wrong("layer " + has.path + " is " + said(has) + ", expected " + said(want) + " (layer " + want.path +
                        " of the network)");
        if (want.kind == "batchnorm" &&
            !(std::abs(has.epsilon - want.epsilon) <= 1e-9_double + 1e-6_double * want.epsilon))
            throw wrong("layer " + has.path + " has an epsilon of " + json_value(has.epsilon).dump() + ", expected " +
                        json_value(want.epsilon).dump() + ", that of batch_norm<>: write batch_norm<" +
                        json_value(has.epsilon).dump() + ">");
        if (!want.layer) continue;
        const size_t count = has.weights ? has.weights->size() : 0;
        if (count != want.layer->arrays.size())
            throw wrong("layer " + has.path + ", " + has.kind + ", has " + std::to_string(count) +
                        " arrays of weights, expected " + std::to_string(want.layer->arrays.size()));
        for (size_t a = 0; a < count; ++a) {
            const auto& array = from.arrays[(*has.weights)[a].template get<size_t>()];
            const auto& target = want.layer->arrays[a];
            if (!target.fits(array.shape))
                throw wrong("layer " + has.path + ", " + has.kind + ": array " + std::to_string(a) + " is " +
                            dtype_and_shape(target.name, array.shape) + ", expected " + expected_array(target));
            for (size_t n = 0; n < array.values.size(); ++n)
                values[target.to[n]] = static_cast<typename Network::scalar_type>(array.values[n]);
            taken.push_back("layers." + has.path + ".weights." + std::to_string(a));
        }
        for (const size_t zero : want.layer->zeros) values[zero] = 0;
    }
    return taken;
}

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
