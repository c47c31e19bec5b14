// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// stories260K (karpathy/tinyllamas): a llama of 260 000 parameters that tells stories, and its vocabulary of 512 pieces of words.
// Both files are read as llama2.c publishes them.
#pragma once

#include "published.hpp"

#include <inlay/inlay.hpp>

#include <utility>

namespace zoo {

inline constexpr published_file stories260k_file{"stories260k/stories260K.bin",
                                                 "huggingface.co/karpathy/tinyllamas, stories260K/stories260K.bin",
                                                 "b0a507e7ad0f626624f17112325e66691f9076d622e1d3274d103d00299f2696"};
inline constexpr published_file stories260k_vocabulary_file{
    "stories260k/tok512.bin", "huggingface.co/karpathy/tinyllamas, stories260K/tok512.bin",
    "037cb335abb25d1fa9e8ecae30ed2a3a8ace9302862ebcdc05d51a6bbb10c312"};

/// Steps of 1 write a text from the key/value cache, a token after the other; more take a text as a whole.
template <std::size_t Steps>
using stories260k_of =
    inlay::network<inlay::input_of<std::uint16_t, Steps>, inlay::named<"tokens", inlay::embedding<512, 64>>,
                   inlay::llama_block<64, 8, 4, 512, 172>, inlay::llama_block<64, 8, 4, 512, 172>,
                   inlay::llama_block<64, 8, 4, 512, 172>, inlay::llama_block<64, 8, 4, 512, 172>,
                   inlay::llama_block<64, 8, 4, 512, 172>, inlay::rms_norm<1e-5>, inlay::tied<"tokens.weight", 512>>;
using stories260k = stories260k_of<1>;

/// llama2.c's .bin: seven whole numbers, and then the tensors, each of all layers. Throws inlay::file_error.
inline std::unique_ptr<stories260k> load_stories260k(const std::filesystem::path& path) {
    constexpr std::size_t width = 64, hidden = 172, layers = 5, vocabulary = 512, square = width * width,
                          narrow = square / 2, tall = hidden * width;
    // dim, hidden_dim, n_layers, n_heads, n_kv_heads, vocab_size, seq_len
    constexpr std::array<std::int32_t, 7> expected{64, 172, 5, 8, 4, 512, 512};
    const auto header = numbers_of<std::int32_t>(path);
    const auto file = numbers_of<float>(path);
    if (file.size() < expected.size() + stories260k::parameter_count ||
        !std::equal(expected.begin(), expected.end(), header.begin()))
        throw inlay::file_error(path.string(), "is not stories260K as llama2.c writes it");
    const float* at = file.data() + expected.size();
    const auto next = [&at](std::size_t count) { return std::exchange(at, at + count); };
    const float *const table = next(vocabulary * width), *const norm_1 = next(layers * width),
                       *const q = next(layers * square), *const k = next(layers * narrow),
                       *const v = next(layers * narrow), *const o = next(layers * square),
                       *const norm_2 = next(layers * width), *const w1 = next(layers * tall),
                       *const w2 = next(layers * tall), *const w3 = next(layers * tall), *const norm = next(width);
    std::vector<float> all;
    const auto add = [&all](const float* from, std::size_t count, std::size_t layer = 0) {
        all.insert(all.end(), from + layer * count, from + (layer + 1) * count);
    };
    add(table, vocabulary * width);
    for (std::size_t l = 0; l < layers; ++l) {
        add(norm_1, width, l);
        add(q, square, l), add(k, narrow, l), add(v, narrow, l), add(o, square, l);
        add(norm_2, width, l);
        add(w1, tall, l), add(w3, tall, l), add(w2, tall, l);
    }
    add(norm, width);
    return with_parameters<stories260k>(all, path);
}

/// The pieces of words that tokens stand for. 0 is an unknown one, 1 begins a text, 2 ends it, 3 to 258 are bytes.
class vocabulary {
  public:
    static constexpr std::uint16_t begin = 1, end = 2;

    /// llama2.c's tokenizer file: the longest length, and for each token a score, a length and the bytes. Throws
    /// inlay::file_error.
    explicit vocabulary(const std::filesystem::path& path) {
        const std::string all = bytes_of(path);
        std::size_t at = 4;
        const auto take = [&](std::size_t size) {
            if (size > all.size() - at) throw inlay::file_error(path.string(), "is no tokenizer file of llama2.c");
            return std::string_view(all).substr(std::exchange(at, at + size), size);
        };
        if (all.size() < at) (void)take(all.size() + 1);
        while (at < all.size()) {
            float score;
            std::uint32_t length;
            std::memcpy(&score, take(4).data(), 4);
            std::memcpy(&length, take(4).data(), 4);
            pieces_.push_back({std::string(take(length)), score});
        }
        if (pieces_.size() != 512)
            throw inlay::file_error(path.string(), "has " + std::to_string(pieces_.size()) + " tokens, expected 512");
    }

    /// What a token adds to a text after another one: behind the beginning without the space in front.
    std::string piece(std::uint16_t token, std::uint16_t after) const {
        const std::string& text = pieces_[token].text;
        if (token <= end) return "";
        if (token < 3 + 256) return std::string(1, static_cast<char>(token - 3));
        return text.substr(after == begin && text.starts_with(' ') ? 1 : 0);
    }
    /// A text as tokens: a space before it, its characters, and then the pair that makes the best token becomes one, again and
    /// again (byte pair encoding, as llama2.c and SentencePiece do).
    std::vector<std::uint16_t> tokens(std::string_view text) const {
        std::vector<std::uint16_t> all{begin};
        const std::string spaced = text.empty() ? "" : " " + std::string(text);
        for (std::size_t at = 0; at < spaced.size();) {
            std::size_t size = 1; // of a character in UTF-8
            while (size < 4 && at + size < spaced.size() &&
                   (static_cast<unsigned char>(spaced[at + size]) & 0xc0) == 0x80)
                ++size;
            if (const std::size_t found = find(spaced.substr(at, size)); found < pieces_.size())
                all.push_back(static_cast<std::uint16_t>(found));
            else
                for (std::size_t i = 0; i < size; ++i)
                    all.push_back(static_cast<std::uint16_t>(3 + static_cast<unsigned char>(spaced[at + i])));
            at += size;
        }
        for (;;) {
            std::size_t best = pieces_.size(), place = 0;
            for (std::size_t i = 1; i + 1 < all.size(); ++i) {
                const std::size_t found = find(pieces_[all[i]].text + pieces_[all[i + 1]].text);
                if (found < pieces_.size() && (best == pieces_.size() || pieces_[found].score > pieces_[best].score))
                    best = found, place = i;
            }
            if (best == pieces_.size()) return all;
            all[place] = static_cast<std::uint16_t>(best);
            all.erase(all.begin() + static_cast<std::ptrdiff_t>(place) + 1);
        }
    }

  private:
    struct entry {
        std::string text;
        float score;
    };
    /// The token of a text; as many as there are if there is none.
    std::size_t find(std::string_view text) const {
        std::size_t at = 0;
        while (at < pieces_.size() && pieces_[at].text != text) ++at;
        return at;
    }
    std::vector<entry> pieces_;
};

} // namespace zoo
