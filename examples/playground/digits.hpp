// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The 1,797 digits of 8 × 8 pixels, and the net that learns them in the page.
#pragma once

#include <inlay/inlay.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace playground {

class digits {
  public:
    static constexpr std::size_t pixels = 64, count = 1797, train = 1437;
    using net_type = inlay::network<inlay::input<pixels>, inlay::dense<32>, inlay::relu, inlay::dense<10>>;
    using image = net_type::input_type;

    /// Images of 64 pixels, 0 to 16, each with its class behind it.
    std::array<std::uint8_t, count*(pixels + 1)> raw{};

    void begin(std::uint64_t seed, float rate) {
        random_ = inlay::random_generator{inlay::seed{seed}};
        for (std::size_t i = 0; i < count; ++i) order_[i] = static_cast<std::uint16_t>(i);
        inlay::shuffle(order_.data(), count, random_); // the last 360 are for testing
        inlay::initialize(net_, inlay::seed{seed});
        trainer_.optimizer() = trainer_type::optimizer_type{{.learning_rate = static_cast<double>(rate)}};
        next_ = steps_done = 0;
    }
    float steps(std::size_t how_many) {
        float loss = 0;
        for (std::size_t k = 0; k < how_many; ++k, ++steps_done) {
            if (next_ + batch > train) next_ = 0;
            if (next_ == 0) inlay::shuffle(order_.data(), train, random_);
            std::array<image, batch> x;
            std::array<std::size_t, batch> y;
            for (std::size_t n = 0; n < batch; ++n) {
                const std::size_t which = order_[next_ + n];
                x[n] = pixels_of(which);
                y[n] = class_of(which);
            }
            next_ += batch;
            loss = trainer_.step(x, y);
        }
        return loss;
    }
    /// Share of the images for testing that are classified right.
    float accuracy() const {
        std::size_t right = 0;
        for (std::size_t i = train; i < count; ++i)
            right += inlay::argmax(net_(pixels_of(order_[i]))) == class_of(order_[i]);
        return static_cast<float>(right) / static_cast<float>(count - train);
    }
    /// Probabilities of the ten classes.
    std::array<float, 10> classify(const image& x) const {
        static const inlay::network<inlay::input<10>, inlay::softmax> probabilities;
        return probabilities(net_(x));
    }
    /// The weights of the first layer, 64 for each of 32 units, and all the others.
    std::array<float, net_type::parameter_count> parameters() const { return net_.canonical(); }
    const net_type& net() const { return net_; }
    image pixels_of(std::size_t which) const {
        image x;
        for (std::size_t p = 0; p < pixels; ++p) x[p] = static_cast<float>(raw[which * (pixels + 1) + p]) / 16;
        return x;
    }
    std::size_t class_of(std::size_t which) const { return raw[which * (pixels + 1) + pixels]; }

    std::size_t steps_done = 0;

  private:
    static constexpr std::size_t batch = 32;
    using trainer_type = inlay::trainer<net_type, inlay::cross_entropy, inlay::adam, inlay::batch<batch>>;

    net_type net_;
    trainer_type trainer_{net_, {.learning_rate = 1e-3}};
    inlay::random_generator random_;
    std::array<std::uint16_t, count> order_{};
    std::size_t next_ = 0;
};

} // namespace playground
