// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Training samples changed a little, anew in every epoch.
#pragma once

#include <inlay/core/math.hpp>
#include <inlay/core/random.hpp>
#include <inlay/host/samples.hpp>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

/// A generator for sample `index` of an epoch, whatever came before (the numbers are mixed as in splitmix64, Steele et
/// al. 2014).
constexpr random_generator generator_of(seed from, std::uint64_t epoch, std::uint64_t index) noexcept {
    const auto mixed = [](std::uint64_t v) {
        v += 0x9e3779b97f4a7c15u;
        v = (v ^ (v >> 30)) * 0xbf58476d1ce4e5b9u;
        v = (v ^ (v >> 27)) * 0x94d049bb133111ebu;
        return v ^ (v >> 31);
    };
    return random_generator(seed{mixed(index ^ mixed(epoch ^ mixed(from.value)))});
}

} // namespace detail

/// Inputs that pass through `steps`, each a call `step(x, random)` that changes the std::array x:
///
///     augmented images(train.inputs, seed{5}, shift_image<28, 28>{.by = 2}, add_noise{.deviation = 0.05});
///     fit(trainer, images, train.labels, {.epochs = 20}, random);
///
/// Sample i of an epoch depends on seed, epoch and i alone, not on who asks for it, when or how often. `fit` with options
/// calls epoch(1), epoch(2), …; loops of one's own do it themselves. Holds a reference to `inputs`. A step is one of
/// those below or your own: `[](auto& x, random_generator& random) { … }`.
template <class Inputs, class... Steps>
class augmented {
  public:
    using value_type = detail::item_of<Inputs>;

    /// `steps` on `inputs`, which must outlive this.
    augmented(const Inputs& inputs, seed from, Steps... steps)
        : inputs_(&inputs), from_(from), steps_(std::move(steps)...) {}
    augmented(Inputs&&, seed, Steps...) = delete; // it would be gone

    [[nodiscard]] std::size_t size() const { return inputs_->size(); }
    /// Sample `index`, changed as in this epoch.
    [[nodiscard]] value_type operator[](std::size_t index) const {
        value_type x = (*inputs_)[index];
        random_generator random = detail::generator_of(from_, epoch_, index);
        std::apply([&](const Steps&... step) { (step(x, random), ...); }, steps_);
        return x;
    }
    /// Which epoch it is from now on.
    void epoch(std::uint64_t number) noexcept { epoch_ = number; }

  private:
    const Inputs* inputs_;
    seed from_;
    std::uint64_t epoch_ = 0;
    std::tuple<Steps...> steps_;
};

/// Adds normally distributed noise to every number.
struct add_noise {
    double deviation = 0.1_double;
    template <class Scalar, std::size_t Size>
    void operator()(std::array<Scalar, Size>& x, random_generator& random) const {
        for (Scalar& value : x) value += random.normal(Scalar(0), static_cast<Scalar>(deviation));
    }
};

/// Moves an image by up to `by` pixels in each direction; what comes in is `fill`.
template <std::size_t Height, std::size_t Width, std::size_t Channels = 1>
struct shift_image {
    std::uint32_t by = 1;
    double fill = 0;
    template <class Scalar>
    void operator()(std::array<Scalar, Height * Width * Channels>& x, random_generator& random) const {
        const auto from = x;
        const auto draw = [&] { return static_cast<std::ptrdiff_t>(random.below(2 * by + 1)) - std::ptrdiff_t{by}; };
        const std::ptrdiff_t down = draw(), right = draw();
        for (std::size_t r = 0; r < Height; ++r)
            for (std::size_t c = 0; c < Width; ++c) {
                // Negative places are larger than any extent.
                const auto row = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(r) - down);
                const auto column = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(c) - right);
                for (std::size_t k = 0; k < Channels; ++k)
                    x[(r * Width + c) * Channels + k] = row < Height && column < Width
                                                            ? from[(row * Width + column) * Channels + k]
                                                            : static_cast<Scalar>(fill);
            }
    }
};

