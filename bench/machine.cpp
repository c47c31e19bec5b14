// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What the machine can do: multiply-adds, loads, tanh. The limits of the workloads follow from these.
#include <benchmark/benchmark.h>
#include <inlay/core/math.hpp>
#include <inlay/kernels/map.hpp>
#include <xsimd/xsimd.hpp>

#include <cstdint>
#include <memory>

namespace {

using vector = xsimd::batch<float>;

/// Sums in registers, enough of them to hide the latency of a multiply-add.
void fma_rate(benchmark::State& state) {
    constexpr int chains = 10, rounds = 1000;
    const vector factor(0.999f), addend(0.001f);
    vector a(1), b(2), c(3), d(4), e(5), f(6), g(7), h(8), i(9), j(10);
    const auto next = [&](vector& sum) INLAY_INLINE {
        sum = xsimd::fma(sum, factor, addend);
        asm volatile("" : "+x"(sum.data)); // keeps the sum in its register and the loop as it is
    };
    for (auto _ : state)
        for (int round = 0; round < rounds; ++round) {
            next(a), next(b), next(c), next(d), next(e);
            next(f), next(g), next(h), next(i), next(j);
        }
    state.counters["flops"] = 2.0 * chains * rounds * vector::size;
}

/// Reads `bytes` again and again, and does nothing with them.
void load_rate(benchmark::State& state, std::size_t bytes) {
    constexpr std::size_t block = 8 * vector::size;
    const std::size_t count = bytes / sizeof(float);
    const auto memory = std::make_unique<float[]>(count + 16);
    const float* const start = memory.get() + (64 - reinterpret_cast<std::uintptr_t>(memory.get()) % 64) / 4 % 16;
    for (auto _ : state) {
        for (const float* at = start; at != start + count; at += block) {
            for (int i = 0; i < 8; ++i) {
                const vector loaded = vector::load_aligned(at + i * vector::size);
                asm volatile("" : : "x"(loaded.data)); // it has arrived in a register
            }
        }
    }
    state.counters["bytes"] = static_cast<double>(bytes);
}

void tanh_rate(benchmark::State& state) {
    alignas(64) static float x[1024], y[1024];
    for (int i = 0; i < 1024; ++i) x[i] = static_cast<float>(i - 512) / 200;
    for (auto _ : state) {
        inlay::kernels::map<inlay::kernels::native, 1024>(
            y, [](auto v) INLAY_INLINE { return inlay::math::tanh(v); }, x);
        asm volatile("" : : "r"(x), "r"(y) : "memory");
    }
    state.counters["tanhs"] = 1024;
}

[[maybe_unused]] const bool listed = [] {
    benchmark::RegisterBenchmark("machine/fma", fma_rate)->MeasureProcessCPUTime();
    benchmark::RegisterBenchmark("machine/load L1", load_rate, 16384)->MeasureProcessCPUTime();
    benchmark::RegisterBenchmark("machine/load L2", load_rate, 393216)->MeasureProcessCPUTime();
    benchmark::RegisterBenchmark("machine/tanh", tanh_rate)->MeasureProcessCPUTime();
    return true;
}();

} // namespace
