// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Why deep networks did not learn, and then did. Every layer multiplies the gradient by Wᵀ and by the slope of its activation:
//
//     ∂L/∂x = Wᵀ·(f′(z) ⊙ ∂L/∂y)
//
// A sigmoid's slope is ¼ at most, so that five layers leave next to nothing for the first. relu's slope is 1 where it is
// not 0, and He's start values (variance 2/inputs) keep the size of what goes through, forward and back (He et al. 2015).
#include <inlay/host.hpp>

#include <iostream>

using namespace inlay;

template <class F>
using stack = network<input<64>, dense<32>, F, dense<32>, F, dense<32>, F, dense<32>, F, dense<32>, F, dense<10>>;

/// Trains, shows what diagnose finds before, and returns the accuracy; `gradients` is the norm that arrives at each layer.
template <class F>
double learn(const char* name, const data_set<64>& train, const data_set<64>& test, plot_series& gradients,
             bool& vanishes, auto... start) {
    const auto net = make_network<stack<F>>(seed{1});
    initialize(*net, seed{1}, start...);
    const auto found = diagnose(*net, cross_entropy{}, train);
    std::cout << name << ":\n";
    for (const finding& one : found.findings) std::cout << "  " << one.text << '\n';
    if (found.healthy()) std::cout << "  diagnose finds nothing\n";
    vanishes = found.has(illness::vanishing_gradients);
    gradients.name = name;
    for (std::size_t i = 0; i < found.layers.size(); ++i)
        if (found.layers[i].learns) {
            gradients.x.push_back(static_cast<double>(gradients.x.size()));
            gradients.y.push_back(found.layers[i].weight_gradient);
        }
    const auto trainer =
        make_trainer<stack<F>, cross_entropy, sgd_momentum, batch<32>>(*net, {.learning_rate = 0.02, .momentum = 0.9});
    random_generator random{seed{2}};
    const auto seen = fit(*trainer, train.inputs, train.labels, {.epochs = 15}, random);
    const double right = accuracy(*net, test);
    std::cout << "  after 15 epochs: loss " << seen.loss.back() << ", accuracy on the test part " << 100 * right
              << " %\n\n";
    return right;
}

int main() {
    auto data = read_csv<64>(INLAY_EXAMPLE_DATA "/digits.csv.gz", 10);
    scale(data, 1.0f / 16);
    random_generator random{seed{3}};
    const auto split = stratified_split(data.labels, 0.2, random);
    const auto train = data.subset(split.train), test = data.subset(split.test);

    plot_series old_way, new_way;
    bool old_vanishes = false, new_vanishes = false;
    const double old_right = learn<sigmoid>("five layers of sigmoids", train, test, old_way, old_vanishes);
    const double new_right =
        learn<relu>("the same of relus, He's start values", train, test, new_way, new_vanishes, init::he_normal{});
    picture_of_series({old_way, new_way}, "gradient of each layer's weights before training",
                      {.x = "layer", .y = "norm", .log_y = true})
        .try_save("13_vanishing.svg", std::cout, 480, 360);
    return old_vanishes && !new_vanishes && old_right < 0.2 && new_right > 0.93 ? 0 : 1;
}
