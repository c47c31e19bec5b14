// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// How it is measured: a library's file calls one_sample, forward and training for what it can do; main checks each model
// and times those that are right. C++17, as workloads.hpp.
#pragma once

#include "workloads.hpp"

#include <benchmark/benchmark.h>

#include <functional>
#include <memory>

namespace bench {

/// One model of one library: its check, and how to register its rows if that holds.
struct entry {
    std::string library, row;
    std::function<std::string()> check;
    std::function<void()> enlist;
};
inline std::vector<entry>& entries() {
    static std::vector<entry> all;
    return all;
}

/// What report.py computes limits from.
template <class State>
void cost(State& state, size_t macs, size_t tanhs, size_t bytes) {
    state.counters["flops"] = static_cast<double>(2 * macs);
    state.counters["tanhs"] = static_cast<double>(tanhs);
    state.counters["bytes"] = static_cast<double>(bytes);
}

/// Makes the compiler forget what it knows about memory, so that nothing moves out of the loop.
inline void forget(void* memory) { asm volatile("" : : "r"(memory) : "memory"); }

template <class Register>
void enlist(const std::string& name, Register run) {
    benchmark::RegisterBenchmark(name.c_str(), run)->MeasureProcessCPUTime();
}

/// One sample at a time: model(x, y) with std::arrays. Latency: each input holds an output of the call before.
template <class Net, class Model>
void one_sample(const std::string& library) {
    auto model = std::make_shared<std::unique_ptr<Model>>();
    const auto check = [model] {
        *model = std::make_unique<Model>();
        return check_outputs<Net>(**model);
    };
    const auto latency = [model](benchmark::State& state) {
        Model& net = **model;
        auto slot = Net::samples()[0];
        typename Net::output_type y{};
        for (auto _ : state) {
            net(slot.x, y);
            slot.x[0] = y[0];
            forget(&slot);
        }
        benchmark::DoNotOptimize(y);
        cost(state, Net::macs(), Net::tanhs(), Net::weight_bytes());
    };
    const auto throughput = [model](benchmark::State& state) {
        Model& net = **model;
        auto slots = Net::samples();
        typename Net::output_type y{};
        size_t n = 0;
        for (auto _ : state) {
            net(slots[n].x, y);
            n = (n + 1) % ring;
            forget(&y);
        }
        cost(state, Net::macs(), Net::tanhs(), Net::weight_bytes());
    };
    entries().push_back({library, Net::latency, check, [=] {
                             enlist(Net::latency + ("/" + library), latency);
                             if (Net::throughput) enlist(Net::throughput + ("/" + library), throughput);
                         }});
}

/// A batch: model(y).
template <class Net, class Model>
void forward(const std::string& library) {
    auto model = std::make_shared<std::unique_ptr<Model>>();
    const auto check = [model] {
        *model = std::make_unique<Model>();
        return check_batch<Net>(**model);
    };
    const auto run = [model](benchmark::State& state) {
        Model& net = **model;
        numbers y(Net::batch * Net::out + 16);
        float* const aligned = y.data() + (64 - reinterpret_cast<std::uintptr_t>(y.data()) % 64) / 4 % 16;
        for (auto _ : state) {
            net(aligned);
            forget(aligned);
        }
        cost(state, Net::batch * Net::macs(), Net::batch * Net::tanhs(), Net::weight_bytes());
    };
    entries().push_back({library, Net::forward, check, [=] { enlist(Net::forward + ("/" + library), run); }});
}

/// Training: model.step().
template <class Net, class Model>
void training(const std::string& library) {
    auto model = std::make_shared<std::unique_ptr<Model>>();
    const auto check = [model] {
        *model = std::make_unique<Model>();
        return check_training<Net>(**model);
    };
    const auto run = [model](benchmark::State& state) {
        Model& net = **model;
        for (auto _ : state) {
            net.step();
            forget(&net);
        }
        cost(state, Net::batch * (2 * Net::macs() + Net::input_gradient_macs()), Net::batch * Net::tanhs(),
             3 * Net::weight_bytes());
    };
    entries().push_back({library, Net::training, check, [=] { enlist(Net::training + ("/" + library), run); }});
}

} // namespace bench
