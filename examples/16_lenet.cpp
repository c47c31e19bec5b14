// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// LeNet-5 on MNIST (LeCun et al. 1998; with relu and maximum pooling, as it is built today): ten epochs of Adam, the learning
// rate falling along half a cosine. `16_lenet FOLDER` reads the database; a second argument is the number of epochs, below
// ten of which it learns from a part of the images only, as the tests do.
//
// With this seed 99.25 % of the test images after ten epochs, 21 s of one core (Zen 4, g++ -O3). PyTorch, the same net and
// settings: 99.32 % with its seed 0 (tools/reference/learning.py lenet, PyTorch 1.13, one thread; 188 s beside other programs).
#include <inlay/host.hpp>

#include <cstdlib>
#include <iostream>

using namespace inlay;

using lenet = network<input<28, 28, 1>, conv2d<6, 5, 1, 2>, relu, max_pool2d<2>, conv2d<16, 5>, relu, max_pool2d<2>,
                      flatten, dense<120>, relu, dense<84>, relu, dense<10>>;
static_assert(lenet::parameter_count == 61706);

int main(int argc, char** argv) try {
    if (argc < 2) {
        std::cout
            << "skipped: give the folder of the MNIST database (train-images-idx3-ubyte.gz and its three siblings)\n";
        return 77;
    }
    const mnist_directory folder(argv[1]);
    auto train = folder.train();
    const auto test = folder.test();
    const std::size_t epochs = argc > 2 ? static_cast<std::size_t>(std::max(1, std::atoi(argv[2]))) : 10;
    random_generator random{seed{1}};
    if (epochs < 10) train = train.subset(train_test_split(train.size(), 0.2, random).test);

    const auto net = make_network<lenet>(seed{1});
    const auto trainer = make_trainer<lenet, cross_entropy, adam, batch<64>>(*net);
    const std::size_t steps = epochs * ((train.size() + 63) / 64);
    const auto seen =
        fit(*trainer, train.inputs, train.labels,
            {.epochs = epochs, .schedule = schedule::cosine{.rate = 2e-3, .total = steps}, .report = &std::cout},
            random, validation{test.inputs, test.labels}, accuracy_metric());

    confusion_matrix<10> matrix;
    const auto classes = predict_classes(*net, test.inputs);
    for (std::size_t i = 0; i < test.size(); ++i) matrix.add(test.labels[i], classes[i]);
    std::cout << matrix << "\ntest accuracy " << 100 * matrix.accuracy() << " %\n";
    picture_of(matrix, "LeNet on the test images").try_save("16_lenet_confusion.svg", std::cout, 560, 560);
    picture_of_weights<"0.weight", 5, 5>(*net, "filters", 6).try_save("16_lenet_filters.svg", std::cout, 480, 120);
    picture_of(seen).try_save("16_lenet_history.svg", std::cout, 480, 480);
    return matrix.accuracy() >= (epochs < 10 ? 0.9 : 0.99) ? 0 : 1;
} catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
}
