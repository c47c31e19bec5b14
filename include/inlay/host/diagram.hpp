// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/host/file.hpp>
#include <inlay/host/summary.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// Text as XML.
inline std::string xml_text(std::string_view text) {
    std::string all;
    for (const char c : text)
        if (c == '<') all += "&lt;";
        else if (c == '>') all += "&gt;";
        else if (c == '&') all += "&amp;";
        else if (c == '"') all += "&quot;";
        else all += c;
    return all;
}

} // namespace detail

/// A network as an SVG drawing, from its type alone: a box per layer with its name, parameters and bytes, and on the arrows
/// between them the shapes. The bytes of a layer are those of its parameters; below stand the totals, flash and RAM as
/// memory<Network> has them. The same type gives the same bytes.
template <class Network>
[[nodiscard]] std::string diagram() {
    constexpr int left = 30, width = 300, box = 44, gap = 34;
    const auto text = [](int x, int y, const std::string& what, const char* more = "") {
        return "<text x=\"" + std::to_string(x) + "\" y=\"" + std::to_string(y) + "\"" + more + ">" +
               detail::xml_text(what) + "</text>\n";
    };
    const auto arrow = [&](int y, const std::string& shape) {
        const std::string x = std::to_string(left + width / 2);
        return "<line x1=\"" + x + "\" y1=\"" + std::to_string(y) + "\" x2=\"" + x + "\" y2=\"" +
               std::to_string(y + gap - 5) + "\" stroke=\"#333\" marker-end=\"url(#tip)\"/>\n" +
               text(left + width / 2 + 8, y + gap / 2 + 3, shape, " fill=\"#555\"");
    };
    std::string body = text(left + width / 2, 22, "input", " text-anchor=\"middle\" font-weight=\"bold\"");
    int y = 28;
    body += arrow(y, detail::shape_text(typename Network::input_shape{}));
    y += gap;
    constexpr auto& bytes = memory<Network>;
    topology::walk<0, Network::layer_count>([&](auto i) {
        size_t count = 0;
        for (const tensor_spec& spec : Network::chain_type::template bound<i>::tensors) count += spec.size;
        body += "<rect x=\"" + std::to_string(left) + "\" y=\"" + std::to_string(y) + "\" width=\"" +
                std::to_string(width) + "\" height=\"" + std::to_string(box) + "\" rx=\"6\" fill=\"" +
                (count ? "#dbe9f6" : "#f2f2f2") + "\" stroke=\"#333\"/>\n";
        body += text(left + 10, y + 18, std::to_string(i()) + "  " + detail::layer_text<Network, i>(),
                     " font-weight=\"bold\"");
        if (count)
            body +=
                text(left + 10, y + 36,
                     std::to_string(count) + " numbers, " + std::to_string(bytes.layers[i].parameter_bytes) + " bytes");
        y += box;
        body += arrow(y, detail::shape_text(typename Network::template layer_output<i>{}));
        y += gap;
    });
    body += text(left + width / 2, y + 12, "output", " text-anchor=\"middle\" font-weight=\"bold\"");
    body += text(left, y + 36,
                 std::to_string(Network::parameter_count) + " parameters; bytes: flash " +
                     std::to_string(bytes.parameter_bytes) + ", RAM " +
                     std::to_string(bytes.inference_bytes + bytes.state_bytes));
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + std::to_string(width + 2 * left + 40) +
           "\" height=\"" + std::to_string(y + 50) +
           "\" font-family=\"sans-serif\" font-size=\"13\">\n<defs><marker id=\"tip\" viewBox=\"0 0 10 10\" refX=\"8\" "
           "refY=\"5\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\" "
           "fill=\"#333\"/></marker></defs>\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n" +
           body + "</svg>\n";
}

/// Writes that into a file: `save_diagram<lenet>("lenet.svg")`. Throws file_error when it cannot be written.
template <class Network>
void save_diagram(const std::filesystem::path& path) {
    replace_file(path, diagram<Network>());
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
