// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Several cores, on the standard library's threads: link with the system's. (Boost.Asio has a pool, but brings the macros of
// system headers to everyone who includes host.hpp, takes a second of every compilation, and hands work out in 7 µs, not 0.6.)
#pragma once

#include <inlay/core/config.hpp>
#include <inlay/core/denormals.hpp>

#include <algorithm>
#include <cstdint>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

#include <atomic>
#include <mutex>
#include <thread> // which includes <semaphore>, and that has a member max

namespace inlay::inline INLAY_TARGET {

/// Threads that wait for work: `thread_pool pool{4}; pool.run(count, [&](size_t i) { … });`. The calling thread is one of
/// them. A run allocates nothing.
class thread_pool {
  public:
    /// `threads` threads, 0: as many as there are cores.
    explicit thread_pool(size_t threads = 0)
        : size_(threads > 0 ? threads : std::max(1u, std::thread::hardware_concurrency())),
          // Who waits shortly for the next step saves a system call, unless he takes the core of one who works.
          patience_(size_ <= std::thread::hardware_concurrency() ? 2000 : 0) {
        others_.reserve(size_ - 1);
        try {
            for (size_t t = 1; t < size_; ++t) others_.emplace_back([this] { serve(); });
        } catch (...) {
            end();
            throw;
        }
    }
    ~thread_pool() { end(); }
    thread_pool(const thread_pool&) = delete;
    thread_pool& operator=(const thread_pool&) = delete;

    /// How many threads, the caller's among them.
    [[nodiscard]] size_t size() const noexcept { return size_; }

    /// Calls `body(i)` for i = 0 … count−1. Which thread takes which i is left to chance, so that body(i) must write to its
    /// own place alone; all of them treat subnormal numbers as the caller does (flush_denormals). If some throw, all others
    /// are still called, and the exception of the smallest i goes on from here. One run at a time, and not out of a body.
    template <class Body>
    void run(size_t count, Body&& body) {
        using type = std::remove_reference_t<Body>;
        count_ = count;
        body_ = const_cast<void*>(static_cast<const void*>(std::addressof(body)));
        call_ = [](void* what, size_t i) { (*static_cast<type*>(what))(i); };
        mode_ = flush_denormals::mode();
        problem_ = nullptr;
        next_.value.store(0, std::memory_order_relaxed);
        const bool alone = others_.empty() || count < 2;
        if (!alone) {
            working_.value.store(static_cast<std::uint32_t>(others_.size()), std::memory_order_relaxed);
            round_.value.fetch_add(1, std::memory_order_release);
            round_.value.notify_all();
        }
        work();
        if (!alone)
            for (std::uint32_t left = 0; (left = working_.value.load(std::memory_order_acquire)) > 0;)
                wait_while(working_.value, left);
        if (problem_) std::rethrow_exception(std::exchange(problem_, nullptr));
    }

  private:
    /// On a cache line of its own: writing to it takes nothing else from the other cores.
    template <class Value>
    struct alignas(64) apart {
        std::atomic<Value> value{0};
    };

    void wait_while(std::atomic<std::uint32_t>& value, std::uint32_t old) const noexcept {
        for (int i = 0; i < patience_; ++i) {
            if (value.load(std::memory_order_acquire) != old) return;
#if defined(__SSE2__) && !defined(__wasm__)
            __builtin_ia32_pause();
#endif
        }
        value.wait(old, std::memory_order_acquire);
    }
    void work() {
        for (size_t i = next_.value++; i < count_; i = next_.value++) {
            try {
                call_(body_, i);
            } catch (...) {
                const std::lock_guard<std::mutex> lock(of_problem_);
                if (!problem_ || i < place_) problem_ = std::current_exception(), place_ = i;
            }
        }
    }
    void serve() {
        for (std::uint32_t seen = 0;; ++seen) {
            wait_while(round_.value, seen);
            while (round_.value.load(std::memory_order_acquire) == seen) round_.value.wait(seen);
            if (over_) return;
            {
                const flush_denormals guard(mode_);
                work();
            }
            if (working_.value.fetch_sub(1, std::memory_order_acq_rel) == 1) working_.value.notify_one();
        }
    }
    void end() noexcept {
        over_ = true;
        round_.value.fetch_add(1, std::memory_order_release);
        round_.value.notify_all();
        for (std::thread& one : others_) one.join();
    }

    size_t size_;
    int patience_;
    bool over_ = false;
    // Of the present run: written before round_ is, read after.
    size_t count_ = 0;
    void* body_ = nullptr;
    void (*call_)(void*, size_t) = nullptr;
    flush_denormals::mode_type mode_{};
    std::mutex of_problem_;
    std::exception_ptr problem_;
    size_t place_ = 0;
    apart<std::uint32_t> round_, working_;
    apart<size_t> next_;
    std::vector<std::thread> others_;
};

/// Calls `body(i)` for i = 0 … count−1 on `threads` threads (0: as many as there are cores), as `thread_pool::run` does,
/// threads that come and go with the call.
template <class Body>
void parallel_for(size_t count, size_t threads, Body body) {
    if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
    thread_pool(std::max<size_t>(1, std::min(threads, count))).run(count, body);
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
