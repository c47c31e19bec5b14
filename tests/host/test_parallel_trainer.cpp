// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Steps on several threads: the same bits for any number of them, those of `trainer` with one shard, nothing allocated.
#define BOOST_TEST_MODULE parallel_trainer
#include <boost/test/unit_test.hpp>

#include "folder.hpp"

#include <inlay/host/fit_options.hpp>
#include <inlay/host/parallel_trainer.hpp>
#include <inlay/host/thread_pool.hpp>
#include <inlay/inlay.hpp>

#include <atomic>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

namespace test_parallel_trainer_file {
std::atomic<std::size_t> allocations{0};
}

void* operator new(std::size_t size) {
    ++test_parallel_trainer_file::allocations;
    if (void* p = std::malloc(size ? size : 1)) return p;
    throw std::bad_alloc();
}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmismatched-new-delete" // it sees the new above, and not that this is its delete
#endif
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace test_parallel_trainer_file {

using namespace inlay;

using net_type = network<input<3>, dense<40>, batch_norm<>, relu, dropout<0.25>, dense<4>>;
using plain = network<input<3>, dense<40>, relu, dense<4>>;

template <class Net, class Shard>
using with = parallel_trainer<Net, cross_entropy, adam, batch<32>, Shard>;

struct samples {
    std::vector<std::array<float, 3>> inputs;
    std::vector<int> labels;
};
samples four_classes(size_t count) {
    random_generator random{seed{7}};
    samples data;
    for (size_t i = 0; i < count; ++i) {
        const int label = static_cast<int>(i % 4);
        data.inputs.push_back({random.normal(static_cast<float>(label), 0.6f), random.normal(0.0f, 1.0f),
                               random.normal(label % 2 ? 1.0f : -1.0f, 0.6f)});
        data.labels.push_back(label);
    }
    return data;
}
template <class Net>
Net start() {
    Net net;
    initialize(net, seed{1});
    return net;
}
/// The network after a training on so many threads, and its losses.
template <class Net, class Shard>
std::pair<Net, std::vector<double>> trained(size_t threads) {
    const samples data = four_classes(150); // the last batch is not full, and one of its shards is not either
    Net net = start<Net>();
    with<Net, Shard> trainer{net, {.learning_rate = 0.01}, {}, seed{5}, 1};
    random_generator random{seed{3}};
    const history seen = fit(trainer, data.inputs, data.labels, {.epochs = 6, .threads = threads}, random);
    BOOST_TEST(trainer.threads() == threads);
    return {net, seen.loss};
}
template <class Net>
bool same(const Net& a, const Net& b) {
    return a.canonical() == b.canonical() && a.canonical_buffers() == b.canonical_buffers();
}

} // namespace test_parallel_trainer_file

using namespace test_parallel_trainer_file;

BOOST_AUTO_TEST_CASE(a_pool_does_all_of_the_work_once) {
    thread_pool pool{4};
    BOOST_TEST(pool.size() == 4u);
    for (size_t run = 0; run < 3000; ++run) {
        const size_t count = run % 9;
        std::array<int, 9> done{};
        pool.run(count, [&](size_t i) { ++done[i]; });
        for (size_t i = 0; i < done.size(); ++i)
            if (done[i] != (i < count)) BOOST_ERROR("task " << i << " of " << count << ": " << done[i]);
    }
    // Exceptions: all others are done, the first of them goes on, and the pool serves on.
    std::atomic<int> done{0};
    const auto problem = [&](size_t i) {
        ++done;
        if (i == 5 || i == 17) throw std::runtime_error("task " + std::to_string(i));
    };
    BOOST_TEST(message_of<std::runtime_error>([&] { pool.run(20, problem); }) == "task 5");
    BOOST_TEST(done == 20);
    pool.run(3, [&](size_t) { ++done; });
    BOOST_TEST(done == 23);
}

BOOST_AUTO_TEST_CASE(threads_treat_subnormal_numbers_as_the_caller) {
    thread_pool pool{3};
    std::array<float, 64> results{};
    volatile float tiny = std::numeric_limits<float>::min();
    const auto halves = [&](size_t i) {
        volatile float half = tiny;
        half = half * 0.5f;
        results[i] = half;
    };
    pool.run(results.size(), halves);
    const std::array<float, 64> kept = results;
    for (const float value : kept) BOOST_TEST(value > 0);
    {
        const flush_denormals guard;
        pool.run(results.size(), halves);
    }
    const auto here = [&] {
        const flush_denormals guard;
        halves(0);
        return results[0];
    };
    for (const float value : std::array<float, 64>(results)) BOOST_TEST(value == here());
}

