// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What any bytes do to the readers of <inlay/files.hpp> and <inlay/host.hpp>: a file_error, or a file; never more. Each input
// goes to the readers of what it begins like. With clang a target of libFuzzer (-fsanitize=fuzzer); without, a program that
// replays the files of its arguments, whole, cut off and altered.
#include <inlay/files.hpp>

#include <cstdlib>
#include <iostream>

#include <sys/mman.h>
#include <unistd.h>

namespace {

using namespace inlay;

template <class Read>
void survive(Read read) {
    try {
        read();
    } catch (const file_error&) {}
}

/// A file in memory, which goes with the process.
const int in_memory = memfd_create("inlay", 0);

constexpr size_t limit = 1 << 20;

/// A network whose numbers come from JSON, or are as they were.
template <class Network>
void from_json(const std::string& bytes) {
    static const std::vector<float> before = detail::all_elements(Network{});
    auto values = before;
    survive([&] {
        (void)detail::read_json_model<Network>(bytes, "t", values);
        for (const float value : values)
            if (!(value - value == 0)) std::abort();
    });
}
/// One of several readers for an input: always the same one. Each of them parses the whole, which is what takes time.
size_t choice(const std::string& bytes, size_t count) {
    std::uint32_t sum = 2166136261u;
    for (const char one : bytes) sum = (sum ^ static_cast<unsigned char>(one)) * 16777619u;
    return (sum ^ (sum >> 16)) % count;
}
void json(const std::string& bytes) {
    // Those of golden/rtneural.json, golden/wavenet.nam, and an LSTM.
    const size_t which = choice(bytes, 3);
    if (which == 0)
        from_json<network<input<1>, dense<2>, inlay::tanh, causal_conv1d<2, 2, 1, 2>, batch_norm<0.001_double>, gru<2>,
                          dense<1>>>(bytes);
    else if (which == 1)
        from_json<network<input<1>, keep<"x">, causal_conv1d_without_bias<2, 1>,
                          residual<causal_conv1d<2, 3, 1, 4>, plus<"x", causal_conv1d_without_bias<2, 1>>, inlay::tanh,
                                   accumulate<"skip">, causal_conv1d<2, 1>>,
                          take<"skip">, causal_conv1d<1, 1>>>(bytes);
    else from_json<network<input<1>, lstm<1>, dense<1>>>(bytes);
}
void table(const std::string& bytes) {
    survive([&] { (void)parse_csv<2>(bytes, "t", 3); });
    survive([&] { (void)csv_table(bytes, "t"); });
    survive([&] { (void)csv_table(bytes, "t", {.missing = missing_values::skip}); });
}
void idx(const std::string& bytes) {
    survive([&] { (void)parse_idx<float>(bytes, "t"); });
    survive([&] { (void)parse_idx_images<2, 2>(bytes, "t"); });
    survive([&] { (void)parse_idx_labels(bytes, "t"); });
}

void tensors(const std::string& bytes) {
    const size_t which = choice(bytes, 5);
    if (which == 4) {
        survive([&] { (void)tensor_file(bytes, "t"); });
        survive([&] { (void)detail::npz_file(bytes, "t", limit); });
        survive([&] {
            std::deque<std::string> memory;
            (void)detail::npy_tensor(bytes, "t", memory);
        });
        return;
    }
    // A network, and a training, that take it or are as before.
    using net_type = network<input<7>, dense<5>, relu, dense<3>>;
    static net_type net;
    static trainer<net_type, mean_squared_error, adam> training(net);
    static random_generator random;
    const std::filesystem::path path = "/proc/self/fd/" + std::to_string(in_memory);
    if (ftruncate(in_memory, 0) != 0 ||
        pwrite(in_memory, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        std::abort();
    const auto before = net.canonical();
    try {
        if (which == 0) load(net, path, {.limit = limit, .layout = tensor_layout::keras});
        else if (which == 1) load_checkpoint(training, path, random, limit);
        else load(net, path, {.prefix = "model.", .strict = which == 2, .limit = limit});
        for (const float value : net.canonical())
            if (which != 1 && !(value - value == 0)) std::abort();
        net.assign(before);
    } catch (const file_error&) {
        if (net.canonical() != before) std::abort();
    }
}

void any_bytes(const std::string& bytes) {
    if (is_gzip(bytes)) {
        survive([&] {
            const std::string inside = gunzip(bytes, "t", limit);
            idx(inside);
            table(inside);
        });
    } else if (detail::is_json(bytes)) json(bytes);
    else if (bytes.starts_with(std::string_view("\0\0", 2))) idx(bytes);
    // Eight bytes of text would be the length of a header larger than any file.
    else if (bytes.size() < 8 || bytes.find('\0') >= 8) table(bytes);
    else tensors(bytes);
}

} // namespace

/// Memory that was given back is used again soon, and where it was asked for is noted in short.
extern "C" const char* __asan_default_options() { return "quarantine_size_mb=8:malloc_context_size=3"; }

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
    any_bytes({reinterpret_cast<const char*>(data), size});
    return 0;
}

#ifndef INLAY_LIBFUZZER
int main(int count, char** names) {
    random_generator random;
    size_t inputs = 0;
    for (int i = 1; i < count; ++i) {
        const std::string whole = detail::read_bytes(names[i], default_file_limit);
        any_bytes(whole);
        for (int times = 0; times < 500; ++times, ++inputs) {
            std::string other = whole;
            for (std::uint32_t change = 1 + random.below(4); change > 0 && !other.empty(); --change) {
                const size_t at = random.below(static_cast<std::uint32_t>(other.size()));
                switch (random.below(4)) {
                case 0:
                    other[at] = static_cast<char>(random());
                    break;
                case 1:
                    other.resize(at);
                    break;
                case 2:
                    other.erase(at, random.below(8));
                    break;
                default:
                    other.insert(
                        at, other.substr(random.below(static_cast<std::uint32_t>(other.size())), random.below(40)));
                }
            }
            any_bytes(other);
        }
    }
    std::cout << inputs << " inputs survived\n";
    return inputs > 0 ? 0 : 1;
}
#endif
