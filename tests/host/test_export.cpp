// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The headers that export_models.cpp wrote are part of this program.
#define BOOST_TEST_MODULE export
#include <boost/test/unit_test.hpp>

#include "folder.hpp"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#include "exported_bare.hpp"
#include "exported_bytes.hpp"
#include "exported_digits.hpp"
#include "exported_folded.hpp"
#include "exported_image.hpp"
#include "exported_models.hpp"
#include "exported_integers.hpp"
#include "exported_kept.hpp"
#include "exported_names.hpp"
#include "exported_nested.hpp"
#include "exported_normed.hpp"
#include "exported_options.hpp"
#include "exported_precise.hpp"
#include "exported_sequence.hpp"
#include "exported_tokens.hpp"

#include <inlay/host/export.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace inlay;
namespace fs = std::filesystem;

namespace {

/// What export_header says when it refuses.
template <class Network>
std::string refusal(const Network& net, const fs::path& path, const export_options<Network>& options = {}) {
    try {
        export_header(net, path, options);
    } catch (const std::exception& error) { return error.what(); }
    return "nothing";
}

template <class Network, class Wanted>
void comes_back(const Network& net, const Wanted& wanted, std::uint64_t hash) {
    static_assert(std::is_same_v<Network, Wanted>);
    BOOST_TEST(hash == parameter_hash(wanted));
    BOOST_TEST(hash == parameter_hash(net));
    // Padding included: what lies in flash is the network bit for bit.
    for (size_t i = 0; i < Network::parameter_extent; ++i)
        BOOST_TEST_REQUIRE(net.parameters()[i] == wanted.parameters()[i]);
}

} // namespace

BOOST_AUTO_TEST_CASE(the_network_comes_back) {
    comes_back(exported::digits::net, models::trained<models::digits>(1), exported::digits::parameter_hash);
    comes_back(exported_image_model::net, models::trained<models::image>(2), exported_image_model::parameter_hash);
    comes_back(exported_sequence_model::net, models::trained<models::sequence>(3), exported_sequence_model::parameter_hash);
    comes_back(exported_bytes_model::net, models::trained<models::bytes>(7), exported_bytes_model::parameter_hash);
    comes_back(exported_options_model::net, models::trained<models::options>(10), exported_options_model::parameter_hash);
    comes_back(exported_kept_model::net, models::trained<models::kept>(8), exported_kept_model::parameter_hash);
    comes_back(exported_integers_model::net, models::trained<models::integers>(9), exported_integers_model::parameter_hash);
    comes_back(exported_tokens_model::net, models::trained<models::tokens>(6), exported_tokens_model::parameter_hash);
    comes_back(exported_nested_model::net, models::trained<models::nested>(4), exported_nested_model::parameter_hash);
    comes_back(exported_precise_model::net, models::trained<models::precise>(5), exported_precise_model::parameter_hash);
    comes_back(exported_bare_model::net, models::bare{}, exported_bare_model::parameter_hash);
    static_assert(std::is_const_v<decltype(exported_image_model::net)>);
    static_assert(exported::digits::net.parameters()[0] != 0.0f); // a constant expression
}

BOOST_AUTO_TEST_CASE(buffers_are_exported_too) {
    const auto wanted = models::normed_and_trained();
    comes_back(exported_normed_model::net, wanted, exported_normed_model::parameter_hash);
    static_assert(models::normed::buffer_count == 2 * (5 + 5 + 7));
    BOOST_TEST(exported_normed_model::net.canonical_buffers() == wanted.canonical_buffers(), boost::test_tools::per_element());
    auto moved = wanted;
    moved.parameter<"1.running_mean">()(0) += 1;
    BOOST_TEST(parameter_hash(moved) != exported_normed_model::parameter_hash);
    const temporary_folder here;
    export_header(wanted, here / "a.hpp");
    const std::string text = read_file(here / "a.hpp");
    BOOST_TEST(contains(text, "// 283 parameters, 34 numbers in buffers, 1268 bytes; FNV-1a of them 0x"));
    BOOST_TEST(contains(text, "static_assert(network_type::parameter_count == 283 && network_type::buffer_count == 34,\n"));
    BOOST_TEST(contains(text, "    // 6.running_var: 7\n"));
    BOOST_TEST(contains(text, "inlay::frozen<inlay::batch_norm<0.01, 0.1, false>>"));
    moved.parameter<"6.running_var">()(2) = std::numeric_limits<float>::infinity();
    BOOST_TEST(refusal(moved, here / "a.hpp") ==
               "inlay: cannot export " + (here / "a.hpp").string() + ": buffer 6.running_var[2] is infinite");
}

