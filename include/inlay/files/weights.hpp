// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Weights in and out, as PyTorch's state_dict in a safetensors or .npz file.
#pragma once

#include <inlay/files/fingerprint.hpp>
#include <inlay/files/keras.hpp>
#include <inlay/files/nam.hpp>
#include <inlay/files/npz.hpp>
#include <inlay/files/rtneural.hpp>
#include <inlay/files/safetensors.hpp>
#include <inlay/files/state_dict.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// What `save` writes besides the network: `save(net, "model.safetensors", {.metadata = {{"accuracy", "0.98"}}})`.
struct save_options {
    std::map<std::string, std::string> metadata{}; ///< texts of your own
    /// Pairs of a path in the network and what stands for it in the file: {{"0", "conv1"}, {"2.weight", "head.kernel"}}. A
    /// path is a layer's or a tensor's; of several that fit the longest counts. Others are those of PyTorch's Sequential.
    std::vector<std::pair<std::string, std::string>> names{};
    std::string prefix{};                                         ///< before every name in the file: "encoder."
    flatten_order flatten = flatten_order::images_channels_first; ///< what the file's readers flatten like
};

/// Whose layouts and names a file's tensors have.
enum class tensor_layout {
    pytorch, ///< [out, in], OIHW, gates r z n, names of a state_dict
    keras    ///< [in, out], HWIO, gates z r h, in the order of Model.get_weights(): see docs/import.md
};

/// How `load` reads.
struct load_options {
    std::vector<std::pair<std::string, std::string>> names{}; ///< as in save_options
    std::string prefix{}; ///< as in save_options; tensors without it are not looked at
    flatten_order flatten = flatten_order::images_channels_first; ///< what the file's program flattens like
    /// Whether the file must have every tensor of the network, and no other. false takes those that there are; tensors of
    /// another shape are an error all the same (PyTorch's strict).
    bool strict = true;
    /// Whether a file that inlay wrote for another network is refused, though its tensors may fit. Not looked at where
    /// strict is false, or names or a prefix are given.
    bool same_network = true;
    size_t limit = default_file_limit; ///< the most bytes that the file may have
    /// keras: the file's tensors are the network's in Keras's order, whatever their names; all of the above but `limit` is
    /// not looked at then, nor for files of JSON.
    tensor_layout layout = tensor_layout::pytorch;
};

/// What came of a `load`, under the names in the file; PyTorch's missing_keys and unexpected_keys.
struct load_report {
    std::vector<std::string> loaded{};          ///< tensors that the network has taken
    std::vector<std::string> missing_keys{};    ///< tensors of the network that the file lacks; they are as they were
    std::vector<std::string> unexpected_keys{}; ///< tensors of the file that the network has not
    std::vector<std::string> reordered{}; ///< tensors whose columns have been put from channels first to channels last
    std::map<std::string, std::string> metadata{}; ///< the file's texts
    std::vector<double> state{}; ///< the state before the first step, where a file has one (.nam's LSTM); else empty
};

