// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The files of Neural Amp Modeler (neuralampmodeler.com): JSON with an "architecture", its "config", and all "weights" one
// after the other. WaveNet and LSTM are read; what the file describes must be the network, layer by layer.
#pragma once

#include <inlay/files/rtneural.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// A layer that has weights, or an activation.
struct nam_step {
    std::string is{}; ///< "causal_conv1d of 16 from 1, kernel 3, dilation 4"
    std::string path{};
    size_t tensor = 0, inputs = 0, outputs = 0;
    bool bias = false;
};
inline std::string nam_convolution(size_t outputs, size_t inputs, size_t kernel, size_t dilation, bool bias) {
    return std::string(bias ? "causal_conv1d" : "causal_conv1d_without_bias") + " from " + std::to_string(inputs) +
           " to " + std::to_string(outputs) + " channels, kernel " + std::to_string(kernel) + ", dilation " +
           std::to_string(kernel > 1 ? dilation : 1);
}

template <class Network>
std::vector<nam_step> nam_steps() {
    std::vector<nam_step> all;
    const auto visit = [&]<class Layer, class Bound>(const leaf_place& place) {
        constexpr std::string_view name = Layer::name;
        nam_step step{description_of<Layer>(), place.path,          place.first_tensor,
                      Bound::input::last,      Bound::output::last, false};
        if constexpr (name == "causal_conv1d" || name == "causal_conv1d_without_bias") {
            step.bias = name == "causal_conv1d";
            step.is =
                nam_convolution(step.outputs, step.inputs, Bound::tensors[0].extents[2], dilation_of<Layer>, step.bias);
        } else if constexpr ((name == "lstm" && Bound::tensors.size() == 4) || name == "dense") // no options
            step.is =
                std::string(name) + " from " + std::to_string(step.inputs) + " to " + std::to_string(step.outputs);
        else if constexpr (name == "identity" || name == "keep" || name == "take" || name == "accumulate" ||
                           name == "last_step" || name == "plus")
            return;
        all.push_back(std::move(step));
    };
    each_leaf<typename Network::chain_type>(visit);
    return all;
}

/// One model of a .nam file.
class nam_model {
  public:
    std::vector<std::string> steps{}; ///< its layers as nam_step::is has them
    bool recurrent = false;

    nam_model(const json_value& from, const std::string& file) : file_(file) {
        const auto& config = object_in(from, "config");
        const std::string architecture = text_in(from, "architecture");
        if (architecture == "WaveNet") wavenet(config);
        else if (architecture == "LSTM") lstm_of(config);
        else wrong("is a " + architecture.substr(0, 40) + ", and what is read is a WaveNet or an LSTM");
    }

  private:
    [[noreturn]] void wrong(const std::string& what) const { throw file_error(file_, what); }
    const json_value& member(const json_value& of, const char* key) const {
        const auto found = of.find(key);
        if (found == of.end()) wrong(std::string("has no ") + key);
        return *found;
    }
    const json_value& object_in(const json_value& of, const char* key) const {
        const auto& found = member(of, key);
        if (!found.is_object()) wrong(std::string("has a ") + key + " that is no object");
        return found;
    }
    std::string text_in(const json_value& of, const char* key) const {
        const auto& found = member(of, key);
        if (!found.is_string()) wrong(std::string("has a ") + key + " that is no string");
        return found.get<std::string>();
    }
    size_t size_of(const json_value& one, const char* key) const {
        if (!one.is_number_unsigned() || one.get<std::uint64_t>() > 1'000'000)
            wrong(std::string("has a ") + key + " that is no whole number");
        return one.get<size_t>();
    }
    size_t number_in(const json_value& of, const char* key) const { return size_of(member(of, key), key); }
    bool flag_in(const json_value& of, const char* key) const {
        const auto found = of.find(key);
        if (found == of.end() || found->is_null()) return false;
        if (!found->is_boolean()) wrong(std::string("has a ") + key + " that is neither true nor false");
        return found->get<bool>();
    }
    /// One for all layers, or a list of one for each.
    const json_value& each_of(const json_value& one, size_t i) const {
        if (!one.is_array()) return one;
        if (i >= one.size()) wrong("has lists of different lengths in its config");
        return one[i];
    }
    std::string activation(const json_value& one) const {
        std::string type = one.is_string() ? one.get<std::string>() : one.is_object() ? text_in(one, "type") : "";
        if (type == "LeakyReLU") {
            double slope = 0.01_double;
            if (one.is_object() && one.contains("negative_slope")) {
                const auto& given = one["negative_slope"];
                if (!given.is_number() || !(given.get<double>() > 0 && given.get<double>() < 1000))
                    wrong("has a negative_slope that is none");
                slope = given.get<double>();
            }
            text_writer text;
            decimal value = 0;
            value.billionths = std::llround(slope * 1e9);
            describe_value(text, value);
            return "leaky_relu<" + text.value + ">";
        }
        for (const auto& [theirs, ours] : {std::pair{"Tanh", "tanh"},
                                           {"ReLU", "relu"},
                                           {"Sigmoid", "sigmoid"},
                                           {"SiLU", "silu"},
                                           {"Softsign", "softsign"},
                                           {"Hardswish", "hard_swish"}})
            if (type == theirs) return ours;
        wrong("has the activation " + shown(one.is_string() ? type : one.dump()) + ", which is not read");
    }