/// Turns left and right of an image round, in half of all cases.
template <std::size_t Height, std::size_t Width, std::size_t Channels = 1>
struct flip_image {
    double chance = 0.5;
    template <class Scalar>
    void operator()(std::array<Scalar, Height * Width * Channels>& x, random_generator& random) const {
        if (!(random.uniform(0.0, 1.0) < chance)) return;
        for (std::size_t r = 0; r < Height; ++r)
            for (std::size_t c = 0; c < Width / 2; ++c)
                for (std::size_t k = 0; k < Channels; ++k)
                    std::swap(x[(r * Width + c) * Channels + k], x[(r * Width + Width - 1 - c) * Channels + k]);
    }
};

// ---- generators -------------------------------------------------------------------------------------------------------------

/// The inputs or the targets of samples that are made when they are asked for, as ranges that `fit` takes: `size()` and `[]`.
/// That of the inputs passes `epoch` on.
template <class Samples, bool OfInputs>
struct samples_view {
    Samples* of; ///< must outlive this
    [[nodiscard]] std::size_t size() const { return of->size(); }
    /// That of sample `index`, in this epoch.
    [[nodiscard]] auto operator[](std::size_t index) const {
        if constexpr (OfInputs) return of->input(index);
        else return of->target(index);
    }
    /// Which epoch it is from now on.
    void epoch(std::uint64_t number) const requires OfInputs { of->epoch(number); }
};

/// Samples that `call(random)` makes, a std::pair of an input and a target, whenever they are asked for; none is stored.
///
///     generated samples(1000, seed{5}, [](random_generator& random) {
///         const float x = random.uniform(0.0f, 6.28f);
///         return std::pair{std::array{x}, std::array{std::sin(x)}};
///     });
///     fit(trainer, samples.inputs(), samples.targets(), {.epochs = 100}, random);
///
/// An epoch has `count` of them, and every epoch others: sample i depends on seed, epoch and i alone. `fit` with options says
/// which epoch it is. The call is made for the input and again for its target, also on several threads: it changes nothing.
template <class Call>
class generated {
  public:
    /// `count` samples an epoch.
    generated(std::size_t count, seed from, Call call) : count_(count), from_(from), call_(std::move(call)) {}
    generated(const generated&) = delete;
    generated& operator=(const generated&) = delete;

    /// Ranges of both: samples_view.
    [[nodiscard]] auto inputs() noexcept { return samples_view<generated, true>{this}; }
    [[nodiscard]] auto targets() noexcept { return samples_view<generated, false>{this}; }
    /// How many samples an epoch has.
    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    /// Sample `index` of this epoch.
    [[nodiscard]] auto sample(std::size_t index) const {
        random_generator random = detail::generator_of(from_, epoch_, index);
        return call_(random);
    }
    /// Its input.
    [[nodiscard]] auto input(std::size_t index) const { return sample(index).first; }
    /// Its target.
    [[nodiscard]] auto target(std::size_t index) const { return sample(index).second; }
    /// Which epoch it is from now on.
    void epoch(std::uint64_t number) noexcept { epoch_ = number; }

  private:
    std::size_t count_;
    seed from_;
    Call call_;
    std::uint64_t epoch_ = 0;
};

// ---- mixup --------------------------------------------------------------------------------------------------------------

namespace detail {

/// The logarithm of a number from the gamma distribution (Marsaglia and Tsang 2000; below 1 by the number for shape + 1). A
/// logarithm, because small shapes give numbers below all that double has.
inline double log_gamma_distributed(double shape, random_generator& random) {
    const auto log_of_uniform = [&] { return math::log(1 - random.unit<double>()); };
    const double low = shape < 1 ? log_of_uniform() / shape : 0;
    const double d = (shape < 1 ? shape + 1 : shape) - double(1) / 3, c = 1 / math::sqrt(9 * d);
    for (;;) {
        const double x = random.normal<double>(), root = math::fma(c, x, double(1)),
                     v = math::product(math::product(root, root), root);
        if (!(v > 0)) continue;
        const double half = math::product(x, x) / 2, rest = math::log(v) - v + 1; // math::log(v) is below v − 1
        if (log_of_uniform() < math::fma(d, rest, half)) return low + math::log(d) + math::log(v);
    }
}
/// From the beta distribution with both shapes alike.
inline double beta_distributed(double shape, random_generator& random) {
    const double one = log_gamma_distributed(shape, random), other = log_gamma_distributed(shape, random);
    return 1 / (1 + math::exp(other - one));
}

} // namespace detail

