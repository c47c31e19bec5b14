// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A trained network as one C++ header for the target: its type, its parameters and a self test.
#pragma once

#include <inlay/host/file.hpp>
#include <inlay/host/header_text.hpp>

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// What `export_header` writes besides the network.
template <class Network>
struct export_options {
    /// Of everything in the header, such as "digits" or "models::digits". By default the file's name, with _model after it
    /// unless that word is there: `model` from model.hpp, `signal_model` from signal.hpp, for `signal` is a function. A name
    /// given here is taken as it is: that it is free on the target is for you to know, and the header says so if it is not.
    std::string name_space{};
    /// Lines for the comment on top: data set, training, accuracy.
    std::vector<std::string> provenance{};
    /// For the same comment. Not asked of the clock, so that the same network gives the same file.
    std::string date{};
    /// Headers with layers of your own: "<my/layers.hpp>", or "layers.hpp" for one beside the file.
    std::vector<std::string> includes{};
    /// Inputs whose outputs the self test compares; by default 4 drawn from [-1, 1).
    std::span<const typename Network::input_type> golden{};
    /// The largest difference that the self test allows a target which rounds otherwise than the host (one has fused
    /// multiply-add, the other has not); by default `rounding_tolerance`. Targets that round alike must give the same
    /// bits.
    double tolerance = 0;
};

/// The text that `export_header` writes into a file of that name. Throws std::invalid_argument as it does.
template <class Network>
[[nodiscard]] std::string header_text(const Network& net, const std::filesystem::path& path,
                                      const export_options<std::type_identity_t<Network>>& options = {}) {
    detail::exported<Network> model{path.string()};
    const std::string space =
        options.name_space.empty() ? detail::namespace_from(path.stem().string()) : options.name_space;
    if (!detail::is_namespace(space)) throw model.wrong(detail::quoted(space) + " cannot be a namespace");
    model.take(net);
    model.compute(net, options.golden, options.tolerance);
    return model.text(model.type(), space, !options.name_space.empty(), options.date, options.provenance,
                      options.includes);
}

/// Writes one C++ header that, with <inlay/inlay.hpp>, is the model: `network_type`, `net` with its parameters in flash,
/// `golden` inputs and outputs, and `self_test()` for the target. `export_header(net, "model.hpp", {.date = "2024-05-01"})`.
///
/// The same arguments give the same bytes. The file is replaced as a whole or not at all. The header demands the arithmetic
/// it was made with (`bits_version`). Throws file_error when the file cannot be written, and std::invalid_argument when a
/// parameter, a golden input or an output is infinite or NaN, when the namespace cannot be one, and when a layer's type has
/// no name outside its source file.
template <class Network>
void export_header(const Network& net, const std::filesystem::path& path,
                   const export_options<std::type_identity_t<Network>>& options = {}) {
    replace_file(path, header_text(net, path, options));
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
