// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Digits on several ranks: the bits of one process, whole trainings spread, what an exchange costs. See tools/mpi_digits.
#include <inlay/host.hpp>
#include <inlay/host/mpi.hpp>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace inlay;

namespace {

using digits = network<input<64>, dense<32>, relu, dropout<0.1>, dense<10>>;
using other = network<input<64>, dense<16>, inlay::tanh, dense<10>>;

int problems = 0;
void expect(bool holds, const char* what) {
    if (holds) return;
    std::printf("failed: %s\n", what);
    ++problems;
}

/// FNV-1a of the parameters' bytes.
template <class Network>
std::uint64_t hash_of(const Network& net) {
    std::uint64_t hash = 14695981039346656037u;
    for (const auto value : net.canonical()) {
        unsigned char bytes[sizeof value];
        std::memcpy(bytes, &value, sizeof value);
        for (const unsigned char byte : bytes) hash = (hash ^ byte) * 1099511628211u;
    }
    return hash;
}

double seconds() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// Microseconds per step: of one process, of these ranks, and of the exchange in it. The least of several runs.
template <class Network, class Batch, class Shard>
void measure(const boost::mpi::communicator& world, const char* name) {
    const auto net = make_network<Network>(seed{1});
    std::vector<typename Network::input_type> x(Batch::size);
    std::vector<int> t(Batch::size);
    random_generator random{seed{3}};
    for (auto& sample : x)
        for (auto& value : sample) value = random.uniform(-1.0f, 1.0f);
    for (int& label : t) label = static_cast<int>(random.below(10));
    const auto least = [&](auto& trainer) {
        double best = 1e9;
        for (int run = 0; run < 12; ++run) {
            world.barrier();
            const double start = seconds();
            for (int i = 0; i < 20; ++i) trainer.step(x, t);
            best = std::min(best, (seconds() - start) / 20);
        }
        return 1e6 * best;
    };
    // One rank at a time, or they would share the cores.
    double alone = 0;
    for (int rank = 0; rank < world.size(); ++rank) {
        world.barrier();
        if (rank == 0 && world.rank() == 0) {
            parallel_trainer<Network, cross_entropy, sgd, Batch, Shard> trainer{
                *net, {.learning_rate = 1e-6}, {}, {}, 1};
            double best = 1e9;
            for (int run = 0; run < 12; ++run) {
                const double start = seconds();
                for (int i = 0; i < 20; ++i) trainer.step(x, t);
                best = std::min(best, (seconds() - start) / 20);
            }
            alone = 1e6 * best;
        }
    }
    // The exchanges themselves.
    constexpr size_t count = gradients<Network>::extent;
    const auto size = static_cast<size_t>(world.size());
    std::vector<float> own(count), all(count * size);
    const auto least_of = [&](auto exchange) {
        double best = 1e9;
        for (int i = 0; i < 300; ++i) {
            world.barrier();
            const double start = seconds();
            exchange();
            best = std::min(best, seconds() - start);
        }
        return 1e6 * best;
    };
    const double gathered =
        least_of([&] { boost::mpi::all_gather(world, own.data(), static_cast<int>(count), all.data()); });
    const double reduced = least_of(
        [&] { boost::mpi::all_reduce(world, own.data(), static_cast<int>(count), all.data(), std::plus<float>()); });
    for (const auto how : {mpi::sums::ordered, mpi::sums::reduced}) {
        mpi::trainer<Network, cross_entropy, sgd, Batch, Shard> trainer{world, *net, {.learning_rate = 1e-6}, {}, {},
                                                                        1,     how};
        const double step = least(trainer);
        const bool ordered = how == mpi::sums::ordered;
        if (world.rank() == 0)
            std::printf("%-22s %7zu parameters: one process %8.1f us; %d ranks, %s: step %8.1f us, exchange %8.1f us\n",
                        name, Network::parameter_count, alone, world.size(), ordered ? "ordered" : "reduced", step,
                        ordered ? gathered : reduced);
    }
}

} // namespace

