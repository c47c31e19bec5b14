// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A trained network as one C++ header for the target: its type, its parameters and a self test.
#pragma once

#include <inlay/core/decimal.hpp>
#include <inlay/core/random.hpp>
#include <inlay/core/version.hpp>
#include <inlay/host/file.hpp>
#include <inlay/layers/window.hpp>
#include <inlay/network/composites.hpp>
#include <inlay/network/frozen.hpp>
#include <inlay/network/memory.hpp>
#include <inlay/network/packed.hpp>
#include <inlay/network/self_test.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// What `export_header` writes besides the network.
template <class Network>
struct export_options {
    /// Of everything in the header, such as "digits" or "models::digits"; by default the file's name as an identifier.
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

namespace detail {

template <class Type>
constexpr std::string_view compiler_name() {
    constexpr std::string_view text = __PRETTY_FUNCTION__; // … [with Type = inlay::dense<32>; …] or … [Type = …]
    const size_t start = text.find("Type = ") + 7;
    const size_t end = text.find("; std::string_view =", start); // g++ explains the return type
    return text.substr(start, (end == text.npos ? text.size() - 1 : end) - start);
}
template <auto Value>
constexpr std::string_view compiler_value() {
    constexpr std::string_view text = __PRETTY_FUNCTION__;
    const size_t start = text.find("Value = ") + 8;
    const size_t end = text.find("; std::string_view =", start);
    return text.substr(start, (end == text.npos ? text.size() - 1 : end) - start);
}

/// A type that cannot be written down elsewhere.
struct unspeakable {
    std::string name;
};

inline std::string speakable(std::string_view name) {
    // {anonymous}::x and (anonymous namespace)::x, main()::x, <lambda…>, and class-type arguments in clang's short form
    if (name.find_first_of("({") != name.npos || name.find("<lambda") != name.npos)
        throw unspeakable{std::string(name)};
    return std::string(name);
}

/// A template's name: its instance's without the arguments at the end.
inline std::string without_arguments(std::string_view name) {
    size_t open = 0, at = name.size();
    while (at > 0) {
        --at;
        if (name[at] == '>') ++open;
        if (name[at] == '<' && --open == 0) break;
    }
    return speakable(name.substr(0, at));
}

inline std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') (result += '\\') += c;
        else if (code >= 32 && code < 127) result += c;
        else // three octal digits: what follows cannot join them
            for (const unsigned part : {8u * 8 * 8, code / 64u, code / 8u % 8, code % 8u})
                result += part == 512 ? '\\' : static_cast<char>('0' + part);
    }
    return result + '"';
}

inline std::string spelled_value(decimal value) {
    const bool negative = value.billionths < 0;
    std::string digits = std::to_string(negative ? -value.billionths : value.billionths);
    if (digits.size() < 10) digits.insert(0, 10 - digits.size(), '0');
    digits.insert(digits.size() - 9, 1, '.');
    while (digits.back() == '0' && digits[digits.size() - 2] != '.') digits.pop_back();
    return (negative ? "-" : "") + digits;
}
inline std::string spelled_value(window value) {
    if (value.height == value.width) return std::to_string(value.height);
    return "inlay::window{" + std::to_string(value.height) + ", " + std::to_string(value.width) + "}";
}
template <auto Value>
std::string spelled_argument() {
    using type = std::remove_cvref_t<decltype(Value)>;
    if constexpr (std::is_same_v<type, bool>) return Value ? "true" : "false";
    else if constexpr (std::is_integral_v<type>) return std::to_string(Value);
    else if constexpr (std::is_enum_v<type>)
        return "static_cast<" + speakable(compiler_name<type>()) + ">(" +
               std::to_string(static_cast<std::underlying_type_t<type>>(Value)) + ")";
    else if constexpr (requires { spelled_value(Value); }) return spelled_value(Value);
    else return speakable(compiler_value<Value>());
}

inline std::string joined(std::initializer_list<std::string> arguments) {
    std::string all;
    for (const std::string& one : arguments) all += (all.empty() ? "" : ", ") + one;
    return all;
}

