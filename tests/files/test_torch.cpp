// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Every model of models.hpp: what PyTorch wrote (golden/, by torch_exchange.py --golden) is loaded, and what is saved is.
#define BOOST_TEST_MODULE files_torch
#include <boost/test/unit_test.hpp>

#include "../host/folder.hpp"
#include "models.hpp"

#include <limits>

#ifndef INLAY_GOLDEN_FILES
#define INLAY_GOLDEN_FILES "tests/files/golden"
#endif

using namespace inlay;

namespace {

const std::filesystem::path golden = INLAY_GOLDEN_FILES;

float largest_difference(const std::vector<float>& a, const std::vector<double>& b) {
    float most = a.size() == b.size() ? 0 : std::numeric_limits<float>::infinity();
    for (size_t i = 0; i < a.size() && i < b.size(); ++i)
        most = std::max(most, std::abs(a[i] - static_cast<float>(b[i])));
    return most;
}
double largest(const std::vector<double>& values) {
    double most = 0;
    for (const double value : values) most = std::max(most, std::abs(value));
    return most;
}

template <class Network>
Network started(std::uint64_t from) {
    Network net;
    initialize(net, seed{from});
    return net;
}
template <class Network>
bool same(const Network& a, const Network& b) {
    return detail::all_elements(a) == detail::all_elements(b);
}

} // namespace

BOOST_AUTO_TEST_CASE(as_torch) {
    models::each([]<class Model>(Model) {
        const auto path = golden / (std::string(Model::name) + ".safetensors");
        typename Model::type net;
        load(net, path, Model::options());
        const tensor_file file = read_safetensors(path);
        const auto expected = models::numbers(file, "output");
        BOOST_TEST(largest_difference(models::outputs(net, file), expected) <= 1e-6 * largest(expected), Model::name);
    });
}

BOOST_AUTO_TEST_CASE(what_is_saved_is_loaded) {
    const temporary_folder here;
    models::each([&]<class Model>(Model) {
        using type = typename Model::type;
        const auto net = started<type>(5);
        save(net, here / "a");
        type other;
        const auto report = load(other, here / "a");
        BOOST_TEST(same(net, other), Model::name);
        BOOST_TEST(report.loaded.size() == type::tensor_count);
        BOOST_TEST((report.missing_keys.empty() && report.unexpected_keys.empty()));
        // The same bytes from the same network, and no other file beside.
        const std::string first = read_file(here / "a");
        save(other, here / "a");
        BOOST_TEST(read_file(here / "a") == first);
    });
    BOOST_TEST(here.files() == 1u);
}