namespace detail {

/// Our metadata.
inline constexpr const char *key_of_fingerprint = "inlay.fingerprint", *key_of_network = "inlay.network",
                            *key_of_scalar = "inlay.scalar", *key_of_bits = "inlay.bits_version";

template <class Scalar>
inline constexpr const char* dtype_of = sizeof(Scalar) == 4 ? "F32" : "F64";

template <class Network>
void describe_network(std::map<std::string, std::string>& metadata) {
    metadata[key_of_fingerprint] = hexadecimal_number(fingerprint<Network>);
    metadata[key_of_network] = topology_text<Network>();
    metadata[key_of_scalar] = dtype_of<typename Network::scalar_type>;
    metadata[key_of_bits] = std::to_string(bits_version);
}

inline float float_of_half(std::uint16_t bits) noexcept {
    const std::uint32_t sign = std::uint32_t{bits} >> 15 << 31, fraction = bits & 0x3ff, exponent = bits >> 10 & 31;
    if (exponent == 0) { // subnormal, or 0
        const float value = static_cast<float>(fraction) * 0x1p-24f;
        return sign ? -value : value;
    }
    return std::bit_cast<float>(sign | (exponent == 31 ? 255u : exponent + 112) << 23 | fraction << 13);
}
inline float float_of_bfloat(std::uint16_t bits) noexcept { return std::bit_cast<float>(std::uint32_t{bits} << 16); }

/// Number i of a tensor. Its dtype is one of those that `is_real` or "I8" name.
inline double number_of(const file_tensor& tensor, size_t i) {
    const size_t size = bytes_of_dtype(tensor.dtype);
    const std::uint64_t bits = little_endian(tensor.bytes.substr(i * size, size));
    if (tensor.dtype == "F32") return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    if (tensor.dtype == "F64") return std::bit_cast<double>(bits);
    if (tensor.dtype == "F16") return static_cast<double>(float_of_half(static_cast<std::uint16_t>(bits)));
    if (tensor.dtype == "BF16") return static_cast<double>(float_of_bfloat(static_cast<std::uint16_t>(bits)));
    return static_cast<double>(static_cast<std::int8_t>(bits));
}
/// All numbers of a tensor.
inline std::vector<double> numbers_of(const file_tensor& tensor) {
    std::vector<double> all(tensor.bytes.size() / bytes_of_dtype(tensor.dtype));
    for (size_t i = 0; i < all.size(); ++i) all[i] = number_of(tensor, i);
    return all;
}
inline bool is_real_type(std::string_view dtype) noexcept {
    return dtype == "F32" || dtype == "F64" || dtype == "F16" || dtype == "BF16";
}

inline std::vector<size_t> extents_of(const tensor_spec& spec) {
    return {spec.extents.begin(), spec.extents.begin() + static_cast<std::ptrdiff_t>(spec.rank)};
}
template <class Network>
std::string expected_in_file(const tensor_spec& spec) {
    return dtype_and_shape(spec.element == element_type::int8 ? "I8" : dtype_of<typename Network::scalar_type>,
                           extents_of(spec));
}

/// Names in the file, made of those in the network.
class file_names {
  public:
    template <class Options>
    explicit file_names(const Options& options)
        : prefix_(options.prefix), names_(options.names), used_(options.names.size()) {}

    std::string operator()(std::string_view name) {
        size_t best = names_.size();
        for (size_t i = 0; i < names_.size(); ++i) {
            const std::string& path = names_[i].first;
            const bool fits = name == path || (name.starts_with(path) && name.substr(path.size()).starts_with('.'));
            if (fits && (best == names_.size() || path.size() > names_[best].first.size())) best = i;
        }
        if (best == names_.size()) return prefix_ + std::string(name);
        used_[best] = true;
        return prefix_ + names_[best].second + std::string(name.substr(names_[best].first.size()));
    }
    /// Once all names have been asked for.
    void check_all_used() const {
        for (size_t i = 0; i < names_.size(); ++i)
            if (!used_[i])
                throw std::invalid_argument("inlay: .names has " + names_[i].first +
                                            ", but the network has no tensor there");
    }

