// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The text of a header that is a trained network, part by part.
#pragma once

#include <inlay/core/random.hpp>
#include <inlay/core/version.hpp>
#include <inlay/host/source_text.hpp>
#include <inlay/host/spelling.hpp>
#include <inlay/network/memory.hpp>
#include <inlay/network/packed.hpp>
#include <inlay/network/self_test.hpp>

#include <cmath>
#include <cstdio>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// An exported network with all that its header says of it. Functions throw std::invalid_argument for what a header cannot
/// hold: `name` is the file's.
template <class Network>
struct exported {
    using scalar = typename Network::scalar_type;
    using sample = typename Network::input_type;

    std::string name;
    std::vector<scalar>
        elements{}; ///< of all tensors, in canonical order; not an array: large ones would not fit the stack
    std::vector<sample> inputs{};
    std::vector<typename Network::output_type> outputs{};
    std::uint64_t hash = 0;
    double tolerance = 0;

    [[nodiscard]] std::invalid_argument wrong(const std::string& what) const {
        return std::invalid_argument("inlay: cannot export " + name + ": " + what);
    }
    /// `what(i)` names value i.
    void check(const auto& values, const auto& what) const {
        if constexpr (std::is_floating_point_v<std::remove_cvref_t<decltype(values[0])>>)
            for (size_t i = 0; i < values.size(); ++i)
                if (!std::isfinite(values[i]))
                    throw wrong(what(i) + (std::isnan(values[i]) ? " is not a number" : " is infinite"));
    }
    [[nodiscard]] std::span<const scalar> tensor_at(size_t t, size_t first) const {
        return std::span<const scalar>(elements).subspan(first, Network::tensors[t].size);
    }

    /// Takes the network's numbers.
    void take(const Network& net) {
        elements.reserve(Network::element_count);
        Network::each_element([&](size_t index) { elements.push_back(net.element(index)); });
        for (size_t t = 0, first = 0; t < Network::tensor_count; first += Network::tensors[t++].size)
            check(tensor_at(t, first), [&](size_t i) {
                return (Network::tensors[t].role == tensor_role::statistic ? "buffer " : "parameter ") +
                       std::string(Network::tensors[t].name.view()) + "[" + std::to_string(i) + "]";
            });
        hash = parameter_hash(net);
    }

    /// Takes inputs, or draws four, and what the network gives for them. The tolerance is found where none is given.
    void compute(const Network& net, std::span<const sample> given, double given_tolerance) {
        inputs.assign(given.begin(), given.end());
        if (inputs.empty()) {
            inputs.resize(4);
            random_generator random(seed{4});
            for (sample& x : inputs)
                for (auto& value : x)
                    if constexpr (Network::has_input_gradient) value = random.uniform<scalar>(-1, 1);
                    else // tokens, where the first layer says how many there are
                        value = static_cast<typename Network::input_element>(
                            Network::chain_type::token_count ? random() % Network::chain_type::token_count : 0);
        }
        double largest = 0;
        for (const sample& x : inputs) {
            const std::string which = std::to_string(outputs.size());
            check(x, [&](size_t i) { return "golden input " + which + "[" + std::to_string(i) + "]"; });
            outputs.push_back(net(x));
            check(outputs.back(),
                  [&](size_t i) { return "the output for golden input " + which + "[" + std::to_string(i) + "]"; });
            for (const auto value : outputs.back()) largest = std::max(largest, std::abs(static_cast<double>(value)));
        }
        tolerance = given_tolerance > 0 ? given_tolerance : rounding_tolerance<Network>(largest);
        if (!std::isfinite(static_cast<scalar>(tolerance))) throw wrong("the tolerance is not finite");
    }

    /// The type, in one line or, if it is long, in a line for each layer.
    [[nodiscard]] std::string type() const {
        try {
            const std::string line = spelling<Network>::text();
            return line.size() > 95 ? spelling<Network>::text("\n    ", "\n    ") : line;
        } catch (const unspeakable& layer) {
            throw wrong("the layer " + layer.name + " has no name outside its source file");
        }
    }

    [[nodiscard]] std::string hash_text() const {
        char digits[24];
        std::snprintf(digits, sizeof digits, "0x%016llx", static_cast<unsigned long long>(hash));
        return digits;
    }

    /// What the network is and where it comes from.
    void append_heading(std::string& text, std::string_view date, std::span<const std::string> provenance) const {
        const auto comment = [&](std::string_view line) { append_comment(text, line); };
        std::string by = "Written by inlay " + std::string(version) + ", export_header.";
        if (!date.empty()) by += " " + std::string(date) + ".";
        comment(by);
        comment("");
        for (const std::string& line : provenance) comment(line);
        if (!provenance.empty()) comment("");
        comment(std::to_string(Network::parameter_count) + " parameters, " +
                (Network::buffer_count ? std::to_string(Network::buffer_count) + " numbers in buffers, " : "") +
                std::to_string((Network::element_count - Network::stored_extent) * sizeof(scalar) +
                               Network::stored_extent) +
                " bytes; FNV-1a of them " + hash_text() + ".");
        // A number takes clang 7 to 12 steps and g++ 100 to 180 operations; the limits are 2²⁰ and 2²⁵.
        if (Network::element_count > 60000)
            comment("Should a compiler stop at its limit for constant expressions: clang -fconstexpr-steps=" +
                    std::to_string(16 * Network::element_count) +
                    ", g++ -fconstexpr-ops-limit=" + std::to_string(256 * Network::element_count) + ".");
    }