/// A type as C++ that another file understands. Templates are taken apart by their kind, so that a layer needs no entry
/// here; what fits no kind goes under the compiler's name.
template <class Type>
struct spelling {
    static std::string text() { return speakable(compiler_name<Type>()); }
};
template <template <auto...> class Template, auto... Values>
struct spelling<Template<Values...>> {
    static std::string text() {
        return without_arguments(compiler_name<Template<Values...>>()) + "<" + joined({spelled_argument<Values>()...}) +
               ">";
    }
};
template <template <class...> class Template, class... Types>
struct spelling<Template<Types...>> {
    static std::string text() {
        return without_arguments(compiler_name<Template<Types...>>()) + "<" + joined({spelling<Types>::text()...}) +
               ">";
    }
};
template <fixed_text Name, class Layer>
struct spelling<named<Name, Layer>> {
    static std::string text() { return "inlay::named<" + joined({quoted(Name.view()), spelling<Layer>::text()}) + ">"; }
};
template <class Layer, fixed_text... Names>
struct spelling<frozen<Layer, Names...>> {
    static std::string text() {
        return "inlay::frozen<" + joined({spelling<Layer>::text(), quoted(Names.view())...}) + ">";
    }
};
template <class Scalar, class... Items>
struct spelling<basic_network<Scalar, Items...>> {
    /// Items after the first begin with `separator`.
    static std::string text(const std::string& before = "", const std::string& separator = " ") {
        std::string all;
        for (const std::string& item : {spelling<Items>::text()...})
            all += (all.empty() ? before : "," + separator) + item;
        if constexpr (std::is_same_v<Scalar, float>) return "inlay::network<" + all + ">";
        else return "inlay::basic_network<" + spelling<Scalar>::text() + "," + (before.empty() ? " " : "") + all + ">";
    }
};

/// A finite number to the last bit.
template <class Scalar>
std::string hexadecimal(Scalar value) {
    char digits[64];
    const auto end = std::to_chars(digits, digits + sizeof digits, std::abs(value), std::chars_format::hex).ptr;
    return (std::signbit(value) ? "-0x" : "0x") + std::string(digits, end) + (std::is_same_v<Scalar, float> ? "f" : "");
}

/// Numbers separated by commas, in lines of at most 120 columns.
template <class Scalar>
void append_numbers(std::string& to, std::span<const Scalar> values, const std::string& indent) {
    size_t column = 121;
    for (const Scalar value : values) {
        const std::string text = hexadecimal(value) + ",";
        if (column + text.size() + 1 > 120) {
            if (column <= 120) to += '\n';
            to += indent + text;
            column = indent.size() + text.size();
        } else {
            (to += ' ') += text;
            column += text.size() + 1;
        }
    }
    to += '\n';
}

/// Text as comment lines. A backslash at the end of one would swallow the next.
inline void append_comment(std::string& to, std::string_view text, const std::string& indent = "") {
    for (size_t at = 0; at <= text.size();) {
        const size_t end = std::min(text.find_first_of("\r\n", at), text.size());
        std::string line = indent;
        line += "// ";
        line += text.substr(at, end - at);
        std::replace_if(
            line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 32; }, ' ');
        for (size_t mark; (mark = line.find("??")) != line.npos;) line.insert(mark + 1, 1, ' '); // no trigraphs
        while (line.back() == ' ' || line.back() == '\\') line.pop_back();
        to += line + '\n';
        at = end + 1;
    }
}

inline bool is_identifier(std::string_view word) {
    const auto part = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    static constexpr std::string_view taken =
        " alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t "
        "char8_t class co_await co_return co_yield compl concept const const_cast consteval constexpr "
        "constinit continue decltype default delete do double dynamic_cast else enum explicit export "
        "extern false float for friend goto if inlay inline int long main mutable namespace new noexcept "
        "not not_eq nullptr operator or or_eq private protected public register reinterpret_cast "
        "requires return short signed sizeof static static_assert static_cast std struct switch template "
        "this thread_local throw true try typedef typeid typename union unsigned using virtual void "
        "volatile wchar_t while xor xor_eq ";
    if (word.empty() || digit(word.front())) return false;
    std::string between = " ";
    between += word;
    between += ' ';
    return std::all_of(word.begin(), word.end(), [&](char c) { return part(c) || digit(c); }) &&
           taken.find(between) == taken.npos;
}

