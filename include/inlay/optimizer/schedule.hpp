// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Learning rates over time: `trainer.learning_rate(schedule(step))`, steps counted from 0. A step is whatever the caller
// counts, batches or epochs. Pure functions of the step, but for reduce_on_plateau.
#pragma once

#include <inlay/core/math.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::schedule {

namespace detail {

/// cos(π·x) for x in [0, 1], by its series about ½ (error below 1e-15): −sin(π·(x − ½)).
constexpr double cos_pi(double x) {
    const double u = 3.14159265358979323846_double * (x - 0.5), square = u * u;
    double sum = 0;
    for (int k = 12; k >= 0; --k) sum = math::fma(-square / ((2.0_double * k + 2) * (2.0_double * k + 3)), sum, 1.0_double);
    return -u * sum;
}

/// From `from` at 0 to `to` at 1 along half a cosine.
constexpr double cosine_between(double from, double to, double at) {
    return math::fma((from - to) / 2, 1 + cos_pi(at), to);
}

/// base^exponent for base > 0.
constexpr double power(double base, double exponent) { return math::exp(exponent * math::log(base)); }

} // namespace detail

/// The same rate always.
struct constant {
    double rate = 1e-3_double;
    constexpr double operator()(size_t) const { return rate; }
};

/// rate · gammaᵏ after k·every steps (torch.optim.lr_scheduler.StepLR).
struct step_decay {
    double rate = 1e-3_double;
    size_t every = 30;
    double gamma = 0.1_double;
    constexpr double operator()(size_t step) const {
        double result = rate;
        for (size_t k = every ? step / every : 0; k > 0; --k) result *= gamma;
        return result;
    }
};

/// rate · gamma^step, gamma > 0 (ExponentialLR).
struct exponential {
    double rate = 1e-3_double;
    double gamma = 0.99_double;
    constexpr double operator()(size_t step) const { return rate * detail::power(gamma, static_cast<double>(step)); }
};

/// A linear warm-up from 0 over `warm_up` steps, then half a cosine from rate to least at step `total` (Loshchilov and
/// Hutter 2017; CosineAnnealingLR where warm_up is 0). Constant after that.
struct cosine {
    double rate = 1e-3_double;
    size_t total = 100;
    size_t warm_up = 0;
    double least = 0;
    constexpr double operator()(size_t step) const {
        if (step < warm_up) return rate * static_cast<double>(step + 1) / static_cast<double>(warm_up);
        if (step >= total) return least;
        return detail::cosine_between(rate, least,
                                      static_cast<double>(step - warm_up) / static_cast<double>(total - warm_up));
    }
};

/// Up from rate/start_divisor to rate over the first `rise` of all steps, then down to rate/(start_divisor ·
/// end_divisor), both along half a cosine (Smith and Topin 2018; OneCycleLR).
struct one_cycle {
    double rate = 1e-2_double;
    size_t total = 100;
    double rise = 0.3_double;
    double start_divisor = 25;
    double end_divisor = 1e4;
    constexpr double operator()(size_t step) const {
        const double last = static_cast<double>(total) - 1, top = math::fma(rise, static_cast<double>(total), -1.0_double);
        const double at = static_cast<double>(step), start = rate / start_divisor, end = start / end_divisor;
        if (at >= last) return end;
        if (at <= top && top > 0) return detail::cosine_between(start, rate, at / top);
        return detail::cosine_between(rate, end, (at - top) / (last - top));
    }
};

/// Multiplies the rate by `factor` when the watched value has not improved for more than `patience` calls
/// (ReduceLROnPlateau, mode min, relative threshold). Call it once per epoch with the loss; it returns the rate.
struct reduce_on_plateau {
    double rate = 1e-3_double;
    double factor = 0.1_double;
    size_t patience = 10;
    double threshold = 1e-4_double;
    double least = 0;

    constexpr double operator()(double loss) {
        if (!seen_ || loss < best_ * (1 - threshold)) {
            best_ = loss;
            waited_ = 0;
            seen_ = true;
        } else if (++waited_ > patience) {
            rate = rate * factor > least ? rate * factor : least;
            waited_ = 0;
        }
        return rate;
    }

    double best_ = 0; ///< the least loss so far
    size_t waited_ = 0;
    bool seen_ = false;
};

} // namespace inlay::inline INLAY_TARGET::schedule

#include <inlay/core/macros_back.inc>
