// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A training that is interrupted ends with the bits of one that is not. INLAY_KILLS=1000 kills more often than 50 times.
#define BOOST_TEST_MODULE files_checkpoint
#include <boost/test/unit_test.hpp>

#include "../host/folder.hpp"

#include <inlay/files.hpp>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace inlay;

namespace {

// What has state beside its parameters: running statistics, dropout, moments, steps done, factors of groups.
using net_type = network<input<4>, dense<6>, batch_norm<>, relu, dropout<0.25>, dense<3>>;
using optimizer = grouped<adamw, no_decay_on_biases_and_norms, rate_of<"0", 0.5>>;
using trainer_type = trainer<net_type, cross_entropy, optimizer, batch<8>>;

struct samples {
    std::vector<std::array<float, 4>> inputs;
    std::vector<int> labels;
};
samples make_samples(size_t count) {
    samples all;
    random_generator random(seed{9});
    for (size_t i = 0; i < count; ++i) {
        all.inputs.push_back({});
        for (float& x : all.inputs.back()) x = random.uniform<float>(-1, 1);
        all.labels.push_back(all.inputs.back()[0] > 0.3f ? 2 : all.inputs.back()[1] > 0 ? 1 : 0);
    }
    return all;
}
const samples data = make_samples(60); // 8 batches, the last of 4

/// A program that trains, from its start.
struct program {
    net_type net;
    trainer_type train{net, {.learning_rate = 0.01}, {}, seed{5}};
    random_generator random{seed{6}};
    std::vector<double> losses{};

