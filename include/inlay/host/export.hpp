// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A trained network as one C++ header for the target: its type, its parameters and a self test.
#pragma once

#include <inlay/core/random.hpp>
#include <inlay/core/version.hpp>
#include <inlay/host/file.hpp>
#include <inlay/host/source_text.hpp>
#include <inlay/host/spelling.hpp>
#include <inlay/network/memory.hpp>
#include <inlay/network/packed.hpp>
#include <inlay/network/self_test.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <span>
#include <stdexcept>
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

/// FNV-1a (64 bits) of all tensors in the order of state_dict, each number as its little-endian bytes: equal for equal
/// parameters and buffers, on every target.
template <class Network>
[[nodiscard]] constexpr std::uint64_t parameter_hash(const Network& net) noexcept {
    using scalar = typename Network::scalar_type;
    using bits = std::conditional_t<sizeof(scalar) == 4, std::uint32_t, std::uint64_t>;
    std::uint64_t hash = 0xcbf29ce484222325u;
    Network::each_element([&](size_t index) {
        const auto value = std::bit_cast<bits>(net.element(index));
        for (size_t byte = 0; byte < sizeof(scalar); ++byte)
            hash = (hash ^ (value >> (8 * byte) & 0xff)) * 0x100000001b3u;
    });
    return hash;
}

