// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The main job: declare a network, train it on real handwritten digits, see how good it is, save it, use it.
//
//     01_digits                             trains
//     01_digits 0 digits.safetensors        trains and saves; from the second time on the network comes from the file
#include <inlay/files.hpp>

#include <cstdlib>
#include <filesystem>
#include <iostream>

using digits = inlay::network<inlay::input<64>, inlay::dense<32>, inlay::relu, inlay::dense<10>>;

static_assert(digits::parameter_count == 2410);
static_assert(inlay::memory<digits>.inference_bytes <= 256);

using digits_trainer = inlay::trainer<digits, inlay::cross_entropy, inlay::adam, inlay::batch<32>>;

namespace {

/// An 8×8 image drawn as text, '#' full ink, '+' half.
std::array<float, 64> drawn(const char (&picture)[8 * 8 + 1]) {
    std::array<float, 64> pixels{};
    for (std::size_t i = 0; i < 64; ++i) pixels[i] = picture[i] == '#' ? 1.0f : picture[i] == '+' ? 0.5f : 0.0f;
    return pixels;
}

void train(digits& net, const inlay::data_set<64>& data, std::uint64_t seed, inlay::progress_bar* bar) {
    initialize(net, inlay::seed{seed});
    digits_trainer trainer{net, {.learning_rate = 1e-3}};
    inlay::random_generator random{inlay::seed{seed + 1}};
    fit(trainer, data.inputs, data.labels, 30, random, [&](std::size_t epoch, double loss) {
        if (bar) bar->update(epoch, "loss " + std::to_string(loss));
    });
    if (bar) bar->finish();
}

} // namespace

int main(int argc, char** argv) {
    // An argument is the number of cross-validations to run (5 gives the figure in the README); 0 skips them. Another one is the
    // network's file.
    const int validations = argc > 1 ? std::atoi(argv[1]) : 1;

    std::cout << "What the compiler knew before this program ran:\n\n"
              << inlay::summary<digits>{} << "bytes: trainer with a batch of 32 samples " << sizeof(digits_trainer)
              << "\n\n";

    auto data = inlay::read_csv<64>(INLAY_EXAMPLE_DATA "/digits.csv.gz", 10);
    scale(data, 1.0f / 16); // pixels are 0 to 16

    // Train on four fifths, test on the rest.
    inlay::random_generator random{inlay::seed{42}};
    const auto folds = inlay::k_fold(data.size(), 5, random);
    const auto test = data.subset(folds[0].test);
    digits net;
    const std::filesystem::path file = argc > 2 ? argv[2] : "";
    if (std::filesystem::exists(file)) {
        load(net, file);
        std::cout << "the network of " << file.string() << '\n';
    } else {
        inlay::progress_bar bar{"training", 30, std::cout};
        train(net, data.subset(folds[0].train), 42, &bar);
        if (!file.empty()) save(net, file);
    }

    inlay::confusion_matrix<10> matrix;
    for (std::size_t i = 0; i < test.size(); ++i) matrix.add(test.labels[i], inlay::argmax(net(test.inputs[i])));
    std::cout << "\naccuracy on " << test.size() << " images it has not seen: " << 100 * matrix.accuracy() << " %\n\n"
              << matrix << '\n';

    const auto image = drawn("   ##   "
                             "  ###   "
                             " ####   "
                             "   ##   "
                             "   ##   "
                             "   ##   "
                             "   ##   "
                             "  ####  ");
    std::cout << "this drawing is a " << inlay::argmax(net(image)) << ":\n";
    for (std::size_t row = 0; row < 8; ++row) {
        for (std::size_t column = 0; column < 8; ++column) std::cout << (image[row * 8 + column] > 0 ? "##" : "  ");
        std::cout << '\n';
    }

    // Five-fold cross-validation, against PyTorch's figure for the same net and settings.
    if (validations > 0) {
        std::vector<double> means;
        for (int seed = 0; seed < validations; ++seed) {
            inlay::random_generator split{inlay::seed{static_cast<std::uint64_t>(seed)}};
            std::vector<double> accuracies;
            for (const auto& fold : inlay::k_fold(data.size(), 5, split)) {
                digits fresh;
                train(fresh, data.subset(fold.train), static_cast<std::uint64_t>(100 * seed) + accuracies.size(),
                      nullptr);
                accuracies.push_back(100 * accuracy(fresh, data.subset(fold.test)));
            }
            means.push_back(inlay::mean(accuracies));
        }
        std::cout << "\n5-fold cross-validation, " << validations << (validations > 1 ? " seeds: " : " seed: ")
                  << inlay::mean(means);
        if (validations > 1) std::cout << " ± " << inlay::standard_deviation(means);
        std::cout << " %        PyTorch, 5 seeds: 96.29 ± 0.49 %\n";
        if (std::abs(inlay::mean(means) - 96.29) > 3 * 0.49) {
            std::cout << "that is further from PyTorch than three of its standard deviations\n";
            return 1;
        }
    }
    return matrix.accuracy() > 0.93 ? 0 : 1;
}
