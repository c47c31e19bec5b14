// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A line per check, and at the end "N passed, N failed".
#pragma once

#include <board.hpp>
#include <inlay/core/config.hpp>

#include <bit>
#include <span>

namespace chip {

/// How far one rounding and two may lead apart, as a part of the largest value.
inline constexpr float bound = 0x1p-20f;

class checks {
  public:
    void that(bool holds, const char* name, const char* what) {
        board::print(holds ? "ok    " : "WRONG ", name, ": ", what, "\n");
        ++(holds ? passed_ : failed_);
    }
    /// What `main` returns.
    int result() const {
        board::print(passed_, " passed, ", failed_, " failed\n");
        return failed_ > 0 || passed_ == 0;
    }

  private:
    std::uint32_t passed_ = 0, failed_ = 0;
};

/// Compares values, one after the other, with the bits that the host has computed: with one rounding where the target has
/// fused multiply-add, else with two. Two must also lead to within `bound` of what one would.
class comparison {
  public:
    comparison(checks& all, const char* name, std::span<const unsigned> fused, std::span<const unsigned> plain)
        : all_(all), name_(name), fused_(fused), expected_(INLAY_HAS_FMA ? fused : plain) {}

    void add(float value) {
        if (count_ < expected_.size()) {
            const float expected = std::bit_cast<float>(expected_[count_]),
                        fused = std::bit_cast<float>(fused_[count_]);
            if (std::bit_cast<std::uint32_t>(value) != std::bit_cast<std::uint32_t>(expected) && different_++ == 0)
                board::print("      ", name_, ": value ", count_, " is ", value, ", not ", expected, "\n");
            if (!INLAY_HAS_FMA) {
                raise(largest_, fused < 0 ? -fused : fused);
                raise(off_, value < fused ? fused - value : value - fused);
            }
        }
        ++count_;
    }
    void finish() {
        if (count_ != expected_.size()) all_.that(false, name_, "other values than the host's");
        else if (different_) {
            board::print("      ", name_, ": ", different_, " of ", count_, " values differ\n");
            all_.that(false, name_, "not the host's bits");
        } else all_.that(true, name_, "the host's bits");
        if (!INLAY_HAS_FMA) {
            board::print("      ", name_, ": two roundings differ from one by ",
                         static_cast<std::uint32_t>(off_ / largest_ * 0x1p24f), " / 2^24 of the largest value\n");
            all_.that(off_ <= bound * largest_, name_, "near the bits of fused multiply-add");
        }
    }

  private:
    static void raise(float& most, float value) { most = value > most || value != value ? value : most; }

    checks& all_;
    const char* name_;
    std::span<const unsigned> fused_, expected_;
    std::uint32_t count_ = 0, different_ = 0;
    float largest_ = 0, off_ = 0;
};

} // namespace chip