    void wavenet(const json_value& config) {
        for (const char* key : {"head", "condition_dsp"})
            if (config.contains(key) && !config[key].is_null())
                wrong(std::string("has a ") + key + ", which is not read");
        const auto& arrays = member(config, "layers");
        if (!arrays.is_array() || arrays.empty()) wrong("has no layers");
        for (const auto& array : arrays) {
            if (!array.is_object()) wrong("has layers that are no object");
            // What changes the computation and is not read.
            if (flag_in(array, "gated")) wrong("is gated, which is not read");
            for (const auto& [key, value] : array.items()) {
                if (key == "gating_mode")
                    for (const auto& one : value.is_array() ? value : json_value::array({value}))
                        if (one != "none") wrong("has a gating_mode, which is not read");
                if ((key.ends_with("_film") || key == "head1x1") && value.is_object() && flag_in(value, "active"))
                    wrong("has an active " + key + ", which is not read");
                if (key.starts_with("groups_") && value != 1) wrong("has groups, which are not read");
                if (key == "slimmable" && !value.is_null()) wrong("is slimmable inside, which is not read");
            }
            if (const auto found = array.find("layer1x1"); found != array.end())
                if (!found->is_object() || !flag_in(*found, "active") ||
                    (found->contains("groups") && (*found)["groups"] != 1))
                    wrong("has a layer1x1 that is not active, or in groups, which is not read");
            const size_t channels = number_in(array, "channels"), condition = number_in(array, "condition_size");
            if (array.contains("bottleneck") && number_in(array, "bottleneck") != channels)
                wrong("has a bottleneck, which is not read");
            add(channels, number_in(array, "input_size"), 1, 1, false);
            const auto& dilations = member(array, "dilations");
            if (!dilations.is_array() || dilations.empty()) wrong("has no dilations");
            const auto& kernels = array.contains("kernel_sizes") ? array["kernel_sizes"] : member(array, "kernel_size");
            for (size_t i = 0; i < dilations.size(); ++i) {
                add(channels, channels, size_of(each_of(kernels, i), "kernel size"), size_of(dilations[i], "dilation"),
                    true);
                add(channels, condition, 1, 1, false);
                steps.push_back(activation(each_of(member(array, "activation"), i)));
                add(channels, channels, 1, 1, true);
            }
            if (array.contains("head")) {
                const auto& head = object_in(array, "head");
                add(number_in(head, "out_channels"), channels, number_in(head, "kernel_size"), 1,
                    flag_in(head, "bias"));
            } else add(number_in(array, "head_size"), channels, 1, 1, flag_in(array, "head_bias"));
        }
    }
    void lstm_of(const json_value& config) {
        recurrent = true;
        size_t inputs = number_in(config, "input_size");
        const size_t units = number_in(config, "hidden_size"), layers = number_in(config, "num_layers");
        if (layers == 0 || layers > 1000) wrong("has no layers");
        for (size_t i = 0; i < layers; ++i, inputs = units)
            steps.push_back("lstm from " + std::to_string(inputs) + " to " + std::to_string(units));
        steps.push_back("dense from " + std::to_string(units) + " to 1");
    }
    void add(size_t outputs, size_t inputs, size_t kernel, size_t dilation, bool bias) {
        steps.push_back(nam_convolution(outputs, inputs, kernel, dilation, bias));
    }
    const std::string& file_;
};

