// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A training step on several cores, with the same bits on any number of them. Link with the system's threads.
#pragma once

#include <inlay/host/augmentation.hpp>
#include <inlay/host/thread_pool.hpp>
#include <inlay/training/trainer.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// How many samples of a batch are computed together, on one thread.
template <size_t Size>
struct shard {
    static constexpr size_t size = Size;
};

namespace detail {

/// What a shard makes: its share of the batch's gradient and of the loss's sum.
template <class Network>
struct shard_result {
    inlay::gradients<Network> gradient;
    exact_sum<typename Network::scalar_type> loss;

    /// Elements [begin, end) of the gradient, in pieces of whole registers.
    static constexpr size_t piece = 1024;
    void add(const shard_result& other, size_t begin, size_t end) noexcept {
        add_to(gradient.data(), other.gradient.data(), begin, end);
    }
    /// Adds to `to` what `from` has.
    template <class Scalar>
    static void add_to(Scalar* to, const Scalar* from, size_t begin, size_t end) noexcept {
        constexpr size_t extent = inlay::gradients<Network>::extent, rest = extent % piece;
        const auto plus = [](auto a, auto b) INLAY_INLINE { return a + b; };
        for (; begin + piece <= end; begin += piece)
            kernels::map<kernels::native, piece>(to + begin, plus, to + begin, from + begin);
        if (begin < end) kernels::map<kernels::native, rest>(to + begin, plus, to + begin, from + begin);
    }
};

/// Memory and passes of one shard. A cache line belongs to one shard.
template <class Network, class Loss, class Shard>
class shard_pass : passes<Network, Loss, Shard> {
    using base = passes<Network, Loss, Shard>;
    using base::net_, base::random_, base::workspace_;

  public:
    using scalar_type = typename Network::scalar_type;

    shard_pass(Network& net, const Loss& loss) : base(net, loss, seed{}) {}

    /// Forward, loss, backward; `scale` is what a batch's gradients are multiplied with.
    template <class Target>
    void run(std::span<const typename Network::input_type> inputs, const Target* targets, const Loss& loss,
             scalar_type scale, const random_generator& random, shard_result<Network>& to) {
        using backend = kernels::native;
        rows_ = inputs.size();
        random_ = random;
        const auto* const x = base::flat(inputs, rows_);
        const no_states from_zero{};
        base::template forward_rows<backend>(x, rows_, from_zero);
        scalar_type* const gradients = workspace_.output_gradients();
        to.loss = compare_scaled_rows<backend, typename Network::output_shape>(loss, workspace_.outputs(), targets,
                                                                               rows_, scale, gradients);
        std::fill(gradients + rows_ * Network::output_size, gradients + Shard::size * Network::output_size,
                  scalar_type(0));
        workspace_.template backward<backend, false, gradient_mode::overwrite>(net_, x, to.gradient, nullptr, rows_);
    }
    /// Running statistics take in those of the pass before.
    void update_statistics() { workspace_.update_statistics(net_, rows_); }

  private:
    size_t rows_ = 0;
};

/// All shards are computed here.
template <class Network>
struct one_process {
    static constexpr bool sees_all = true;

    /// The shards computed here, of `count`.
    struct range {
        size_t begin, end;
    };
    [[nodiscard]] range own(size_t count) const noexcept { return {0, count}; }
    /// Parts 0 to used−1 are there; then their sum is in the first one.
    void add_up(thread_pool& pool, std::vector<shard_result<Network>>& parts, size_t used) {
        add_in_tree(pool, parts.data(), used);
    }

