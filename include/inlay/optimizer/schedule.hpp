// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Learning rates over time: `trainer.learning_rate(schedule(step))`, steps counted from 0. A step is whatever the caller
// counts, batches or epochs. Pure functions of the step, but for reduce_on_plateau. They compute in double.
#pragma once

#include <inlay/core/expects.hpp>
#include <inlay/core/math.hpp>

#include <limits>

namespace inlay::inline INLAY_TARGET::schedule {

namespace detail {

/// cos(π·x) for x in [0, 1], by its series about ½ (error below 1e-15): −sin(π·(x − ½)).
constexpr double cos_pi(double x) noexcept {
    constexpr double pi = static_cast<double>(0x3243f6a8885a3) / static_cast<double>(std::uint64_t{1} << 48);
    const double u = pi * (x - 0.5), square = u * u;
    double sum = 0;
    for (int k = 12; k >= 0; --k)
        sum = math::fma(-square / static_cast<double>((2 * k + 2) * (2 * k + 3)), sum, double(1));
    return math::fma(-u, sum, double(0)); // closed: it meets a sum
}

/// From `from` at 0 to `to` at 1 along half a cosine.
constexpr double cosine_between(double from, double to, double at) noexcept {
    return math::fma((from - to) / 2, 1 + cos_pi(at), to);
}

/// base^exponent for base > 0.
constexpr double power(double base, double exponent) noexcept { return math::exp(exponent * math::log(base)); }

} // namespace detail

/// The same rate always.
struct constant {
    double rate = 1e-3;
    [[nodiscard]] constexpr double operator()(size_t) const noexcept { return rate; }
};

/// rate · gammaᵏ after k·every steps (torch.optim.lr_scheduler.StepLR).
struct step_decay {
    double rate = 1e-3;
    size_t every = 30;
    double gamma = 0.1;
    [[nodiscard]] constexpr double operator()(size_t step) const noexcept {
        double result = rate;
        for (size_t k = every ? step / every : 0; k > 0; --k) result *= gamma;
        return result;
    }
};

/// rate · gamma^step, gamma > 0 (ExponentialLR).
struct exponential {
    double rate = 1e-3;
    double gamma = 0.99;
    [[nodiscard]] constexpr double operator()(size_t step) const noexcept {
        INLAY_EXPECTS(gamma > 0, "inlay: an exponential schedule needs a gamma above 0");
        return rate * detail::power(gamma, static_cast<double>(step));
    }
};

/// A linear warm-up from 0 over `warm_up` steps, then half a cosine from rate to least at step `total` (Loshchilov and
/// Hutter 2017; CosineAnnealingLR where warm_up is 0). Constant after that.
struct cosine {
    double rate = 1e-3;
    size_t total = 100;
    size_t warm_up = 0;
    double least = 0;
    [[nodiscard]] constexpr double operator()(size_t step) const noexcept {
        if (step < warm_up) return rate * static_cast<double>(step + 1) / static_cast<double>(warm_up);
        if (step >= total) return least;
        return detail::cosine_between(rate, least,
                                      static_cast<double>(step - warm_up) / static_cast<double>(total - warm_up));
    }
};

/// Up from rate/start_divisor to rate over the first `rise` of all steps, then down to rate/(start_divisor ·
/// end_divisor), both along half a cosine (Smith and Topin 2018; OneCycleLR).
struct one_cycle {
    double rate = 1e-2;
    size_t total = 100;
    double rise = 0.3;
    double start_divisor = 25;
    double end_divisor = 1e4;
    double least_momentum = 0.85, most_momentum = 0.95;
    [[nodiscard]] constexpr double operator()(size_t step) const noexcept {
        const double start = rate / start_divisor;
        return between(step, start, rate, start / end_divisor);
    }
    /// Momentum goes the other way, as it does in PyTorch unless cycle_momentum=False: from most_momentum down to
    /// least_momentum and up again. For `trainer.momentum(schedule.momentum(step))`.
    [[nodiscard]] constexpr double momentum(size_t step) const noexcept {
        return between(step, most_momentum, least_momentum, most_momentum);
    }

  private:
    constexpr double between(size_t step, double first, double middle, double end) const noexcept {
        const double last = static_cast<double>(total) - 1,
                     top = math::fma(rise, static_cast<double>(total), double(-1));
        const double at = static_cast<double>(step);
        if (at >= last) return end;
        if (at <= top && top > 0) return detail::cosine_between(first, middle, at / top);
        return detail::cosine_between(middle, end, (at - top) / (last - top));
    }
};

/// Multiplies the rate by `factor` when the watched value has not improved for more than `patience` calls
/// (ReduceLROnPlateau, mode min, relative threshold). Call it once per epoch with the loss; it returns the rate. A loss of
/// NaN is no improvement.
struct reduce_on_plateau {
    double rate = 1e-3;
    double factor = 0.1;
    size_t patience = 10;
    double threshold = 1e-4;
    double least = 0;

    constexpr double operator()(double loss) noexcept {
        if (loss < best_ * (1 - threshold)) {
            best_ = loss;
            waited_ = 0;
        } else if (++waited_ > patience) {
            rate = rate * factor > least ? rate * factor : least;
            waited_ = 0;
        }
        return rate;
    }

    double best_ = std::numeric_limits<double>::infinity(); ///< the least loss so far
    size_t waited_ = 0;
};

} // namespace inlay::inline INLAY_TARGET::schedule
