// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/host/summary.hpp>
#include <inlay/network/memory.hpp>

#include <iomanip>
#include <ostream>
#include <sstream>
#include <string>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// `memory<Network>` as a table, in bytes: `std::cout << memory_table<digits>{}`. Per layer its parameters, the
/// activations alive while it runs and what it carries from call to call; below, what must be in flash and RAM, with the
/// layer that holds the peak.
template <class Network>
struct memory_table {
    friend std::ostream& operator<<(std::ostream& to, memory_table) {
        constexpr auto& bytes = memory<Network>;
        const auto row = [&](const std::string& number, const std::string& layer, const std::string& parameters,
                             const std::string& activations, const std::string& state, const std::string& macs) {
            std::ostringstream line;
            line << std::left << std::setw(4) << number << std::setw(30) << layer << std::right << std::setw(11)
                 << parameters << std::setw(13) << activations << std::setw(9) << state << std::setw(12) << macs
                 << '\n';
            to << line.str();
        };
        const auto number = [](size_t value) { return value ? std::to_string(value) : std::string(); };
        const std::string rule(79, '-');
        row("", "layer", "parameters", "activations", "state", "mult-adds");
        to << rule << '\n';
        topology::walk<0, Network::layer_count>([&](auto i) {
            const layer_memory& one = bytes.layers[i];
            row(std::to_string(i()), detail::layer_text<Network, i>(), number(one.parameter_bytes),
                number(one.activation_bytes), number(one.state_bytes), number(one.multiply_accumulates));
        });
        to << rule << '\n';
        row("", "network", std::to_string(bytes.parameter_bytes), std::to_string(bytes.inference_bytes),
            std::to_string(bytes.state_bytes), std::to_string(bytes.multiply_accumulates));
        const auto text = [](size_t value) { return std::to_string(value); }; // whatever the stream is set to
        return to << "bytes: flash " + text(bytes.parameter_bytes) + " and the code, RAM " +
                         text(bytes.inference_bytes + bytes.state_bytes) + " beside input " +
                         text(sizeof(typename Network::input_type)) + " and output " +
                         text(sizeof(typename Network::output_type)) + "; peak at layer " + text(bytes.peak_layer) +
                         "\ntraining with batch 1: " + text(bytes.training_bytes) + " more\n";
    }
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
