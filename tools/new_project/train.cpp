// Trains on a table of numbers and classes, says how good the network is, and writes it as a header for the chip:
//
//     train data.csv @NAME@_model.hpp
#include "net.hpp"

#include <inlay/host.hpp>

#include <exception>
#include <iostream>

int main(int argc, char** argv) {
    using namespace @NAME@;
    if (argc != 3) {
        std::cerr << "usage: train data.csv @NAME@_model.hpp\n";
        return 2;
    }
    try {
        const auto data = inlay::read_csv<2>(argv[1], 2);
        inlay::random_generator random{inlay::seed{1}};
        const auto fold = inlay::stratified_split(data.labels, 0.25, random);
        const auto train = data.subset(fold.train), test = data.subset(fold.test);

        net_type net;
        initialize(net, inlay::seed{2});
        adapt(net, train.inputs);
        trainer_type trainer{net, {.learning_rate = 0.01}};
        const auto seen = fit(trainer, train.inputs, train.labels, {.epochs = 100, .patience = 10, .verbose = true},
                              random, inlay::validation{test.inputs, test.labels}, inlay::accuracy_metric());
        const auto found = diagnose(net, inlay::cross_entropy{}, train);
        if (!found.healthy()) std::cout << found;

        const double accuracy = inlay::accuracy(net, test);
        std::cout << "accuracy on " << test.size() << " samples it has not seen: " << 100 * accuracy << " % (epoch "
                  << seen.best_epoch << ")\n";
        export_header(net, argv[2], {.provenance = {"accuracy " + std::to_string(accuracy)}});
        return accuracy > 0.9 ? 0 : 1;
    } catch (const std::exception& problem) {
        std::cerr << problem.what() << '\n';
        return 1;
    }
}