  private:
    std::string prefix_;
    std::vector<std::pair<std::string, std::string>> names_;
    std::vector<bool> used_;
};

template <class Network>
columns_in_files<Network> columns_for(flatten_order order) {
    columns_in_files<Network> columns(order);
    if (!columns.untold.empty())
        throw std::invalid_argument(
            "inlay: what reaches layer " + columns.untold +
            " has been through flatten, and in which order a file's columns are there cannot be "
            "told: take .flatten = inlay::flatten_order::channels_last, and permute them");
    return columns;
}

/// Number `i` of a tensor, row-major, as the file counts.
inline size_t place_in_file(const tensor_spec& spec, const column_order& columns, size_t i) noexcept {
    if (columns.same()) return i;
    const size_t width = spec.extents[spec.rank - 1];
    return i / width * width + columns.in_file(i % width);
}

/// A tensor's numbers as bytes of a file, from `values` in canonical order.
template <class Scalar>
std::string bytes_in_file(std::span<const Scalar> values, const tensor_spec& spec, const column_order& columns) {
    const bool one_byte = spec.element == element_type::int8;
    const size_t size = one_byte ? 1 : sizeof(Scalar);
    std::string bytes(values.size() * size, '\0');
    for (size_t i = 0; i < values.size(); ++i) {
        std::uint64_t bits;
        if (one_byte) bits = static_cast<std::uint64_t>(static_cast<std::int64_t>(values[i]));
        else bits = std::bit_cast<std::conditional_t<sizeof(Scalar) == 4, std::uint32_t, std::uint64_t>>(values[i]);
        const size_t at = place_in_file(spec, columns, i) * size;
        for (size_t b = 0; b < size; ++b) bytes[at + b] = static_cast<char>(bits >> (8 * b) & 0xff);
    }
    return bytes;
}

/// A list of names for a message.
inline std::string some_of(const std::vector<std::string>& names) {
    std::string text;
    for (size_t i = 0; i < names.size() && i < 6; ++i) text += (i ? ", " : "") + shown(names[i]);
    return names.size() > 6 ? text + " and " + std::to_string(names.size() - 6) + " more" : text;
}

/// The numbers of a network's tensors, in the order of state_dict.
template <class Network>
std::vector<typename Network::scalar_type> all_elements(const Network& net) {
    std::vector<typename Network::scalar_type> values;
    values.reserve(Network::element_count);
    Network::each_element([&](size_t index) { values.push_back(net.element(index)); });
    return values;
}
template <class Network>
void assign_all(Network& net, const std::vector<typename Network::scalar_type>& values) {
    Network::each_element([&, at = size_t{0}](size_t index) mutable { net.element(index, values[at++]); });
}

/// "2.running_mean" → "2.num_batches_tracked", for a tensor that is a running mean.
inline std::string counter_beside(std::string_view name) {
    constexpr std::string_view mean = "running_mean";
    if (name != mean && !name.ends_with(".running_mean")) return {};
    return std::string(name.substr(0, name.size() - mean.size())) + "num_batches_tracked";
}

/// A network's tensors as those of a file. The bytes are kept in `memory`.
template <class Network, class Options>
std::vector<file_tensor> tensors_for_file(const Network& net, const Options& options,
                                          std::vector<std::string>& memory) {
    using scalar = typename Network::scalar_type;
    const auto columns = columns_for<Network>(options.flatten);
    file_names names(options);
    const std::vector<scalar> values = all_elements(net);
    std::vector<file_tensor> tensors;
    memory.reserve(Network::tensor_count + 1);
    memory.emplace_back(8, '\0');
    for (size_t t = 0, first = 0; t < Network::tensor_count; first += Network::tensors[t++].size) {
        const tensor_spec& spec = Network::tensors[t];
        const auto own = std::span<const scalar>(values).subspan(first, spec.size);
        for (size_t i = 0; i < spec.size; ++i)
            if (!std::isfinite(own[i]))
                throw std::invalid_argument("inlay: cannot save " + std::string(spec.name.view()) + "[" +
                                            std::to_string(i) + "], which is " +
                                            (std::isnan(own[i]) ? "NaN" : "infinite"));
        memory.push_back(bytes_in_file(own, spec, columns.of_tensor[t]));
        tensors.push_back({names(spec.name.view()), spec.element == element_type::int8 ? "I8" : dtype_of<scalar>,
                           extents_of(spec), memory.back()});
        // PyTorch counts batches too, and misses the count in a file without; inlay has none.
        if (const std::string counter = counter_beside(spec.name.view()); !counter.empty())
            tensors.push_back({names(counter), "I64", {}, memory.front()});
    }
    names.check_all_used();
    return tensors;
}

/// Refuses a file of inlay's for another network.
template <class Network>
void check_network(const std::map<std::string, std::string>& metadata, const std::string& file,
                   const std::string& otherwise) {
    const auto found = metadata.find(key_of_network);
    const std::string own = topology_text<Network>();
    if (found == metadata.end() || found->second == own) return;
    throw file_error(file, "was written for another network" + otherwise +
                               side_by_side("the file ", found->second, "this one ", own));
}

/// What `load` takes from a file: the network with it.
template <class Network>
load_report read_tensors(const tensor_file& from, const std::string& file, const load_options& options,
                         std::vector<typename Network::scalar_type>& values) {
    using scalar = typename Network::scalar_type;
    const auto columns = columns_for<Network>(options.flatten);
    file_names names(options);
    load_report report;
    report.metadata = from.metadata();
    std::vector<bool> known(from.tensors().size());
    std::map<std::string, std::string> tied; // a second name, and the first
    for (const auto& [alias, path] : columns.ties) tied[names(alias)] = names(path);

    const auto check = [&](const file_tensor& tensor, const tensor_spec& spec) {
        const bool one_byte = spec.element == element_type::int8;
        const bool fits =
            tensor.shape == extents_of(spec) && (one_byte ? tensor.dtype == "I8" : is_real_type(tensor.dtype));
        if (fits) return;
        std::string hint;
        if (one_byte && is_real_type(tensor.dtype))
            hint = "; load a network without stored_as, and inlay::quantized makes this one of it";
        else if (!one_byte && !is_real_type(tensor.dtype)) hint = ", or F64, F16 or BF16";
        else if (std::equal(tensor.shape.rbegin(), tensor.shape.rend(), spec.extents.begin(),
                            spec.extents.begin() + static_cast<std::ptrdiff_t>(spec.rank)))
            hint = ": the extents are the other way round, as Keras has them";
        throw file_error(file, "tensor " + shown(tensor.name) + " is " + dtype_and_shape(tensor.dtype, tensor.shape) +
                                   ", expected " + expected_in_file<Network>(spec) + hint);
    };
    const auto number = [&](const file_tensor& tensor, const tensor_spec& spec, size_t i) {
        const double value = number_of(tensor, i);
        const auto result = static_cast<scalar>(value);
        if (!std::isfinite(result))
            throw file_error(file, "tensor " + shown(tensor.name) + " is " +
                                       (std::isnan(value)   ? "NaN"
                                        : std::isinf(value) ? "infinite"
                                                            : "too large for float") +
                                       " at number " + std::to_string(i) + ", expected finite numbers in " +
                                       expected_in_file<Network>(spec));
        return result;
    };

    std::string missing;
    for (size_t t = 0, first = 0; t < Network::tensor_count; first += Network::tensors[t++].size) {
        const tensor_spec& spec = Network::tensors[t];
        const std::string name = names(spec.name.view());
        if (const std::string counter = counter_beside(spec.name.view()); !counter.empty())
            if (const size_t at = from.find(names(counter)); at < known.size()) known[at] = true;
        // Under its own name, or under that of a layer that uses it too; under both where they say the same.
        size_t at = from.find(name);
        for (const auto& [alias, path] : tied) {
            if (path != name) continue;
            const size_t other = from.find(alias);
            if (other == known.size()) continue;
            known[other] = true;
            check(from.tensors()[other], spec);
            if (at == known.size()) at = other;
            for (size_t i = 0; i < spec.size && at != other; ++i) {
                check(from.tensors()[at], spec);
                if (number_of(from.tensors()[at], i) != number_of(from.tensors()[other], i))
                    throw file_error(file, "tensors " + shown(name) + " and " + shown(alias) + " differ at number " +
                                               std::to_string(i) + ", but are one in the network (tied)");
            }
        }
        if (at == known.size()) {
            if (missing.empty()) missing = shown(name) + ", " + expected_in_file<Network>(spec);
            report.missing_keys.push_back(name);
            continue;
        }
        known[at] = true;
        const file_tensor& tensor = from.tensors()[at];
        check(tensor, spec);
        const column_order& order = columns.of_tensor[t];
        for (size_t i = 0; i < spec.size; ++i) values[first + i] = number(tensor, spec, place_in_file(spec, order, i));
        report.loaded.push_back(tensor.name);
        if (!order.same()) report.reordered.push_back(tensor.name);
    }
    names.check_all_used();
    for (size_t i = 0; i < known.size(); ++i)
        if (!known[i] && from.tensors()[i].name.starts_with(options.prefix))
            report.unexpected_keys.push_back(from.tensors()[i].name);
    if (!options.strict || (report.missing_keys.empty() && report.unexpected_keys.empty())) return report;

    std::string what;
    if (!missing.empty()) {
        what = "lacks tensor " + missing;
        if (report.missing_keys.size() > 1)
            what += " (and " + some_of({report.missing_keys.begin() + 1, report.missing_keys.end()}) + ")";
    }
    if (!report.unexpected_keys.empty()) {
        const auto& extra = from.tensors()[from.find(report.unexpected_keys[0])];
        what += (what.empty() ? "has" : "; it has") + std::string(" tensor ") + shown(extra.name) + ", " +
                dtype_and_shape(extra.dtype, extra.shape) + ", which the network has not";
        if (report.unexpected_keys.size() > 1)
            what += " (nor " + some_of({report.unexpected_keys.begin() + 1, report.unexpected_keys.end()}) + ")";
    }
    throw file_error(file, what + ". Other names are given by .names and .prefix; .strict = false takes what there is");
}

/// What `load` takes from tensors that are Keras's, in the order of get_weights().
template <class Network>
load_report read_keras(const std::vector<file_tensor>& from, const std::string& file,
                       std::vector<typename Network::scalar_type>& values) {
    using scalar = typename Network::scalar_type;
    load_report report;
    size_t at = 0;
    for (const foreign_layer& layer : keras_layers<Network>()) {
        for (const foreign_array& array : layer.arrays) {
            const std::string wanted =
                expected_array(array) + " of layer " + layer.path + ", " + std::string(layer.name);
            if (at == from.size()) throw file_error(file, "ends before " + wanted);
            const file_tensor& tensor = from[at++];
            const std::string is = "tensor " + shown(tensor.name) + " is ";
            if (!is_real_type(tensor.dtype) || !array.fits(tensor.shape))
                throw file_error(file, is + dtype_and_shape(tensor.dtype, tensor.shape) + ", expected " + wanted);
            for (size_t i = 0; i < array.to.size(); ++i) {
                const auto value = static_cast<scalar>(number_of(tensor, i));
                if (!std::isfinite(value))
                    throw file_error(file, is + "not finite, or too large, at number " + std::to_string(i) +
                                               ", expected finite numbers in " + wanted);
                values[array.to[i]] = value;
            }
            report.loaded.push_back(tensor.name);
        }
        for (const size_t zero : layer.zeros) values[zero] = 0;
    }
    if (at < from.size())
        throw file_error(file, "has tensor " + shown(from[at].name) + ", " +
                                   dtype_and_shape(from[at].dtype, from[at].shape) +
                                   ", behind the last one of the network");
    return report;
}

/// Whether a file is JSON: the eight bytes before a safetensors header have a zero among them.
inline bool is_json(std::string_view contents) noexcept {
    const std::string_view start = contents.substr(0, 8);
    const size_t first = start.find_first_not_of(" \t\r\n");
    return first != start.npos && start[first] == '{' && start.find('\0') == start.npos;
}

/// What `load` takes from a file of Neural Amp Modeler or RTNeural.
template <class Network>
load_report read_json_model(const std::string& contents, const std::string& file,
                            std::vector<typename Network::scalar_type>& values) {
    load_report report;
    // Containers hold several models.
    const json_with_weights from(contents, file, 64 * Network::element_count + 1024);
    if (from.root.contains("architecture")) read_nam<Network>(from, file, values, report.state);
    else if (from.root.contains("layers")) report.loaded = read_rtneural<Network>(from, file, values);
    else
        throw file_error(file, "is JSON, but neither of Neural Amp Modeler (it has no architecture) nor of RTNeural "
                               "(it has no layers)");
    return report;
}

/// A file of either format.
inline tensor_file read_tensor_file(std::string contents, const std::filesystem::path& path, size_t limit) {
    // A safetensors header of 0x04034b50 bytes, 64 MB, would begin like that too: no program writes one.
    if (contents.starts_with("PK\x03\x04")) return npz_file(std::move(contents), path.string(), limit);
    return tensor_file(std::move(contents), path.string());
}

} // namespace detail

