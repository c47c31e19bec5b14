// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What the page's export button gave, compiled here: the outputs are the page's, and inlay writes the same header of it.
#include INCLUDED

#include <inlay/host/export.hpp>

#include <fstream>
#include <iostream>
#include <iterator>

int main(int, char** arguments) {
    std::ifstream file(arguments[1], std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    // The lines of provenance are what is between the first line and the numbers of parameters.
    std::string line = text.substr(text.find("Trained") == text.npos ? text.find("64-32-10") : text.find("Trained"));
    line.resize(line.find('\n'));
    if (!MODEL::self_test().ok()) return std::cout << "other outputs\n", 1;
    if (inlay::header_text(MODEL::net, arguments[1], {.provenance = {line}}) != text)
        return std::cout << inlay::header_text(MODEL::net, arguments[1], {.provenance = {line}}), 1;
    std::cout << "the same\n";
}
