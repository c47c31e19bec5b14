// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What any bytes do to the readers of <inlay/files.hpp>: a file_error, or a file; never more. With clang a target of
// libFuzzer (-fsanitize=fuzzer); without, a program that replays the files of its arguments, whole, cut off and altered.
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

void any_bytes(const std::string& bytes) {
    constexpr size_t limit = 1 << 20;
    survive([&] { (void)tensor_file(bytes, "t"); });
    survive([&] { (void)detail::npz_file(bytes, "t", limit); });
    survive([&] {
        std::deque<std::string> memory;
        (void)detail::npy_tensor(bytes, "t", memory);
    });
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
    for (const bool strict : {true, false}) try {
            load(net, path, {.prefix = "model.", .strict = strict, .limit = limit});
            for (const float value : net.canonical())
                if (!(value - value == 0)) std::abort();
            net.assign(before);
        } catch (const file_error&) {
            if (net.canonical() != before) std::abort();
        }
    try {
        load_checkpoint(training, path, random, limit);
    } catch (const file_error&) {
        if (net.canonical() != before) std::abort();
    }
}

} // namespace

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
