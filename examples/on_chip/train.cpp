// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The host's part: trains on handwritten digits, and writes the network and some images it has not seen as headers.
//
//     train DIRECTORY
#include <inlay/host.hpp>

#include <cstdio>
#include <fstream>
#include <iostream>

using digits = inlay::network<inlay::input<64>, inlay::dense<32>, inlay::relu, inlay::dense<10>>;

// What the smallest of the chips has to spare.
static_assert(inlay::fits<digits, inlay::ram<1024>, inlay::flash<16384>>);

constexpr std::size_t image_count = 100;

int main(int, char** argv) {
    const std::string folder = argv[1];
    auto data = inlay::read_csv<64>(INLAY_EXAMPLE_DATA "/digits.csv.gz", 10);
    scale(data, 1.0f / 16); // pixels are 0 to 16
    inlay::random_generator random{inlay::seed{42}};
    const auto folds = inlay::k_fold(data.size(), 5, random);
    const auto known = data.subset(folds[0].train), unseen = data.subset(folds[0].test);

    digits net;
    initialize(net, inlay::seed{42});
    inlay::trainer<digits, inlay::cross_entropy, inlay::adam, inlay::batch<32>> trainer{net, {.learning_rate = 1e-3}};
    fit(trainer, known.inputs, known.labels, 30, random);
    char result[80];
    std::snprintf(result, sizeof result, "%.2f %% of %zu images it has not seen", 100 * accuracy(net, unseen),
                  unseen.size());
    std::cout << "trained: " << result << '\n';

    // The self test draws its inputs: images have corners that are always white, whose weights nobody would miss.
    export_header(net, folder + "/digits.hpp",
                  {.name_space = "digits", .provenance = {"UCI digits, four fifths, 30 epochs of Adam.", result}});

    // Pixels are sixteenths: they fit a byte, and every chip makes the same float of it.
    std::ofstream file(folder + "/images.hpp");
    file << "// Written by examples/on_chip/train.cpp.\n#pragma once\n\nstruct image {\n    unsigned char pixels[64];\n"
            "    unsigned char label, host; // what it is, and what the host takes it for\n};\n\n"
            "inline constexpr image images[] = {\n";
    for (std::size_t n = 0; n < image_count; ++n) {
        file << "    {{";
        for (const float pixel : unseen.inputs[n]) file << static_cast<int>(pixel * 16) << ", ";
        file << "}, " << unseen.labels[n] << ", " << inlay::argmax(net(unseen.inputs[n])) << "},\n";
    }
    file << "};\n";
    return file.flush() ? 0 : 1;
}