BOOST_AUTO_TEST_CASE(a_folded_network_is_a_plain_one) {
    static_assert(std::is_same_v<exported_folded_model::network_type,
                                 network<input<4, 4, 2>, conv2d<5, 3>, relu, frozen<batch_norm<0.01, 0.1, false>>, flatten,
                                         dense<7>, dense<3>>>);
    double worst = 0, largest = 0;
    for (const auto& x : exported_normed_model::golden.inputs) {
        const std::span<const float, 32> sample(x);
        const auto a = exported_normed_model::net(sample), b = exported_folded_model::net(sample);
        for (size_t i = 0; i < a.size(); ++i) {
            worst = std::max(worst, static_cast<double>(std::abs(a[i] - b[i])));
            largest = std::max(largest, static_cast<double>(std::abs(a[i])));
        }
    }
    BOOST_TEST(worst <= 1e-6 * largest);
}

template <class Result>
void has_the_hosts_bits(const Result& result, size_t compared) {
    BOOST_TEST(result.ok());
    BOOST_TEST(result.compared == compared);
    BOOST_TEST(result.different == 0u);
    BOOST_TEST(result.largest_difference == 0);
    BOOST_TEST(result.tolerance == 0);
}
BOOST_AUTO_TEST_CASE(the_self_tests_pass) {
    has_the_hosts_bits(exported::digits::self_test(), 4 * 10);
    has_the_hosts_bits(exported_image_model::self_test(), 3 * 3);
    has_the_hosts_bits(exported_sequence_model::self_test(), 4 * 4);
    has_the_hosts_bits(exported_tokens_model::self_test(), 4 * 7);
    has_the_hosts_bits(exported_bytes_model::self_test(), 4 * 4);
    has_the_hosts_bits(exported_options_model::self_test(), 4 * 2);
    has_the_hosts_bits(exported_kept_model::self_test(), 4 * 1);
    has_the_hosts_bits(exported_integers_model::self_test(), 4 * 4);
    has_the_hosts_bits(exported_nested_model::self_test(), 4 * 3);
    has_the_hosts_bits(exported_precise_model::self_test(), 4 * 2);
    has_the_hosts_bits(exported_normed_model::self_test(), 4 * 3);
    has_the_hosts_bits(exported_folded_model::self_test(), 4 * 3);
    has_the_hosts_bits(exported_bare_model::self_test(), 4 * 3);
    static_assert(exported_bare_model::self_test().ok() && exported_sequence_model::self_test().ok()); // the compiler runs them too
}

BOOST_AUTO_TEST_CASE(a_self_test_fails_by_one_bit) {
    auto golden = exported_sequence_model::golden;
    float& output = golden.outputs[1][2];
    output = std::nextafter(output, 100.0f);
    const auto result = self_test(exported_sequence_model::net, golden);
    BOOST_TEST(!result.ok());
    BOOST_TEST(result.different == 1u);
    BOOST_TEST(result.largest_difference == output - exported_sequence_model::golden.outputs[1][2]);
    auto changed = exported_sequence_model::net;
    changed.parameter<"3.bias">()(0) += 0.5f;
    BOOST_TEST(self_test(changed, exported_sequence_model::golden).different == 4u);
}

BOOST_AUTO_TEST_CASE(a_target_that_rounds_otherwise_has_a_tolerance) {
    auto golden = exported::digits::golden;
    golden.fused = !golden.fused;
    const float tolerance = golden.tolerance, right = golden.outputs[3][9];
    BOOST_TEST((tolerance > 0 && tolerance < 1e-3f));
    BOOST_TEST(self_test(exported::digits::net, golden).ok());
    golden.outputs[3][9] = right + tolerance / 2;
    const auto near = self_test(exported::digits::net, golden);
    BOOST_TEST((near.ok() && near.different == 1 && near.tolerance == tolerance));
    golden.outputs[3][9] = right - 2 * tolerance;
    BOOST_TEST(!self_test(exported::digits::net, golden).ok());
    golden.outputs[3][9] = right;
    golden.outputs[0][0] = std::numeric_limits<float>::quiet_NaN(); // stays, whatever comes after it
    golden.outputs[1][0] += tolerance / 2;
    const auto lost = self_test(exported::digits::net, golden);
    BOOST_TEST((!lost.ok() && std::isnan(lost.largest_difference)));
}

