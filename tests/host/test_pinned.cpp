// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The promise of bits_version: headers that were exported once keep compiling and give the same bits, on every compiler,
// at every optimisation, in constant expressions. These were written by inlay 0.1.0 under version 1 and stay as they are.
// Every layer that has an arithmetic of its own is in one of them.
//
// Does this test fail? Then headers in the field break too. Either the change is a mistake, or bits_version must be raised:
// write the new number into the assertions of the headers, run this test with INLAY_PIN=tests/host, and commit what it
// wrote. Their parameters stay, only the golden outputs are computed anew.
#define BOOST_TEST_MODULE pinned
#include <boost/test/unit_test.hpp>

#include "pinned_activations.hpp"
#include "pinned_dense.hpp"
#include "pinned_images.hpp"
#include "pinned_sequences.hpp"

#include <inlay/host/export.hpp>

#include <cstdlib>
#include <filesystem>
#include <vector>

namespace {

template <class Network, std::size_t Count>
void gives_the_bits(const Network& net, const inlay::golden_outputs<Network, Count>& golden) {
    const auto result = inlay::self_test(net, golden);
    BOOST_TEST(result.compared == Count * Network::output_size);
    BOOST_TEST(result.ok());
    if (INLAY_HAS_FMA) BOOST_TEST(result.different == 0u);
    // The smallest code has the same bits.
    for (std::size_t n = 0; n < Count; ++n) {
        typename Network::input_type x;
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = golden.inputs[n][i];
        const auto y = net.template infer<inlay::backend::size>(x);
        for (std::size_t i = 0; INLAY_HAS_FMA && i < y.size(); ++i) BOOST_TEST(y[i] == golden.outputs[n][i]);
    }
}

/// Writes the header again, if it is asked for.
template <class Network, std::size_t Count>
void pin(const Network& net, const inlay::golden_outputs<Network, Count>& golden, const char* name) {
    const char* const folder = std::getenv("INLAY_PIN");
    if (folder == nullptr) return;
    std::vector<typename Network::input_type> inputs(Count);
    for (std::size_t n = 0; n < Count; ++n)
        for (std::size_t i = 0; i < inputs[n].size(); ++i) inputs[n][i] = golden.inputs[n][i];
    inlay::export_header(net, std::filesystem::path(folder) / name,
                         {.provenance = {"Committed by hand: see test_pinned.cpp."}, .golden = inputs});
}

} // namespace

BOOST_AUTO_TEST_CASE(headers_of_version_1_give_their_bits) {
    pin(pinned_activations_model::net, pinned_activations_model::golden, "pinned_activations.hpp");
    pin(pinned_dense_model::net, pinned_dense_model::golden, "pinned_dense.hpp");
    pin(pinned_images_model::net, pinned_images_model::golden, "pinned_images.hpp");
    pin(pinned_sequences_model::net, pinned_sequences_model::golden, "pinned_sequences.hpp");
    gives_the_bits(pinned_activations_model::net, pinned_activations_model::golden);
    gives_the_bits(pinned_dense_model::net, pinned_dense_model::golden);
    gives_the_bits(pinned_images_model::net, pinned_images_model::golden);
    gives_the_bits(pinned_sequences_model::net, pinned_sequences_model::golden);
}

// The compiler computes them too.
static_assert(pinned_activations_model::self_test().ok());
static_assert(pinned_dense_model::self_test().ok());
static_assert(pinned_images_model::self_test().ok());
static_assert(pinned_sequences_model::self_test().ok());

BOOST_AUTO_TEST_CASE(their_parameters_are_those_of_their_hash) {
    BOOST_TEST(inlay::parameter_hash(pinned_dense_model::net) == pinned_dense_model::parameter_hash);
    BOOST_TEST(inlay::parameter_hash(pinned_images_model::net) == pinned_images_model::parameter_hash);
    BOOST_TEST(inlay::parameter_hash(pinned_sequences_model::net) == pinned_sequences_model::parameter_hash);
}
