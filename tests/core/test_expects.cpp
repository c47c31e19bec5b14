// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Every expectation of losses, optimisers and trainers that only a running program can check: the program ends with file,
// line and text on standard error. The right use beside each goes on. tests/training/test_release.cpp is the same under
// NDEBUG.
#undef NDEBUG
#define BOOST_TEST_MODULE expects
#include <boost/test/unit_test.hpp>
#include <inlay/inlay.hpp>

#include <csignal>
#include <cstdio>
#include <limits>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace inlay;

namespace {

/// What a child process that runs `body` says on standard error before it aborts; "" if it does not abort.
template <class Body>
std::string last_words(Body body) {
    int ends[2];
    BOOST_REQUIRE(pipe(ends) == 0);
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL); // Boost.Test's handler would go on
        dup2(ends[1], 2);
        body();
        _exit(0);
    }
    close(ends[1]);
    std::string said;
    char part[512];
    for (ssize_t n; (n = read(ends[0], part, sizeof part)) > 0;) said.append(part, static_cast<std::size_t>(n));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? said : "";
}

#define ENDS(text, ...)                                                                                                \
    do {                                                                                                               \
        const std::string said = last_words([&] { __VA_ARGS__; });                                                     \
        BOOST_TEST(said.find(text) != std::string::npos, #__VA_ARGS__ << " says '" << said << "'");                    \
    } while (false)
#define GOES_ON(...) BOOST_TEST(last_words([&] { __VA_ARGS__; }) == "", #__VA_ARGS__)

using net_type = network<input<2>, dense<3>>;
using sample = net_type::input_type;
constexpr double nan_ = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();

template <class Trainer>
void counts_and_labels(Trainer& train) {
    const std::vector<sample> x(5);
    std::vector<int> y(5, 1);
    const auto first = [](const auto& all, size_t count) { return std::span(all).first(count); };
    GOES_ON(train.step(first(x, 4), first(y, 4)));
    GOES_ON(train.step(first(x, 0), first(y, 0)));
    ENDS("inlay: as many targets as inputs", train.step(first(x, 3), first(y, 2)));
    ENDS("inlay: as many targets as inputs", train.step(first(x, 2), first(y, 3)));
    ENDS("inlay: as many targets as inputs", train.step(first(x, 0), first(y, 3)));
    ENDS("inlay: a step takes at most batch_size samples", train.step(x, y));
    for (const int label : {3, 99, -1, -5, -101}) {
        y[2] = label;
        ENDS("inlay: a class index must be below the number of outputs, or ignore_index",
             train.step(first(x, 3), first(y, 3)));
        ENDS("inlay: a class index must be below", train.step(x[0], label));
    }
    for (const int label : {0, 2, -100}) GOES_ON(train.step(x[0], label));
}

} // namespace

BOOST_AUTO_TEST_CASE(it_says_where) {
    const std::string said = last_words([] { INLAY_EXPECTS(1 + 1 == 3, "inlay: a sum"); });
    BOOST_TEST(said == std::string(__FILE__) + ":" + std::to_string(__LINE__ - 1) + ": inlay: a sum\n");
    GOES_ON(INLAY_EXPECTS(1 + 1 == 2, "inlay: a sum"));
    static_assert([] {
        INLAY_EXPECTS(1 + 1 == 2, "inlay: a sum");
        return true;
    }());
}

BOOST_AUTO_TEST_CASE(samples) {
    net_type net;
    trainer<net_type, cross_entropy, sgd, batch<4>> train(net);
    counts_and_labels(train);
    online_trainer<net_type, cross_entropy, batch<4>> online(net);
    counts_and_labels(online);
    trainer<net_type, weighted_cross_entropy<3>, sgd, batch<4>> weighted(net);
    counts_and_labels(weighted);
    const std::vector<sample> x(5);
    const std::vector<int> y(5, 1);
    ENDS("inlay: as many targets as inputs", train.accumulate(x, std::span(y).first(2)));
    ENDS("inlay: a step takes at most batch_size samples", train.accumulate(x, y));
    // 2 to the power of 32 is no class 0.
    ENDS("inlay: a class index", train.step(x[0], 1LL << 32));
    ENDS("inlay: a class index", train.step(x[0], std::size_t(-100)));
    workspace<net_type, 2> work;
    ENDS("inlay: more rows than the batch of the workspace holds", work.compare(cross_entropy{}, y.data(), 3));
}

