// Written by inlay 0.1.0, export_header.
//
// Committed by hand: see test_pinned.cpp.
//
// 0 parameters, 0 bytes; FNV-1a of them 0xcbf29ce484222325.
#pragma once

#include <inlay/inlay.hpp>

static_assert(inlay::bits_version == 1,
              "inlay: this network was exported under version 1 of the arithmetic, and this inlay has another: its "
              "outputs would differ. Export it again with this inlay, or compile with the one above.");

namespace pinned_activations_model {

using network_type = inlay::network<
    inlay::input<8>,
    inlay::parallel<inlay::identity, inlay::step, inlay::sigmoid, inlay::tanh, inlay::relu, inlay::leaky_relu<0.01>, inlay::elu<1.0>, inlay::gelu, inlay::gelu_tanh, inlay::silu, inlay::softplus, inlay::hard_sigmoid, inlay::hard_tanh>>;
static_assert(network_type::parameter_count == 0,
              "inlay: this is not the network that was exported");
static_assert(network_type::input_size == 8 && network_type::output_size == 104);

// In canonical order (PyTorch's), laid out for the target by the compiler.
inline constexpr network_type net{};

inline constexpr std::uint64_t parameter_hash = 0xcbf29ce484222325u;

// What the network gave on the host, each from zero state.
inline constexpr inlay::golden_outputs<network_type, 3> golden{
    true, // one rounding per multiply-add
    0x1.77fa28p-21f, // the largest difference on a target that rounds otherwise
    {
        {
            0x1.b40856p+0f, 0x1.001dp+2f, -0x1.38bcap-3f, -0x1.15529cp+2f, 0x1.8733a8p+0f, 0x1.27cc48p+1f,
            -0x1.6a6e94p+1f, -0x1.5d119p-2f,
        },
        {
            -0x1.956bdp-1f, 0x1.366b6ep+2f, 0x1.325ab6p+2f, 0x1.c3f414p-1f, -0x1.d0090cp-1f, -0x1.37fa28p+2f,
            -0x1.41d8dp-2f, 0x1.0848dp+2f,
        },
        {
            0x1.60aea8p+1f, 0x1.25ea08p+0f, 0x1.22c0bcp+1f, 0x1.97747p+1f, 0x1.459bccp+1f, 0x1.202834p+1f,
            0x1.f57fa2p+1f, 0x1.2b525p+2f,
        },
    },
    {
        {
            0x1.b40856p+0f, 0x1.001dp+2f, -0x1.38bcap-3f, -0x1.15529cp+2f, 0x1.8733a8p+0f, 0x1.27cc48p+1f,
            -0x1.6a6e94p+1f, -0x1.5d119p-2f, 0x1p+0f, 0x1p+0f, 0x0p+0f, 0x0p+0f, 0x1p+0f, 0x1p+0f, 0x0p+0f, 0x0p+0f,
            0x1.b1218ap-1f, 0x1.f6ce9cp-1f, 0x1.d8fbd4p-2f, 0x1.a88994p-7f, 0x1.a4ba2ap-1f, 0x1.d1ce5cp-1f,
            0x1.c7d92ap-5f, 0x1.a99178p-2f, 0x1.df231p-1f, 0x1.ffa864p-1f, -0x1.365416p-3f, -0x1.ffd2d8p-1f,
            0x1.d1f936p-1f, 0x1.f60704p-1f, -0x1.fc74f4p-1f, -0x1.5025d8p-2f, 0x1.b40856p+0f, 0x1.001dp+2f, 0x0p+0f,
            0x0p+0f, 0x1.8733a8p+0f, 0x1.27cc48p+1f, 0x0p+0f, 0x0p+0f, 0x1.b40856p+0f, 0x1.001dp+2f, -0x1.904d9ap-10f,
            -0x1.62f91ap-5f, 0x1.8733a8p+0f, 0x1.27cc48p+1f, -0x1.cfe9b2p-6f, -0x1.bececcp-9f, 0x1.b40856p+0f,
            0x1.001dp+2f, -0x1.22077ap-3f, -0x1.f9479p-1f, 0x1.8733a8p+0f, 0x1.27cc48p+1f, -0x1.e1d4a8p-1f,
            -0x1.27cb2ap-2f, 0x1.a0bbccp+0f, 0x1.001afp+2f, -0x1.12c7d6p-4f, -0x1.0b92b4p-15f, 0x1.6e7654p+0f,
            0x1.24b758p+1f, -0x1.addcdp-8f, -0x1.ffddb8p-4f, 0x1.a0b336p+0f, 0x1.001bdcp+2f, -0x1.12c804p-4f,
            -0x1.b15114p-17f, 0x1.6e689p+0f, 0x1.24c2aap+1f, -0x1.8fb79p-8f, -0x1.ffe206p-4f, 0x1.70dd9cp+0f,
            0x1.f70792p+1f, -0x1.20e7b6p-4f, -0x1.cbe5dcp-5f, 0x1.41769ep+0f, 0x1.0d1c4p+1f, -0x1.42aefep-3f,
            -0x1.222442p-3f, 0x1.dedb7cp+0f, 0x1.0145d8p+2f, 0x1.3d4a4ap-1f, 0x1.ab4fcp-7f, 0x1.b976fep+0f,
            0x1.33e6aap+1f, 0x1.d505b6p-5f, 0x1.13068ap-1f, 0x1.91581cp-1f, 0x1p+0f, 0x1.e5f048p-2f, 0x0p+0f,
            0x1.82668ep-1f, 0x1.c532dcp-1f, 0x1.cc1e46p-6f, 0x1.c5d268p-2f, 0x1p+0f, 0x1p+0f, -0x1.38bcap-3f, -0x1p+0f,
            0x1p+0f, 0x1p+0f, -0x1p+0f, -0x1.5d119p-2f,
        },
        {
            -0x1.956bdp-1f, 0x1.366b6ep+2f, 0x1.325ab6p+2f, 0x1.c3f414p-1f, -0x1.d0090cp-1f, -0x1.37fa28p+2f,
            -0x1.41d8dp-2f, 0x1.0848dp+2f, 0x0p+0f, 0x1p+0f, 0x1p+0f, 0x1p+0f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x1p+0f,
            0x1.3f41b8p-2f, 0x1.fc0634p-1f, 0x1.fbc402p-1f, 0x1.6a2e7ap-1f, 0x1.26a8e6p-2f, 0x1.f0c204p-8f,
            0x1.b031b4p-2f, 0x1.f7e438p-1f, -0x1.51a35p-1f, 0x1.ffeff4p-1f, 0x1.ffedc6p-1f, 0x1.6a6228p-1f,
            -0x1.70501p-1f, -0x1.fff0b8p-1f, -0x1.37a6ccp-2f, 0x1.ffbc2p-1f, 0x0p+0f, 0x1.366b6ep+2f, 0x1.325ab6p+2f,
            0x1.c3f414p-1f, 0x0p+0f, 0x0p+0f, 0x0p+0f, 0x1.0848dp+2f, -0x1.037832p-7f, 0x1.366b6ep+2f, 0x1.325ab6p+2f,
            0x1.c3f414p-1f, -0x1.28fb8cp-7f, -0x1.8f54aep-5f, -0x1.9bf6ccp-9f, 0x1.0848dp+2f, -0x1.180ee6p-1f,
            0x1.366b6ep+2f, 0x1.325ab6p+2f, 0x1.c3f414p-1f, -0x1.3125c8p-1f, -0x1.fc16e6p-1f, -0x1.142cf6p-2f,
            0x1.0848dp+2f, -0x1.5b68d4p-3f, 0x1.366b62p+2f, 0x1.325aa6p+2f, 0x1.6eac3cp-1f, -0x1.528792p-3f,
            -0x1.5ef96cp-19f, -0x1.e4e36ep-4f, 0x1.084796p+2f, -0x1.5b938p-3f, 0x1.366b6cp+2f, 0x1.325ab2p+2f,
            0x1.6e9da4p-1f, -0x1.52c64ap-3f, -0x1.37fa28p-21f, -0x1.e4e694p-4f, 0x1.084834p+2f, -0x1.f9996cp-3f,
            0x1.34025ap+2f, 0x1.2fd21cp+2f, 0x1.3fb498p-1f, -0x1.0b0e46p-2f, -0x1.2eb08ep-5f, -0x1.0fae2ep-3f,
            0x1.041956p+2f, 0x1.7e9b02p-2f, 0x1.36eb26p+2f, 0x1.32e2c6p+2f, 0x1.3a993ap+0f, 0x1.5b79b4p-2f,
            0x1.f2a67p-8f, 0x1.18b9e2p-1f, 0x1.094e5cp+2f, 0x1.78dc1p-2f, 0x1p+0f, 0x1p+0f, 0x1.4b5358p-1f,
            0x1.655252p-2f, 0x0p+0f, 0x1.ca5bdep-2f, 0x1p+0f, -0x1.956bdp-1f, 0x1p+0f, 0x1p+0f, 0x1.c3f414p-1f,
            -0x1.d0090cp-1f, -0x1p+0f, -0x1.41d8dp-2f, 0x1p+0f,
        },
        {
            0x1.60aea8p+1f, 0x1.25ea08p+0f, 0x1.22c0bcp+1f, 0x1.97747p+1f, 0x1.459bccp+1f, 0x1.202834p+1f,
            0x1.f57fa2p+1f, 0x1.2b525p+2f, 0x1p+0f, 0x1p+0f, 0x1p+0f, 0x1p+0f, 0x1p+0f, 0x1p+0f, 0x1p+0f, 0x1p+0f,
            0x1.e163bp-1f, 0x1.84b12ap-1f, 0x1.d01f6ap-1f, 0x1.eb9f2ap-1f, 0x1.dab454p-1f, 0x1.cf3c38p-1f,
            0x1.f604ep-1f, 0x1.fb474p-1f, 0x1.fbe04cp-1f, 0x1.a25e24p-1f, 0x1.f537d2p-1f, 0x1.fe3e5ep-1f, 0x1.f9b7dp-1f,
            0x1.f4c6d2p-1f, 0x1.ff986ap-1f, 0x1.ffe94ap-1f, 0x1.60aea8p+1f, 0x1.25ea08p+0f, 0x1.22c0bcp+1f,
            0x1.97747p+1f, 0x1.459bccp+1f, 0x1.202834p+1f, 0x1.f57fa2p+1f, 0x1.2b525p+2f, 0x1.60aea8p+1f,
            0x1.25ea08p+0f, 0x1.22c0bcp+1f, 0x1.97747p+1f, 0x1.459bccp+1f, 0x1.202834p+1f, 0x1.f57fa2p+1f,
            0x1.2b525p+2f, 0x1.60aea8p+1f, 0x1.25ea08p+0f, 0x1.22c0bcp+1f, 0x1.97747p+1f, 0x1.459bccp+1f,
            0x1.202834p+1f, 0x1.f57fa2p+1f, 0x1.2b525p+2f, 0x1.5fa5f8p+1f, 0x1.0109eep+0f, 0x1.1f646ep+1f,
            0x1.97287cp+1f, 0x1.43d2cep+1f, 0x1.1ca54cp+1f, 0x1.f579e6p+1f, 0x1.2b5234p+2f, 0x1.5fb566p+1f,
            0x1.00fccap+0f, 0x1.1f6ee2p+1f, 0x1.973386p+1f, 0x1.43e1a8p+1f, 0x1.1caf46p+1f, 0x1.f57c4p+1f,
            0x1.2b5248p+2f, 0x1.4b98cp+1f, 0x1.be421cp-1f, 0x1.079082p+1f, 0x1.873cd4p+1f, 0x1.2de3eap+1f,
            0x1.04b64p+1f, 0x1.ebb8eap+1f, 0x1.288faap+2f, 0x1.6892bep+1f, 0x1.6c73a4p+0f, 0x1.2f51c2p+1f,
            0x1.9ca75p+1f, 0x1.4f4a1ep+1f, 0x1.2cf7fp+1f, 0x1.f804bap+1f, 0x1.2bea1cp+2f, 0x1.eb1f1cp-1f,
            0x1.61f8aep-1f, 0x1.c1d5d4p-1f, 0x1p+0f, 0x1.d91288p-1f, 0x1.c01acep-1f, 0x1p+0f, 0x1p+0f, 0x1p+0f, 0x1p+0f,
            0x1p+0f, 0x1p+0f, 0x1p+0f, 0x1p+0f, 0x1p+0f, 0x1p+0f,
        },
    },
};

// Whether this target gives the same: self_test().ok().
constexpr auto self_test() { return inlay::self_test(net, golden); }

} // namespace pinned_activations_model
