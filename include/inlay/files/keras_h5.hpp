// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Keras's own files of weights, model.save_weights("model.weights.h5"), read by HDF5's C library. In no umbrella header: it
// needs Debian's libhdf5-dev, -I/usr/include/hdf5/serial and -lhdf5_serial.
#pragma once

#if !__has_include(<hdf5.h>)
#error "inlay: files/keras_h5.hpp needs HDF5 (Debian: libhdf5-dev, in /usr/include/hdf5/serial)"
#endif
#include <hdf5.h>

#include <inlay/files/keras.hpp>
#include <inlay/files/weights.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <deque>
#include <exception>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// What HDF5 has opened, closed at the end.
class h5_handle {
  public:
    h5_handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
    ~h5_handle() {
        if (id_ >= 0) close_(id_);
    }
    h5_handle(const h5_handle&) = delete;
    h5_handle& operator=(const h5_handle&) = delete;
    operator hid_t() const noexcept { return id_; }
    [[nodiscard]] bool good() const noexcept { return id_ >= 0; }

  private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};
/// HDF5 writes no errors to the console meanwhile.
class h5_quiet {
  public:
    h5_quiet() {
        H5Eget_auto2(H5E_DEFAULT, &print_, &with_);
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
    }
    ~h5_quiet() { H5Eset_auto2(H5E_DEFAULT, print_, with_); }
    h5_quiet(const h5_quiet&) = delete;
    h5_quiet& operator=(const h5_quiet&) = delete;

  private:
    H5E_auto2_t print_ = nullptr;
    void* with_ = nullptr;
};

/// The paths of all arrays of a file.
inline herr_t h5_add_name(hid_t, const char* name, const H5O_info_t* info, void* to) noexcept {
    auto& names = *static_cast<std::vector<std::string>*>(to);
    if (info->type != H5O_TYPE_DATASET) return 0;
    if (names.size() >= 100'000) return -1;
    try {
        names.emplace_back(name);
    } catch (const std::exception&) { return -1; }
    return 0;
}

/// Where Keras 3 puts a layer's arrays: layers/gru_1/cell/vars/0 is the kernel of the second GRU.
class keras_groups {
  public:
    /// `has` says whether the file has such a group.
    template <class Has>
    std::string operator()(const foreign_layer& layer, const Has& has) {
        std::string_view kind = layer.name;
        const bool recurrent = kind == "gru" || kind == "lstm" || kind == "rnn";
        for (const auto& [ours, theirs] : {std::pair<std::string_view, std::string_view>{"dense_without_bias", "dense"},
                                           {"causal_conv1d", "conv1d"},
                                           {"causal_conv1d_without_bias", "conv1d"},
                                           {"conv_transpose1d", "conv1d_transpose"},
                                           {"conv_transpose2d", "conv2d_transpose"},
                                           {"batch_norm", "batch_normalization"},
                                           {"layer_norm", "layer_normalization"},
                                           {"prelu", "p_re_lu"},
                                           {"rnn", "simple_rnn"}})
            if (ours == kind) kind = theirs;
        if (recurrent && layer.inside.ends_with("parallel/reversed/")) return bidirectional_ + "/backward_layer/cell";
        if (recurrent && layer.inside.ends_with("parallel/")) {
            bidirectional_ = numbered("bidirectional");
            return bidirectional_ + "/forward_layer/cell";
        }
        if ((kind == "conv2d" || kind == "conv1d") && !layer.arrays[0].or_shapes.empty()) { // or Conv2D with groups
            const std::string depthwise = "depthwise_" + std::string(kind);
            if (has(named(depthwise))) return numbered(depthwise);
        }
        return numbered(std::string(kind)) + (recurrent ? "/cell" : "");
    }

  private:
    std::string named(const std::string& kind) {
        const size_t number = counts_[kind];
        return number == 0 ? kind : kind + "_" + std::to_string(number);
    }
    std::string numbered(const std::string& kind) {
        std::string name = named(kind);
        ++counts_[kind];
        return name;
    }
    std::map<std::string, size_t> counts_{};
    std::string bidirectional_{};
};

} // namespace detail