/// What is wrong with a model for these layers; nothing if they are the same.
inline std::string nam_difference(const nam_model& model, const std::vector<nam_step>& expected) {
    for (size_t i = 0; i < std::max(model.steps.size(), expected.size()); ++i) {
        if (i >= expected.size()) return "goes on with " + model.steps[i] + ", where the network ends";
        if (i >= model.steps.size())
            return "ends before layer " + expected[i].path + " of the network, " + expected[i].is;
        if (model.steps[i] != expected[i].is)
            return "has a " + model.steps[i] + ", expected " + expected[i].is + " (layer " + expected[i].path +
                   " of the network)";
    }
    return {};
}

/// Fills `values` from such a file, of several models from the first that is the network; and `state`, if the file has one.
template <class Network>
void read_nam(const json_with_weights& from, const std::string& file,
              std::vector<typename Network::scalar_type>& values, std::vector<double>& state) {
    using scalar = typename Network::scalar_type;
    const auto wrong = [&](const std::string& what) { return file_error(file, what); };
    const auto expected = nam_steps<Network>();
    std::vector<const json_value*> models;
    if (from.root.contains("architecture") && from.root["architecture"] == "SlimmableContainer") {
        const auto config = from.root.find("config");
        if (config == from.root.end() || !config->is_object() || !config->contains("submodels") ||
            !(*config)["submodels"].is_array() || (*config)["submodels"].empty())
            throw wrong("is a container without submodels");
        for (const auto& one : (*config)["submodels"]) {
            if (!one.is_object() || !one.contains("model") || !one["model"].is_object())
                throw wrong("has a submodel without a model");
            models.push_back(&one["model"]);
        }
    } else models.push_back(&from.root);
    std::string difference;
    for (const json_value* one : models) {
        const nam_model model(*one, file);
        const std::string what = nam_difference(model, expected);
        if (!what.empty()) {
            if (difference.empty()) difference = what;
            continue;
        }
        const auto list = one->find("weights");
        if (list == one->end() || !list->is_array() || list->size() != 1 ||
            from.arrays[(*list)[0].template get<size_t>()].shape.size() != 1)
            throw wrong("has no list of weights");
        const auto& weights = from.arrays[(*list)[0].template get<size_t>()].values;
        const auto starts = element_starts<Network>();
        size_t wanted = 0;
        for (const nam_step& step : expected)
            if (model.recurrent && step.is.starts_with("lstm"))
                wanted += 4 * step.outputs * (step.inputs + step.outputs + 1) + 2 * step.outputs;
        wanted = model.recurrent ? wanted + expected.back().inputs + 1 : Network::element_count + 1;
        if (weights.size() != wanted)
            throw wrong("has " + std::to_string(weights.size()) + " weights, expected " + std::to_string(wanted) +
                        " for what its config says");
        auto next = weights.begin();
        const auto take = [&](size_t at) { values[at] = static_cast<scalar>(*next++); };
        if (!model.recurrent) {
            for (size_t i = 0; i < Network::element_count; ++i) take(i);
            // The last one is a factor on the output: the last convolution takes it.
            const auto scale = static_cast<scalar>(*next);
            for (size_t i = starts[expected.back().tensor]; i < Network::element_count; ++i) values[i] *= scale;
            return;
        }
        state.clear();
        for (const nam_step& step : expected) {
            const size_t* const at = starts.data() + step.tensor;
            const size_t units = step.outputs;
            if (!step.is.starts_with("lstm")) { // the head: its weight and bias
                for (size_t i = at[0]; i < at[2]; ++i) take(i);
                continue;
            }
            for (size_t row = 0; row < 4 * units; ++row) { // W_ih and W_hh side by side
                for (size_t i = 0; i < step.inputs; ++i) take(at[0] + row * step.inputs + i);
                for (size_t i = 0; i < units; ++i) take(at[1] + row * units + i);
            }
            for (size_t i = 0; i < 4 * units; ++i) take(at[2] + i), values[at[3] + i] = 0;
            for (size_t i = 0; i < 2 * units; ++i) state.push_back(static_cast<double>(*next++));
        }
        return;
    }
    throw wrong((models.size() > 1 ? "holds " + std::to_string(models.size()) +
                                         " models, none of them the network: the "
                                         "first "
                                   : "") +
                difference);
}

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