BOOST_AUTO_TEST_CASE(golden_inputs_and_tolerance) {
    const auto& golden = exported::digits::golden;
    float largest = 0, lowest = 0, highest = 0;
    for (const auto& y : golden.outputs)
        for (const float value : y) largest = std::max(largest, std::abs(value));
    for (const auto& x : golden.inputs)
        for (const float value : x) lowest = std::min(lowest, value), highest = std::max(highest, value);
    BOOST_TEST((lowest >= -1 && lowest < -0.9f && highest < 1 && highest > 0.9f));
    // 1 + 64 + 32 terms at most
    BOOST_TEST(golden.tolerance == static_cast<float>(97 * 0x1p-23 * (1 + double{largest})));
    BOOST_TEST(golden.fused == bool{INLAY_HAS_FMA});
    static_assert(sizeof exported_image_model::golden.inputs == 3 * sizeof(models::image::input_type)); // given there
    const temporary_folder here;
    export_header(models::bare{}, here / "a.hpp", {.tolerance = 0.25});
    BOOST_TEST(contains(read_file(here / "a.hpp"), "    0x1p-2f, // the largest difference"));
}

BOOST_AUTO_TEST_CASE(what_the_file_says) {
    const temporary_folder here;
    const auto net = models::trained<models::digits>(1);
    export_header(net, here / "a.hpp",
                  {.provenance = {"one\ntwo\\"}, .date = "2024-05-01", .includes = {"<cmath>", "mine.hpp"}});
    const std::string text = read_file(here / "a.hpp");
    BOOST_TEST(contains(text, "// Written by inlay " + std::string(version) + ", export_header. 2024-05-01.\n"));
    BOOST_TEST(contains(text, "// one\n// two\n//\n"));
    BOOST_TEST(contains(text, "// 2410 parameters, 9640 bytes; FNV-1a of them 0x"));
    BOOST_TEST(contains(text, "#include <cmath>\n#include \"mine.hpp\"\n\nstatic_assert(inlay::bits_version == 1,\n"));
    BOOST_TEST(contains(text, "\nnamespace a_model {\n"));
    BOOST_TEST(contains(text, "using network_type = inlay::network<inlay::input<64>, inlay::dense<32>, inlay::relu, "
                              "inlay::dense<10>>;\n"));
    BOOST_TEST(contains(text, "    // 2.weight: 10 x 32\n"));
    for (size_t line = 0, end = 0; line < text.size(); line = end + 1) {
        end = text.find('\n', line);
        BOOST_TEST(end - line <= 120u);
    }
    // The same again gives the same bytes, and replaces what was there.
    export_header(
        net, here / "a.hpp",
        {.provenance = {"one\ntwo\\"}, .date = "2024-05-01", .includes = {"<cmath>", "mine.hpp"}});
    BOOST_TEST((read_file(here / "a.hpp") == text));
    export_header(models::trained<models::digits>(2), here / "a.hpp");
    BOOST_TEST((read_file(here / "a.hpp") != text));
    BOOST_TEST(here.files() == 1u);
}