int main(int argc, char** argv) {
    boost::mpi::environment environment(argc, argv);
    boost::mpi::communicator world;
    const bool measures = argc > 1 && std::string(argv[1]) == "--measure";
    const size_t epochs = argc > 1 && !measures ? static_cast<size_t>(std::atoi(argv[1])) : 3;
    const char* const folder = std::getenv("INLAY_DATA");
    auto data = read_csv<64>(std::string(folder ? folder : "examples/data") + "/digits.csv.gz", 10);
    scale(data, 1.0f / 16);
    random_generator split{seed{42}};
    const auto folds = k_fold(data.size(), 5, split);
    const auto train = data.subset(folds[0].train), test = data.subset(folds[0].test);

    // One process, then all ranks: the same bits.
    digits alone, shared;
    initialize(alone, seed{1});
    if (world.rank() == 0) initialize(shared, seed{1}); // the others get it
    {
        parallel_trainer<digits, cross_entropy, adam, batch<64>, shard<8>> trainer{
            alone, {.learning_rate = 1e-2}, {}, seed{5}, 1};
        random_generator random{seed{2}};
        fit(trainer, train.inputs, train.labels, {.epochs = epochs}, random);
    }
    mpi::trainer<digits, cross_entropy, adam, batch<64>, shard<8>> trainer{
        world, shared, {.learning_rate = 1e-2}, {}, seed{5}};
    random_generator random{seed{2}};
    fit(trainer, train.inputs, train.labels, {.epochs = epochs, .threads = 2}, random);
    expect(alone.canonical() == shared.canonical(), "ordered sums: the bits of one process");
    expect(accuracy(shared, test) > 0.85, "it learns");
    if (world.rank() == 0)
        std::printf("%d ranks: parameters %016llx, accuracy %.4f, exchange %.1f us per step\n", world.size(),
                    static_cast<unsigned long long>(hash_of(shared)), accuracy(shared, test),
                    1e6 * trainer.seconds_per_exchange());

    // MPI's own order of sums: other bits, the same on all ranks; a batch that not every rank has samples of.
    digits near = alone, far = alone;
    parallel_trainer<digits, cross_entropy, sgd, batch<64>, shard<8>> one{near, {.learning_rate = 0.1}, {}, seed{5}, 1};
    mpi::trainer<digits, cross_entropy, sgd, batch<64>, shard<8>> many{world,   far, {.learning_rate = 0.1}, {},
                                                                       seed{5}, 1,   mpi::sums::reduced};
    for (const size_t rows : {64u, 9u, 64u}) {
        const std::span<const digits::input_type> x(train.inputs.data(), rows);
        const std::span<const digits::input_type>::size_type count = rows;
        const std::span t(train.labels.data(), count);
        const double loss = static_cast<double>(one.step(x, t));
        expect(std::abs(loss - static_cast<double>(many.step(x, t))) < 1e-5 * std::abs(loss), "reduced sums: the loss");
    }
    double apart = 0;
    const auto a = near.canonical(), b = far.canonical();
    for (size_t i = 0; i < a.size(); ++i)
        apart = std::max(apart, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    expect(apart < 1e-6, "reduced sums: the same step but for rounding");
    unsigned long long first = hash_of(far);
    boost::mpi::broadcast(world, first, 0);
    expect(first == hash_of(far), "reduced sums: all ranks alike");

    // Whole trainings.
    const auto score = [&]<class Network>(Network& net, const hyper_parameters& h, const fold_indices& fold,
                                          seed from) {
        const auto part = data.subset(fold.train), rest = data.subset(fold.test);
        inlay::trainer<Network, cross_entropy, adam, batch<64>> single{net, {.learning_rate = h["learning_rate"]}};
        random_generator order{from};
        fit(single, part.inputs, part.labels, epochs, order);
        return accuracy(net, rest);
    };
    const auto rates = grid_of({{"learning_rate", {1e-3, 1e-2}}});
    const auto here = search(topologies<other>{}, rates, folds, score, {.threads = 1}),
               spread = mpi::search(world, topologies<other>{}, rates, folds, score, {.threads = 1});
    for (size_t i = 0; i < here.size(); ++i)
        expect(here[i].scores == spread[i].scores, "a search: the scores of one process");
    if (world.rank() == 0)
        std::printf("search: best %.4f with %s\n", spread[0].mean, spread[0].parameters.text().c_str());
    try {
        (void)mpi::spread(world, 7, [](size_t i) -> double {
            if (i == 3 || i == 5) throw std::invalid_argument("training " + std::to_string(i));
            return 0;
        });
        expect(false, "a problem is passed on");
    } catch (const std::exception& problem) {
        expect(std::string(problem.what()) == "training 3", "the first problem, everywhere");
    }

    if (measures) {
        measure<network<input<64>, dense<32>, relu, dense<10>>, batch<64>, shard<8>>(world, "64-32-10, batch 64");
        measure<network<input<784>, dense<128>, relu, dense<10>>, batch<128>, shard<16>>(world,
                                                                                         "784-128-10, batch 128");
        measure<network<input<784>, dense<512>, relu, dense<10>>, batch<512>, shard<64>>(world,
                                                                                         "784-512-10, batch 512");
    }
    return problems > 0;
}