/// A namespace from a file's stem: "my-model.v2" becomes my_model_v2.
inline std::string namespace_from(std::string_view stem) {
    std::string name;
    for (const char c : stem) {
        const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (fits) name += c;
        else if (!name.empty() && name.back() != '_') name += '_'; // two in a row are the compiler's own
    }
    if (name.empty()) return "model";
    if (name.front() >= '0' && name.front() <= '9') name.insert(0, "model_");
    return is_identifier(name) ? name : name + "_";
}

inline bool is_namespace(std::string_view name) {
    for (size_t at = 0;;) {
        const size_t end = std::min(name.find("::", at), name.size());
        if (!is_identifier(name.substr(at, end - at))) return false;
        if (end == name.size()) return true;
        at = end + 2;
    }
}

/// Replaces the file at `path` by `bytes`, or leaves it as it is: they are written beside it first.
inline void replace_file(const std::filesystem::path& path, std::string_view bytes) {
    const auto why = [&](int code) {
        return path.string() + ": cannot be written: " + std::generic_category().message(code);
    };
    std::filesystem::path beside = path;
    beside += '.';
    beside += std::to_string(std::random_device{}());
    beside += ".new";
    std::FILE* const file = std::fopen(beside.string().c_str(), "wbx");
    if (!file) throw file_error(why(errno));
    bool written = std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
    written = std::fflush(file) == 0 && written;
    int code = written ? 0 : errno;
    if (std::fclose(file) != 0 && code == 0) code = errno;
    std::error_code problem;
    if (code == 0) {
        std::filesystem::rename(beside, path, problem);
        code = problem.value();
    }
    if (code != 0) {
        std::filesystem::remove(beside, problem);
        throw file_error(why(code));
    }
}

} // namespace detail