/// Writes a network's tensors to a safetensors file, as PyTorch's state_dict:
///
///     save(net, "model.safetensors");
///     module.load_state_dict(safetensors.torch.load_file("model.safetensors"))     # in Python
///
/// Parameters and buffers under their names ("0.weight"; `.names` and `.prefix` give others), F32 or F64, those of
/// stored_as I8 with their scales; a tied tensor once, under its own name (Python: safetensors.torch.load_model); for
/// batch_norm also num_batches_tracked, 0. Columns of a dense layer behind `flatten` of an image are put in PyTorch's
/// order, channels first: see flatten_order. The metadata say the network in words, its fingerprint, and what `.metadata`
/// has. The file is replaced as a whole or not at all: see replace_file. A path that ends in .npz makes an archive for
/// numpy.load, with the same names, in which the metadata are the archive's comment.
///
/// Throws file_error when it cannot be written, and std::invalid_argument for numbers that are not finite, for a name in
/// .names that the network has not, and for layers behind `flatten` of which the order cannot be told.
template <class Network>
void save(const Network& net, const std::filesystem::path& path, const save_options& options = {}) {
    std::vector<std::string> memory;
    const auto tensors = detail::tensors_for_file(net, options, memory);
    auto metadata = options.metadata;
    metadata.emplace("format", "pt"); // safetensors.torch looks for it
    detail::describe_network<Network>(metadata);
    replace_file(path, path.extension() == ".npz" ? npz_contents(tensors, metadata)
                                                  : safetensors_contents(tensors, metadata));
}

