// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The bits of many networks, hashed and compared with constants: of all compilers, optimisation levels and vector widths. Built
// once per level, so that every build of every compiler checks the same numbers. There are two tables, with fused
// multiply-add and without: see README.md, "The same bits".
//
// A change that gives other bits breaks every exported header in the field: it needs a new inlay::bits_version. Then
// `bits --print` writes the table anew. Nothing here may be rounded away on the way to the hash: layers meet sums at once, in
// residual, parallel and nested lists, for compilers contract a product with a sum wherever they see one.
#include <inlay/inlay.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include "expected.hpp"

namespace {

using namespace inlay;

using word = std::uint64_t;

struct hash {
    word value = 0xcbf29ce484222325u;
    void take(word bits) {
        for (int byte_at = 0; byte_at < 8; ++byte_at, bits >>= 8) value = (value ^ (bits & 0xffu)) * 0x100000001b3u;
    }
    template <class Values>
    void all(const Values& values) {
        for (const auto v : values) {
            if constexpr (sizeof(v) == 4) take(math::bit_cast<std::uint32_t>(v));
            else take(math::bit_cast<std::uint64_t>(v));
        }
    }
};

/// A multiple of 2⁻²³ in [-1, 1).
template <class Scalar>
Scalar drawn(random_generator& random) {
    return static_cast<Scalar>(static_cast<std::int32_t>(random() >> 8) - 0x800000) * static_cast<Scalar>(0x1p-23f);
}

template <class Values>
void draw(Values& values, random_generator& random, float scale) {
    for (auto& value : values)
        value = drawn<std::remove_cvref_t<decltype(value)>>(random) *
                static_cast<std::remove_cvref_t<decltype(value)>>(scale);
}

template <class Net>
[[gnu::noinline]] Net started() {
    random_generator random{seed{7}};
    Net net;
    auto values = net.canonical();
    draw(values, random, 0.5f);
    net.assign(values);
    auto statistics = net.canonical_buffers();
    for (auto& value : statistics) value = 1 + drawn<std::remove_cvref_t<decltype(value)>>(random) / 2;
    net.assign_buffers(statistics);
    return net;
}

/// Outputs of eight samples, by both policies, which agree.
template <class Net>
[[gnu::noinline]] bool outputs(hash& to) {
    const Net net = started<Net>();
    random_generator random{seed{11}};
    bool agree = true;
    for (int sample = 0; sample < 8; ++sample) {
        typename Net::input_type x;
        draw(x, random, sample % 2 ? 3.0f : 1.0f);
        const auto y = net(x), z = net.template infer<backend::size>(x);
        agree = agree && std::memcmp(y.data(), z.data(), sizeof y) == 0;
        to.all(y);
    }
    return agree;
}

/// Two training steps on a batch, then all parameters. The rate makes gradients as large as parameters, whose last bits
/// show then.
template <class Net, size_t Batch>
[[gnu::noinline]] void training(hash& to) {
    Net net = started<Net>();
    random_generator random{seed{13}};
    std::array<typename Net::input_type, Batch> x;
    std::array<typename Net::output_type, Batch> target;
    for (auto& one : x) draw(one, random, 2.0f);
    for (auto& one : target) draw(one, random, 1.0f);
    trainer<Net, mean_squared_error, sgd, batch<Batch>> trainer{net, {.learning_rate = 0.5}};
    for (int step = 0; step < 2; ++step) trainer.step(x, target);
    to.all(net.canonical());
    to.all(net.canonical_buffers());
}

/// The gradient of an input, through all layers.
template <class Net>
[[gnu::noinline]] void input_gradients(hash& to) {
    const Net net = started<Net>();
    random_generator random{seed{17}};
    for (int sample = 0; sample < 3; ++sample) {
        typename Net::input_type x;
        typename Net::output_type target;
        draw(x, random, 2.0f);
        draw(target, random, 1.0f);
        if constexpr (Net::chain_type::traits.mixes_samples) // one sample has no statistics
            to.all(differentiate(net, mean_squared_error{}, x, target, in_evaluation).input_gradient);
        else to.all(differentiate(net, mean_squared_error{}, x, target).input_gradient);
    }
}

bool print = false;
int failed = 0;

void report(const char* name, const hash& found, bool agree) {
    if (print) {
        std::printf("    {\"%s\", 0x%016llxu},\n", name, static_cast<unsigned long long>(found.value));
        return;
    }
    word wanted = 0;
    for (const expected_bits& one : expected)
        if (std::strcmp(one.name, name) == 0) wanted = one.hash;
    if (found.value != wanted)
        std::printf("%s: other bits than ever, 0x%016llx\n", name, static_cast<unsigned long long>(found.value));
    if (!agree) std::printf("%s: backend::size gives other bits than backend::speed\n", name);
    failed += found.value != wanted || !agree;
}

/// All of it.
template <class Net, size_t... Batches>
void check(const char* name) {
    hash found;
    const bool agree = outputs<Net>(found);
    (training<Net, Batches>(found), ...);
    input_gradients<Net>(found);
    report(name, found, agree);
}
/// The same for nets with dropout, whose input gradients would want a generator.
template <class Net, size_t... Batches>
void check_with_dropout(const char* name) {
    hash found;
    const bool agree = outputs<Net>(found);
    (training<Net, Batches>(found), ...);
    report(name, found, agree);
}

// Every activation where its result meets a sum.
template <size_t Width>
using curves =
    network<input<Width>, residual<residual<silu>>, residual<leaky_relu<>>, residual<elu<0.7>>, residual<softmax>,
            residual<gelu>, residual<gelu_tanh>, residual<dropout<0.25>>, residual<log_softmax>>;

// Side by side, nested, and behind other layers.
template <size_t Width>
using sides = network<input<Width>, parallel<silu, gelu, dense<2>>, residual<residual<silu>>,
                      residual<sequential<dense<2 * Width + 2>, silu>>, residual<softplus>, residual<sigmoid>,
                      residual<hard_sigmoid>>;

// Sums of all kinds: split_of gives 8, 4, 2 and 1 for these widths, parts_of 16 and less, column_sums 4 and 1.
using sums = network<input<45>, dense<40>, silu, dense<12>>;
using more_sums = network<input<20>, dense<24>, gelu, dense<7>, elu<>, dense<3>>;
template <size_t Width>
using narrow = network<input<Width>, dense<5>, silu, dense<1>, residual<silu>>;

using sequences = network<input<3, 5>, gru<6>, residual<lstm<6>>, silu, last_step, dense<2>>;

using images = network<input<6, 7, 1>, conv2d<3, 3, 1, 1>, silu, residual<conv2d<3, 3, 1, 1>>, max_pool2d<2>,
                       residual<gelu>, conv2d<18, 2>, leaky_relu<>>;

using norms = network<input<6, 7, 2>, conv2d<11, 3>, batch_norm<>, silu, residual<batch_norm<0.01, 0.3>>, flatten, dense<9>,
                      batch_norm<>, residual<frozen<batch_norm<>>>, dense<3>>;

// Convolutions with options, poolings and what makes images larger; gates, orders, and activations after them.
using separable = network<input<6, 7, 3>, conv2d<6, 3, 1, padding::same, dilation<2>, without_bias>, silu,
                          residual<conv2d<6, 3, 1, padding::same, groups<6>>>, residual<conv2d<6, 1, 1, 0, groups<2>>>, avg_pool2d<2>,
                          residual<hard_swish>, upsample_bilinear2d<2>, conv_transpose2d<4, 3, 2, 1, 1>, residual<mish>,
                          global_avg_pool>;
using gates = network<input<5, 8>, conv1d<8, 3, 1, padding::same>, glu, residual<softsign>, permute<1, 0>, residual<softmax_over<0>>,
                      residual<selu>, max_pool1d<3, 2, 1>, flatten, residual<rescaling<0.3, 0.7>>, bilinear<4, 6, 3>,
                      residual<celu<0.5>>, residual<log_sigmoid>>;

} // namespace

int main(int argc, char** argv) {
    print = argc > 1 && std::strcmp(argv[1], "--print") == 0;
#if !defined(BITS_PART) || BITS_PART == 1
    check_with_dropout<curves<1>, 3>("curves<1>");
    check_with_dropout<curves<8>, 3>("curves<8>");
    check_with_dropout<curves<17>>("curves<17>");
    check_with_dropout<curves<8>::with_scalar<double>, 3>("curves<8>, double");
    check<sides<1>, 1>("sides<1>");
    check<sides<8>, 3>("sides<8>");
#endif
#if !defined(BITS_PART) || BITS_PART == 2
    check<sums, 1>("sums");
    check<more_sums, 16>("more_sums");
    check<narrow<17>, 3>("narrow<17>");
    check<narrow<8>::with_scalar<double>, 3>("narrow<8>, double");
#endif
#if !defined(BITS_PART) || BITS_PART == 3
    check<sequences, 3>("sequences");
    check<images, 3>("images");
    check<norms, 3>("norms");
#endif
#if !defined(BITS_PART) || BITS_PART == 4
    check<separable, 3>("separable");
    check<gates, 3>("gates");
#endif
    if (!print) std::printf("%s\n", failed ? "other bits" : "the same bits");
    return failed != 0;
}
