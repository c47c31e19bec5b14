// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What the host computes for the chips, as a header: bits of outputs, of losses and of trained parameters. It is built and
// run twice, with fused multiply-add and without.
//
//     golden NAMESPACE > golden_….hpp
#include "nets.hpp"

#include <bit>
#include <cstdio>
#include <memory>
#include <vector>

using namespace chip;

#ifdef CHIP_GOLDEN_FUSED
static_assert(INLAY_HAS_FMA, "the bits of chips with an FPU can only be made on a machine with fused multiply-add");
#else
static_assert(!INLAY_HAS_FMA);
#endif

namespace {

void write(const char* name, const std::vector<float>& values) {
    std::printf("inline constexpr unsigned %s[] = {", name);
    for (size_t i = 0; i < values.size(); ++i)
        std::printf("%s0x%08x,", i % 10 ? " " : "\n    ", std::bit_cast<std::uint32_t>(values[i]));
    std::printf("\n};\n");
}

template <class Net>
void infer(const char* name) {
    std::vector<float> values;
    for (size_t sample = 0; sample < samples; ++sample)
        for (const float y : in_flash<Net>(drawn_input<Net>(sample))) values.push_back(y);
    write(name, values);
}

template <class Net, class Loss>
void train(const char* name) {
    Net net = in_flash<Net>;
    const auto trainer = std::make_unique<one_by_one<Net, Loss>>(net, sgd{.learning_rate = learning_rate});
    std::vector<float> values;
    learn<Loss>(*trainer, [&](float loss) { values.push_back(loss); });
    Net::each_parameter([&](size_t index) { values.push_back(net.element(index)); });
    write(name, values);
}

} // namespace

int main(int, char** argv) {
    std::printf("// Written by tests/chip/golden.cpp.\n#pragma once\nnamespace %s {\n", argv[1]);
#define CHIP_INFER(net) infer<net>(#net);
    CHIP_EACH_NET(CHIP_INFER)
    train<mlp, cross_entropy>("mlp_cross_entropy");
    train<learner, mean_squared_error>("learner_squared_error");
    train<learner, cross_entropy>("learner_cross_entropy");
    train<tuned, cross_entropy>("tuned_cross_entropy");
    std::printf("} // namespace %s\n", argv[1]);
}