/// How far an output may move when every product of a sum is rounded once more, or once less, than on the host:
///
///     terms · ε · (1 + max|y|),   ε = 2⁻²³ for float,   terms = Σ over layers of multiply-accumulates per output
///
/// A sum of n products of magnitudes mᵢ is off by at most n·u·Σmᵢ with fused multiply-add and (n+1)·u·Σmᵢ without
/// (u = ε/2; Higham 2002, section 3.1), so the two are within (n + ½)·ε·Σmᵢ of each other. Σmᵢ is taken as 1 + max|y|,
/// and layers as not amplifying what comes in. The usual difference grows with √n, which leaves a margin; a network that
/// cancels or amplifies more needs a tolerance of its own.
template <class Network>
[[nodiscard]] constexpr double rounding_tolerance(double largest_output) noexcept {
    double terms = 1;
    topology::walk<0, Network::layer_count>([&](auto i) {
        terms += static_cast<double>(Network::chain_type::template bound<i>::macs) /
                 static_cast<double>(Network::template layer_output<i>::size);
    });
    return terms * static_cast<double>(std::numeric_limits<typename Network::scalar_type>::epsilon()) *
           (1 + largest_output);
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
    using scalar = typename Network::scalar_type;
    using sample = typename Network::input_type;
    const std::string name = path.string();
    const auto wrong = [&](const std::string& what) {
        return std::invalid_argument("inlay: cannot export " + name + ": " + what);
    };
    const auto check = [&](const auto& values, const auto& what) {
        if constexpr (std::is_floating_point_v<std::remove_cvref_t<decltype(values[0])>>)
            for (size_t i = 0; i < values.size(); ++i)
                if (!std::isfinite(values[i]))
                    throw wrong(what(i) + (std::isnan(values[i]) ? " is not a number" : " is infinite"));
    };

    const std::string space =
        options.name_space.empty() ? detail::namespace_from(path.stem().string()) : options.name_space;
    if (!detail::is_namespace(space)) throw wrong(detail::quoted(space) + " cannot be a namespace");
    std::string type;
    try {
        type = detail::spelling<Network>::text();
        if (type.size() > 95) type = detail::spelling<Network>::text("\n    ", "\n    ");
    } catch (const detail::unspeakable& layer) {
        throw wrong("the layer " + layer.name + " has no name outside its source file");
    }

    std::vector<scalar> parameters; // not an array: large networks would not fit the stack
    parameters.reserve(Network::element_count);
    Network::each_element([&](size_t index) { parameters.push_back(net.element(index)); });
    const auto tensor_at = [&](size_t t, size_t first) {
        return std::span<const scalar>(parameters).subspan(first, Network::tensors[t].size);
    };
    for (size_t t = 0, first = 0; t < Network::tensor_count; first += Network::tensors[t++].size)
        check(tensor_at(t, first), [&](size_t i) {
            return (Network::tensors[t].role == tensor_role::statistic ? "buffer " : "parameter ") +
                   std::string(Network::tensors[t].name.view()) + "[" + std::to_string(i) + "]";
        });

    std::vector<sample> inputs(options.golden.begin(), options.golden.end());
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
    std::vector<typename Network::output_type> outputs;
    double largest = 0;
    for (const sample& x : inputs) {
        const std::string which = std::to_string(outputs.size());
        check(x, [&](size_t i) { return "golden input " + which + "[" + std::to_string(i) + "]"; });
        outputs.push_back(net(x));
        check(outputs.back(),
              [&](size_t i) { return "the output for golden input " + which + "[" + std::to_string(i) + "]"; });
        for (const scalar value : outputs.back()) largest = std::max(largest, static_cast<double>(std::abs(value)));
    }
    const double tolerance = options.tolerance > 0 ? options.tolerance : rounding_tolerance<Network>(largest);
    if (!std::isfinite(static_cast<scalar>(tolerance))) throw wrong("the tolerance is not finite");

    std::string text;
    text.reserve(4096 + 24 * Network::element_count);
    const auto comment = [&](std::string_view line) { detail::append_comment(text, line); };
    const auto number = [](std::uint64_t value) { return std::to_string(value); };
    char hash[24];
    std::snprintf(hash, sizeof hash, "0x%016llx", static_cast<unsigned long long>(parameter_hash(net)));

    comment("Written by inlay " + std::string(version) + ", export_header." +
            (options.date.empty() ? "" : " " + options.date + "."));
    comment("");
    for (const std::string& line : options.provenance) comment(line);
    if (!options.provenance.empty()) comment("");
    comment(number(Network::parameter_count) + " parameters, " +
            (Network::buffer_count ? number(Network::buffer_count) + " numbers in buffers, " : "") +
            number((Network::element_count - Network::stored_extent) * sizeof(scalar) + Network::stored_extent) +
            " bytes; FNV-1a of them " + hash + ".");
    // A number takes clang 7 to 12 steps and g++ 100 to 180 operations; the limits are 2²⁰ and 2²⁵.
    if (Network::element_count > 60000)
        comment("Should a compiler stop at its limit for constant expressions: clang -fconstexpr-steps=" +
                number(16 * Network::element_count) +
                ", g++ -fconstexpr-ops-limit=" + number(256 * Network::element_count) + ".");
    text += "#pragma once\n\n#include <inlay/inlay.hpp>\n";
    for (const std::string& one : options.includes) {
        if (one.empty() || one.find_first_of("\r\n") != one.npos)
            throw wrong(detail::quoted(one) + " cannot be included");
        const bool complete = one.front() == '<' || one.front() == '"';
        text += complete ? "#include " + one + "\n" : "#include \"" + one + "\"\n";
    }
    text +=
        "\nstatic_assert(inlay::bits_version == " + number(bits_version) +
        ",\n              \"inlay: this network was exported under version " + number(bits_version) +
        " of the arithmetic, and this inlay has another: its \"\n"
        "              \"outputs would differ. Export it again with this inlay, or compile with the one above.\");\n";
    if (!options.name_space.empty()) {
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
    if (!options.name_space.empty()) text += " // if this is something else here: export with another .name_space";
    text += "\n\nusing network_type = " + type + ";\n";
    text += "static_assert(network_type::parameter_count == " + number(Network::parameter_count) +
            (Network::buffer_count ? " && network_type::buffer_count == " + number(Network::buffer_count) : "") +
            ",\n              \"inlay: this is not the network that was exported\");\n" +
            "static_assert(network_type::input_size == " + number(Network::input_size) +
            " && network_type::output_size == " + number(Network::output_size) + ");\n\n";

    comment("In canonical order (PyTorch's), laid out for the target by the compiler.");
    if (Network::element_count == 0) text += "inline constexpr network_type net{};\n\n";
    else {
        text += "inline constexpr network_type net = inlay::packed<network_type>({\n";
        for (size_t t = 0, first = 0; t < Network::tensor_count; first += Network::tensors[t++].size) {
            const tensor_spec& spec = Network::tensors[t];
            std::string extents;
            for (size_t axis = 0; axis < spec.rank; ++axis) extents += (axis ? " x " : "") + number(spec.extents[axis]);
            detail::append_comment(text, std::string(spec.name.view()) + ": " + extents, "    ");
            if (spec.element == element_type::int8) { // whole numbers
                const auto values = tensor_at(t, first);
                const std::vector<int> whole(values.begin(), values.end());
                detail::append_numbers<int>(text, whole, "    ");
            } else detail::append_numbers(text, tensor_at(t, first), "    ");
        }
        text += "});\n\n";
    }
    text += "inline constexpr std::uint64_t parameter_hash = " + std::string(hash) + "u;\n\n";

    comment("What the network gave on the host, each from zero state.");
    text += "inline constexpr inlay::golden_outputs<network_type, " + number(inputs.size()) + "> golden{\n    " +
            (INLAY_HAS_FMA ? "true" : "false") + ", // one rounding per multiply-add\n    " +
            detail::hexadecimal(static_cast<scalar>(tolerance)) +
            ", // the largest difference on a target that rounds otherwise\n";
    const auto rows = [&](const auto& samples) {
        text += "    {\n";
        for (const auto& one : samples) {
            text += "        {\n";
            detail::append_numbers<std::remove_cvref_t<decltype(one[0])>>(text, one, "            ");
            text += "        },\n";
        }
        text += "    },\n";
    };
    rows(inputs);
    rows(outputs);
    text += "};\n\n";

    comment("Whether this target gives the same: self_test().ok().");
    text += "constexpr auto self_test() { return inlay::self_test(net, golden); }\n\n} // namespace " + space + "\n";
    replace_file(path, text);
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
