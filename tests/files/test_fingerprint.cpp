// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE files_fingerprint
#include <boost/test/unit_test.hpp>

#include <inlay/files/fingerprint.hpp>
#include <inlay/inlay.hpp>

using namespace inlay;

namespace {

namespace own {
template <int Times>
struct scaled : inlay::relu {
    static constexpr auto name = "scaled";
};
} // namespace own

using all = network<input<8, 8, 3>, conv2d<4, window{3, 2}>, leaky_relu<0.2>, named<"a b", flatten>, keep<"x">,
                    dropout<0.25>, dense<3>, frozen<dense<4>, "weight">, concat<"x", dense<3>, relu>, own::scaled<-2>>;
using tokens = network<input_of<std::uint16_t, 12>, named<"t", embedding<5, 4>>, gru<4, relu, reset_before_product>,
                       parallel<identity, sequential<dense<3>>>, stored_as<std::int8_t, dense<4>>, tied<"t.weight", 5>>;

} // namespace

BOOST_AUTO_TEST_CASE(in_words) {
    BOOST_TEST(
        topology_text<all>() ==
        "network<input<8, 8, 3>, conv2d<4, {3, 2}, 1, 0>, leaky_relu<0.2>, named<\"a b\", flatten>, keep<\"x\">, "
        "dropout<0.25>, dense<3>, frozen<dense<4>, \"weight\">, concat<\"x\", dense<3>, relu>, scaled<-2>>");
    BOOST_TEST(topology_text<tokens>() ==
               "network<input_of<uint16, 12>, named<\"t\", embedding<5, 4>>, gru<4, relu, reset_before_product>, "
               "parallel<identity, sequential<dense<3>>>, stored_as<int8, dense<4>>, tied<\"t.weight\", 5>>");
    using drive =
        network<named_inputs<in<"image", 2, 2, 1>, in<"speed", 3>>, flatten, concat<"speed">, output<"y", dense<1>>>;
    BOOST_TEST(topology_text<drive>() == "network<named_inputs<in<\"image\", 2, 2, 1>, in<\"speed\", 3>>, flatten, "
                                         "concat<\"speed\">, output<\"y\", dense<1>>>");
}

BOOST_AUTO_TEST_CASE(as_a_number) {
    using one = network<input<2>, dense<3>>;
    // The same from every compiler, for every target: files keep it.
    static_assert(bits_version == 1);
    static_assert(fingerprint<one> == 0x1b4cb770e5061071);
    static_assert(fingerprint<all> == 0xc12df8af0901a58c);
    static_assert(fingerprint<one> != fingerprint<one::with_scalar<double>>);
    static_assert(fingerprint<one> != fingerprint<network<input<2>, dense<2, 3>>>);
    static_assert(fingerprint<network<input<2>, leaky_relu<0.1>>> != fingerprint<network<input<2>, leaky_relu<0.2>>>);
    static_assert(fingerprint<network<input<2>, relu, dense<3>>> != fingerprint<network<input<2>, dense<3>, relu>>);
    detail::text_writer negative;
    detail::describe_value(negative, decimal(-12.000000001));
    BOOST_TEST(negative.value == "-12.000000001");
    detail::hash_writer hash;
    hash(topology_text<one>() + " of float, bits 1");
    BOOST_TEST(hash.value == fingerprint<one>);
    BOOST_TEST(detail::hexadecimal_number(0x0123456789abcdef) == "0x0123456789abcdef");
}
