// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The smallest network there is, y = p·x, learnt by gradient descent and compared with its closed form
// p = Σ x·y / Σ x². The error is a parabola in p with curvature c = 2·mean(x²): below a learning rate of 2/c descent
// converges, above it every step overshoots further.
#include <inlay/inlay.hpp>

#include <array>
#include <cmath>
#include <cstdio>

using line = inlay::network<inlay::input<1>, inlay::dense_without_bias<1>>;
static_assert(line::parameter_count == 1);

int main() {
    constexpr std::size_t count = 20;
    std::array<std::array<float, 1>, count> x, y;
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

    const auto descend = [&](double rate, int steps) {
        line net;
        inlay::trainer<line, inlay::mean_squared_error, inlay::sgd, inlay::batch<count>> trainer{
            net, {.learning_rate = rate}};
        std::printf("learning rate %.4f:", rate);
        for (int i = 0; i < steps; ++i) {
            trainer.step(x, y);
            if (i < 6) std::printf(" %.4f", net.parameter<"0.weight">()(0, 0));
        }
        const double p = net.parameter<"0.weight">()(0, 0);
        std::printf(" … after %d steps %.6g\n", steps, p);
        return std::abs(p - exact);
    };
    const double slow = descend(0.1 * limit, 200), best = descend(0.5 * limit, 200), over = descend(0.9 * limit, 200),
                 diverging = descend(1.1 * limit, 200);
    std::printf("\nat half the limit the first step is exact; near the limit p swings from side to side; beyond it, it "
                "leaves\n");
    return slow < 1e-5 && best < 1e-5 && over < 1e-5 && diverging > 1e3 ? 0 : 1;
}
