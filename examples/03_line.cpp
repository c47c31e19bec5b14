// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The smallest network there is, y = p·x, learnt by gradient descent and compared with its closed form
// p = Σ x·y / Σ x². The error is a parabola in p with curvature c = 2·mean(x²): a learning rate of 1/c reaches its bottom in
// one step, a small one creeps, and above 2/c every step overshoots further.
#include <inlay/host.hpp>

#include <cmath>
#include <cstdio>
#include <iostream>

using line = inlay::network<inlay::input<1>, inlay::dense_without_bias<1>>;
static_assert(line::parameter_count == 1);

int main() {
    constexpr std::size_t count = 20;
    std::vector<std::array<float, 1>> x(count), y(count);
    inlay::random_generator random{inlay::seed{7}};
    double xy = 0, xx = 0;
    for (std::size_t i = 0; i < count; ++i) {
        x[i][0] = static_cast<float>(i + 1) / 10;
        y[i][0] = 2.5f * x[i][0] + random.normal(0.0f, 0.2f);
        xy += static_cast<double>(x[i][0]) * static_cast<double>(y[i][0]);
        xx += static_cast<double>(x[i][0]) * static_cast<double>(x[i][0]);
    }
    const double exact = xy / xx, limit = count / xx; // 2/c
    std::printf("closed form: p = %.6f;  descent converges below a learning rate of %.4f\n\n", exact, limit);

    std::vector<inlay::plot_series> curves;
    const auto descend = [&](const char* name, double rate) {
        line net;
        inlay::trainer<line, inlay::mean_squared_error, inlay::sgd, inlay::batch<count>> trainer{
            net, {.learning_rate = rate}};
        inlay::plot_series curve{name, {}, {}};
        const auto after_epoch = [&](const inlay::history& seen) {
            curve.x.push_back(static_cast<double>(seen.epochs()));
            curve.y.push_back(seen.loss.back());
            return false;
        };
        try {
            fit(trainer, x, y, {.epochs = 40, .after_epoch = after_epoch}, random);
        } catch (const std::runtime_error& error) { std::printf("fit says: %s\n", error.what()); }
        curves.push_back(std::move(curve));
        const double p = static_cast<double>(net.parameter<"0.weight">()(0, 0));
        std::printf("learning rate %.4f, %-17s p = %.6g after %zu steps\n", rate, name, p, curves.back().x.size());
        return std::abs(p - exact);
    };
    const double slow = descend("too small", 0.02 * limit), best = descend("right", 0.5 * limit),
                 over = descend("nearly too large", 0.95 * limit), diverging = descend("too large", 1.5 * limit);
    inlay::picture_of_series(curves, "error over steps", {.x = "step", .y = "mean squared error", .log_y = true})
        .try_save("03_line.svg", std::cout, 480, 360);
    return slow > 0.1 && best < 1e-5 && over > 1e-3 && over < 0.5 && diverging > 1e3 ? 0 : 1;
}
