// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Regression of a curve from 90 noisy samples: sin(3x)·e^(−x/2) on 0 to 3. Two units are too few for it; 32 learn the noise,
// too, if they are left to it, and the curve if the training ends where samples that it has not seen are met best.
#include <inlay/host.hpp>

#include <cmath>
#include <cstdio>
#include <iostream>

using namespace inlay;

template <std::size_t Units>
using curve = network<input<1>, dense<Units>, inlay::tanh, dense<Units>, inlay::tanh, dense<1>>;

using points = std::vector<std::array<float, 1>>;

double truth(double x) { return std::sin(3 * x) * std::exp(-x / 2); }

/// Fits, draws and returns R² on the curve without noise.
template <std::size_t Units>
double learn(const char* name, const points& x, const points& y, std::size_t patience, const std::string& file) {
    curve<Units> net;
    initialize(net, seed{4});
    trainer<curve<Units>, mean_squared_error, adam, batch<16>> trainer{net, {.learning_rate = 0.01}};
    random_generator random{seed{5}};
    const auto seen = fit(trainer, x, y, {.epochs = 3000, .patience = patience, .validation_split = 0.33}, random);
    points at, wanted;
    for (int i = 0; i <= 300; ++i) {
        at.push_back({static_cast<float>(i) / 100});
        wanted.push_back({static_cast<float>(truth(i / 100.0))});
    }
    const regression_report report(wanted, predict(net, at));
    std::printf("%-32s %4zu epochs, best %4zu: loss %.4f, validation %.4f; from the true curve R² %.4f\n", name,
                seen.epochs(), seen.best_epoch, seen.loss[seen.best_epoch - 1],
                seen.validation_loss[seen.best_epoch - 1], report.r2);
    picture_of_curve(net, x, y, name).try_save(file + ".svg", std::cout, 480, 360);
    picture_of(seen, name).try_save(file + "_history.svg", std::cout, 480, 360);
    return report.r2;
}

int main() {
    random_generator random{seed{1}};
    points x, y;
    for (int i = 0; i < 90; ++i) {
        const double place = random.uniform(0.0, 3.0);
        x.push_back({static_cast<float>(place)});
        y.push_back({static_cast<float>(truth(place) + random.normal(0.0, 0.2))});
    }
    const double few = learn<2>("2 units", x, y, 300, "14_curve_2");
    const double all = learn<32>("32 units, to the end", x, y, 0, "14_curve_32");
    const double stopped = learn<32>("32 units, stopped early", x, y, 300, "14_curve");
    return stopped > few && stopped > all && stopped > 0.95 ? 0 : 1;
}
