// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The weights of a .tflite file (TensorFlow Lite's schema, version 3): those of dense and convolution layers in float32, in the
// order in which the layers run. The file is a flatbuffer: tables of fields, each found by an offset. Every offset is checked
// before it is followed; a file of another kind, or a broken one, is an error that says what was expected.
#pragma once

#include "published.hpp"

#include <inlay/inlay.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace tflite {

using std::size_t;

/// Of the schema's BuiltinOperator.
enum class operation : std::int32_t {
    add = 0,
    average_pool_2d = 1,
    conv_2d = 3,
    depthwise_conv_2d = 4,
    fully_connected = 9,
    reshape = 22,
    softmax = 25
};

class error : public std::runtime_error {
    using std::runtime_error::runtime_error;
};
[[noreturn]] inline void expected(const std::string& what) { throw error(".tflite file: expected " + what); }

/// A table of a flatbuffer. At `position` is the distance back to the list of its fields' offsets, which begins with its own size
/// and the table's in bytes. An offset of 0, or none, is a field that has its default.
class table {
  public:
    /// The table that the first offset of a file leads to.
    explicit table(std::span<const std::uint8_t> file) : bytes{file}, position{number<std::uint32_t>(0)} {}

    template <class Number>
    Number scalar(size_t field, Number otherwise) const {
        const size_t at = place(field);
        return at == 0 ? otherwise : number<Number>(at);
    }
    /// A field that is a list of numbers; none if it is absent.
    template <class Number>
    std::vector<Number> numbers(size_t field) const {
        const auto [count, first] = list(field, sizeof(Number));
        std::vector<Number> all(count);
        if (count > 0) std::memcpy(all.data(), bytes.data() + first, count * sizeof(Number));
        return all;
    }
    /// A field that is a list of tables.
    std::vector<table> tables(size_t field) const {
        const auto [count, first] = list(field, sizeof(std::uint32_t));
        std::vector<table> all;
        for (size_t at = first; at < first + count * sizeof(std::uint32_t); at += sizeof(std::uint32_t))
            all.push_back(table{bytes, target(at)});
        return all;
    }
    bool has(size_t field) const { return place(field) != 0; }

  private:
    table(std::span<const std::uint8_t> file, size_t at) : bytes{file}, position{at} {}

    template <class Number>
    Number number(size_t at) const {
        static_assert(std::is_arithmetic_v<Number>);
        if (at > bytes.size() || bytes.size() - at < sizeof(Number))
            expected("more than " + std::to_string(bytes.size()) + " bytes");
        Number value;
        std::memcpy(&value, bytes.data() + at, sizeof(Number));
        return value;
    }
    /// Where the offset at a place leads.
    size_t target(size_t at) const { return at + number<std::uint32_t>(at); }

    size_t place(size_t field) const {
        const std::int64_t start = static_cast<std::int64_t>(position) - number<std::int32_t>(position);
        if (start < 0) expected("a table's list of fields inside the file");
        const size_t offsets = static_cast<size_t>(start), size = number<std::uint16_t>(offsets), entry = 4 + 2 * field;
        if (entry + 2 > size) return 0;
        const size_t offset = number<std::uint16_t>(offsets + entry);
        return offset == 0 ? 0 : position + offset;
    }
    struct extent {
        size_t count, first;
    };
    extent list(size_t field, size_t element) const {
        const size_t at = place(field);
        if (at == 0) return {0, 0};
        const size_t start = target(at), count = number<std::uint32_t>(start), first = start + sizeof(std::uint32_t);
        if (first > bytes.size() || (bytes.size() - first) / element < count)
            expected("a list that ends inside the file");
        return {count, first};
    }

    std::span<const std::uint8_t> bytes;
    size_t position;
};

/// A tensor of a layer, with the extents and in the order that PyTorch has.
struct tensor {
    std::vector<size_t> extents;
    std::vector<float> values;
};

/// Numbers of a tensor that the file holds.
inline tensor constant(const table& described, const std::vector<table>& buffers) {
    if (described.scalar<std::int8_t>(1, 0) != 0) expected("weights in float32");
    if (described.has(6)) expected("weights that are not sparse");
    const auto buffer = described.scalar<std::uint32_t>(2, 0);
    if (buffer >= buffers.size()) expected("weights in one of its buffers");
    tensor one;
    const auto extents = described.numbers<std::int32_t>(0);
    const auto bytes = buffers[buffer].numbers<std::uint8_t>(0);
    size_t count = 1;
    for (const std::int32_t extent : extents) {
        if (extent <= 0 || static_cast<size_t>(extent) > bytes.size() / count)
            expected("as many weights as their extents say");
        one.extents.push_back(static_cast<size_t>(extent));
        count *= static_cast<size_t>(extent);
    }
    if (count * sizeof(float) != bytes.size()) expected("as many weights as their extents say");
    one.values.resize(count);
    std::memcpy(one.values.data(), bytes.data(), bytes.size());
    return one;
}

