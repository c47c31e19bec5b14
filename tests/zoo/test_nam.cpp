// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE zoo_nam
#include "nam.hpp"

using namespace inlay;

BOOST_AUTO_TEST_CASE(a1_standard) {
    static_assert(zoo::nam_a1::parameter_count == 13801 && zoo::nam_a1::streams_in_blocks<>);
    nam::check("A1 standard", *zoo::load_nam_a1(zoo::folder() / zoo::nam_a1_file.name), "nam/output_a1_standard.f32", 8192);
}

BOOST_AUTO_TEST_CASE(small_wavenet) {
    using net = network<input<1>, keep<"x">, zoo::nam_array<3, causal_conv1d_without_bias<2, 1>, 1, 2>,
                        zoo::nam_array<2, identity, 8>, take<"head">, causal_conv1d<1, 1>>;
    nam::check("a small WaveNet", *zoo::load_nam_wavenet<net>(zoo::folder() / "nam/wavenet.nam"), "nam/output_wavenet.f32", 64);
}

BOOST_AUTO_TEST_CASE(lstm_of_three) {
    auto [net, state] = zoo::load_nam_lstm(zoo::folder() / zoo::nam_lstm_file.name);
    std::vector<float> silence(24000), dropped(24000);
    BOOST_TEST(net.stream(silence, dropped, state));
    const auto x = zoo::floats("nam/input.f32");
    std::vector<float> y(x.size());
    BOOST_TEST(net.stream(x, y, state));
    zoo::check_within("LSTM", y, zoo::floats("nam/output_lstm.f32"), 1e-5);
}

/// A file of another amplifier's architecture, and none at all.
BOOST_AUTO_TEST_CASE(other_files) {
    BOOST_CHECK_THROW(zoo::load_nam_a1(zoo::folder() / zoo::nam_lstm_file.name), file_error);
    BOOST_CHECK_THROW(zoo::load_nam_lstm(zoo::folder() / zoo::nam_a1_file.name), file_error);
    BOOST_CHECK_THROW(zoo::load_nam_a1(zoo::folder() / "nam/none.nam"), file_error);
}
