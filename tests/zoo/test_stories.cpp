// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// stories260K (karpathy/tinyllamas): a llama of 260 000 parameters that tells stories. Its file is read as llama2.c publishes
// it, and the network says what llama2.c says.
#define BOOST_TEST_MODULE zoo_stories
#include "../../examples/zoo/stories260k.hpp"
#include "zoo.hpp"

#include <algorithm>

using namespace inlay;

namespace {

using net_type = zoo::stories260k;

std::unique_ptr<net_type> load() { return zoo::load_stories260k(zoo::folder() / zoo::stories260k_file.name); }

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
    const auto net = load();
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
    const auto net = load();
    const auto said = tokens();
    std::array<std::uint16_t, 64> x{};
    std::copy_n(said.begin(), x.size(), x.begin());
    const auto whole = net->as<input_of<std::uint16_t, 64>>()(x);
    zoo::check_within("stories260K at once", whole, zoo::floats("stories260k/logits_0_63.f32"), 5e-5);
}

/// From tokens to a text and back.
BOOST_AUTO_TEST_CASE(vocabulary) {
    const zoo::vocabulary words(zoo::folder() / zoo::stories260k_vocabulary_file.name);
    const auto said = tokens();
    std::string text;
    for (size_t i = 1; i < said.size(); ++i) text += words.piece(said[i], said[i - 1]);
    BOOST_TEST(text.starts_with("Once upon a time, there was a little girl named Lily."));
    BOOST_TEST(words.tokens(text) == said, boost::test_tools::per_element());
    std::string back; // what no token has, byte by byte
    const auto letters = words.tokens("Lily \u00e4\u20ac");
    for (size_t i = 1; i < letters.size(); ++i) back += words.piece(letters[i], letters[i - 1]);
    BOOST_TEST(back == "Lily \u00e4\u20ac");
    BOOST_CHECK_THROW(zoo::vocabulary(zoo::folder() / zoo::stories260k_file.name), file_error);
}
