// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// One program of three files for different instruction sets, with networks of one name: each computes with its own library.
// (Sizes differ, for registers do. Before INLAY_TARGET the linker kept one copy of every function for all of them.)
#include "target.hpp"

#include <cmath>
#include <cstdio>

answer plain(const std::array<float, 4>& x);
answer avx2(const std::array<float, 4>& x);
answer native(const std::array<float, 4>& x);

namespace {

bool right(const char* name, const answer& own, const answer& other) {
    bool same = std::abs(own.loss - other.loss) < 1e-5f * std::abs(other.loss);
    for (int i = 0; i < 3; ++i) same = same && std::abs(own.outputs[i] - other.outputs[i]) < 1e-5f;
    std::printf("%-6s %4zu bytes, outputs %.6f %.6f %.6f, loss %.6f\n", name, own.size, static_cast<double>(own.outputs[0]),
                static_cast<double>(own.outputs[1]), static_cast<double>(own.outputs[2]), static_cast<double>(own.loss));
    return same;
}

/// The same network in double, by hand.
answer by_hand(const std::array<float, 4>& x) {
    const auto weight = [](std::size_t i) { return static_cast<double>(i % 13) / 16 - 0.375; };
    double hidden[10];
    answer result{0, {}, 0};
    for (std::size_t o = 0; o < 10; ++o) {
        double sum = weight(40 + o);
        for (std::size_t i = 0; i < 4; ++i) sum += weight(4 * o + i) * static_cast<double>(x[i]);
        hidden[o] = std::tanh(sum);
    }
    for (std::size_t o = 0; o < 3; ++o) {
        double sum = weight(80 + o);
        for (std::size_t i = 0; i < 10; ++i) sum += weight(50 + 10 * o + i) * hidden[i];
        result.outputs[o] = static_cast<float>(sum);
    }
    return result;
}

} // namespace

int main() {
    const std::array<float, 4> x{1, -2, 3, 0.5f};
    const answer first = plain(x);
    answer expected = by_hand(x);
    expected.loss = first.loss; // trained by all alike
    bool good = right("plain", first, expected);
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) good = right("avx2", avx2(x), expected) && good;
    good = right("native", native(x), expected) && good;
    if (!good) std::puts("files for different instruction sets disagree");
    return !good;
}