BOOST_AUTO_TEST_CASE(spelling) {
    const auto spelled = []<class Type>(Type) { return detail::spelling<Type>::text(); };
    BOOST_TEST(spelled(dense<3, 2>{}) == "inlay::dense<3, 2>");
    BOOST_TEST(spelled(linear<2>{}) == "inlay::dense<2>");
    BOOST_TEST(spelled(conv2d<5, 3, 2, window{0, 1}>{}) == "inlay::conv2d<5, 3, 2, inlay::window{0, 1}>");
    BOOST_TEST(spelled(max_pool2d<2>{}) == "inlay::max_pool2d<2, 2, 0>");
    BOOST_TEST(spelled(dropout<0.2>{}) == "inlay::dropout<0.2>");
    BOOST_TEST(spelled(leaky_relu<-0.000000001>{}) == "inlay::leaky_relu<-0.000000001>");
    BOOST_TEST(spelled(elu<12.5>{}) == "inlay::elu<12.5>");
    BOOST_TEST(spelled(elu<3.0>{}) == "inlay::elu<3.0>");
    BOOST_TEST(spelled(inlay::tanh{}) == "inlay::tanh");
    BOOST_TEST(spelled(gru<8>{}) == "inlay::gru<8>");
    BOOST_TEST(spelled(gru<8, reset_before_product, leaky_relu<0.5>>{}) ==
               "inlay::gru<8, inlay::reset_before_product, inlay::leaky_relu<0.5>>");
    BOOST_TEST(spelled(named<"a\"\\\n\xc3\xa9", lstm<2>>{}) ==
               "inlay::named<\"a\\\"\\\\\\012\\303\\251\", inlay::lstm<2>>");
    BOOST_TEST(spelled(frozen<dense<2>, "weight", "bias">{}) == "inlay::frozen<inlay::dense<2>, \"weight\", \"bias\">");
    BOOST_TEST(spelled(frozen<residual<dense<2>, relu>>{}) ==
               "inlay::frozen<inlay::residual<inlay::dense<2>, inlay::relu>>");
    BOOST_TEST(spelled(keep<"a>\"b<">{}) == "inlay::keep<\"a>\\\"b<\">");
    BOOST_TEST(spelled(plus<"x">{}) == "inlay::plus<\"x\">");
    BOOST_TEST(spelled(accumulate<"x", sequential<dense<2>, output<"y", relu>>>{}) ==
               "inlay::accumulate<\"x\", inlay::sequential<inlay::dense<2>, inlay::output<\"y\", inlay::relu>>>");
    BOOST_TEST(spelled(named_inputs<in<"a", 3, 2>, in<"b", 4>>{}) == "inlay::named_inputs<inlay::in<\"a\", 3, 2>, inlay::in<\"b\", 4>>");
    BOOST_TEST(spelled(tied<"table.weight", 7>{}) == "inlay::tied<\"table.weight\", 7>");
    BOOST_TEST(spelled(own::scaled<own::sign::minus, -3>{}) == "own::scaled<static_cast<own::sign>(1), -3>");
    BOOST_TEST(spelled(models::precise{}) ==
               "inlay::basic_network<double, inlay::input<5, 2>, inlay::lstm<3>, inlay::last_step, inlay::dense<2>, "
               "inlay::softplus>");
}

BOOST_AUTO_TEST_CASE(no_name_holds_the_inline_namespace_of_a_target) {
    constexpr std::string_view target = BOOST_STRINGIZE(INLAY_TARGET);
    const std::string before = detail::for_every_target(detail::compiler_name<residual<dense<3>, relu>>());
    BOOST_TEST(!contains(before, std::string(target) + "::"));
    BOOST_TEST(detail::for_every_target(std::string(detail::library_prefix) + "dense<3>") == "inlay::dense<3>");
    BOOST_TEST(detail::for_every_target("own::x<" + std::string(detail::library_prefix) + "relu, " +
                                        std::string(detail::library_prefix) + "tanh>") ==
               "own::x<inlay::relu, inlay::tanh>");
    // Another library's name that ends alike is left alone.
    BOOST_TEST(detail::for_every_target("my" + std::string(detail::library_prefix) + "x") ==
               "my" + std::string(detail::library_prefix) + "x");
    const temporary_folder here;
    export_header(models::trained<models::nested>(4), here / "a.hpp", {.includes = {"host/exported_models.hpp"}});
    BOOST_TEST(!contains(read_file(here / "a.hpp"), std::string(target) + "::"));
}

BOOST_AUTO_TEST_CASE(namespaces) {
    BOOST_TEST(detail::namespace_from("model") == "model");
    BOOST_TEST(detail::namespace_from("my-model.v2") == "my_model_v2");
    BOOST_TEST(detail::namespace_from("7seg") == "model_7seg");
    BOOST_TEST(detail::namespace_from("_a__b_") == "a_b_model");
    BOOST_TEST(detail::namespace_from("remodel") == "remodel_model");
    BOOST_TEST(detail::namespace_from("") == "model");
    BOOST_TEST(detail::namespace_from("--") == "model");
    BOOST_TEST(detail::namespace_from("\xc3\xa9") == "model");
    for (const char* word : {"class", "inlay", "std", "int", "signal", "linux"})
        BOOST_TEST(detail::namespace_from(word) == std::string(word) + "_model");
    for (const char* good : {"a", "a::b2", "_x", "x_y"}) BOOST_TEST(detail::is_namespace(good));
    for (const char* bad : {"", "a b", "a::", "::a", "2a", "a::class", "a:b", "a;", "inlay", "x::std", "a__b", "_X", "a\nb"})
        BOOST_TEST(!detail::is_namespace(bad));
}

// exported_names.hpp includes a model from each of these files; the C library's headers and macros came before it.
BOOST_AUTO_TEST_CASE(files_named_after_the_c_library_compile) {
    BOOST_TEST(signal_model::self_test().ok());
    BOOST_TEST(time_model::self_test().ok());
    BOOST_TEST(linux_model::self_test().ok());
    BOOST_TEST(EOF_model::self_test().ok());
    BOOST_TEST(class_model::self_test().ok());
    BOOST_TEST(std::size(models::names_of_the_library) > 60u);
}

