// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// stories260K (karpathy/tinyllamas): a llama of 260 000 parameters that tells stories. Its file is read as llama2.c publishes
// it, and the network says what llama2.c says.
#define BOOST_TEST_MODULE zoo_stories
#include "zoo.hpp"

#include <algorithm>
#include <utility>

using namespace inlay;

namespace {

constexpr size_t vocabulary = 512, width = 64, layers = 5, heads = 8, kv_heads = 4, context_length = 512, hidden = 172;

using block = llama_block<width, heads, kv_heads, context_length, hidden>;
template <size_t Steps>
using stories = network<input_of<std::uint16_t, Steps>, named<"tokens", embedding<vocabulary, width>>, block, block, block, block,
                        block, rms_norm<1e-5>, tied<"tokens.weight", vocabulary>>;
using net_type = stories<1>;

/// llama2.c's .bin: seven whole numbers, and then the tensors, each of all layers.
std::unique_ptr<net_type> load(const std::string& name) {
    const auto header = zoo::numbers<std::int32_t>(name);
    const std::array<std::int32_t, 7> expected{width, hidden, layers, heads, kv_heads, vocabulary, context_length};
    BOOST_TEST_REQUIRE(std::equal(expected.begin(), expected.end(), header.begin()));
    const auto file = zoo::floats(name);
    constexpr size_t square = width * width, narrow = width * width / 2, tall = hidden * width;
    const float* at = file.data() + 7;
    const auto next = [&at](size_t count) { return std::exchange(at, at + count); };
    const float *const table = next(vocabulary * width), *const norm_1 = next(layers * width), *const q = next(layers * square),
                *const k = next(layers * narrow), *const v = next(layers * narrow), *const o = next(layers * square),
                *const norm_2 = next(layers * width), *const w1 = next(layers * tall), *const w2 = next(layers * tall),
                *const w3 = next(layers * tall), *const norm = next(width);
    BOOST_TEST_REQUIRE(at - file.data() <= static_cast<std::ptrdiff_t>(file.size()));
    std::vector<float> all;
    const auto add = [&all](const float* from, size_t count, size_t layer = 0) {
        all.insert(all.end(), from + layer * count, from + (layer + 1) * count);
    };
    add(table, vocabulary * width);
    for (size_t l = 0; l < layers; ++l) {
        add(norm_1, width, l);
        add(q, square, l), add(k, narrow, l), add(v, narrow, l), add(o, square, l);
        add(norm_2, width, l);
        add(w1, tall, l), add(w3, tall, l), add(w2, tall, l);
    }
    add(norm, width);
    auto net = std::make_unique<net_type>();
    BOOST_TEST_REQUIRE(net->assign(all));
    return net;
}

std::vector<std::uint16_t> tokens() {
    std::ifstream file(zoo::folder() / "stories260k/tokens.txt");
    std::vector<std::uint16_t> all;
    for (std::uint16_t one; file >> one;) all.push_back(one);
    BOOST_TEST_REQUIRE(all.size() == 257u);
    return all;
}

} // namespace

/// From the first token on always the likeliest next one, each from the logits of the one before.
BOOST_AUTO_TEST_CASE(greedy_text) {
    static_assert(net_type::parameter_count == 260'032);
    const auto net = load("stories260k/stories260K.bin");
    const auto expected = tokens();
    const auto logits = zoo::floats("stories260k/logits_0_63.f32");
    const auto state = std::make_unique<net_type::state_type>();
    std::vector<std::uint16_t> said{expected[0]};
    std::vector<float> first;
    while (said.size() < expected.size()) {
        const auto y = (*net)({said.back()}, *state);
        if (said.size() <= 64) first.insert(first.end(), y.begin(), y.end());
        said.push_back(static_cast<std::uint16_t>(std::max_element(y.begin(), y.end()) - y.begin()));
    }
    BOOST_TEST(said == expected, boost::test_tools::per_element());
    zoo::check_within("stories260K", first, logits, 5e-5);
}

/// 64 tokens in one call.
BOOST_AUTO_TEST_CASE(all_at_once) {
    const auto net = load("stories260k/stories260K.bin");
    const auto said = tokens();
    std::array<std::uint16_t, 64> x{};
    std::copy_n(said.begin(), x.size(), x.begin());
    const auto whole = net->as<input_of<std::uint16_t, 64>>()(x);
    zoo::check_within("stories260K at once", whole, zoo::floats("stories260k/logits_0_63.f32"), 5e-5);
}