/// Mixup (Zhang et al. 2018): sample i is mixed with another one by chance, inputs and targets alike,
///
///     x = λ·xᵢ + (1−λ)·xⱼ,   t = λ·tᵢ + (1−λ)·tⱼ,   λ from Beta(alpha, alpha)
///
///     const auto targets = one_hot<10>(train.labels);
///     mixup mixed(train.inputs, targets, seed{5}, 0.2);
///     fit(trainer, mixed.inputs(), mixed.targets(), {.epochs = 20}, random, validation{test.inputs, test_targets});
///
/// With alpha = 0.1 to 0.4 most samples stay nearly as they are; with 1 every λ is as likely. Targets are arrays of numbers,
/// those that cross_entropy takes as probabilities. As of `augmented`, λ and j depend on seed, epoch and i alone, and
/// references are held: mixup mixes augmented inputs too. Throws std::invalid_argument unless alpha is a number above 0
/// and there are as many targets as inputs.
template <class Inputs, class Targets>
class mixup {
    static_assert(!std::is_arithmetic_v<detail::item_of<Targets>>,
                  "inlay: mixup mixes targets that are arrays of numbers: one_hot<Classes>(labels)");

  public:
    /// Both must outlive this.
    mixup(Inputs& inputs, const Targets& targets, seed from, double alpha = 0.2_double)
        : inputs_(&inputs), targets_(&targets), from_(from), alpha_(alpha) {
        if (!(alpha > 0) || !(alpha - alpha == 0))
            throw std::invalid_argument("inlay: mixup with alpha " + detail::short_number(alpha) +
                                        ": expected a number above 0");
        detail::check_counts(inputs.size(), targets.size(), "targets");
    }
    mixup(const mixup&) = delete;
    mixup& operator=(const mixup&) = delete;

    /// Ranges of what is mixed: samples_view.
    [[nodiscard]] auto inputs() noexcept { return samples_view<mixup, true>{this}; }
    [[nodiscard]] auto targets() noexcept { return samples_view<mixup, false>{this}; }
    /// How many samples there are.
    [[nodiscard]] std::size_t size() const { return inputs_->size(); }
    /// Input `index` of this epoch.
    [[nodiscard]] auto input(std::size_t index) const { return mixed(*inputs_, index); }
    /// Its target.
    [[nodiscard]] auto target(std::size_t index) const { return mixed(*targets_, index); }
    /// Which epoch it is from now on: `fit` with options says so.
    void epoch(std::uint64_t number) {
        epoch_ = number;
        if constexpr (requires { inputs_->epoch(number); }) inputs_->epoch(number);
    }
    /// λ and j of sample `index` in this epoch.
    [[nodiscard]] std::pair<double, std::size_t> partner(std::size_t index) const {
        random_generator random = detail::generator_of(from_, epoch_, index);
        const auto other = random.below(static_cast<std::uint32_t>(inputs_->size()));
        return {detail::beta_distributed(alpha_, random), other};
    }

  private:
    template <class Range>
    [[nodiscard]] auto mixed(const Range& range, std::size_t index) const {
        const auto [share, other] = partner(index);
        auto one = range[index];
        const auto two = range[other];
        using scalar = std::remove_cvref_t<decltype(one[0])>;
        const auto lambda = static_cast<scalar>(share);
        for (std::size_t i = 0; i < one.size(); ++i) one[i] = math::fma(lambda, one[i] - two[i], two[i]);
        return one;
    }

    Inputs* inputs_;
    const Targets* targets_;
    seed from_;
    double alpha_;
    std::uint64_t epoch_ = 0;
};
/// `mixup mixed(inputs, targets, seed{1})`
template <class Inputs, class Targets>
mixup(Inputs&, const Targets&, seed) -> mixup<Inputs, Targets>;
/// `mixup mixed(inputs, targets, seed{1}, 0.4)`
template <class Inputs, class Targets>
mixup(Inputs&, const Targets&, seed, double) -> mixup<Inputs, Targets>;

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