/// Takes the tensors of a safetensors or .npz file, which it tells apart by its first bytes, from PyTorch or from inlay:
///
///     safetensors.torch.save_file(module.state_dict(), "model.safetensors")        # in Python
///     load(net, "model.safetensors");
///
/// Names, extents and the order of gates and biases are PyTorch's; F16, BF16, F32 and F64 become the network's type, a
/// tensor of stored_as is I8. A tied tensor may occur under both names, with equal numbers. Columns behind `flatten` are put
/// in order (flatten_order; the report says which). num_batches_tracked is read over. Returns what was loaded, and, with
/// `.strict = false`, what was missing and unexpected.
///
/// A file of RTNeural's (.json) or Neural Amp Modeler's (.nam: WaveNet, LSTM; of a container's models the one that is this
/// network) fills a network with the same layers. The factor on a WaveNet's output goes into its last convolution; the state
/// that an LSTM starts from is the report's.
///
/// Throws file_error, and leaves the network as it was, for a file that is none of these, or not whole, one that inlay wrote
/// for another network, and tensors that are missing, unexpected, of another shape or type, or not finite: the message
/// names the tensor, what it is and what was expected.
template <class Network>
load_report load(Network& net, const std::filesystem::path& path, const load_options& options = {}) {
    const std::string file = path.string();
    std::string contents = detail::read_bytes(path, options.limit);
    auto values = detail::all_elements(net);
    const auto read = [&] {
        if (detail::is_json(contents)) return detail::read_json_model<Network>(contents, file, values);
        const tensor_file from = detail::read_tensor_file(std::move(contents), path, options.limit);
        if (options.layout == tensor_layout::keras) return detail::read_keras<Network>(from.tensors(), file, values);
        if (options.strict && options.same_network && options.names.empty() && options.prefix.empty())
            detail::check_network<Network>(from.metadata(), file,
                                           " (.same_network = false would only look at tensors)");
        return detail::read_tensors<Network>(from, file, options, values);
    };
    load_report report = read();
    detail::assign_all(net, values);
    return report;
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
