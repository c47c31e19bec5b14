// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Gradient descent on the chip, a sample at a time: the host's bits in every loss and every parameter. CHIP_SMALL leaves
// out what 16K of RAM do not hold.
#include "check.hpp"
#include "nets.hpp"

#include <golden_fused.hpp>
#include <golden_plain.hpp>

using namespace chip;

namespace {

template <class Net, class Loss, class Teacher>
[[gnu::noinline]] void check(checks& all, const char* name, std::span<const unsigned> fused,
                             std::span<const unsigned> plain) {
    Net net = in_flash<Net>;
    Teacher teacher{net, {.learning_rate = learning_rate}};
    comparison bits{all, name, fused, plain};
    learn<Loss>(teacher, [&](float loss) { bits.add(loss); });
    Net::each_parameter([&](size_t index) { bits.add(net.element(index)); });
    bits.finish();
    if (!board::measures) return;
    const auto x = drawn_input<Net>(0);
    const std::conditional_t<std::is_same_v<Loss, cross_entropy>, std::uint32_t, typename Net::output_type> target{};
    const board::cost cost = board::measure([&] { board::unknown(&teacher)->step(x, target); });
    board::print("      ", name, ": a step takes ", cost.instructions, " instructions, ");
    board::print(static_cast<std::uint32_t>(sizeof(teacher)), " bytes of trainer, ",
                 static_cast<std::uint32_t>(sizeof(net)), " of network and ", cost.stack, " of stack\n");
}

} // namespace

#define CHIP_CHECK(net, loss, golden)                                                                                  \
    check<net, loss, one_by_one<net, loss>>(all, #golden, golden_fused::golden, golden_plain::golden)
// The same bits, without memory for gradients.
#define CHIP_CHECK_ONLINE(net, loss, golden)                                                                           \
    check<net, loss, online_trainer<net, loss>>(all, #golden " online", golden_fused::golden, golden_plain::golden)

int main() {
    checks all;
    CHIP_CHECK(learner, mean_squared_error, learner_squared_error);
    CHIP_CHECK(learner, cross_entropy, learner_cross_entropy);
    CHIP_CHECK_ONLINE(learner, mean_squared_error, learner_squared_error);
    CHIP_CHECK_ONLINE(tuned, cross_entropy, tuned_cross_entropy);
    CHIP_CHECK_ONLINE(mlp, cross_entropy, mlp_cross_entropy);
#ifndef CHIP_SMALL
    CHIP_CHECK(tuned, cross_entropy, tuned_cross_entropy);
    CHIP_CHECK(mlp, cross_entropy, mlp_cross_entropy);
#endif
    return all.result();
}
