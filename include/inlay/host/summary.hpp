// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/network/memory.hpp>

#include <iomanip>
#include <ostream>
#include <sstream>
#include <string>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

template <size_t... Extents>
std::string shape_text(shape<Extents...>) {
    std::string text;
    ((text += (text.empty() ? "" : " x ") + std::to_string(Extents)), ...);
    return text;
}

/// Layer I as a reader knows it: its kind, after the name it was given.
template <class Network, size_t I>
std::string layer_text() {
    const std::string kind(Network::template layer<I>::name);
    const std::string_view given = Network::chain_type::template given_name<I>();
    return given.empty() ? kind : std::string(given) + " (" + kind + ")";
}

} // namespace detail

/// What the compiler knows of a network, as a table: `std::cout << summary<digits>{}`. Per layer its number, name, output
/// shape, parameters and multiply-accumulates; below, the totals and bytes of `memory<Network>`.
template <class Network>
struct summary {
    friend std::ostream& operator<<(std::ostream& to, summary) {
        using chain = typename Network::chain_type;
        const auto row = [&](const std::string& number, const std::string& layer, const std::string& shape,
                             const std::string& parameters, const std::string& macs) {
            std::ostringstream line;
            line << std::left << std::setw(4) << number << std::setw(30) << layer << std::setw(16) << shape
                 << std::right << std::setw(12) << parameters << std::setw(14) << macs << '\n';
            to << line.str();
        };
        const std::string rule(76, '-');
        row("", "layer", "output", "parameters", "mult-adds");
        to << rule << '\n';
        row("", "input", detail::shape_text(typename Network::input_shape{}), "", "");
        topology::walk<0, Network::layer_count>([&](auto i) {
            using bound = typename chain::template bound<i>;
            std::string name = detail::layer_text<Network, i>();
            size_t count = 0, fixed = 0;
            for (const tensor_spec& spec : bound::tensors)
                if (spec.role != tensor_role::statistic) (spec.trainable ? count : fixed) += spec.size;
            std::string parameters = count + fixed ? std::to_string(count + fixed) : "";
            if (fixed) name += count ? " (partly frozen)" : " (frozen)";
            row(std::to_string(i()), name, detail::shape_text(typename Network::template layer_output<i>{}), parameters,
                bound::macs ? std::to_string(bound::macs) : "");
        });
        to << rule << '\n';
        constexpr auto& bytes = memory<Network>;
        const auto number = [](size_t value) { return std::to_string(value); }; // whatever the stream is set to
        std::string below = "parameters " + number(Network::parameter_count);
        if (Network::trainable_count != Network::parameter_count)
            below += ", of which trainable " + number(Network::trainable_count);
        if (Network::buffer_count) below += "; numbers in buffers " + number(Network::buffer_count);
        below += "; multiply-accumulates per sample " + number(bytes.multiply_accumulates) + "\nbytes: network " +
                 number(bytes.parameter_bytes) + ", activations of one inference " + number(bytes.inference_bytes);
        if (bytes.state_bytes) below += ", state " + number(bytes.state_bytes);
        return to << below + '\n';
    }
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