/// Takes a file that Keras 3 has written (Keras 2.12 and later, too):
///
///     model.save_weights("model.weights.h5")                               # in Python
///     load_keras_h5(net, "model.weights.h5");
///
/// Layers are found under the names that Keras gives them, by their kinds in order: layers/dense, layers/dense_1,
/// layers/gru/cell, layers/bidirectional/forward_layer/cell. Layouts are those of load's `.layout = tensor_layout::keras`.
/// `limit` is the most bytes that the file may have. Throws file_error, and leaves the network as it was, for a file that
/// is no HDF5, arrays that are missing, unexpected (but for the optimiser's), of another shape or type, or not finite.
/// HDF5's library reads the file: take files that you trust.
template <class Network>
load_report load_keras_h5(Network& net, const std::filesystem::path& path, size_t limit = default_file_limit) {
    using namespace detail;
    const std::string name = path.string();
    std::error_code problem;
    const auto size = std::filesystem::file_size(path, problem);
    if (problem) throw file_error(name, "cannot be read: " + problem.message());
    if (size > limit) throw file_error(name, "holds more than " + std::to_string(limit) + " bytes");
    const h5_quiet quiet;
    const h5_handle file(H5Fopen(name.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), &H5Fclose);
    if (!file.good()) throw file_error(name, "is no HDF5 file");
    std::vector<std::string> paths;
#if H5_VERSION_GE(1, 12, 0)
    const bool walked = H5Ovisit(file, H5_INDEX_NAME, H5_ITER_INC, &h5_add_name, &paths, H5O_INFO_BASIC) >= 0;
#else
    const bool walked = H5Ovisit2(file, H5_INDEX_NAME, H5_ITER_INC, &h5_add_name, &paths, H5O_INFO_BASIC) >= 0;
#endif
    if (!walked) throw file_error(name, "cannot be read as HDF5");
    std::string before;
    for (const char* one : {"layers/", "_layer_checkpoint_dependencies/"})
        for (const std::string& found : paths)
            if (found.starts_with(one)) before = one;
    if (before.empty()) throw file_error(name, "has no group layers: not what Keras's save_weights writes");
    const auto has = [&](const std::string& group) {
        return std::binary_search(paths.begin(), paths.end(), before + group + "/vars/0");
    };
    std::sort(paths.begin(), paths.end());

    // The arrays in the order of get_weights, each of the size that the network has place for.
    std::vector<bool> used(paths.size());
    std::deque<std::string> memory;
    std::vector<file_tensor> tensors;
    keras_groups groups;
    for (const foreign_layer& layer : keras_layers<Network>()) {
        const std::string group = groups(layer, has);
        for (size_t a = 0; a < layer.arrays.size(); ++a) {
            const foreign_array& array = layer.arrays[a];
            const std::string at = before + group + "/vars/" + std::to_string(a);
            const std::string wanted =
                expected_array(array) + " of layer " + layer.path + ", " + std::string(layer.name);
            const auto found = std::lower_bound(paths.begin(), paths.end(), at);
            if (found == paths.end() || *found != at) throw file_error(name, "lacks " + at + ", " + wanted);
            used[static_cast<size_t>(found - paths.begin())] = true;
            const h5_handle set(H5Dopen2(file, at.c_str(), H5P_DEFAULT), &H5Dclose);
            const h5_handle space(set.good() ? H5Dget_space(set) : -1, &H5Sclose);
            const h5_handle type(set.good() ? H5Dget_type(set) : -1, &H5Tclose);
            const int rank = space.good() ? H5Sget_simple_extent_ndims(space) : -1;
            if (rank < 0 || rank > 8 || !type.good()) throw file_error(name, "tensor " + shown(at) + " cannot be read");
            hsize_t extents[8]{};
            H5Sget_simple_extent_dims(space, extents, nullptr);
            std::vector<size_t> shape;
            for (int k = 0; k < rank; ++k) shape.push_back(static_cast<size_t>(extents[k]));
            if (H5Tget_class(type) != H5T_FLOAT || !array.fits(shape))
                throw file_error(name,
                                 "tensor " + shown(at) + " is " +
                                     dtype_and_shape(H5Tget_class(type) == H5T_FLOAT ? "floating" : "other", shape) +
                                     ", expected " + wanted);
            std::vector<double> numbers(array.to.size());
            if (H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()) < 0)
                throw file_error(name, "tensor " + shown(at) + " cannot be read");
            std::string& bytes = memory.emplace_back();
            for (const double one : numbers) append_little_endian(bytes, std::bit_cast<std::uint64_t>(one), 8);
            tensors.push_back({at, "F64", shape, bytes});
        }
    }
    for (size_t i = 0; i < paths.size(); ++i)
        if (!used[i] && paths[i].starts_with(before) && paths[i].find("seed_generator") == paths[i].npos)
            throw file_error(name, "has tensor " + shown(paths[i]) + ", which the network has not");
    auto values = all_elements(net);
    load_report report = read_keras<Network>(tensors, name, values);
    assign_all(net, values);
    return report;
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
