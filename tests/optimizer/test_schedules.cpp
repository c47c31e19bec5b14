// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Learning rates against PyTorch's, relative error at most 1e-13: both round a handful of operations per step.
#define BOOST_TEST_MODULE optimizer_schedules
#include <boost/test/unit_test.hpp>

#include "../golden/schedules.hpp"

#include <inlay/optimizer/schedule.hpp>

#include <cmath>
#include <limits>
#include <span>

namespace schedule = inlay::schedule;
namespace torch = golden::schedules;
using inlay::size_t;

template <class Schedule>
void like_torch(Schedule rates, std::span<const double> expected) {
    for (size_t step = 0; step < expected.size(); ++step)
        BOOST_TEST(std::abs(rates(step) - expected[step]) <= 1e-13 * expected[step],
                   "step " << step << ": " << rates(step) << " instead of " << expected[step]);
}

BOOST_AUTO_TEST_CASE(golden_values) {
    like_torch(schedule::step_decay{.rate = 0.1, .every = 3, .gamma = 0.5}, torch::step);
    like_torch(schedule::exponential{.rate = 0.1, .gamma = 0.9}, torch::exponential);
    like_torch(schedule::cosine{.rate = 0.1, .total = 20, .least = 0.001}, torch::cosine);
    like_torch(schedule::one_cycle{.rate = 0.2, .total = 40}, torch::one_cycle);
    like_torch(schedule::one_cycle{.rate = 0.2, .total = 31, .rise = 0.1, .start_divisor = 10, .end_divisor = 100},
               torch::one_cycle_early);
}

BOOST_AUTO_TEST_CASE(no_steps_no_decay) {
    BOOST_TEST((schedule::step_decay{.rate = 0.1, .every = 0}(7)) == 0.1);
}

BOOST_AUTO_TEST_CASE(plateau) {
    schedule::reduce_on_plateau rates{.rate = 0.1, .factor = 0.5, .patience = 2};
    for (size_t i = 0; i < std::size(torch::plateau); ++i)
        BOOST_TEST(rates(torch::plateau_losses[i]) == torch::plateau[i], boost::test_tools::tolerance(1e-14));
    schedule::reduce_on_plateau least{.rate = 0.1, .factor = 0.1, .patience = 1, .least = 0.002};
    for (size_t i = 0; i < std::size(torch::plateau_least); ++i)
        BOOST_TEST(least(torch::plateau_least_losses[i]) == torch::plateau_least[i],
                   boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(constant_and_ends) {
    BOOST_TEST(schedule::constant{.rate = 0.25}(0) == 0.25);
    BOOST_TEST(schedule::constant{.rate = 0.25}(1000000) == 0.25);
    const schedule::cosine warm{.rate = 0.1, .total = 30, .warm_up = 10, .least = 0.01};
    for (size_t step = 0; step < 10; ++step)
        BOOST_TEST(warm(step) == 0.01 * static_cast<double>(step + 1), boost::test_tools::tolerance(1e-14));
    BOOST_TEST(warm(10) == 0.1, boost::test_tools::tolerance(1e-14));
    BOOST_TEST(warm(20) == 0.055, boost::test_tools::tolerance(1e-14));
    BOOST_TEST(warm(30) == 0.01);
    BOOST_TEST(warm(1000) == 0.01);
    for (size_t step = 10; step < 30; ++step) BOOST_TEST(warm(step) > warm(step + 1));
    const schedule::one_cycle cycle{.rate = 0.2, .total = 40};
    BOOST_TEST(cycle(39) == 0.2 / 25 / 1e4, boost::test_tools::tolerance(1e-14));
    BOOST_TEST(cycle(100) == cycle(39));
    BOOST_TEST(cycle(11) == 0.2, boost::test_tools::tolerance(1e-14)); // the top: 0.3 · 40 − 1
}

// OneCycleLR's momentum with cycle_momentum=True, its default: the rate's way upside down.
BOOST_AUTO_TEST_CASE(momentum_of_one_cycle) {
    const schedule::one_cycle cycle{.rate = 0.2, .total = 40};
    BOOST_TEST(cycle.momentum(0) == 0.95, boost::test_tools::tolerance(1e-15));
    BOOST_TEST(cycle.momentum(11) == 0.85, boost::test_tools::tolerance(1e-15));
    BOOST_TEST(cycle.momentum(39) == 0.95);
    BOOST_TEST(cycle.momentum(1000) == 0.95);
    for (size_t step = 0; step < 39; ++step) {
        const double top = 0.3 * 40 - 1, at = static_cast<double>(step), pi = std::acos(-1.0);
        const bool rises = at <= top;
        const double part = rises ? at / top : (at - top) / (39 - top), from = rises ? 0.95 : 0.85, to = 1.8 - from;
        BOOST_TEST(cycle.momentum(step) == to + (from - to) / 2 * (1 + std::cos(pi * part)),
                   boost::test_tools::tolerance(1e-14)); // torch.optim.lr_scheduler._annealing_cos
    }
    const schedule::one_cycle own{.rate = 0.2, .total = 40, .least_momentum = 0.5, .most_momentum = 0.75};
    BOOST_TEST(own.momentum(0) == 0.75);
    BOOST_TEST(own.momentum(11) == 0.5);
}

// ReduceLROnPlateau: NaN and infinity are no improvement, and what comes after them can be one.
BOOST_AUTO_TEST_CASE(plateau_after_nan) {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
    for (const double bad : {nan, infinity}) {
        schedule::reduce_on_plateau rates{.rate = 1, .factor = 0.5, .patience = 1};
        BOOST_TEST(rates(bad) == 1);   // 1 bad
        BOOST_TEST(rates(3) == 1);     // the first improvement
        BOOST_TEST(rates(bad) == 1);   // 1 bad
        BOOST_TEST(rates(2) == 1);     // another
        BOOST_TEST(rates(2) == 1);     // 1 bad
        BOOST_TEST(rates(bad) == 0.5); // 2 bad: more than patience
        BOOST_TEST(rates(1) == 0.5);
    }
}

BOOST_AUTO_TEST_CASE(compile_time) {
    constexpr schedule::one_cycle cycle{.rate = 0.2, .total = 40};
    constexpr double then[] = {cycle(0), cycle(5), cycle(11), cycle(25)};
    constexpr double power = schedule::exponential{.rate = 0.1, .gamma = 0.9}(17);
    volatile size_t steps[] = {0, 5, 11, 25}, seventeen = 17;
    for (size_t i = 0; i < 4; ++i) BOOST_TEST(cycle(steps[i]) == then[i]); // not one bit apart
    BOOST_TEST((schedule::exponential{.rate = 0.1, .gamma = 0.9}(seventeen)) == power);
}
