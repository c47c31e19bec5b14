// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// More than one machine. Needs Boost.MPI, and no other header includes this one: link boost_mpi and boost_serialization
// (libboost-mpi-dev, openmpi-bin), compile with mpicxx, start with mpirun.
//
//     boost::mpi::environment environment(argc, argv);
//     boost::mpi::communicator world;
//     mpi::trainer<digits, cross_entropy, adam, batch<64>, shard<8>> trainer{world, net, {.learning_rate = 1e-3}};
//     fit(trainer, train.inputs, train.labels, {.epochs = 20}, random);              // the same lines on every rank
//
// Every rank has all samples and all parameters, and calls the same functions with the same arguments; so that they shuffle,
// validate and stop alike, and only the work of a step is shared. What small networks need most is another thing: whole
// trainings at a time, `mpi::search`, `mpi::cross_validate` and `mpi::spread`.
//
// That networks with running statistics (batch_norm) do not compile here has no case in tests/compile_fail: those run where
// Boost.MPI is not installed, too. The assertion is sharded_trainer's.
#pragma once

#include <inlay/host/parallel_trainer.hpp>
#include <inlay/host/search.hpp>

#include <boost/mpi/collectives/all_gather.hpp>
#include <boost/mpi/collectives/all_reduce.hpp>
#include <boost/mpi/collectives/broadcast.hpp>
#include <boost/mpi/communicator.hpp>
#include <boost/mpi/environment.hpp>
#include <boost/mpi/operations.hpp>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstring>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::mpi {

/// How gradients of ranks are added up.
enum class sums {
    ordered, ///< every rank gets the parts of all others and adds them up as one process would: the same bits
    reduced  ///< by MPI's all-reduce, in its order: less to send from four ranks on
};

namespace detail {

using namespace inlay::detail;

/// Shards are computed on the ranks of a communicator: neighbours, a power of two of them, on each.
template <class Network>
class ranks {
    using result = shard_result<Network>;
    using scalar = typename Network::scalar_type;
    using one = one_process<Network>;
    static_assert(std::is_trivially_copyable_v<result>);

  public:
    static constexpr bool sees_all = false;

    ranks(const boost::mpi::communicator& world, sums how)
        : world_(world), how_(how), all_(how == sums::ordered ? static_cast<size_t>(world.size()) : 1) {
        if (how == sums::reduced) flat_.resize(2 * (extent + 2));
    }

    [[nodiscard]] typename one::range own(size_t count) const {
        const size_t per = block(count), begin = std::min(count, per * static_cast<size_t>(world_.rank()));
        return {begin, std::min(count, begin + per)};
    }
    void add_up(thread_pool& pool, std::vector<result>& parts, size_t used) {
        const auto mine = own(parts.size());
        const size_t count = std::min(mine.end, used) - std::min(mine.begin, used);
        // A rank without samples takes part too.
        static const result nothing{};
        result& sum = parts[std::min(mine.begin, parts.size() - 1)];
        one::add_in_tree(pool, &sum, count);
        const auto start = std::chrono::steady_clock::now();
        if (how_ == sums::ordered) {
            const auto bytes = [](auto* at) { return reinterpret_cast<const char*>(at); };
            boost::mpi::all_gather(world_, bytes(count > 0 ? &sum : &nothing), static_cast<int>(sizeof(result)),
                                   reinterpret_cast<char*>(all_.data()));
        } else {
            const result& from = count > 0 ? sum : nothing;
            std::copy(from.gradient.data(), from.gradient.data() + extent, flat_.begin());
            flat_[extent] = from.loss.total;
            flat_[extent + 1] = from.loss.lost;
            scalar* const to = flat_.data() + extent + 2;
            boost::mpi::all_reduce(world_, flat_.data(), static_cast<int>(extent + 2), to, std::plus<scalar>());
            std::copy(to, to + extent, all_[0].gradient.data());
            all_[0].loss.total = to[extent];
            all_[0].loss.lost = to[extent + 1];
        }
        seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        ++steps_;
        if (how_ == sums::ordered)
            one::add_in_tree(pool, all_.data(), (used + block(parts.size()) - 1) / block(parts.size()));
        std::memcpy(static_cast<void*>(parts.data()), all_.data(), sizeof(result));
    }

    [[nodiscard]] double seconds_per_step() const noexcept {
        return steps_ > 0 ? seconds_ / static_cast<double>(steps_) : 0;
    }

  private:
    static constexpr size_t extent = inlay::gradients<Network>::extent;

    /// Shards per rank. A block of 2ⁿ neighbours is a branch of the tree that one process adds up.
    [[nodiscard]] size_t block(size_t count) const {
        const auto size = static_cast<size_t>(world_.size());
        return std::bit_ceil((count + size - 1) / size);
    }

    boost::mpi::communicator world_;
    sums how_;
    std::vector<result> all_;
    std::vector<scalar> flat_;
    double seconds_ = 0;
    size_t steps_ = 0;
};

} // namespace detail