/// FNV-1a (64 bits) of the parameters in canonical order, each as its little-endian bytes: equal for equal parameters,
/// on every target.
template <class Network>
constexpr std::uint64_t parameter_hash(const Network& net) {
    using scalar = typename Network::scalar_type;
    using bits = std::conditional_t<sizeof(scalar) == 4, std::uint32_t, std::uint64_t>;
    std::uint64_t hash = 0xcbf29ce484222325u;
    Network::each_parameter([&](size_t index) {
        const auto value = std::bit_cast<bits>(net.parameters()[index]);
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
constexpr double rounding_tolerance(double largest_output) {
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
/// The same arguments give the same bytes. The file is replaced as a whole or not at all. Throws file_error, beginning with
/// the path, when it cannot be written, when a parameter, a golden input or an output is infinite or NaN, when the
/// namespace is none, and when a layer's type has no name outside its source file.
template <class Network>
void export_header(const Network& net, const std::filesystem::path& path,
                   const export_options<std::type_identity_t<Network>>& options = {}) {
    using scalar = typename Network::scalar_type;
    using sample = typename Network::input_type;
    const std::string name = path.string();
    const auto wrong = [&](const std::string& what) { return file_error(name + ": " + what); };
    const auto check = [&](std::span<const scalar> values, const auto& what) {
        for (size_t i = 0; i < values.size(); ++i)
            if (!std::isfinite(values[i]))
                throw wrong(what(i) + (std::isnan(values[i]) ? " is not a number" : " is infinite"));
    };

    const std::string space =
        options.name_space.empty() ? detail::namespace_from(path.stem().string()) : options.name_space;
    if (!detail::is_namespace(space)) throw wrong("\"" + space + "\" cannot be a namespace");
    std::string type;
    try {
        type = detail::spelling<Network>::text();
        if (type.size() > 95) type = detail::spelling<Network>::text("\n    ", "\n    ");
    } catch (const detail::unspeakable& layer) {
        throw wrong("the layer " + layer.name + " has no name outside its source file");
    }

    std::vector<scalar> parameters; // not an array: large networks would not fit the stack
    parameters.reserve(Network::parameter_count);
    Network::each_parameter([&](size_t index) { parameters.push_back(net.parameters()[index]); });
    const auto tensor_at = [&](size_t t, size_t first) {
        return std::span<const scalar>(parameters).subspan(first, Network::tensors[t].size);
    };
    for (size_t t = 0, first = 0; t < Network::tensor_count; first += Network::tensors[t++].size)
        check(tensor_at(t, first), [&](size_t i) {
            return "parameter " + std::string(Network::tensors[t].name.view()) + "[" + std::to_string(i) + "]";
        });

    std::vector<sample> inputs(options.golden.begin(), options.golden.end());
    if (inputs.empty()) {
        inputs.resize(4);
        random_generator random(seed{4});
        for (sample& x : inputs)
            for (scalar& value : x) value = random.uniform<scalar>(-1, 1);
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
    text.reserve(4096 + 24 * Network::parameter_count);
    const auto comment = [&](std::string_view line) { detail::append_comment(text, line); };
    const auto number = [](std::uint64_t value) { return std::to_string(value); };
    char hash[24];
    std::snprintf(hash, sizeof hash, "0x%016llx", static_cast<unsigned long long>(parameter_hash(net)));

    comment("Written by inlay " + std::string(version) + ", export_header." +
            (options.date.empty() ? "" : " " + options.date + "."));
    comment("");
    for (const std::string& line : options.provenance) comment(line);
    if (!options.provenance.empty()) comment("");
    comment(number(Network::parameter_count) + " parameters, " + number(Network::parameter_count * sizeof(scalar)) +
            " bytes; FNV-1a of them " + hash + ".");
    // A parameter takes clang 7 to 12 steps and g++ 100 to 180 operations; the limits are 2²⁰ and 2²⁵.
    if (Network::parameter_count > 60000)
        comment("Should a compiler stop at its limit for constant expressions: clang -fconstexpr-steps=" +
                number(16 * Network::parameter_count) +
                ", g++ -fconstexpr-ops-limit=" + number(256 * Network::parameter_count) + ".");
    text += "#pragma once\n\n#include <inlay/inlay.hpp>\n";
    for (const std::string& one : options.includes) {
        if (one.empty() || one.find_first_of("\r\n") != one.npos) throw wrong("\"" + one + "\" cannot be included");
        const bool complete = one.front() == '<' || one.front() == '"';
        text += complete ? "#include " + one + "\n" : "#include \"" + one + "\"\n";
    }
    text += "\nnamespace " + space + " {\n\nusing network_type = " + type + ";\n";
    text += "static_assert(network_type::parameter_count == " + number(Network::parameter_count) +
            ",\n              \"inlay: this is not the network that was exported\");\n" +
            "static_assert(network_type::input_size == " + number(Network::input_size) +
            " && network_type::output_size == " + number(Network::output_size) + ");\n\n";

    comment("In canonical order (PyTorch's), laid out for the target by the compiler.");
    if (Network::parameter_count == 0) text += "inline constexpr network_type net{};\n\n";
    else {
        text += "inline constexpr network_type net = inlay::packed<network_type>({\n";
        for (size_t t = 0, first = 0; t < Network::tensor_count; first += Network::tensors[t++].size) {
            const tensor_spec& spec = Network::tensors[t];
            std::string extents;
            for (size_t axis = 0; axis < spec.rank; ++axis) extents += (axis ? " x " : "") + number(spec.extents[axis]);
            detail::append_comment(text, std::string(spec.name.view()) + ": " + extents, "    ");
            detail::append_numbers(text, tensor_at(t, first), "    ");
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
            detail::append_numbers(text, std::span<const scalar>(one), "            ");
            text += "        },\n";
        }
        text += "    },\n";
    };
    rows(inputs);
    rows(outputs);
    text += "};\n\n";

    comment("Whether this target gives the same: self_test().ok().");
    text += "constexpr auto self_test() { return inlay::self_test(net, golden); }\n\n} // namespace " + space + "\n";
    detail::replace_file(path, text);
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
