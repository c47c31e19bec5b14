// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// From a training to a chip: the digits' net with its scaling inside, in a budget that the compiler checks; then weights of
// one byte, what that costs in accuracy, and the header that a chip includes. Writes digits.hpp, which holds the network and
// a self test, and digits.svg, a drawing of it. (examples/on_chip builds such a header for nine targets and runs it.)
#include <inlay/host.hpp>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

using namespace inlay;

using digits = network<input<64>, rescaling<1.0 / 16, 0.0>, dense<32>, relu, dense<10>>;
using small_digits = network<input<64>, rescaling<1.0 / 16, 0.0>, stored_as<std::int8_t, dense<32>>, relu,
                             stored_as<std::int8_t, dense<10>>>;

static_assert(fits<digits, ram<1024>, flash<16384>>);      // a budget that is exceeded does not compile
static_assert(fits<small_digits, ram<1024>, flash<4096>>); // a quarter of the flash

int main() {
    const auto data = read_csv<64>(INLAY_EXAMPLE_DATA "/digits.csv.gz", 10); // 0 to 16, as the scanner gave them
    random_generator random{seed{42}};
    const auto parts = stratified_split(data.labels, 0.2, random);
    const auto train = data.subset(parts.train), test = data.subset(parts.test);

    digits net;
    initialize(net, seed{1});
    trainer<digits, cross_entropy, adam, batch<32>> trainer{net};
    fit(trainer, train.inputs, train.labels, {.epochs = 40}, random);
    const auto small = quantized<small_digits>(net);

    const double right = accuracy(net, test), right_small = accuracy(small, test);
    std::cout << memory_table<small_digits>{} << '\n';
    std::printf("weights of four bytes: %6zu bytes, %.2f %% right on %zu images it has not seen\n",
                memory<digits>.parameter_bytes, 100 * right, test.size());
    std::printf("weights of one byte:   %6zu bytes, %.2f %%\n", memory<small_digits>.parameter_bytes,
                100 * right_small);

    char figure[32];
    std::snprintf(figure, sizeof figure, "%.2f", 100 * right_small);
    const std::span<const digits::input_type> golden(test.inputs.data(), 4); // the self test: real images
    export_header(
        small, "digits.hpp",
        {.provenance = {"UCI digits, " + std::string(figure) + " % on " + std::to_string(test.size()) + " images"},
         .golden = golden});
    save_diagram<small_digits>("digits.svg");

    std::ifstream written("digits.hpp");
    const std::string text{std::istreambuf_iterator<char>(written), {}};
    std::cout << "\ndigits.hpp, " << text.size() << " characters, begins\n\n"
              << text.substr(0, text.find("#pragma")) << "…\n";
    return right > 0.95 && right_small > right - 0.01 && text.find("self_test") != std::string::npos ? 0 : 1;
}