    void append_includes(std::string& text, std::span<const std::string> includes) const {
        text += "#pragma once\n\n#include <inlay/inlay.hpp>\n";
        for (const std::string& one : includes) {
            if (one.empty() || one.find_first_of("\r\n") != one.npos)
                throw wrong(detail::quoted(one) + " cannot be included");
            const bool complete = one.front() == '<' || one.front() == '"';
            text += complete ? "#include " + one + "\n" : "#include \"" + one + "\"\n";
        }
    }

    /// The arithmetic that the outputs need.
    void append_demands(std::string& text) const {
        const std::string bits = std::to_string(bits_version);
        text += "\nstatic_assert(inlay::bits_version == " + bits +
                ",\n              \"inlay: this network was exported under version " + bits +
                " of the arithmetic, and this inlay has another: its \"\n"
                "              \"outputs would differ. Export it again with this inlay, or compile with the one "
                "above.\");\n";
    }

    /// `asked`: whether the namespace is its user's choice, so that it may be taken.
    void append_namespace(std::string& text, const std::string& space, bool asked) const {
        if (asked) {
            std::string defined;
            for (size_t at = 0; at < space.size();) {
                const size_t end = std::min(space.find("::", at), space.size());
                defined += (at ? " || defined(" : "defined(") + space.substr(at, end - at) + ")";
                at = end + 2;
            }
            text += "#if " + defined + "\n#error \"inlay: " + space +
                    " is taken by a macro here: export with another .name_space\"\n#endif\n";
        }
        text += "\nnamespace " + space + " {";
        if (asked) text += " // if this is something else here: export with another .name_space";
    }

    void append_type(std::string& text) const {
        text += "\n\nusing network_type = " + type() + ";\n";
        text += "static_assert(network_type::parameter_count == " + std::to_string(Network::parameter_count) +
                (Network::buffer_count ? " && network_type::buffer_count == " + std::to_string(Network::buffer_count)
                                       : "") +
                ",\n              \"inlay: this is not the network that was exported\");\n" +
                "static_assert(network_type::input_size == " + std::to_string(Network::input_size) +
                " && network_type::output_size == " + std::to_string(Network::output_size) + ");\n\n";
    }

    void append_elements(std::string& text) const {
        append_comment(text, "In canonical order (PyTorch's), laid out for the target by the compiler.");
        if (Network::element_count == 0) text += "inline constexpr network_type net{};\n\n";
        else {
            text += "inline constexpr network_type net = inlay::packed<network_type>({\n";
            for (size_t t = 0, first = 0; t < Network::tensor_count; first += Network::tensors[t++].size) {
                const tensor_spec& spec = Network::tensors[t];
                std::string extents;
                for (size_t axis = 0; axis < spec.rank; ++axis)
                    extents += (axis ? " x " : "") + std::to_string(spec.extents[axis]);
                append_comment(text, std::string(spec.name.view()) + ": " + extents, "    ");
                const auto values = tensor_at(t, first);
                if (spec.element == element_type::int8) { // whole numbers
                    const std::vector<int> whole(values.begin(), values.end());
                    append_numbers<int>(text, whole, "    ");
                } else append_numbers(text, values, "    ");
            }
            text += "});\n\n";
        }
        text += "inline constexpr std::uint64_t parameter_hash = " + hash_text() + "u;\n\n";
    }

    void append_golden(std::string& text) const {
        append_comment(text, "What the network gave on the host, each from zero state.");
        text += "inline constexpr inlay::golden_outputs<network_type, " + std::to_string(inputs.size()) +
                "> golden{\n    " + (INLAY_HAS_FMA ? "true" : "false") + ", // one rounding per multiply-add\n    " +
                hexadecimal(static_cast<scalar>(tolerance)) +
                ", // the largest difference on a target that rounds otherwise\n";
        const auto rows = [&](const auto& samples) {
            text += "    {\n";
            for (const auto& one : samples) {
                text += "        {\n";
                append_numbers<std::remove_cvref_t<decltype(one[0])>>(text, one, "            ");
                text += "        },\n";
            }
            text += "    },\n";
        };
        rows(inputs);
        rows(outputs);
        text += "};\n\n";
        append_comment(text, "Whether this target gives the same: self_test().ok().");
        text += "constexpr auto self_test() { return inlay::self_test(net, golden); }\n\n";
    }
};

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
