// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// MNIST with one hidden layer: 784-100-10, batches of 100, ten epochs. The four IDX files, plain or .gz, are not part of
// this project: give their folder as the argument.
#include <inlay/host.hpp>

#include <iostream>

using mnist = inlay::network<inlay::input<784>, inlay::dense<100>, inlay::relu, inlay::dense<10>>;

int main(int argc, char** argv) try {
    if (argc < 2) {
        std::cerr
            << "usage: " << argv[0] << " FOLDER\n\n"
            << "FOLDER holds the MNIST database (LeCun, Cortes, Burges): train-images-idx3-ubyte,\n"
            << "train-labels-idx1-ubyte, t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each plain or with .gz.\n"
            << "They can be had from http://yann.lecun.com/exdb/mnist/ and its mirrors.\n";
        return 2;
    }
    const inlay::mnist_directory folder(argv[1]);
    const auto train = folder.train();
    const auto test = folder.test();
    std::cout << inlay::summary<mnist>{} << '\n'
              << train.size() << " images to train on, " << test.size() << " to test\n";

    // 318 KB and 1.4 MB: not for the stack.
    const auto net = inlay::make_network<mnist>(inlay::seed{1});
    const auto trainer = inlay::make_trainer<mnist, inlay::cross_entropy, inlay::sgd_momentum, inlay::batch<100>>(
        *net, {.learning_rate = 0.1, .momentum = 0.9});
    inlay::random_generator random{inlay::seed{2}};
    const std::size_t steps = 10 * ((train.size() + 99) / 100);
    const auto seen =
        fit(*trainer, train.inputs, train.labels,
            {.epochs = 10, .schedule = inlay::schedule::cosine{.rate = 0.1, .total = steps}, .verbose = true}, random,
            inlay::validation{test.inputs, test.labels});
    picture_of(seen).try_save("07_mnist_history.svg", std::cout, 480, 360);
    inlay::picture_of_weights<"0.weight", 28, 28>(*net, "what the hidden units look for", 10)
        .try_save("07_mnist_weights.png", std::cout, 640, 640);

    const double on_train = 100 * accuracy(*net, train), on_test = 100 * accuracy(*net, test);
    std::cout << "\naccuracy after 10 epochs: training " << on_train << " %, test " << on_test << " %\n";
    return on_train > 96.23 && on_test > 97 ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