BOOST_AUTO_TEST_CASE(losses) {
    net_type net;
    const sample x{};
    const auto train = [&](auto loss) { trainer<net_type, decltype(loss), sgd>(net, {}, loss).step(x, 1); };
    for (const double wrong : {-0.1, 1.5, nan_})
        ENDS("inlay: label smoothing is from 0 to 1", train(cross_entropy{.label_smoothing = wrong}));
    GOES_ON(train(cross_entropy{.label_smoothing = 1}));
    using weighted = weighted_cross_entropy<3>;
    ENDS("inlay: a class weight is 0 or more", train(weighted{.class_weights = {1, -1, 1}}));
    ENDS("inlay: a class weight is 0 or more",
         train(weighted{.class_weights = {1, std::numeric_limits<float>::quiet_NaN(), 1}}));
    GOES_ON(train(weighted{.class_weights = {1, 0, 1}}));
}

BOOST_AUTO_TEST_CASE(hyperparameters) {
    net_type net;
    const auto make = [&](auto o) { trainer<net_type, cross_entropy, decltype(o)> train(net, o); };
    for (const double wrong : {-1e-3, nan_, infinity}) {
        ENDS("inlay: a learning rate is", make(sgd{.learning_rate = wrong}));
        ENDS("inlay: a learning rate is", make(adam{.learning_rate = wrong}));
        ENDS("inlay: weight decay is", make(adamw{.weight_decay = wrong}));
        ENDS("inlay: a momentum is", make(sgd_momentum{.momentum = wrong}));
        ENDS("inlay: dampening is", make(sgd_momentum{.dampening = wrong == infinity ? 2 : wrong}));
        ENDS("inlay: an epsilon is", make(adam{.epsilon = wrong}));
        ENDS("inlay: an epsilon is", make(adagrad{.epsilon = wrong}));
        ENDS("inlay: an epsilon is", make(rmsprop{.epsilon = wrong}));
        ENDS("inlay: a decay of the rate is", make(adagrad{.learning_rate_decay = wrong}));
        ENDS("inlay: beta1 and beta2 are", make(adam{.beta1 = wrong}));
        ENDS("inlay: beta1 and beta2 are", make(adam{.beta2 = wrong}));
        ENDS("inlay: rmsprop's alpha is", make(rmsprop{.alpha = wrong}));
        ENDS("inlay: a learning rate is", online_trainer<net_type, cross_entropy>(net, {.learning_rate = wrong}));
    }
    ENDS("inlay: beta1 and beta2 are", make(adam{.beta2 = 1}));
    ENDS("inlay: rmsprop's alpha is", make(rmsprop{.alpha = 1}));
    ENDS("inlay: Nesterov's form", make(sgd_momentum{.momentum = 0, .nesterov = true}));
    ENDS("inlay: Nesterov's form", make(sgd_momentum{.dampening = 0.5, .nesterov = true}));
    GOES_ON(make(sgd{.learning_rate = 0}));
    GOES_ON(make(sgd_momentum{.momentum = 0, .dampening = 1}));
    GOES_ON(make(adam{.beta1 = 0, .beta2 = 0, .epsilon = 0}));

    trainer<net_type, cross_entropy, sgd_momentum> train(net);
    online_trainer<net_type, cross_entropy> online(net);
    trainer<net_type, cross_entropy, adam> adaptive(net);
    for (const double wrong : {-1e-3, nan_, infinity}) {
        ENDS("inlay: a learning rate is", train.learning_rate(wrong));
        ENDS("inlay: a learning rate is", online.learning_rate(wrong));
        ENDS("inlay: a momentum is", train.momentum(wrong));
        ENDS("inlay: clipping takes", train.clip({.value = wrong}));
        ENDS("inlay: clipping takes", train.clip({.norm = wrong}));
    }
    ENDS("inlay: beta1 is", adaptive.momentum(1));
    ENDS("inlay: beta1 is", adaptive.momentum(-0.1));
    GOES_ON(train.learning_rate(0); online.learning_rate(0.5); train.momentum(0); train.clip({}); adaptive.momentum(0));
    ENDS("inlay: an exponential schedule needs", (void)schedule::exponential{.gamma = 0}(1));
}

BOOST_AUTO_TEST_CASE(randomness) {
    network<input<2>, dropout<0.5>, dense<3>> net;
    workspace<decltype(net), 1> work;
    const std::array<float, 2> x{};
    random_generator random{seed{1}};
    ENDS("inlay: this network needs a random_generator", work.forward(net, x.data()));
    GOES_ON(work.forward(net, x.data(), &random));
    GOES_ON(work.evaluate(net, x.data()));
}
