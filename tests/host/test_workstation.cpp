// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The README's section on data and training: its program is this one.
#define BOOST_TEST_MODULE workstation
#include <boost/test/unit_test.hpp>

#include "folder.hpp"

#include <inlay/host.hpp>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

namespace {

std::vector<double> all_accuracies;

// clang-format off
// README begins
using wine_net = inlay::network<inlay::input<13>, inlay::dense<32>, inlay::relu, inlay::dense<3>>;

void cross_validate() {
    const inlay::data_set<13> wine = inlay::read_csv<13>("wine.csv", 3); // 13 numbers and a class below 3 per line
    inlay::random_generator random{inlay::seed{1}};
    std::vector<double> accuracies;
    for (const auto& fold : inlay::k_fold(wine.size(), 5, random)) {
        inlay::data_set<13> train = wine.subset(fold.train), test = wine.subset(fold.test);
        standardize(train, test); // mean 0 and deviation 1, measured on train alone
        const auto net = inlay::make_network<wine_net>(inlay::seed{2}); // on the heap, with start values
        const auto trainer = inlay::make_trainer<wine_net, inlay::cross_entropy, inlay::adam, inlay::batch<16>>(
            *net, {.learning_rate = 0.01});
        fit(*trainer, train.inputs, train.labels, 100, random, [](std::size_t, double loss) {
            return loss < 0.01; // true stops
        });
        std::cout << "loss " << evaluate(*net, inlay::cross_entropy{}, test) << '\n';
        accuracies.push_back(accuracy(*net, test));
    }
    std::cout << "accuracy " << inlay::mean(accuracies) << " ± " << inlay::standard_deviation(accuracies) << '\n';
    // README ends
    all_accuracies = accuracies;
// README begins
}
// README ends
// clang-format on

std::filesystem::path root() {
    const char* const data = std::getenv("INLAY_DATA");
    return data == nullptr || *data == '\0' ? "" : std::filesystem::path(data).parent_path().parent_path();
}

} // namespace

BOOST_AUTO_TEST_CASE(it_does_what_it_says) {
    if (root().empty()) return; // set INLAY_DATA to examples/data
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(root() / "examples" / "data");
    cross_validate();
    std::filesystem::current_path(before);
    BOOST_REQUIRE_EQUAL(all_accuracies.size(), 5u);
    BOOST_TEST(inlay::mean(all_accuracies) > 0.94);
}

BOOST_AUTO_TEST_CASE(the_readme_shows_this_program) {
    if (root().empty()) return;
    std::istringstream source(inlay::read_file(root() / "tests" / "host" / "test_workstation.cpp"));
    std::string program, line;
    for (bool inside = false; std::getline(source, line);) {
        const bool mark = contains(line, "// README") && !contains(line, "contains");
        if (mark) inside = contains(line, "begins");
        else if (inside) program += line + '\n';
    }
    BOOST_TEST(contains(program, "cross_validate"));
    BOOST_TEST(contains(inlay::read_file(root() / "README.md"), "```cpp\n#include <inlay/host.hpp>\n\n" + program + "```\n"));
}