BOOST_AUTO_TEST_CASE(the_same_bits_on_any_number_of_threads) {
    const auto one = trained<net_type, shard<4>>(1);
    BOOST_TEST(one.second.back() < 0.8 * one.second.front());
    for (const size_t threads : {2u, 3u, 8u}) {
        const auto several = trained<net_type, shard<4>>(threads);
        BOOST_TEST(same(one.first, several.first), threads << " threads");
        BOOST_TEST(one.second == several.second);
    }
    BOOST_TEST((one.first.canonical_buffers() != start<net_type>().canonical_buffers())); // running statistics
}

BOOST_AUTO_TEST_CASE(the_gradient_is_that_of_trainer) {
    const samples data = four_classes(32);
    plain a = start<plain>(), b = a, c = a;
    trainer<plain, cross_entropy, adam, batch<32>> usual{a, {.learning_rate = 0.01}};
    with<plain, shard<32>> one{b, {.learning_rate = 0.01}, {}, {}, 2};
    with<plain, shard<4>> eight{c, {.learning_rate = 0.01}, {}, {}, 2};
    for (const size_t rows : {32u, 32u, 19u, 1u, 32u}) {
        const std::span<const std::array<float, 3>> x(data.inputs.data(), rows);
        const std::span<const int> t(data.labels.data(), rows);
        const float loss = usual.step(x, t);
        BOOST_TEST(one.step(x, t) == loss); // one shard: the same bits
        BOOST_TEST(std::abs(eight.step(x, t) - loss) < 1e-5f);
    }
    BOOST_TEST(same(a, b));
    // Other orders of the same sums.
    const auto exact = usual.gradients().canonical(), sums = eight.gradients().canonical();
    double apart = 0, norm = 0;
    for (size_t i = 0; i < exact.size(); ++i) {
        apart += std::pow(static_cast<double>(exact[i]) - static_cast<double>(sums[i]), 2);
        norm += std::pow(static_cast<double>(exact[i]), 2);
    }
    BOOST_TEST(std::sqrt(apart / norm) < 1e-5);

    // Halves of a step; what is refused changes nothing; nothing to learn.
    plain d = start<plain>(), e = d;
    with<plain, shard<4>> whole{d}, halves{e};
    whole.step(data.inputs, data.labels);
    halves.accumulate(data.inputs, data.labels);
    halves.update();
    BOOST_TEST(same(d, e));
    whole.step_if(data.inputs, data.labels, [](float) { return false; });
    BOOST_TEST(same(d, e));
    const std::vector<int> ignored(32, -100);
    BOOST_TEST(std::isnan(whole.step(data.inputs, ignored)));
    BOOST_TEST(same(d, e));
}

BOOST_AUTO_TEST_CASE(a_step_allocates_nothing) {
    const samples data = four_classes(32);
    static net_type net = start<net_type>();
    with<net_type, shard<4>> trainer{net, {}, {}, {}, 4};
    trainer.step(data.inputs, data.labels);
    const std::size_t before = allocations;
    for (int i = 0; i < 200; ++i) trainer.step(data.inputs, data.labels);
    BOOST_TEST(allocations == before);
}

BOOST_AUTO_TEST_CASE(threads_of_a_trainer_that_has_one) {
    const samples data = four_classes(32);
    plain net = start<plain>();
    trainer<plain, cross_entropy, adam, batch<32>> trainer{net};
    random_generator random;
    BOOST_TEST(message_of<std::invalid_argument>(
                   [&] { fit(trainer, data.inputs, data.labels, {.epochs = 1, .threads = 4}, random); }) ==
               "inlay: fit: 4 threads of a trainer that has one: parallel_trainer<network, loss, optimizer, batch<64>> "
               "has several");
    const history seen = fit(trainer, data.inputs, data.labels, {.epochs = 1, .threads = 1}, random);
    BOOST_TEST(seen.epochs() == 1u);
}