/// A trainer whose batches are computed on all ranks of a communicator, one exchange of the flat gradient per step. With
/// `sums::ordered` every rank has after every step the bits of inlay::parallel_trainer with the same shards in one process.
/// Start values are those of rank 0. Ranks get neighbouring shards, a power of two of them each: with 8 shards 2, 4 or 8
/// ranks have all the same work, a third one would have none. Networks with running statistics are refused.
template <class Network, class Loss, class Optimizer, class Batch, class Shard = shard<(Batch::size + 7) / 8>>
class trainer : public inlay::detail::sharded_trainer<Network, Loss, Optimizer, Batch, Shard, detail::ranks<Network>> {
    using base = inlay::detail::sharded_trainer<Network, Loss, Optimizer, Batch, Shard, detail::ranks<Network>>;

  public:
    trainer(const boost::mpi::communicator& world, Network& of,
            typename base::optimizer_type::options_type options = {}, Loss compare = {}, seed from = {},
            size_t thread_count = 1, sums how = sums::ordered)
        : base(of, options, compare, from, thread_count, detail::ranks<Network>(world, how)) {
        const auto parameters = of.parameters();
        boost::mpi::broadcast(world, parameters.data(), static_cast<int>(parameters.size()), 0);
    }

    /// How long an exchange has taken so far on average, waiting for the slowest rank included.
    [[nodiscard]] double seconds_per_exchange() noexcept { return base::where().seconds_per_step(); }
};

/// body(i) for i = 0 … count−1, spread over the ranks (and `threads` threads on each): all results, on every rank. If some
/// throw, all others are still called, and every rank throws the problem of the smallest i: its own as it was, another's as
/// std::runtime_error.
///
///     const auto scores = mpi::spread(world, 20, [&](size_t i) { return score_of_a_training(seed{i}); });
template <class Body>
[[nodiscard]] std::vector<double> spread(const boost::mpi::communicator& world, size_t count, Body body,
                                         size_t threads = 1) {
    const auto rank = static_cast<size_t>(world.rank()), size = static_cast<size_t>(world.size());
    std::vector<double> own(count), all(count);
    std::vector<std::exception_ptr> problems(count);
    const size_t mine = count > rank ? (count - rank - 1) / size + 1 : 0;
    parallel_for(mine, threads, [&](size_t n) {
        const size_t i = rank + n * size;
        try {
            own[i] = static_cast<double>(body(i));
        } catch (...) { problems[i] = std::current_exception(); }
    });
    size_t first = 0;
    while (first < count && !problems[first]) ++first;
    const size_t failed = boost::mpi::all_reduce(world, first, boost::mpi::minimum<size_t>());
    if (failed < count) {
        const auto who = static_cast<int>(failed % size);
        std::string text;
        if (problems[failed]) {
            try {
                std::rethrow_exception(problems[failed]);
            } catch (const std::exception& problem) { text = problem.what(); } catch (...) {
            }
        }
        size_t length = text.size();
        boost::mpi::broadcast(world, length, who);
        text.resize(length);
        boost::mpi::broadcast(world, text.data(), static_cast<int>(length), who);
        if (problems[failed]) std::rethrow_exception(problems[failed]);
        throw std::runtime_error(text);
    }
    // Every result is somewhere, and 0 elsewhere.
    if (count > 0) boost::mpi::all_reduce(world, own.data(), static_cast<int>(count), all.data(), std::plus<double>());
    return all;
}

/// inlay::search, its trainings spread over the ranks, options.threads at a time on each: the same result on every rank, and
/// the same as in one process.
template <class... Networks, class Call>
[[nodiscard]] search_result search(const boost::mpi::communicator& world, topologies<Networks...> networks,
                                   const std::vector<hyper_parameters>& combinations,
                                   const std::vector<fold_indices>& folds, Call call,
                                   const search_options& options = {}) {
    return inlay::detail::search_by(networks, combinations, folds, call, options, [&](size_t count, auto body) {
        return spread(world, count, body, options.threads);
    });
}
/// inlay::successive_halving, the trainings of a round spread over the ranks.
template <class... Networks, class Call>
[[nodiscard]] search_result successive_halving(const boost::mpi::communicator& world, topologies<Networks...> networks,
                                               const std::vector<hyper_parameters>& combinations,
                                               const std::vector<fold_indices>& folds, Call call,
                                               const halving_options& options = {}) {
    return inlay::detail::halve_by(networks, combinations, folds, call, options, [&](size_t count, auto body) {
        return spread(world, count, body, options.threads);
    });
}
/// inlay::cross_validate, its folds spread over the ranks.
template <class Network, class Call>
[[nodiscard]] search_entry cross_validate(const boost::mpi::communicator& world, const std::vector<fold_indices>& folds,
                                          Call call, const search_options& options = {}) {
    return mpi::search(
               world, topologies<Network>{}, {}, folds,
               [&](Network& net, const hyper_parameters&, const fold_indices& fold, seed from) {
                   return call(net, fold, from);
               },
               options)
        .front();
}

} // namespace inlay::inline INLAY_TARGET::mpi

#include <inlay/core/macros_back.inc>
