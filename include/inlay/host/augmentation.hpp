// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Training samples changed a little, anew in every epoch.
#pragma once

#include <inlay/core/random.hpp>
#include <inlay/host/samples.hpp>

#include <array>
#include <cstdint>
#include <tuple>
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

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