    program() { initialize(net, seed{4}); }
    bool after(size_t epoch, double loss) { // a schedule
        losses.push_back(loss);
        train.learning_rate(0.01 / static_cast<double>(epoch + 1));
        return false;
    }
    size_t run(size_t epochs) {
        return fit(train, data.inputs, data.labels, epochs, random,
                   [&](size_t epoch, double loss) { return after(epoch, loss); });
    }
    size_t run(size_t epochs, const checkpoint_options& options) {
        return fit(
            train, data.inputs, data.labels, epochs, random,
            [&](size_t epoch, double loss) { return after(epoch, loss); }, options);
    }
};

/// All that a training is.
std::string state_of(program& p) {
    detail::loop_state loop;
    loop.random = p.random;
    return detail::checkpoint_contents(p.train, loop);
}
std::string never_stopped(size_t epochs) {
    const auto p = std::make_unique<program>();
    p->run(epochs);
    return state_of(*p);
}

/// Runs `body` in a process of its own; what it exits with, or minus the signal that ended it.
template <class Body>
int in_a_child(Body body, std::chrono::microseconds kill_after = {}) {
    const pid_t child = fork();
    if (child == 0) {
        int code = 70;
        try {
            code = body();
        } catch (const file_error&) { code = 71; } catch (...) {
        }
        _exit(code);
    }
    if (kill_after.count() > 0) {
        std::this_thread::sleep_for(kill_after);
        kill(child, SIGKILL);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

} // namespace

BOOST_AUTO_TEST_CASE(checkpoints_change_nothing) {
    const temporary_folder here;
    program p;
    BOOST_TEST(p.run(3, {.path = here / "a", .every_steps = 1}) == 3u);
    BOOST_TEST((state_of(p) == never_stopped(3)));
    BOOST_TEST(here.files() == 1u);
}

BOOST_AUTO_TEST_CASE(killed_at_any_instant) {
    const char* asked = std::getenv("INLAY_KILLS");
    const int wanted = asked ? std::atoi(asked) : 50;
    const size_t epochs = 20;
    const std::string expected = never_stopped(epochs);
    random_generator instants(seed{11});
    int kills = 0, ends = 0;
    while (kills < wanted || ends < 1) {
        const temporary_folder here;
        const auto path = here / "run";
        for (;;) {
            const std::chrono::microseconds instant(1 + instants.below(12000));
            const int ended = in_a_child(
                [&] {
                    program p;
                    return p.run(epochs, {.path = path, .every_steps = 1}) == epochs ? 0 : 1;
                },
                kills < wanted ? instant : std::chrono::microseconds{});
            if (ended == -SIGKILL) ++kills;
            BOOST_REQUIRE((ended == -SIGKILL || ended == 0));
            if (ended == 0) break;
        }
        ++ends;
        program p; // finds a training that is over, and takes its end
        BOOST_TEST(p.run(epochs, {.path = path}) == epochs);
        BOOST_REQUIRE((state_of(p) == expected));
        BOOST_TEST(p.losses.empty());
    }
    BOOST_TEST_MESSAGE(kills << " kills in " << ends << " trainings");
}

BOOST_AUTO_TEST_CASE(stopped_after_every_batch) {
    const std::string expected = never_stopped(2);
    program uninterrupted;
    uninterrupted.run(2);
    for (int steps = 1; steps < 16; ++steps) {
        const temporary_folder here;
        {
            program p; // ends in the middle of an epoch, by an exception of the data's
            struct until {
                const std::vector<std::array<float, 4>>& from;
                mutable int left;
                size_t size() const { return from.size(); }
                const std::array<float, 4>& operator[](size_t i) const {
                    if (left-- == 0) throw std::runtime_error("stop");
                    return from[i];
                }
            };
            const until inputs{data.inputs, 60 + 8 * steps - 3}; // 60: they are all looked at first
            BOOST_CHECK_THROW(fit(p.train, inputs, data.labels, 2, p.random,
                                  [&](size_t epoch, double loss) { return p.after(epoch, loss); },
                                  {.path = here / "a", .every_steps = 1}),
                              std::runtime_error);
        }
        program p;
        BOOST_TEST(p.run(2, {.path = here / "a", .every_steps = 1}) == 2u);
        BOOST_TEST((state_of(p) == expected));
        BOOST_TEST(p.losses.back() == uninterrupted.losses.back()); // the mean is over the whole epoch
    }
}

// With options: validation, metrics, patience with the best parameters, a schedule and accumulation go on too.
BOOST_AUTO_TEST_CASE(with_options_stopped_after_every_batch) {
    const temporary_folder here;
    const samples other = make_samples(20);
    for (const size_t accumulate : {size_t{1}, size_t{3}}) {
        // Too large a rate: the best epoch is not the last one, and patience ends it.
        const fit_options options{.epochs = 9,
                                  .patience = 3,
                                  .min_delta = 0.05,
                                  .accumulate = accumulate,
                                  .schedule = schedule::cosine{.rate = 0.3, .total = 80}};
        const auto whole = std::make_unique<program>();
        const history expected =
            fit(whole->train, data.inputs, data.labels, options, whole->random, validation{other.inputs, other.labels},
                accuracy_metric());
        BOOST_TEST(expected.stopped_early);
        BOOST_TEST(expected.best_epoch < expected.epochs());

        const checkpoint_options checkpoints{
            .path = here / ("options" + std::to_string(accumulate)), .every_steps = 2};
        struct stopped {};
        history seen;
        size_t runs = 0;
        std::string end;
        for (bool over = false; !over; ++runs) {
            const auto p = std::make_unique<program>();
            fit_options stops = options;
            size_t batches = 0;
            stops.after_batch = [&](size_t, double) -> bool {
                if (++batches == 7 && runs < 40) throw stopped{}; // as if the program had ended
                return false;
            };
            try {
                seen = fit(p->train, data.inputs, data.labels, stops, p->random, checkpoints,
                           validation{other.inputs, other.labels}, accuracy_metric());
                over = true;
                end = state_of(*p);
            } catch (const stopped&) {}
        }
        BOOST_TEST(runs > 4u);
        BOOST_TEST(seen.loss == expected.loss);
        BOOST_TEST(seen.validation_loss == expected.validation_loss);
        BOOST_TEST(seen.learning_rate == expected.learning_rate);
        BOOST_TEST(seen["accuracy"] == expected["accuracy"]);
        BOOST_TEST(seen.best_epoch == expected.best_epoch);
        BOOST_TEST(seen.stopped_early);
        BOOST_TEST((end == state_of(*whole)));

        // It is over, and said to have been so.
        const auto again = std::make_unique<program>();
        const history same = fit(again->train, data.inputs, data.labels, options, again->random, checkpoints,
                                 validation{other.inputs, other.labels}, accuracy_metric());
        BOOST_TEST(same.loss == expected.loss);
        BOOST_TEST((state_of(*again) == state_of(*whole)));
        // Other metrics, or nothing to validate with, are another training.
        BOOST_CHECK_THROW(fit(again->train, data.inputs, data.labels, options, again->random, checkpoints,
                              validation{other.inputs, other.labels}),
                          file_error);
        BOOST_CHECK_THROW(fit(again->train, data.inputs, data.labels, options, again->random, checkpoints, accuracy_metric()),
                          file_error);
        BOOST_TEST((state_of(*again) == state_of(*whole)));
    }
}

BOOST_AUTO_TEST_CASE(more_epochs_and_an_end_by_report) {
    const temporary_folder here;
    program p;
    p.run(2, {.path = here / "a"});
    program more;
    BOOST_TEST(more.run(5, {.path = here / "a"}) == 5u);
    BOOST_TEST((state_of(more) == never_stopped(5)));
    BOOST_TEST(more.losses.size() == 3u);

    const auto stops = [](size_t epoch, double) { return epoch == 3; };
    program one, other;
    BOOST_TEST(fit(one.train, data.inputs, data.labels, 9, one.random, stops, {.path = here / "b"}) == 3u);
    BOOST_TEST(fit(other.train, data.inputs, data.labels, 9, other.random, stops, {.path = here / "b"}) == 3u);
    BOOST_TEST((state_of(one) == state_of(other)));
    BOOST_TEST(fit(one.train, data.inputs, data.labels, 1, one.random, {.path = here / "c"}) == 1u);
}

BOOST_AUTO_TEST_CASE(every_so_many_minutes) {
    const temporary_folder here;
    program p;
    size_t written = 0;
    std::string last;
    fit(p.train, data.inputs, data.labels, 3, p.random,
        [&](size_t, double) {
            const bool there = std::filesystem::exists(here / "a");
            if (there && read_file(here / "a") != last) ++written, last = read_file(here / "a");
        },
        {.path = here / "a", .every_minutes = 1e-9});
    BOOST_TEST(written == 3u);
    program rarely;
    fit(rarely.train, data.inputs, data.labels, 3, rarely.random,
        [&](size_t, double) { BOOST_TEST(!std::filesystem::exists(here / "b")); },
        {.path = here / "b", .every_minutes = 60});
    BOOST_TEST(std::filesystem::exists(here / "b")); // at the end
}

BOOST_AUTO_TEST_CASE(a_loop_of_ones_own) {
    const temporary_folder here;
    const auto step = [](program& p, size_t i) {
        const std::span inputs(data.inputs);
        const std::span labels(data.labels);
        const size_t at = p.random.below(50);
        p.train.step(inputs.subspan(at, 8), labels.subspan(at, 8));
        p.train.rate_of<"0">(0.5 / static_cast<double>(i + 1));
    };
    program whole, half, rest;
    for (size_t i = 0; i < 10; ++i) step(whole, i);
    for (size_t i = 0; i < 5; ++i) step(half, i);
    save_checkpoint(half.train, here / "a", half.random, {.epoch = 7, .step = 5});
    const auto [epoch, from] = load_checkpoint(rest.train, here / "a", rest.random);
    BOOST_TEST((epoch == 7u && from == 5u));
    for (size_t i = from; i < 10; ++i) step(rest, i);
    BOOST_TEST((state_of(rest) == state_of(whole)));

    net_type alone; // the network without its trainer
    load(alone, here / "a", {.prefix = "net."});
    BOOST_TEST((detail::all_elements(alone) == detail::all_elements(half.net)));
    BOOST_TEST(contains(message_of<file_error>([&] { rest.run(3, {.path = here / "a"}); }), "was not written by fit"));
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
    const temporary_folder here;
    program p;
    p.run(2, {.path = here / "a"});
    const std::string before = state_of(p), file = read_file(here / "a");
    const auto refused = [&](const std::string& bytes) {
        here.write("b", bytes);
        const auto what = message_of<file_error>([&] { p.run(9, {.path = here / "b"}); });
        BOOST_TEST((state_of(p) == before));
        BOOST_TEST((read_file(here / "b") == bytes));
        return what;
    };
    // No byte may change, and none be missing.
    for (size_t at = 0; at < file.size(); at += 7) {
        std::string other = file;
        other[at] = static_cast<char>(other[at] ^ 4);
        BOOST_TEST(refused(other) != "no error", "byte " << at);
        BOOST_TEST(refused(file.substr(0, at)) != "no error", "cut off at " << at);
    }
    std::string other = file;
    other.back() = static_cast<char>(other.back() ^ 1);
    BOOST_TEST(contains(refused(other), "is damaged: its checksum"));
    save(p.net, here / "weights");
    BOOST_TEST(contains(refused(read_file(here / "weights")), "is no checkpoint"));

    net_type net;
    trainer<net_type, cross_entropy, adamw, batch<8>> another(net);
    random_generator random;
    const auto what = message_of<file_error>([&] { load_checkpoint(another, here / "a", random); });
    BOOST_TEST(contains(what, "was written by another trainer\n    the file  trainer<cross_entropy, grouped<adamw, "));
    BOOST_TEST(contains(
        what,
        "\n    this one  trainer<cross_entropy, adamw, batch<8>>\n                                     ^ differs"));
    network<input<4>, dense<5>, batch_norm<>, relu, dropout<0.25>, dense<3>> wider;
    trainer<decltype(wider), cross_entropy, optimizer, batch<8>> of_wider(wider);
    BOOST_TEST(contains(message_of<file_error>([&] { load_checkpoint(of_wider, here / "a", random); }),
                        "was written for another network"));
    const samples fewer = make_samples(59);
    BOOST_TEST(contains(
        message_of<file_error>([&] { fit(p.train, fewer.inputs, fewer.labels, 9, p.random, {.path = here / "a"}); }),
        "on 60 samples, and here are 59"));
    BOOST_TEST(
        contains(message_of<file_error>([&] { load_checkpoint(p.train, here / "none", p.random); }), "no such file"));
}

BOOST_AUTO_TEST_CASE(a_full_disk) {
    const temporary_folder here;
    program p;
    p.run(2, {.path = here / "a"});
    const std::string old = read_file(here / "a");
    const int ended = in_a_child([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{1000, 1000};
        setrlimit(RLIMIT_FSIZE, &small);
        program more;
        more.run(5, {.path = here / "a"});
        return 0;
    });
    BOOST_TEST(ended == 71); // a file_error
    BOOST_TEST((read_file(here / "a") == old));
    BOOST_TEST(here.files() == 1u);
    program rest; // once there is room
    rest.run(5, {.path = here / "a"});
    BOOST_TEST((state_of(rest) == never_stopped(5)));
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_written_to) {
    const temporary_folder here;
    program p;
    p.run(2, {.path = here / "a"});
    const std::string old = read_file(here / "a");
    const int ended = in_a_child([&] {
        chmod(here.path.c_str(), 0555);
        if (geteuid() == 0 && setuid(65534) != 0) return 1;
        program more;
        more.run(5, {.path = here / "a"});
        return 0;
    });
    chmod(here.path.c_str(), 0700);
    BOOST_TEST(ended == 71);
    BOOST_TEST((read_file(here / "a") == old));
    BOOST_TEST(here.files() == 1u);
    program more;
    BOOST_CHECK_THROW(more.run(1, {.path = here / "none" / "a"}), file_error);
}
