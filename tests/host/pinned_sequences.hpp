// Written by inlay 0.1.0, export_header.
//
// Committed by hand: see test_pinned.cpp.
//
// 346 parameters, 1384 bytes; FNV-1a of them 0xfb144b61c478ed6e.
#pragma once

#include <inlay/inlay.hpp>

static_assert(inlay::bits_version == 1,
              "inlay: this network was exported under version 1 of the arithmetic, and this inlay has another: its "
              "outputs would differ. Export it again with this inlay, or compile with the one above.");

namespace pinned_sequences_model {

using network_type = inlay::network<
    inlay::input<6, 3>,
    inlay::gru<5>,
    inlay::gelu,
    inlay::lstm<4>,
    inlay::last_step,
    inlay::dense<4>>;
static_assert(network_type::parameter_count == 346,
              "inlay: this is not the network that was exported");
static_assert(network_type::input_size == 18 && network_type::output_size == 4);

// In canonical order (PyTorch's), laid out for the target by the compiler.
inline constexpr network_type net = inlay::packed<network_type>({
    // 0.weight_ih_l0: 15 x 3
    0x1.2d1bf2p-2f, -0x1.146db6p-1f, -0x1.9cb714p-1f, 0x1.5bae34p-3f, -0x1.700bc6p-1f, 0x1.802508p-1f, -0x1.acb502p-1f,
    0x1.c4358ep-2f, 0x1.3e1214p-4f, -0x1.5eb50ap-2f, -0x1.16cc06p-5f, 0x1.e0bd66p-2f, -0x1.21e94cp+0f, 0x1.b50b1ap-3f,
    -0x1.7d69dap-3f, -0x1.a7e38ap-2f, 0x1.eb78e6p-1f, -0x1.56a4a2p-2f, -0x1.a614eep-1f, -0x1.46700ap-2f,
    -0x1.fa2f3ep-3f, 0x1.e48dfep-1f, 0x1.6cfed8p-3f, -0x1.c48e78p-6f, -0x1.e655bp-3f, 0x1.01e68ep-1f, 0x1.67e88ap-1f,
    0x1.092664p-1f, 0x1.0e88b8p-3f, -0x1.cc1a7cp-5f, -0x1.25023cp-1f, -0x1.a50b7p-2f, 0x1.46ce3ep-9f, -0x1.085832p-1f,
    0x1.745f66p-1f, 0x1.5c2e2ap-5f, -0x1.f5f99cp-1f, 0x1.c299a8p-2f, -0x1.332164p-4f, 0x1.ca2fp-2f, -0x1.7f7a2cp-6f,
    0x1.3da154p-1f, 0x1.968b38p-5f, -0x1.39a512p-2f, -0x1.30b508p-1f,
    // 0.weight_hh_l0: 15 x 5
    -0x1.8fcf7p-2f, 0x1.e7bbbap-3f, 0x1.03e198p-1f, 0x1.39b5a2p-1f, 0x1.83d082p-1f, -0x1.39bef4p-2f, -0x1.7f068p-2f,
    -0x1.eca9ap-2f, 0x1.7024d6p+0f, -0x1.2f7de4p-4f, -0x1.2a0f74p-2f, -0x1.a9c54p-1f, 0x1.1b80a2p-7f, 0x1.7730bcp-6f,
    -0x1.622d8ep+0f, 0x1.3086a2p-2f, -0x1.b007f6p-10f, 0x1.9efe06p-2f, -0x1.effc78p-3f, -0x1.e1ecd8p-1f, 0x1.7065dap-3f,
    0x1.745254p-6f, 0x1.c62f36p-1f, 0x1.60949ap-1f, -0x1.297ab2p-2f, 0x1.eb48dcp-1f, -0x1.808c0cp+0f, 0x1.d9b3d2p-2f,
    -0x1.ace7a4p-2f, -0x1.ccde4p-2f, -0x1.12a03p-3f, 0x1.754266p-1f, 0x1.d99f8ap-1f, 0x1.e8d8cap-2f, -0x1.596d9p-1f,
    0x1.784644p-2f, -0x1.1bebbcp-2f, -0x1.16e1fep-2f, 0x1.2aab1cp-2f, -0x1.40167p-2f, -0x1.0c459ap-3f, 0x1.62c2e6p-2f,
    0x1.c68f64p-2f, 0x1.2fda8cp-1f, -0x1.455a4p-2f, 0x1.0a979cp+0f, 0x1.1cf56ep-1f, -0x1.053a1ep-2f, 0x1.a77c5ep-4f,
    -0x1.584feep+0f, -0x1.db1546p-2f, -0x1.314972p-1f, 0x1.8644eap-4f, -0x1.5c8602p-3f, -0x1.ba2a82p-5f,
    -0x1.48ee5ep-2f, -0x1.770f32p-1f, 0x1.a5233ep-1f, 0x1.91d398p-1f, -0x1.8cf134p-2f, 0x1.a52e1cp-2f, -0x1.5d0396p-2f,
    0x1.3d6026p-3f, -0x1.2c7afep-2f, 0x1.39a124p-1f, 0x1.9c689cp-1f, 0x1.f7f922p-4f, -0x1.6ad616p-2f, 0x1.14cbd2p-4f,
    -0x1.922db4p-2f, 0x1.984328p-3f, 0x1.7156bcp-3f, -0x1.072cf2p-3f, 0x1.13e3f8p-1f, 0x1.4ddc76p+0f,
    // 0.bias_ih_l0: 15
    -0x1.ec1df2p-3f, -0x1.40e6ep-4f, -0x1.9ae664p-2f, -0x1.db7d02p-5f, 0x1.f27c4p-5f, -0x1.5bbb76p-2f, -0x1.26e1b4p-4f,
    -0x1.4d2a5ep-3f, 0x1.521f08p-4f, -0x1.ddc9b8p-4f, 0x1.c9e7p-4f, 0x1.67bae4p-2f, 0x1.31629cp-2f, 0x1.0218fp-4f,
    0x1.9d413cp-5f,
    // 0.bias_hh_l0: 15
    0x1.d3ee3ep-4f, -0x1.ca8d92p-3f, 0x1.b7139ap-5f, 0x1.f6d548p-3f, -0x1.a4f16cp-9f, -0x1.abd5f4p-5f, -0x1.e4bfecp-2f,
    -0x1.a94e68p-3f, -0x1.bdee98p-4f, -0x1.c1366ep-3f, 0x1.a86c96p-4f, 0x1.678624p-3f, 0x1.d0fd68p-5f, -0x1.28b18cp-4f,
    0x1.2ce08ap-3f,
    // 2.weight_ih_l0: 16 x 5
    -0x1.658182p-4f, 0x1.e3a66ep-2f, -0x1.1b8ae8p-5f, 0x1.34011ep-2f, -0x1.74a72p+0f, -0x1.12ce38p-1f, -0x1.95dbc2p-3f,
    0x1.5a532ap-5f, -0x1.45d9b8p-2f, 0x1.afbc7ap-1f, -0x1.875db4p-2f, -0x1.058482p-1f, 0x1.6180eep-2f, -0x1.f046ep-1f,
    0x1.80b9ap-3f, -0x1.07286p-3f, -0x1.b7ee56p-3f, -0x1.109828p-1f, 0x1.a81aa8p-1f, 0x1.a4cff8p-1f, 0x1.11f7e4p-1f,
    -0x1.0500c8p-4f, -0x1.4ef3a4p-4f, 0x1.67c358p-2f, 0x1.b4db06p-2f, -0x1.5e5ep-1f, -0x1.d4c4p-2f, -0x1.122a0ep-1f,
    0x1.9d65bcp-1f, 0x1.352b42p-3f, -0x1.34dfd4p+0f, -0x1.7ab7bcp-2f, 0x1.5d1db4p-2f, -0x1.5f6cecp-3f, 0x1.86ac7p-3f,
    -0x1.ce31eep-4f, -0x1.abb5a2p-4f, 0x1.937c58p-2f, -0x1.a64d08p-2f, -0x1.e1c2aap-1f, 0x1.85fab8p-2f, -0x1.b0f2a6p-3f,
    0x1.74d498p-2f, 0x1.24faa2p-3f, -0x1.6c670ep-3f, -0x1.e69594p-2f, 0x1.1bf93ap-2f, 0x1.668e68p-6f, 0x1.9f3fep-3f,
    -0x1.b2ffaep-2f, 0x1.06614ep-1f, 0x1.4fd5dcp-2f, 0x1.72cf5p-5f, 0x1.12ef14p-1f, 0x1.d011d4p-1f, 0x1.06b4a8p-3f,
    0x1.2668bcp-2f, -0x1.17c524p-1f, 0x1.cdfd68p-1f, 0x1.0c65cep-1f, -0x1.ce608cp-5f, 0x1.9acd4ep-2f, -0x1.7af946p-2f,
    -0x1.3cade6p-1f, 0x1.23b2a6p-3f, -0x1.ab1ce2p-7f, 0x1.a545f8p-1f, 0x1.9b9d16p-2f, 0x1.06e076p+0f, 0x1.994b36p-4f,
    -0x1.3b8758p+0f, 0x1.8fe9a8p-2f, -0x1.ea059ep-3f, -0x1.48caep-3f, -0x1.2eb648p-2f, -0x1.3d950cp-4f, -0x1.325328p-1f,
    0x1.64348cp-5f, -0x1.713b08p-1f, -0x1.04c1a4p-1f,
    // 2.weight_hh_l0: 16 x 4
    0x1.9b6794p-4f, 0x1.950c2p-4f, -0x1.cfc166p-4f, -0x1.46d964p-2f, -0x1.6a21c6p-1f, -0x1.d220d6p-2f, 0x1.f66eb4p-1f,
    0x1.ac1594p-2f, -0x1.1eaeaap-2f, 0x1.53157cp-3f, 0x1.ee0438p-1f, 0x1.28f5c8p-1f, 0x1.33c7dap-3f, 0x1.2aa5e8p-3f,
    -0x1.d6ef9ep-1f, 0x1.5390aap-1f, -0x1.450796p-1f, 0x1.2b54eep-5f, 0x1.99ddbcp-1f, 0x1.3694dcp-1f, -0x1.188dfcp-1f,
    0x1.e883ep-1f, -0x1.56c402p-2f, 0x1.2ae2cap-1f, -0x1.6d4476p-2f, -0x1.a8fbc4p-2f, 0x1.738ef2p-3f, 0x1.34a51cp-3f,
    0x1.2cc38p-4f, -0x1.34fafap-3f, 0x1.7517e2p-3f, -0x1.e60afp-2f, -0x1.02bfb6p-2f, -0x1.4e6902p-1f, 0x1.a89c62p-1f,
    -0x1.63454ep-2f, -0x1.8f5eccp-4f, 0x1.2d0c6p-1f, 0x1.95e5p-2f, -0x1.299172p-1f, 0x1.37fb26p-10f, -0x1.94f118p-1f,
    -0x1.51ab4ep-2f, 0x1.69fd9ep-1f, -0x1.065602p-3f, -0x1.07f1cp-3f, 0x1.51909cp-2f, 0x1.b2dfb2p-2f, 0x1.17bdf8p-2f,
    0x1.011e14p-4f, -0x1.2eb7b4p-3f, -0x1.fbeb72p-5f, 0x1.924bcp-1f, 0x1.0387c2p-1f, 0x1.522026p-2f, 0x1.781feap-2f,
    0x1.822484p-9f, -0x1.916d8p-4f, 0x1.10fe4p-1f, -0x1.71bae6p-2f, -0x1.ff062ep-4f, 0x1.0ee92cp-3f, -0x1.4dbbcep-3f,
    -0x1.19a07p-3f,
    // 2.bias_ih_l0: 16
    -0x1.12375ep-4f, 0x1.dc7d3ap-6f, 0x1.b0752cp-3f, -0x1.97a6b6p-5f, -0x1.6eb616p-2f, 0x1.948eep-5f, 0x1.80c70ap-2f,
    0x1.1c2c9ep-2f, 0x1.b57bd2p-2f, -0x1.17c1f8p-1f, -0x1.2035c6p-2f, -0x1.16833ep-2f, -0x1.a262c4p-3f, -0x1.1ac21ap-4f,
    -0x1.4f3b64p-3f, -0x1.831b3ap-2f,
    // 2.bias_hh_l0: 16
    0x1.513296p-3f, -0x1.939b76p-5f, -0x1.6031d4p-4f, 0x1.6fbbecp-2f, 0x1.667948p-4f, 0x1.869742p-2f, -0x1.29e094p-3f,
    -0x1.9dda42p-3f, 0x1.fb5d68p-3f, 0x1.148536p-3f, -0x1.2b6e5cp-1f, 0x1.0178fp-9f, -0x1.3c6e6cp-2f, 0x1.86d896p-3f,
    -0x1.76374p-4f, -0x1.538bdp-3f,
    // 4.weight: 4 x 4
    0x1.1f04cep-2f, -0x1.bcb202p-2f, -0x1.844a92p-1f, 0x1.125f22p-1f, -0x1.3a97dcp-3f, 0x1.7e161p-3f, 0x1.0283p-4f,
    -0x1.e63656p-3f, -0x1.2cc43p-2f, -0x1.325d3cp-5f, 0x1.35a54ap-1f, -0x1.48b742p-2f, -0x1.eba5d8p-3f, -0x1.215e68p-1f,
    0x1.24e01p-2f, 0x1.cc5f3ep-2f,
    // 4.bias: 4
    0x1.b404p-2f, 0x1.7a9258p-2f, -0x1.529f9ep-2f, -0x1.25832ep-1f,
});

inline constexpr std::uint64_t parameter_hash = 0xfb144b61c478ed6eu;

// What the network gave on the host, each from zero state.
inline constexpr inlay::golden_outputs<network_type, 3> golden{
    true, // one rounding per multiply-add
    0x1.b0c9d8p-17f, // the largest difference on a target that rounds otherwise
    {
        {
            -0x1.9c6abp-2f, 0x1.fef534p-1f, 0x1.46f5c8p-1f, -0x1.23eaacp-1f, -0x1.03821p-2f, 0x1.64b148p-2f,
            -0x1.0342fcp-1f, -0x1.53f9ap-4f, 0x1.c3594p-3f, 0x1.63f598p-1f, -0x1.c4e7cp-2f, -0x1.fbd15p-3f,
            0x1.21ab5p-1f, -0x1.6f2cp-5f, -0x1.f7b4p-5f, -0x1.71f6p-4f, 0x1.58e6fp-1f, 0x1.84f58p-2f,
        },
        {
            0x1.4542dp-2f, 0x1.c92cap-1f, -0x1.c6d4bcp-1f, 0x1.3374cp-5f, -0x1.0594p-6f, 0x1.b8a3d8p-2f, 0x1.90df84p-1f,
            -0x1.2810bp-3f, -0x1.66f18p-6f, -0x1.c6dep-6f, 0x1.66f6ecp-1f, -0x1.341d98p-1f, -0x1.b4fe4cp-1f,
            0x1.bbf468p-2f, -0x1.6b7fa8p-1f, 0x1.806c48p-2f, 0x1.9346b8p-2f, -0x1.1486p-5f,
        },
        {
            -0x1.46856cp-1f, 0x1.0e61ccp-1f, -0x1.f5ead8p-2f, -0x1.53058p-4f, -0x1.cd767p-2f, -0x1.34db2p-1f,
            -0x1.506bfp-1f, -0x1.35cf2cp-1f, 0x1.17513p-3f, 0x1.0518cp-3f, 0x1.50f4fp-1f, -0x1.55e60cp-1f,
            -0x1.0da48p-6f, 0x1.fd5dc8p-2f, -0x1.10b658p-2f, -0x1.4446fcp-1f, 0x1.7d0f1cp-1f, 0x1.698c6p-3f,
        },
    },
    {
        {
            0x1.5442a6p-1f, 0x1.44e0b8p-2f, -0x1.e06d0cp-2f, -0x1.38fd4p-1f,
        },
        {
            0x1.50851cp-1f, 0x1.4465b8p-2f, -0x1.cacd68p-2f, -0x1.2e9c36p-1f,
        },
        {
            0x1.41d674p-1f, 0x1.45ec9p-2f, -0x1.b6dca8p-2f, -0x1.2e40fep-1f,
        },
    },
};

// Whether this target gives the same: self_test().ok().
constexpr auto self_test() { return inlay::self_test(net, golden); }

} // namespace pinned_sequences_model