    /// Adds up in an order that `count` alone decides: neighbours, then neighbours of those sums, …
    static void add_in_tree(thread_pool& pool, shard_result<Network>* parts, size_t count) {
        constexpr size_t extent = inlay::gradients<Network>::extent, block = 4 * shard_result<Network>::piece;
        if (count < 2) return;
        pool.run((extent + block - 1) / block, [&](size_t b) {
            for (size_t apart = 1; apart < count; apart *= 2)
                for (size_t i = 0; i + apart < count; i += 2 * apart)
                    parts[i].add(parts[i + apart], b * block, std::min((b + 1) * block, extent));
        });
        for (size_t apart = 1; apart < count; apart *= 2)
            for (size_t i = 0; i + apart < count; i += 2 * apart) {
                parts[i].loss.add(parts[i + apart].loss.total);
                parts[i].loss.add(parts[i + apart].loss.lost);
            }
    }
};

/// parallel_trainer, and mpi::trainer, whose shards are computed `Where`.
template <class Network, class Loss, class Optimizer, class Batch, class Shard, class Where>
class sharded_trainer : private trainer<Network, Loss, Optimizer, batch<1>> {
    using base = trainer<Network, Loss, Optimizer, batch<1>>;
    static_assert(Shard::size > 0 && Batch::size % Shard::size == 0,
                  "inlay: a batch is split into shards of one size: parallel_trainer<network, loss, optimizer, "
                  "batch<64>, shard<16>>");

  public:
    using network_type = Network;
    using scalar_type = typename base::scalar_type;
    using input_type = typename base::input_type;
    using optimizer_type = typename base::optimizer_type;
    static constexpr size_t batch_size = Batch::size, shard_size = Shard::size, shard_count = batch_size / shard_size;

    explicit sharded_trainer(Network& of, typename optimizer_type::options_type options = {}, Loss compare = {},
                             seed from = {}, size_t thread_count = 0, Where where = {})
        : base(of, options, compare, from), where_(std::move(where)), parts_(shard_count), passes_(shard_count) {
        const auto own = where_.own(shard_count);
        for (size_t s = own.begin; s < own.end; ++s) passes_[s] = std::make_unique<pass_type>(of, compare);
        threads(thread_count);
    }

    using base::clip, base::decay_of, base::gradients, base::learning_rate, base::loss, base::momentum, base::net,
        base::optimizer, base::random, base::rate_of, base::update;

    /// How many threads there are. Results do not depend on it.
    [[nodiscard]] size_t threads() const noexcept { return pool_->size(); }
    /// So many threads from now on; 0: as many as there are cores.
    void threads(size_t count) {
        if (!pool_ || count != pool_->size()) pool_ = std::make_unique<thread_pool>(count);
    }

    /// One step on 1 to batch_size samples, as `trainer` does it.
    template <class Inputs, class Targets>
    scalar_type step(const Inputs& inputs, const Targets& targets) {
        return step_if(inputs, targets, [](scalar_type) { return true; });
    }
    /// A step that may be refused: see `trainer`.
    template <class Inputs, class Targets, class Approve>
    scalar_type step_if(const Inputs& inputs, const Targets& targets, Approve approve) {
        if constexpr (!may_learn<samples_verdict<Network, Loss, batch_size, Inputs, Targets>>()) return scalar_type(0);
        else if constexpr (!is_differentiable<gradient_verdict>()) return scalar_type(0);
        else {
            base::drop();
            const auto result = run(inputs, targets);
            if (result.learns && approve(result.loss)) update();
            else base::drop();
            return result.loss;
        }
    }
    /// The first half of a step: adds the gradients of the batch's mean loss to those available. `update` is the other.
    template <class Inputs, class Targets>
    scalar_type accumulate(const Inputs& inputs, const Targets& targets) {
        if constexpr (!may_learn<samples_verdict<Network, Loss, batch_size, Inputs, Targets>>()) return scalar_type(0);
        else if constexpr (!is_differentiable<gradient_verdict>()) return scalar_type(0);
        else return run(inputs, targets).loss;
    }

  protected:
    [[nodiscard]] Where& where() noexcept { return where_; }

  private:
    using pass_type = shard_pass<Network, Loss, Shard>;
    using result_type = shard_result<Network>;
    using gradient_verdict =
        decltype(Network::chain_type::template judge_training<
                 context<kernels::scalar, context_options{.batch = shard_size, .pass = pass::training}>>());
    using chain_type = typename Network::chain_type;
    static_assert(
        Where::sees_all || !chain_type::traits.has_statistics,
        "inlay: running statistics (batch_norm) are not trained on several machines; layer_norm and group_norm "
        "have none");

