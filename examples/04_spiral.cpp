// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The two spirals of the TensorFlow playground: does a second layer help? Each net is trained from several seeds, and the
// distribution of its test loss is reported, because one lucky run says nothing. Settings as in the playground: 500
// points, half of them for testing, features x₁ x₂ x₁² x₂² x₁x₂ sin x₁ sin x₂, weights uniform(±½), biases 0.1, tanh
// output, batch 10, learning rate 0.03, loss ½(o − y)².
#include <inlay/host.hpp>

#include <cmath>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <type_traits>

using inlay::batch, inlay::dense, inlay::input, inlay::network;
namespace {

using wide = network<input<7>, dense<6>, inlay::tanh, dense<1>, inlay::tanh>;
using narrow = network<input<7>, dense<3>, inlay::tanh, dense<3>, inlay::tanh, dense<1>, inlay::tanh>;
using deep = network<input<7>, dense<6>, inlay::tanh, dense<6>, inlay::tanh, dense<1>, inlay::tanh>;

struct points {
    std::vector<std::array<float, 7>> inputs;
    std::vector<std::array<float, 1>> targets;
};

std::array<float, 7> features(double a, double b) {
    const std::array<double, 7> all{a, b, a * a, b * b, a * b, std::sin(a), std::sin(b)};
    std::array<float, 7> x;
    for (std::size_t f = 0; f < 7; ++f) x[f] = static_cast<float>(all[f]);
    return x;
}

void spirals(inlay::random_generator& random, points& train, points& test) {
    constexpr double pi = 3.14159265358979323846;
    constexpr int count = 250; // per arm
    points all;
    for (const int arm : {1, -1})
        for (int i = 0; i < count; ++i) {
            const double share = double(i) / count, radius = 5 * share;
            const double angle = 1.75 * share * 2 * pi + (arm > 0 ? 0 : pi);
            all.inputs.push_back(features(radius * std::sin(angle), radius * std::cos(angle)));
            all.targets.push_back({static_cast<float>(arm)});
        }
    const auto order = inlay::shuffled_indices(all.inputs.size(), random);
    for (std::size_t i = 0; i < order.size(); ++i) {
        points& part = i < order.size() / 2 ? train : test;
        part.inputs.push_back(all.inputs[order[i]]);
        part.targets.push_back(all.targets[order[i]]);
    }
}

/// ½(o − y)², the playground's loss, so that its gradient is o − y.
using half_square = inlay::huber<1000.0>;

template <class Net>
double test_loss(const Net& net, const points& data) {
    double total = 0;
    for (std::size_t i = 0; i < data.inputs.size(); ++i) {
        const double d = static_cast<double>(net(data.inputs[i])[0] - data.targets[i][0]);
        total += 0.5 * d * d;
    }
    return total / static_cast<double>(data.inputs.size());
}

/// The test points, and where the network says 1.
template <class Net>
void draw(const Net& net, const points& data) {
    inlay::plot_series one{"says 1", {}, {}, true}, arm{"is 1", {}, {}, true}, other{"is −1", {}, {}, true};
    const auto add = [](inlay::plot_series& to, double a, double b) { to.x.push_back(a), to.y.push_back(b); };
    for (double a = -6; a <= 6; a += 0.125)
        for (double b = -6; b <= 6; b += 0.125)
            if (net(features(a, b))[0] > 0) add(one, a, b);
    for (std::size_t i = 0; i < data.inputs.size(); ++i)
        add(data.targets[i][0] > 0 ? arm : other, double(data.inputs[i][0]), double(data.inputs[i][1]));
    inlay::picture_of_series({one, arm, other}, "two spirals", {.square = true})
        .try_save("04_spiral.svg", std::cout, 480, 480);
}

/// What PyTorch gives for the same net: tools/reference/spiral.py, 200 seeds; median, least and largest test loss.
struct reference {
    double median, least, largest;
};

/// Trains from `seeds` seeds; prints both distributions; false if ours is unlike PyTorch's.
template <class Net>
bool compare(const char* name, int seeds, std::array<reference, 2> pytorch) {
    std::array<std::vector<double>, 2> losses;
    for (int seed = 0; seed < seeds; ++seed) {
        const auto start = static_cast<std::uint64_t>(seed);
        inlay::random_generator random{inlay::seed{1000 + start}};
        points train, test;
        spirals(random, train, test);
        Net net;
        initialize(net, inlay::seed{start}, inlay::init::uniform{-0.5, 0.5}, inlay::init::constant{0.1});
        inlay::trainer<Net, half_square, inlay::sgd, batch<10>> trainer{net, {.learning_rate = 0.03}};
        fit(trainer, train.inputs, train.targets, 370, random, [&](std::size_t epoch, double) {
            if (epoch == 259) losses[0].push_back(test_loss(net, test));
        });
        losses[1].push_back(test_loss(net, test));
        if (std::is_same_v<Net, deep> && seed + 1 == seeds) draw(net, test);
    }
    bool alike = true;
    for (std::size_t at = 0; at < 2; ++at) {
        const double median = inlay::median(losses[at]);
        std::cout << std::left << std::setw(6) << name << std::right << std::setw(6) << (at == 0 ? 259 : 370)
                  << std::fixed << std::setprecision(3) << "   " << median << " [" << inlay::quantile(losses[at], 0)
                  << " – " << inlay::quantile(losses[at], 1) << "]     " << pytorch[at].median << " ["
                  << pytorch[at].least << " – " << pytorch[at].largest << "]\n";
        // A median of 20 moves by a factor of about two from one set of seeds to the next.
        alike = alike && median > pytorch[at].median / 2.5 && median < pytorch[at].median * 2.5;
    }
    return alike;
}

} // namespace

int main(int argc, char** argv) {
    const int seeds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 20;
    std::cout << "two spirals, test loss of " << seeds << " seeds: median [least – largest]\n\n"
              << "net   epochs   inlay                      PyTorch, 200 seeds\n";
    bool alike = true;
    alike &= compare<wide>("6", seeds, {{{.126, .017, .444}, {.091, .012, .427}}});
    alike &= compare<narrow>("3+3", seeds, {{{.310, .068, .547}, {.293, .011, .514}}});
    alike &= compare<deep>("6+6", seeds, {{{.088, .007, .347}, {.063, .003, .337}}});
    std::cout << "\nOne layer of 6 and two of 6 overlap widely; two of 3 are worse than either. "
              << (alike ? "The medians agree with PyTorch's.\n" : "The medians are UNLIKE PyTorch's.\n");
    return alike ? 0 : 1;
}