BOOST_AUTO_TEST_CASE(a_namespace_that_was_asked_for_is_taken_and_the_header_says_what_to_do) {
    const temporary_folder here;
    const auto net = models::trained<models::bare>(1);
    export_header(net, here / "a.hpp", {.name_space = "linux"});
    const std::string text = read_file(here / "a.hpp");
    BOOST_TEST(contains(text, "#if defined(linux)\n#error \"inlay: linux is taken by a macro here: export with another "
                              ".name_space\"\n#endif\n"));
    BOOST_TEST(contains(text, "\nnamespace linux { // if this is something else here: export with another .name_space\n"));
    export_header(net, here / "a.hpp", {.name_space = "a::b::c"});
    BOOST_TEST(contains(read_file(here / "a.hpp"), "#if defined(a) || defined(b) || defined(c)\n"));
    export_header(net, here / "a.hpp");
    BOOST_TEST(!contains(read_file(here / "a.hpp"), "#if "));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_exported) {
    const temporary_folder here;
    const fs::path path = here / "kept.hpp";
    const std::string wrong = "inlay: cannot export " + path.string() + ": ";
    models::digits net = models::trained<models::digits>(1);
    export_header(net, path);
    const std::string before = read_file(path);

    net.parameter<"2.bias">()(3) = std::numeric_limits<float>::quiet_NaN();
    BOOST_TEST(refusal(net, path) == wrong + "parameter 2.bias[3] is not a number");
    net.parameter<"2.bias">()(3) = -std::numeric_limits<float>::infinity();
    BOOST_TEST(refusal(net, path) == wrong + "parameter 2.bias[3] is infinite");
    net.parameter<"2.bias">()(3) = std::numeric_limits<float>::max();
    net.parameter<"2.weight">()(3, 0) = std::numeric_limits<float>::max();
    net.parameter<"0.bias">()(0) = 9;
    BOOST_TEST(refusal(net, path) == wrong + "the output for golden input 0[3] is infinite");

    net = models::trained<models::digits>(1);
    std::vector<models::digits::input_type> golden(2);
    golden[1][63] = std::numeric_limits<float>::infinity();
    BOOST_TEST(refusal(net, path, {.golden = golden}) == wrong + "golden input 1[63] is infinite");
    BOOST_TEST(refusal(net, path, {.name_space = "two words"}) == wrong + "\"two words\" cannot be a namespace");
    BOOST_TEST(refusal(net, path, {.includes = {"a\nb"}}) == wrong + "\"a\\012b\" cannot be included");
    struct local : relu {};
    const std::string nameless = refusal(network<input<2>, local>{}, path);
#if defined(__clang__)
    BOOST_TEST(nameless == "nothing"); // clang gives the bare name
    export_header(net, path);
#else
    BOOST_TEST(contains(nameless, "has no name outside its source file"));
#endif

    BOOST_CHECK_THROW(export_header(net, path, {.name_space = "a b"}), std::invalid_argument); // an argument, not a file

    BOOST_TEST((read_file(path) == before));
    BOOST_TEST(here.files() == 1u);
}

BOOST_AUTO_TEST_CASE(where_nothing_can_be_written) {
    const temporary_folder here;
    const auto net = models::trained<models::bare>(1);
    const fs::path nowhere = here / "no_such_folder" / "a.hpp", folder = here / "a_folder";
    BOOST_TEST(refusal(net, nowhere) == nowhere.string() + ": cannot be written: No such file or directory");
    fs::create_directory(folder);
    BOOST_TEST(contains(refusal(net, folder), folder.string() + ": cannot be written: "));
    BOOST_TEST(here.files() == 1u); // nothing beside it
}

BOOST_AUTO_TEST_CASE(extreme_numbers_come_back) {
    for (const float value :
         {0.0f, -0.0f, 1.0f, -3.5f, std::numeric_limits<float>::max(), std::numeric_limits<float>::min(),
          std::numeric_limits<float>::denorm_min(), -1e-40f, 0.1f})
        BOOST_TEST(std::bit_cast<std::uint32_t>(std::strtof(detail::hexadecimal(value).c_str(), nullptr)) ==
                   std::bit_cast<std::uint32_t>(value));
    BOOST_TEST(detail::hexadecimal(0.1) == "0x1.999999999999ap-4");
    BOOST_TEST(detail::hexadecimal(-0.0f) == "-0x0p+0f");
}