    /// Forward, loss and backward on all shards; their sum is added to the gradients available.
    template <class Inputs, class Targets>
    comparison<scalar_type> run(const Inputs& inputs, const Targets& targets) {
        const size_t rows = std::size(inputs);
        INLAY_EXPECTS(rows == std::size(targets), "inlay: as many targets as inputs");
        INLAY_EXPECTS(rows <= batch_size, "inlay: a step takes at most batch_size samples");
        if (rows != std::size(targets) || rows > batch_size)
            return {std::numeric_limits<scalar_type>::quiet_NaN(), false};
        if (rows == 0) return {loss_of_nothing<Loss, scalar_type>(), false};
        const Loss& compare = base::loss();
        const auto weight =
            weight_of_rows<typename Network::output_shape, scalar_type>(compare, std::data(targets), rows);
        const auto scale = scale_of_rows<Loss>(weight);
        seed chance{};
        if constexpr (chain_type::traits.random_in_training) {
            const std::uint64_t high = random()(), low = random()();
            chance = seed{high << 32 | low};
        }
        const size_t used = (rows + shard_size - 1) / shard_size;
        const auto own = where_.own(shard_count);
        const size_t end = std::min(own.end, used);
        if (own.begin < end)
            pool_->run(end - own.begin, [&](size_t i) {
                const size_t s = own.begin + i, first = s * shard_size, count = std::min(shard_size, rows - first);
                passes_[s]->run(std::span<const input_type>(std::data(inputs) + first, count),
                                std::data(targets) + first, compare, scale, generator_of(chance, 0, s), parts_[s]);
            });
        where_.add_up(*pool_, parts_, used);
        const auto result = comparison_of<Loss>(parts_[0].loss.value(), weight);
        if (!result.learns) return result;
        base::begin();
        result_type::add_to(gradients().data(), parts_[0].gradient.data(), 0, inlay::gradients<Network>::extent);
        if constexpr (chain_type::traits.has_statistics)
            for (size_t s = 0; s < used; ++s) passes_[s]->update_statistics();
        return result;
    }

    Where where_;
    std::vector<result_type> parts_;
    std::vector<std::unique_ptr<pass_type>> passes_; ///< of the shards computed here
    std::unique_ptr<thread_pool> pool_;
};

} // namespace detail

/// A trainer on several cores:
///
///     parallel_trainer<lenet, cross_entropy, adam, batch<256>, shard<32>> trainer{net, {.learning_rate = 1e-3}, {}, seed{1}, 4};
///     fit(trainer, train.inputs, train.labels, {.epochs = 10, .threads = 4}, random);
///
/// A batch is split into shards of one size (an eighth of it, unless another is given), which threads compute one by one.
/// Their gradients are added up in an order that depends on the number of shards alone, so that 1, 2 and 8 threads give the
/// same bits; with a single shard those of `trainer`, else those of another order of the same sums. Dropout draws from a
/// sequence of each shard's own in each step. batch_norm normalises over a shard ("ghost batches", Hoffer et al. 2017),
/// and its running statistics take in one shard after the other, each with the layer's momentum.
///
/// Shards have a gradient of their own each, on the heap; a step allocates nothing. What is not here is as in `trainer`:
/// clip, optimizer, learning_rate, gradients, update. Handing a step out to threads costs about a microsecond where cores are
/// free, and far more where they are not: do not ask for more threads than there are cores for them.
template <class Network, class Loss, class Optimizer, class Batch, class Shard = shard<(Batch::size + 7) / 8>>
class parallel_trainer
    : public detail::sharded_trainer<Network, Loss, Optimizer, Batch, Shard, detail::one_process<Network>> {
  public:
    using parallel_trainer::sharded_trainer::sharded_trainer;
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