/// Filters [out, height, width, in] → [out, in, height, width], depthwise ones [1, height, width, channels] → [channels, 1, height,
/// width].
inline tensor channels_before_positions(const tensor& from, bool depthwise) {
    if (from.extents.size() != 4 || (depthwise && from.extents[0] != 1)) expected("filters of four extents");
    const size_t out = from.extents[0], positions = from.extents[1] * from.extents[2], in = from.extents[3];
    tensor to{{out, in, from.extents[1], from.extents[2]}, std::vector<float>(from.values.size())};
    if (depthwise) std::swap(to.extents[0], to.extents[1]);
    for (size_t o = 0; o < out; ++o)
        for (size_t p = 0; p < positions; ++p)
            for (size_t i = 0; i < in; ++i)
                to.values[(o * in + i) * positions + p] = from.values[(o * positions + p) * in + i];
    return to;
}

/// What a file says: its operations in the order in which they run, and the weight and bias of each that has them.
struct model {
    std::vector<operation> operations;
    std::vector<tensor> tensors;
};

inline model read(std::span<const std::uint8_t> file) {
    if (file.size() < 8 || std::memcmp(file.data() + 4, "TFL3", 4) != 0) expected("TFL3 after its first four bytes");
    const table root{file};
    if (root.scalar<std::uint32_t>(0, 0) != 3) expected("version 3 of the schema");
    const auto codes = root.tables(1), graphs = root.tables(2), buffers = root.tables(4);
    if (graphs.size() != 1) expected("one graph");
    const auto described = graphs[0].tables(0);
    model all;
    for (const table& step : graphs[0].tables(3)) {
        const auto code = step.scalar<std::uint32_t>(0, 0);
        if (code >= codes.size()) expected("one of its kinds of operation");
        // Newer files have the code in a wider field; in older ones that is absent.
        const auto kind = operation{codes[code].scalar<std::int32_t>(3, codes[code].scalar<std::int8_t>(0, 0))};
        all.operations.push_back(kind);
        const bool depthwise = kind == operation::depthwise_conv_2d,
                   convolution = depthwise || kind == operation::conv_2d;
        if (!convolution && kind != operation::fully_connected) continue;
        const auto inputs = step.numbers<std::int32_t>(1); // x, weight, bias
        if (inputs.size() != 3) expected("layers with a weight and a bias");
        for (size_t which : {1u, 2u}) {
            if (inputs[which] < 0 || static_cast<size_t>(inputs[which]) >= described.size())
                expected("weights among its tensors");
            const tensor found = constant(described[static_cast<size_t>(inputs[which])], buffers);
            all.tensors.push_back(which == 1 && convolution ? channels_before_positions(found, depthwise) : found);
        }
    }
    return all;
}

/// A network with the weights of a file: its tensors are the file's, one after the other, with the same extents. Throws `error`
/// where one has others.
template <class Net>
std::unique_ptr<Net> with_weights(const model& from) {
    if (from.tensors.size() != Net::tensor_count)
        expected(std::to_string(Net::tensor_count) + " weights and biases, found " +
                 std::to_string(from.tensors.size()));
    std::vector<float> all;
    for (size_t t = 0; t < Net::tensor_count; ++t) {
        const auto& own = Net::tensors[t];
        if (!std::equal(from.tensors[t].extents.begin(), from.tensors[t].extents.end(), own.extents.begin(),
                        own.extents.begin() + static_cast<std::ptrdiff_t>(own.rank)))
            expected("the extents of " + std::string(own.name.view()) + " for its tensor number " + std::to_string(t));
        all.insert(all.end(), from.tensors[t].values.begin(), from.tensors[t].values.end());
    }
    auto net = std::make_unique<Net>();
    if (!net->assign(all)) expected(std::to_string(Net::parameter_count) + " weights");
    return net;
}
/// The same from a file.
template <class Net>
std::unique_ptr<Net> load(const std::filesystem::path& path) {
    const std::string bytes = zoo::bytes_of(path);
    return with_weights<Net>(read(std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size())));
}

} // namespace tflite
