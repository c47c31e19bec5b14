// Written by inlay 0.1.0, export_header.
//
// Committed by hand: see test_pinned.cpp.
//
// 314 parameters, 1256 bytes; FNV-1a of them 0x098847f2a32e031a.
#pragma once

#include <inlay/inlay.hpp>

static_assert(inlay::bits_version == 1,
              "inlay: this network was exported under version 1 of the arithmetic, and this inlay has another: its "
              "outputs would differ. Export it again with this inlay, or compile with the one above.");

namespace pinned_images_model {

using network_type = inlay::network<
    inlay::input<7, 6, 2>,
    inlay::conv2d<5, 3, 1, inlay::window{0, 1}>,
    inlay::leaky_relu<0.25>,
    inlay::max_pool2d<2, 2>,
    inlay::conv2d<9, 1, 1, 0>,
    inlay::silu,
    inlay::flatten,
    inlay::dense<3>,
    inlay::log_softmax>;
static_assert(network_type::parameter_count == 314,
              "inlay: this is not the network that was exported");
static_assert(network_type::input_size == 84 && network_type::output_size == 3);

// In canonical order (PyTorch's), laid out for the target by the compiler.
inline constexpr network_type net = inlay::packed<network_type>({
    // 0.weight: 5 x 2 x 3 x 3
    0x1.063062p-1f, -0x1.7b0f9p-3f, 0x1.2f893p-6f, -0x1.8004d4p-6f, 0x1.01015p+0f, -0x1.d0bd26p-1f, 0x1.5f28b8p-2f,
    0x1.08d8cep-1f, -0x1.007362p-1f, 0x1.387e42p-1f, 0x1.9d9c7ep-2f, -0x1.9c1834p-2f, 0x1.a8c94p-2f, -0x1.c9496ap-3f,
    -0x1.491bbap-6f, -0x1.bd6d2ap-3f, -0x1.6d4d5cp-4f, -0x1.fb3b1ep-6f, -0x1.382166p-1f, -0x1.b3f1f4p-3f, 0x1.0030fp-2f,
    0x1.201ddp-2f, 0x1.b9654p-4f, 0x1.59c718p-1f, 0x1.6cf5f4p-2f, 0x1.acee32p-1f, 0x1.e737a8p-3f, 0x1.1aaa98p-1f,
    0x1.172cf8p-5f, 0x1.c7192p-2f, -0x1.9f2ac6p-2f, -0x1.d52688p-4f, 0x1.455092p-4f, -0x1.6bd882p-1f, -0x1.9360cap-7f,
    0x1.4a2898p-2f, 0x1.cc0564p-1f, -0x1.8b9c42p-1f, -0x1.f4b0e2p-1f, -0x1.86d7bap-1f, -0x1.cfa7c4p-2f, 0x1.37349cp-6f,
    -0x1.0719c4p+0f, -0x1.2bc7f6p+0f, -0x1.f476eap-3f, 0x1.1a590ep-3f, 0x1.cdcdcep-7f, -0x1.365488p-1f, 0x1.3bf476p-1f,
    -0x1.448748p-1f, 0x1.c1a15ep-1f, -0x1.11993cp-2f, 0x1.f6913p-3f, 0x1.d0540cp-2f, 0x1.5308d8p+0f, -0x1.e81458p-2f,
    -0x1.c356dp-2f, 0x1.ce50e6p-3f, 0x1.405152p-1f, 0x1.292286p-2f, -0x1.7d8f9p-2f, -0x1.01e078p-2f, -0x1.37b1e2p-1f,
    -0x1.9802f4p-4f, -0x1.bc1d2p-2f, -0x1.71ef52p-2f, -0x1.3bd4fp-1f, -0x1.98dc76p-2f, -0x1.a315ecp-2f, -0x1.b0096p-1f,
    -0x1.1cdc5p-1f, 0x1.5a198cp-2f, 0x1.77b6fep-2f, 0x1.8c6a42p-3f, -0x1.72d4ap-2f, 0x1.c8580ep-5f, -0x1.4aced8p-2f,
    0x1.04bedap-1f, -0x1.757644p-3f, -0x1.b19b42p-2f, 0x1.1376c6p-2f, -0x1.9bbdb6p-3f, 0x1.4e5788p-2f, 0x1.6c47d4p-1f,
    -0x1.bb431ap-2f, 0x1.00a194p+0f, 0x1.25a064p-4f, -0x1.d1c05ep-5f, 0x1.264066p-2f, 0x1.f7cda2p-5f,
    // 0.bias: 5
    0x1.752becp-2f, -0x1.51f088p-2f, -0x1.0d3c4cp-1f, -0x1.b0aa7ep-4f, -0x1.242de2p-1f,
    // 3.weight: 9 x 5 x 1 x 1
    0x1.ec2c12p-5f, -0x1.86e844p-2f, 0x1.150772p-5f, 0x1.43a618p-3f, 0x1.19db34p-2f, 0x1.ba6654p-2f, 0x1.545ae4p-1f,
    0x1.b4f75ep-4f, 0x1.f03adep-4f, -0x1.3483dep-3f, -0x1.b2e318p-1f, 0x1.7f8d6cp-2f, 0x1.a0bc2p-1f, -0x1.11b2bcp-3f,
    -0x1.93b38ep-1f, -0x1.1353aap-2f, -0x1.619d3ep-3f, -0x1.60293p-1f, 0x1.86bd4ep-1f, 0x1.010bd8p-2f, 0x1.bcd96p-4f,
    0x1.193c6cp-1f, -0x1.b6ecbcp-3f, -0x1.fb0782p-1f, 0x1.183df4p-3f, -0x1.655086p-4f, 0x1.3cf482p-1f, -0x1.ac2eeep-1f,
    -0x1.ccebd8p-1f, 0x1.e463c6p-2f, -0x1.09ec3ep-2f, -0x1.c7ecdcp-4f, 0x1.d193d6p-2f, -0x1.bb062p-3f, -0x1.094deap-6f,
    -0x1.ee8426p-4f, -0x1.ebf154p-1f, 0x1.cb8a62p-3f, 0x1.ce8af2p-1f, 0x1.570e44p-2f, -0x1.7cd0d8p-3f, 0x1.1dd39ep-5f,
    -0x1.c0cdd4p-3f, 0x1.5a07ccp-1f, 0x1.09a2e4p-1f,
    // 3.bias: 9
    -0x1.6847d8p-4f, 0x1.04f5c2p-3f, 0x1.c0e604p-6f, 0x1.b08abep-4f, 0x1.0979a8p-4f, 0x1.ae7676p-4f, 0x1.4ae108p-4f,
    0x1.7f8d22p-3f, -0x1.e7af84p-3f,
    // 6.weight: 3 x 54
    0x1.44e6a4p-1f, -0x1.596428p-4f, 0x1.d54492p-1f, -0x1.ce5f7ep-5f, 0x1.0b9fe4p-12f, 0x1.330148p-4f, -0x1.8250a6p-3f,
    0x1.5510dcp-1f, 0x1.48bf34p-2f, 0x1.791e22p-3f, -0x1.0e12d8p+0f, -0x1.b098c2p-4f, -0x1.eef756p-2f, 0x1.0312a8p+0f,
    -0x1.3d706p-1f, 0x1.47ad2cp-1f, 0x1.2cd5cap-1f, 0x1.5e3732p-5f, 0x1.10695cp-1f, -0x1.f4356ep-2f, -0x1.60c40ap-5f,
    0x1.833a6cp-2f, 0x1.55911p-3f, 0x1.bbf63ap-5f, 0x1.9a4e98p-1f, -0x1.a5e55p-3f, 0x1.4abc78p-1f, 0x1.a3434ep-6f,
    0x1.c37cc8p-1f, 0x1.b7224ap-3f, 0x1.eaedap-4f, 0x1.8df26ep-2f, -0x1.53a96ep-1f, -0x1.fbffeap-5f, -0x1.b71cbp-3f,
    0x1.b0291p-1f, 0x1.4927a4p-1f, 0x1.9e5074p-2f, 0x1.88268ap-1f, 0x1.271182p-3f, -0x1.0d3feep-2f, 0x1.1138e2p-7f,
    0x1.6888f8p-2f, -0x1.2562f4p-1f, 0x1.5670d2p-1f, 0x1.690628p-3f, -0x1.05139ap+0f, -0x1.6e25d6p-1f, 0x1.779d02p-6f,
    -0x1.1fbf1p-2f, 0x1.0f301cp-2f, 0x1.20852cp-1f, 0x1.5362f4p-6f, 0x1.8ab0e8p-2f, -0x1.3e38ap-5f, 0x1.b28a8ap-3f,
    0x1.4a9dfcp-3f, -0x1.f26a8ap-2f, 0x1.be8e42p-8f, 0x1.13f0cp-1f, 0x1.7ff9eap-2f, 0x1.900214p-2f, 0x1.106166p+0f,
    0x1.4f7e24p-2f, 0x1.a5aa1cp-2f, 0x1.21c8d2p-1f, -0x1.19e192p+0f, -0x1.f458fap-4f, 0x1.e56a46p-6f, 0x1.60968ep-2f,
    0x1.e5983p-1f, -0x1.2549b8p-2f, 0x1.4ec812p-1f, -0x1.ce9194p-4f, -0x1.3dd362p-6f, -0x1.543b9ep-1f, 0x1.04b922p-2f,
    -0x1.766258p-1f, 0x1.325428p-3f, -0x1.0e77bcp-3f, 0x1.a8bc16p-5f, -0x1.48b636p-4f, 0x1.caa8acp-1f, 0x1.cbca8ap-2f,
    -0x1.6ea15ep-4f, 0x1.136e32p-1f, -0x1.567256p-2f, -0x1.fc9624p-3f, -0x1.685b16p-2f, -0x1.fb1a82p-5f, 0x1.913928p-1f,
    0x1.1b000ap-1f, 0x1.2ac86p-1f, 0x1.ac3634p-3f, -0x1.677c64p-4f, 0x1.1ceaep-1f, 0x1.4f4b94p-2f, -0x1.8946ccp-1f,
    0x1.c8f7bep-4f, 0x1.3aac6cp-1f, -0x1.6ae76cp-2f, 0x1.5ab91cp-2f, -0x1.116d48p-1f, 0x1.8f45e4p-2f, 0x1.d76f08p-8f,
    -0x1.15336ep-2f, 0x1.1d6b7ep-2f, -0x1.31c66ep-4f, 0x1.68e5cp-2f, 0x1.af566p-4f, 0x1.19e576p-3f, -0x1.ba6d54p-1f,
    0x1.aba94cp-2f, -0x1.b77742p-6f, -0x1.ad636ep-1f, 0x1.6182c8p-2f, -0x1.052c14p-2f, 0x1.ba550ep-5f, -0x1.4123d8p-1f,
    0x1.be934ap-3f, -0x1.bb6238p-1f, 0x1.6508a8p-5f, -0x1.00338cp-2f, 0x1.f3bd22p-2f, 0x1.ee19aep-1f, -0x1.88099p-2f,
    -0x1.22b7f8p-2f, -0x1.2c2518p+0f, -0x1.f4251p-3f, 0x1.3123f6p-4f, 0x1.9ba78ap-3f, -0x1.adf5c8p-7f, -0x1.90c35ap-5f,
    -0x1.50bcacp-2f, 0x1.9df9ccp-2f, 0x1.941dd6p-2f, -0x1.328ebp-1f, 0x1.db9336p-3f, 0x1.a419eep-1f, 0x1.26ddfep-2f,
    -0x1.4b026ap-3f, 0x1.31eae6p-1f, 0x1.20d1c2p-1f, -0x1.72bb14p-5f, -0x1.bc6572p-5f, -0x1.fd2f26p-2f, 0x1.95efb8p-2f,
    -0x1.6a8ec2p-1f, 0x1.655abap-3f, 0x1.a239ap-1f, -0x1.c7d5ecp-1f, -0x1.074302p+0f, -0x1.8b4fccp-2f, 0x1.57069cp-4f,
    -0x1.4a30a4p-5f, 0x1.1e088ep-3f, -0x1.a12392p-3f, 0x1.8b4718p-2f, 0x1.f8ac0ap-2f, 0x1.bc1c36p-6f, 0x1.8fc5e6p-6f,
    -0x1.1763e4p-4f,
    // 6.bias: 3
    -0x1.adee52p-3f, 0x1.bcf90ap-4f, 0x1.a03e6p-2f,
});

inline constexpr std::uint64_t parameter_hash = 0x098847f2a32e031au;

// What the network gave on the host, each from zero state.
inline constexpr inlay::golden_outputs<network_type, 3> golden{
    true, // one rounding per multiply-add
    0x1.451f04p-14f, // the largest difference on a target that rounds otherwise
    {
        {
            0x1.0507b4p-1f, 0x1.9f80cp-2f, 0x1.53367cp-1f, -0x1.ec2afcp-1f, -0x1.2c62d4p-1f, 0x1.6a620cp-1f,
            0x1.df55p-5f, 0x1.d57e44p-1f, -0x1.22224p-3f, -0x1.ed9098p-1f, 0x1.5c9ab8p-2f, 0x1.2cda6p-4f,
            -0x1.d329ecp-1f, 0x1.82c1d4p-1f, 0x1.fcdb38p-2f, -0x1.d17f3p-1f, -0x1.2c5ddp-2f, 0x1.53de4p-3f,
            -0x1.e0e97p-1f, -0x1.ecabdp-2f, 0x1.f64abp-2f, 0x1.26a7b4p-1f, 0x1.b06884p-1f, -0x1.9b5334p-1f,
            0x1.6563a4p-1f, 0x1.f83d3p-3f, -0x1.feda8p-3f, -0x1.7bbc08p-2f, 0x1.55471p-3f, 0x1.fe2b9p-3f,
            0x1.ad8d84p-1f, 0x1.d826ep-4f, -0x1.a36c4p-5f, 0x1.4ae8ep-3f, 0x1.6d9eap-2f, 0x1.f762ep-2f, -0x1.74cefp-2f,
            -0x1.674514p-1f, -0x1.63cfecp-1f, -0x1.6f90e4p-1f, -0x1.6b723p-1f, 0x1.2e25c4p-1f, -0x1.2ee75p-2f,
            0x1.c0cf5cp-1f, -0x1.99bb4p-4f, 0x1.d5309cp-1f, -0x1.4fe224p-1f, 0x1.441d7p-3f, -0x1.212de4p-1f,
            0x1.6219dcp-1f, 0x1.5ad18p-3f, -0x1.03eed8p-1f, 0x1.d81668p-2f, -0x1.49926p-1f, 0x1.e682a8p-1f,
            -0x1.135f2p-2f, 0x1.fa1dd4p-1f, -0x1.be6b3p-3f, 0x1.c7d39p-2f, 0x1.216fep-2f, 0x1.32b7ap-1f, 0x1.0e06f8p-1f,
            -0x1.45fbd4p-1f, -0x1.d69db8p-1f, 0x1.4f51bp-2f, 0x1.96a02p-3f, 0x1.d6f76p-1f, -0x1.a300fp-3f,
            0x1.ca32bp-2f, -0x1.88c1p-2f, 0x1.0bae8p-3f, 0x1.dd6388p-1f, 0x1.46e6ccp-1f, -0x1.a120a8p-2f,
            0x1.d1d078p-2f, -0x1.d735d8p-1f, -0x1.07c9p-5f, 0x1.ca6ccp-4f, -0x1.2e589cp-1f, -0x1.a1fc3cp-1f,
            0x1.ce6598p-1f, 0x1.c767f8p-2f, -0x1.022b78p-2f, 0x1.a45478p-1f,
        },
        {
            -0x1.dd6f9cp-1f, -0x1.7c4398p-1f, 0x1.cdc1ap-2f, 0x1.b862c8p-1f, -0x1.b7843p-3f, 0x1.eaa48p-3f,
            -0x1.43e7p-6f, 0x1.92a59p-1f, 0x1.022f0cp-1f, -0x1.30967cp-1f, 0x1.7dbe08p-1f, 0x1.ae47d8p-1f,
            0x1.a8bd68p-2f, 0x1.92d4ep-4f, -0x1.b21dcp-2f, -0x1.b260fp-3f, -0x1.88c43p-2f, -0x1.cb61p-7f,
            -0x1.8bdacp-4f, 0x1.1b8fp-3f, -0x1.795ba8p-1f, -0x1.2381ap-2f, -0x1.a72a98p-1f, -0x1.af928p-1f,
            0x1.aaaep-6f, 0x1.7cfe6cp-1f, -0x1.530aap-2f, -0x1.e303p-5f, -0x1.dbf8p-3f, 0x1.9e168p-5f, -0x1.fb303p-1f,
            0x1.7bd69p-2f, -0x1.ba04f8p-1f, -0x1.696958p-2f, 0x1.d0891p-2f, 0x1.9c3c2cp-1f, 0x1.53af5p-3f,
            0x1.f539cp-1f, -0x1.54ca6cp-1f, -0x1.257a7p-3f, -0x1.4c1344p-1f, -0x1.9d1224p-1f, -0x1.c40afp-2f,
            0x1.d40128p-1f, 0x1.3e9174p-1f, -0x1.a5b83p-3f, -0x1.e20b9p-2f, -0x1.3c235p-2f, 0x1.cdca4p-3f,
            0x1.6b536p-3f, 0x1.c73748p-1f, 0x1.215ebcp-1f, -0x1.cbc0ap-2f, 0x1.d78a6cp-1f, -0x1.12501p-3f,
            0x1.b6918p-2f, 0x1.159aap-3f, -0x1.d330ep-2f, 0x1.5ac168p-1f, -0x1.725b5p-2f, 0x1.537a4p-3f, -0x1.78d08p-6f,
            -0x1.6f4b9cp-1f, -0x1.1df478p-2f, -0x1.409d74p-1f, -0x1.aeb0d8p-2f, 0x1.712ffcp-1f, 0x1.24d138p-1f,
            0x1.349094p-1f, 0x1.a75bfcp-1f, 0x1.550fp-1f, 0x1.6137ap-4f, 0x1.3a3648p-1f, -0x1.2d9638p-1f,
            -0x1.bf96a8p-2f, -0x1.18189p-1f, -0x1.dcf1e8p-1f, 0x1.b9a3p-4f, -0x1.9abd8p-2f, -0x1.d6853cp-1f,
            -0x1.5d24p-1f, -0x1.4bd2cp-4f, -0x1.00464p-4f, -0x1.04bdf4p-1f,
        },
        {
            -0x1.79ee2p-1f, -0x1.3f147p-2f, -0x1.716eap-2f, 0x1.166018p-1f, -0x1.192e8p-2f, -0x1.40c498p-2f,
            -0x1.afc0fp-1f, -0x1.c076p-4f, -0x1.4db1bp-1f, -0x1.bf2968p-2f, -0x1.3b086p-3f, 0x1.4b4f3p-3f,
            -0x1.0950dp-1f, 0x1.718df8p-2f, -0x1.89ef98p-1f, 0x1.6adec4p-1f, 0x1.a98258p-1f, -0x1.27bdcp-2f,
            -0x1.257ccp-1f, -0x1.c0de9cp-1f, -0x1.683e6p-1f, 0x1.da37a4p-1f, 0x1.8d21c4p-1f, -0x1.655f88p-2f,
            0x1.547fbcp-1f, -0x1.4c6f68p-1f, -0x1.4a1e2p-2f, -0x1.0dd394p-1f, 0x1.e2678p-6f, 0x1.d9a848p-2f,
            -0x1.94ba54p-1f, 0x1.3a2664p-1f, -0x1.591aecp-1f, 0x1.074a84p-1f, 0x1.8a365p-1f, -0x1.4a548p-5f,
            -0x1.e4b86cp-1f, 0x1.89034p-3f, -0x1.a5bd2p-3f, 0x1.8ea13p-2f, 0x1.86985cp-1f, -0x1.efa818p-2f,
            -0x1.25147p-2f, 0x1.65a5ccp-1f, 0x1.fc4e7p-3f, 0x1.06b2dp-1f, -0x1.2b7f6p-1f, -0x1.fb392p-1f, 0x1.3283ap-1f,
            0x1.94f4cp-5f, -0x1.2cfbd8p-1f, -0x1.cf8698p-2f, 0x1.3409d8p-2f, -0x1.c19cap-4f, 0x1.64c7cp-4f,
            0x1.69010cp-1f, -0x1.a71f74p-1f, -0x1.1c03b8p-1f, 0x1.be4134p-1f, 0x1.1776fp-2f, 0x1.53ffp-4f,
            -0x1.789c6cp-1f, 0x1.38ad74p-1f, -0x1.e2725p-3f, -0x1.988128p-2f, 0x1.8c5358p-2f, -0x1.1fb414p-1f,
            0x1.c7e9a4p-1f, -0x1.daf338p-2f, -0x1.4f14p-8f, -0x1.834bfp-2f, 0x1.87f4acp-1f, -0x1.15597p-2f,
            -0x1.2f70ep-3f, 0x1.c4cca8p-1f, 0x1.d3e388p-2f, -0x1.cde1f8p-2f, -0x1.13a438p-1f, 0x1.1c2cep-2f,
            -0x1.e4405cp-1f, 0x1.eeeb98p-1f, -0x1.03989p-3f, -0x1.c2bc2cp-1f, -0x1.3477bcp-1f,
        },
    },
    {
        {
            -0x1.d5883cp+2f, -0x1.b7b16cp-3f, -0x1.a5b87ep+0f,
        },
        {
            -0x1.f37b7ep+0f, -0x1.91ef3ap-3f, -0x1.a93636p+1f,
        },
        {
            -0x1.4bcfcp+2f, -0x1.a12d46p-7f, -0x1.3d1e9ap+2f,
        },
    },
};

// Whether this target gives the same: self_test().ok().
constexpr auto self_test() { return inlay::self_test(net, golden); }

} // namespace pinned_images_model
