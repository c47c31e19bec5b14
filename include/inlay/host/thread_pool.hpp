// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Several cores: Boost.Asio's thread pool, from which the caller gets its results in order. Link with the system's threads.
#pragma once

#include <inlay/core/config.hpp>
#include <inlay/core/denormals.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <thread>
#include <utility>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// Threads that wait for work: `thread_pool pool{4}; pool.run(count, [&](size_t i) { … });`. The calling thread is one of
/// them; the others are those of a boost::asio::thread_pool.
class thread_pool {
  public:
    /// `threads` threads, 0: as many as there are cores.
    explicit thread_pool(size_t threads = 0)
        : size_(threads > 0 ? threads : std::max(1u, std::thread::hardware_concurrency())) {
        if (size_ > 1) others_.emplace(size_ - 1);
    }
    thread_pool(const thread_pool&) = delete;
    thread_pool& operator=(const thread_pool&) = delete;

    /// How many threads, the caller's among them.
    [[nodiscard]] size_t size() const noexcept { return size_; }

    /// Calls `body(i)` for i = 0 … count−1. Which thread takes which i is left to chance, so that body(i) must write to its
    /// own place alone; all of them treat subnormal numbers as the caller does (flush_denormals). If some throw, all others
    /// are still called, and the exception of the smallest i goes on from here. One run at a time, and not out of a body.
    template <class Body>
    void run(size_t count, Body&& body) {
        std::atomic<size_t> next{0};
        size_t place = count;
        std::exception_ptr problem;
        const auto work = [&] {
            for (size_t i = next++; i < count; i = next++) {
                try {
                    body(i);
                } catch (...) {
                    const std::lock_guard lock(changing_);
                    if (i < place) problem = std::current_exception(), place = i;
                }
            }
        };
        const auto as_here = [this, &work, mode = flush_denormals::mode()] {
            {
                const flush_denormals guard(mode);
                work();
            }
            // Under the lock: `run` may return as soon as it is released.
            const std::lock_guard lock(changing_);
            if (--working_ == 0) all_done_.notify_one();
        };
        working_ = std::min(size_, count) - std::min<size_t>(count, 1);
        for (size_t asked = 0, others = working_; asked < others; ++asked) {
            try {
                boost::asio::post(*others_, as_here);
            } catch (const std::bad_alloc&) { // fewer threads do the same
                const std::lock_guard lock(changing_);
                working_ -= others - asked;
                break;
            }
        }
        work();
        std::unique_lock lock(changing_);
        all_done_.wait(lock, [&] { return working_ == 0; });
        if (problem) std::rethrow_exception(problem);
    }

  private:
    size_t size_;
    size_t working_ = 0; ///< of the other threads
    std::mutex changing_;
    std::condition_variable all_done_;
    std::optional<boost::asio::thread_pool> others_; ///< the last member: it ends its threads before the others go
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
