// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The side of inlay in tools/parity: everything that a network computes from the numbers of one file goes into another.
#pragma once

#include <inlay/files.hpp>

#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace parity {

using namespace inlay;

/// Tensors for a file, in double.
class results {
  public:
    template <class Values>
    void add(const std::string& name, const Values& values) {
        tensors_.push_back({name, "F64", {values.size()}, {}});
        std::string& bytes = bytes_.emplace_back();
        for (const auto value : values)
            detail::append_little_endian(bytes, std::bit_cast<std::uint64_t>(static_cast<double>(value)), 8);
    }
    void write(const std::string& path) {
        for (size_t i = 0; i < tensors_.size(); ++i) tensors_[i].bytes = bytes_[i];
        replace_file(path, safetensors_contents(tensors_));
    }

  private:
    std::vector<file_tensor> tensors_{};
    std::vector<std::string> bytes_{};
};

inline std::vector<double> numbers(const tensor_file& file, std::string_view name) {
    return detail::numbers_of(file.tensors().at(file.find(name)));
}

/// Samples or targets of one type, one after the other.
template <class Sample>
std::vector<Sample> samples(const std::vector<double>& values) {
    std::vector<Sample> all;
    if constexpr (std::is_arithmetic_v<Sample>) {
        for (const double value : values) all.push_back(static_cast<Sample>(value));
    } else {
        constexpr size_t size = std::tuple_size_v<Sample>;
        for (size_t n = 0; n < values.size(); n += size) {
            Sample& one = all.emplace_back();
            for (size_t i = 0; i < size; ++i) one[i] = static_cast<typename Sample::value_type>(values[n + i]);
        }
    }
    return all;
}
template <class Sample>
auto flat(const std::vector<Sample>& all) {
    std::vector<typename Sample::value_type> values;
    for (const Sample& one : all) values.insert(values.end(), one.begin(), one.end());
    return values;
}

/// Reads FOLDER/NAME.in, writes FOLDER/NAME.out.
template <class Net, class Loss, size_t Batch, class Target, class Optimizer>
void run(const std::string& folder, const std::string& name, const Optimizer& optimizer, const Loss& loss,
         clipping limits, int steps) {
    const std::string path = folder + "/" + name + ".in";
    const tensor_file file = read_safetensors(path);
    const auto x = samples<typename Net::input_type>(numbers(file, "x"));
    const auto t = samples<Target>(numbers(file, "t"));
    results out;

    const auto net = std::make_unique<Net>();
    load(*net, path, {.prefix = "net.", .flatten = flatten_order::channels_last});
    std::vector<typename Net::output_type> y(x.size());
    if (!(*net)(std::span(x), std::span(y))) throw std::runtime_error("no outputs");
    out.add("output", flat(y));
    for (size_t n = 0; n < x.size(); ++n) y[n] = (*net)(x[n]);
    out.add("output_one_by_one", flat(y));

    using trainer_type = trainer<Net, Loss, Optimizer, batch<Batch>>;
    if constexpr (Net::has_input_gradient) {
        const auto other = std::make_unique<Net>(*net);
        const auto judge = std::make_unique<trainer_type>(*other, optimizer, loss);
        std::vector<typename Net::input_type> dx(x.size());
        const double value = static_cast<double>(judge->input_gradient(x, t, dx));
        out.add("input_gradient_loss", std::vector{value});
        out.add("input_gradient", flat(dx));
    }
    const auto teacher = std::make_unique<trainer_type>(*net, optimizer, loss);
    out.add("loss", std::vector{static_cast<double>(teacher->accumulate(x, t))});
    const auto gradients = [&](const std::string& prefix) {
        for (size_t tensor = 0; tensor < Net::tensor_count; ++tensor) {
            const auto& spec = Net::tensors[tensor];
            if (!spec.trainable) continue;
            std::vector<double> values;
            for (size_t i = 0; i < spec.size; ++i)
                values.push_back(static_cast<double>(teacher->gradients().data()[Net::parameter_index(tensor, i)]));
            out.add(prefix + std::string(spec.name.view()), values);
        }
    };
    gradients("gradient.");
    teacher->clip(limits);
    teacher->update();
    for (int step = 1; step < steps; ++step) teacher->accumulate(x, t), teacher->update();
    out.add("loss_after", std::vector{static_cast<double>(teacher->accumulate(x, t))});
    save(*net, folder + "/" + name + ".weights", {.prefix = "net.", .flatten = flatten_order::channels_last});
    out.write(folder + "/" + name + ".out");
}

} // namespace parity
