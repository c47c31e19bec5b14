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

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// All that a header says of a network, as data: what writes it does not depend on the network's type, and is compiled once.
/// Functions throw std::invalid_argument for what a header cannot hold: `name` is the file's.
template <class Scalar, class In = Scalar, class Out = Scalar>
struct model_text {
    std::string name;
    std::span<const tensor_spec> tensors;
    size_t parameter_count, buffer_count, stored_extent, input_size, output_size;
    std::vector<Scalar>
        elements{};           ///< of all tensors, in canonical order; not an array: large ones would not fit the stack
    std::vector<In> inputs{}; ///< one sample after the other
    std::vector<Out> outputs{};
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
    [[nodiscard]] std::span<const Scalar> tensor_at(size_t t, size_t first) const {
        return std::span<const Scalar>(elements).subspan(first, tensors[t].size);
    }
    void check_elements() const {
        for (size_t t = 0, first = 0; t < tensors.size(); first += tensors[t++].size)
            check(tensor_at(t, first), [&](size_t i) {
                return (tensors[t].role == tensor_role::statistic ? "buffer " : "parameter ") +
                       std::string(tensors[t].name.view()) + "[" + std::to_string(i) + "]";
            });
    }
    /// Four samples in [-1, 1), or of tokens, where the first layer says how many there are.
    void draw_inputs(size_t token_count) {
        inputs.resize(4 * input_size);
        random_generator random(seed{4});
        for (auto& value : inputs)
            if constexpr (std::is_same_v<In, Scalar>) value = random.uniform<Scalar>(-1, 1);
            else value = static_cast<In>(token_count ? random() % token_count : 0);
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
        comment(std::to_string(parameter_count) + " parameters, " +
                (buffer_count ? std::to_string(buffer_count) + " numbers in buffers, " : "") +
                std::to_string((elements.size() - stored_extent) * sizeof(Scalar) + stored_extent) +
                " bytes; FNV-1a of them " + hash_text() + ".");
        // A number takes clang 7 to 12 steps and g++ 100 to 180 operations; the limits are 2²⁰ and 2²⁵.
        if (elements.size() > 60000)
            comment("Should a compiler stop at its limit for constant expressions: clang -fconstexpr-steps=" +
                    std::to_string(16 * elements.size()) +
                    ", g++ -fconstexpr-ops-limit=" + std::to_string(256 * elements.size()) + ".");
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

    void append_type(std::string& text, const std::string& type) const {
        text += "\n\nusing network_type = " + type + ";\n";
        text += "static_assert(network_type::parameter_count == " + std::to_string(parameter_count) +
                (buffer_count ? " && network_type::buffer_count == " + std::to_string(buffer_count) : "") +
                ",\n              \"inlay: this is not the network that was exported\");\n" +
                "static_assert(network_type::input_size == " + std::to_string(input_size) +
                " && network_type::output_size == " + std::to_string(output_size) + ");\n\n";
    }

    void append_elements(std::string& text) const {
        append_comment(text, "In canonical order (PyTorch's), laid out for the target by the compiler.");
        if (elements.size() == 0) text += "inline constexpr network_type net{};\n\n";
        else {
            text += "inline constexpr network_type net = inlay::packed<network_type>({\n";
            for (size_t t = 0, first = 0; t < tensors.size(); first += tensors[t++].size) {
                const tensor_spec& spec = tensors[t];
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
        text += "inline constexpr inlay::golden_outputs<network_type, " + std::to_string(inputs.size() / input_size) +
                "> golden{\n    " + (INLAY_HAS_FMA ? "true" : "false") + ", // one rounding per multiply-add\n    " +
                hexadecimal(static_cast<Scalar>(tolerance)) +
                ", // the largest difference on a target that rounds otherwise\n";
        const auto rows = [&]<class Element>(std::span<const Element> samples, size_t size) {
            text += "    {\n";
            for (size_t at = 0; at < samples.size(); at += size) {
                text += "        {\n";
                append_numbers<Element>(text, samples.subspan(at, size), "            ");
                text += "        },\n";
            }
            text += "    },\n";
        };
        rows(std::span<const In>(inputs), input_size);
        rows(std::span<const Out>(outputs), output_size);
        text += "};\n\n";
        append_comment(text, "Whether this target gives the same: self_test().ok().");
        text += "constexpr auto self_test() { return inlay::self_test(net, golden); }\n\n";
    }

    /// The whole header; `type` is the network's, `space` the namespace.
    [[nodiscard]] std::string text(const std::string& type, const std::string& space, bool asked, std::string_view date,
                                   std::span<const std::string> provenance,
                                   std::span<const std::string> includes) const {
        std::string all;
        all.reserve(4096 + 24 * elements.size());
        append_heading(all, date, provenance);
        append_includes(all, includes);
        append_demands(all);
        append_namespace(all, space, asked);
        append_type(all, type);
        append_elements(all);
        append_golden(all);
        return all + "} // namespace " + space + "\n";
    }
};

/// The same of a network.
template <class Network>
struct exported
    : model_text<typename Network::scalar_type, typename Network::input_element, typename Network::output_element> {
    using scalar = typename Network::scalar_type;
    using sample = typename Network::input_type;
    using base = model_text<scalar, typename Network::input_element, typename Network::output_element>;

    explicit exported(std::string file)
        : base{std::move(file),        Network::tensors,    Network::parameter_count, Network::buffer_count,
               Network::stored_extent, Network::input_size, Network::output_size} {}

    /// Takes the network's numbers.
    void take(const Network& net) {
        this->elements.reserve(Network::element_count);
        Network::each_element([&](size_t index) { this->elements.push_back(net.element(index)); });
        this->check_elements();
        this->hash = parameter_hash(net);
    }

    /// Takes inputs, or draws four, and what the network gives for them. The tolerance is found where none is given.
    void compute(const Network& net, std::span<const sample> given, double given_tolerance) {
        for (const sample& x : given) this->inputs.insert(this->inputs.end(), x.begin(), x.end());
        if (given.empty()) this->draw_inputs(Network::chain_type::token_count);
        double largest = 0;
        for (size_t n = 0; n * Network::input_size < this->inputs.size(); ++n) {
            sample x;
            std::copy_n(this->inputs.begin() + static_cast<std::ptrdiff_t>(n * Network::input_size), x.size(),
                        x.begin());
            const std::string which = std::to_string(n);
            this->check(x, [&](size_t i) { return "golden input " + which + "[" + std::to_string(i) + "]"; });
            const auto y = net(x);
            this->check(
                y, [&](size_t i) { return "the output for golden input " + which + "[" + std::to_string(i) + "]"; });
            this->outputs.insert(this->outputs.end(), y.begin(), y.end());
            for (const auto value : y) largest = std::max(largest, std::abs(static_cast<double>(value)));
        }
        this->tolerance = given_tolerance > 0 ? given_tolerance : rounding_tolerance<Network>(largest);
        if (!std::isfinite(static_cast<scalar>(this->tolerance))) throw this->wrong("the tolerance is not finite");
    }

    /// The type, in one line or, if it is long, in a line for each layer.
    [[nodiscard]] std::string type() const {
        try {
            const std::string line = spelling<Network>::text();
            return line.size() > 95 ? spelling<Network>::text("\n    ", "\n    ") : line;
        } catch (const unspeakable& layer) {
            throw this->wrong("the layer " + layer.name + " has no name outside its source file");
        }
    }
};

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
