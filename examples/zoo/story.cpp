// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// stories260K tells a story, a token after the other, from its key/value cache:
//
//     story [folder with stories260k/…] [--time] [--begin="Tom had a dog"] [--temperature=0.8] [--seed=1]
//
// With the temperature 0, which is the default, always the likeliest token.
#include "stories260k.hpp"

#include <inlay/host/sampling.hpp>

#include <cstdlib>

namespace {

/// What follows "--name=".
std::string option(int argc, char** argv, std::string_view name, std::string otherwise) {
    for (int i = 1; i < argc; ++i)
        if (std::string_view one = argv[i]; one.starts_with(name)) otherwise = one.substr(name.size());
    return otherwise;
}

} // namespace

int main(int argc, char** argv) {
    const auto folder = zoo::folder_of(argc, argv);
    for (const auto* file : {&zoo::stories260k_file, &zoo::stories260k_vocabulary_file})
        if (!zoo::is_there(folder, *file)) return zoo::skipped;
    const auto net = zoo::load_stories260k(zoo::path_of(folder, zoo::stories260k_file));
    const zoo::vocabulary words(zoo::path_of(folder, zoo::stories260k_vocabulary_file));

    const auto begun = words.tokens(option(argc, argv, "--begin=", ""));
    const inlay::sampling how{.temperature = std::atof(option(argc, argv, "--temperature=", "0").c_str()),
                              .top_p = 0.9};
    inlay::random_generator random(inlay::seed{std::strtoull(option(argc, argv, "--seed=", "1").c_str(), nullptr, 10)});
    const auto state = std::make_unique<zoo::stories260k::state_type>();
    std::size_t told = 0;
    for (std::uint16_t token = begun[0]; told < 256; ++told) {
        const auto logits = (*net)({token}, *state);
        const auto next =
            told + 1 < begun.size()
                ? begun[told + 1]
                : static_cast<std::uint16_t>(inlay::next_token(std::span<const float>(logits), random, how));
        if (next == words.begin || next == words.end) break;
        std::fputs(words.piece(next, token).c_str(), stdout);
        token = next;
    }
    std::printf("\n");

    if (zoo::wants_time(argc, argv)) { // 256 tokens, whatever they are
        float sum = 0;
        const double time = zoo::least_time([&] {
            *state = {};
            std::uint16_t token = words.begin;
            for (int i = 0; i < 256; ++i) {
                const auto logits = (*net)({token}, *state);
                token = static_cast<std::uint16_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
            }
            sum += float(token);
        });
        std::printf("%.1f µs a token, on average over the first 256%s\n", time / 256000, sum < 0 ? "!" : "");
    }
    return told > 0 ? 0 : 1;
}
