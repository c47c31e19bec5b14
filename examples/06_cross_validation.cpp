// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Five-fold cross-validation with Adam and weight decay on three classic data sets, on all cores, next to PyTorch with the
// same nets and settings (tools/reference/cross_validation.py). A single split says little: from one to the next the
// accuracy on 36 wines moves by several per cent.
#include <inlay/host.hpp>

#include <cmath>
#include <iomanip>
#include <iostream>

namespace {

using inlay::dense, inlay::input, inlay::network, inlay::relu;

struct settings {
    const char* name;
    std::size_t epochs;
    double learning_rate;
    bool standardized; // each feature to mean 0 and deviation 1, measured on the training part alone
    double pytorch, pytorch_deviation;
};

template <class Net, std::size_t Batch, std::size_t Features>
bool validate(const inlay::data_set<Features>& data, const settings& s) {
    std::vector<double> means;
    for (std::uint64_t number = 0; number < 5; ++number) {
        inlay::random_generator random{inlay::seed{number}};
        const auto train_and_test = [&](Net& net, const inlay::fold_indices& fold, inlay::seed from) {
            auto train = data.subset(fold.train), test = data.subset(fold.test);
            if (s.standardized) standardize(train, test);
            inlay::trainer<Net, inlay::cross_entropy, inlay::adam, inlay::batch<Batch>> trainer{
                net, {.learning_rate = s.learning_rate, .weight_decay = 1e-4}};
            inlay::random_generator order{from};
            fit(trainer, train.inputs, train.labels, {.epochs = s.epochs}, order);
            return 100 * accuracy(net, test);
        };
        means.push_back(inlay::cross_validate<Net>(inlay::k_fold(data.size(), 5, random), train_and_test,
                                                   {.random = inlay::seed{number}})
                            .mean);
    }
    const double mean = inlay::mean(means), deviation = inlay::standard_deviation(means);
    std::cout << std::left << std::setw(16) << s.name << std::fixed << std::setprecision(2) << mean << " ± "
              << deviation << " %     " << s.pytorch << " ± " << s.pytorch_deviation << " %\n";
    return std::abs(mean - s.pytorch) < 3 * std::max(deviation, s.pytorch_deviation);
}

} // namespace

int main() {
    const std::string folder = INLAY_EXAMPLE_DATA;
    auto digits = inlay::read_csv<64>(folder + "/digits.csv.gz", 10);
    scale(digits, 1.0f / 16);
    const auto iris = inlay::read_csv<4>(folder + "/iris.csv", 3);
    const auto wine = inlay::read_csv<13>(folder + "/wine.csv", 3);

    std::cout << "5-fold cross-validation, 5 seeds, mean ± deviation of the seeds' means\n\n"
              << "                inlay               PyTorch\n";
    bool alike = true;
    alike &= validate<network<input<64>, dense<32>, relu, dense<10>>, 32>(
        digits, {"digits 64-32-10", 30, 1e-3, false, 96.36, 0.23});
    alike &=
        validate<network<input<4>, dense<8>, relu, dense<3>>, 16>(iris, {"iris 4-8-3", 100, 1e-2, true, 96.00, 1.05});
    alike &= validate<network<input<13>, dense<16>, relu, dense<3>>, 16>(wine,
                                                                         {"wine 13-16-3", 60, 1e-2, true, 97.75, 0.57});
    std::cout << (alike ? "\nwithin three standard deviations of PyTorch\n"
                        : "\nNOT within three standard deviations of PyTorch\n");
    return alike ? 0 : 1;
}
