// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// NumPy's files: what it wrote (golden/numpy.py), round trips, and what is refused.
#define BOOST_TEST_MODULE files_npz
#include <boost/test/unit_test.hpp>

#include "../host/folder.hpp"

#include <inlay/files.hpp>

#ifndef INLAY_GOLDEN_FILES
#define INLAY_GOLDEN_FILES "tests/files/golden"
#endif

using namespace inlay;

namespace {

const std::filesystem::path golden = INLAY_GOLDEN_FILES;
using small = network<input<3>, dense<2>, relu, dense<2>>;

small started() {
    small net;
    initialize(net, seed{1});
    return net;
}
std::string npy(const std::string& header, const std::string& data) {
    std::string bytes("\x93NUMPY\x01\x00", 8);
    detail::append_little_endian(bytes, header.size(), 2);
    return bytes + header + data;
}
std::string fault_of_npy(const std::string& contents) {
    return message_of<file_error>([&] {
        std::deque<std::string> memory;
        (void)detail::npy_tensor(contents, "t", memory);
    });
}
std::string fault_of_npz(const std::string& contents, size_t limit = 1 << 20) {
    return message_of<file_error>([&] { (void)detail::npz_file(contents, "t", limit); });
}

} // namespace

BOOST_AUTO_TEST_CASE(what_numpy_writes) {
    for (const char* name : {"numpy.npz", "packed.npz"}) {
        small net;
        load(net, golden / name);
        const std::array<float, 14> expected{-0.25f, -0.125f, 0, 0.125f, 0.25f, 0.375f, 0.5f, -1, 0, 1, 2, 3, 3, 4};
        BOOST_TEST(net.canonical() == expected, boost::test_tools::per_element());
    }
    const auto file = read_npy(golden / "volume.npy"); // the first index runs fastest there
    const file_tensor& volume = file.tensors()[0];
    BOOST_TEST((volume.dtype == "I16" && volume.shape == std::vector<size_t>{2, 3, 4}));
    for (size_t i = 0; i < 24; ++i) BOOST_TEST(detail::little_endian(volume.bytes.substr(2 * i, 2)) == i);
}

BOOST_AUTO_TEST_CASE(what_is_saved_is_loaded) {
    const temporary_folder here;
    const small net = started();
    save(net, here / "a.npz", {.metadata = {{"accuracy", "0.98"}}, .prefix = "net."});
    small other;
    const auto report = load(other, here / "a.npz", {.prefix = "net."});
    BOOST_TEST((net.canonical() == other.canonical()));
    BOOST_TEST(report.metadata.at("accuracy") == "0.98");
    network<input<3>, dense<2>, inlay::tanh, dense<2>> third;
    save(net, here / "a.npz");
    BOOST_TEST(
        contains(message_of<file_error>([&] { load(third, here / "a.npz"); }), "was written for another network"));
    // numpy.load maps arrays that begin at multiples of 64 bytes in their file.
    write_npy(here / "b.npy", {"", "F32", {3}, "0123456789ab"});
    BOOST_TEST(std::filesystem::file_size(here / "b.npy") == 128u + 12);
    const auto back = read_npy(here / "b.npy");
    BOOST_TEST((back.tensors()[0].shape == std::vector<size_t>{3} && back.tensors()[0].bytes == "0123456789ab"));
    BOOST_CHECK_THROW(write_npy(here / "c", {"", "BF16", {}, "01"}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(arrays_that_are_none) {
    const std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n";
    BOOST_TEST(fault_of_npy(npy(good, "0123")) == "no error");
    BOOST_TEST(fault_of_npy(npy("{\"shape\": (), \"descr\": \"<f4\", \"fortran_order\": True}", "0123")) == "no error");
    BOOST_TEST(contains(fault_of_npy("\x93NUMPX......"), "is no .npy file"));
    BOOST_TEST(contains(fault_of_npy(npy(good, "012")), "is F32 [1] in 3 bytes"));
    const std::pair<const char*, const char*> cases[] = {
        {"", "no {"},
        {"{'descr': '<f4'}", "no descr, fortran_order or shape"},
        {"{'descr': '<f4', 'descr': '<f4'}", "a key twice"},
        {"{'descr': [('a', '<f4')]}", "records are not read"},
        {"{'more': 1}", "the key more"},
        {"{'descr': '<f4", "a string without an end"},
        {"{'fortran_order': 1}", "something else than True or False"},
        {"{'shape': 3}", "no ("},
        {"{'shape': (-1,)}", "an extent that is no number"},
        {"{'shape': (99999999999999999999999,)}", "an extent that is too large"},
        {"{'shape': (1,1,1,1,1,1,1,1,1)}", "more than 8 extents"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': ()} x", "more behind it"},
        {"{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}", "which is big-endian"},
        {"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "type |O, which is not read"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296,4294967296,4)}", "in 4 bytes"},
    };
    for (const auto& [header, expected] : cases)
        BOOST_TEST(contains(fault_of_npy(npy(header, "0123")), expected),
                   header << " gives " << fault_of_npy(npy(header, "0123")));
    for (size_t size = 0; size < npy(good, "0123").size(); ++size)
        BOOST_TEST(fault_of_npy(npy(good, "0123").substr(0, size)) != "no error");
}

BOOST_AUTO_TEST_CASE(archives_that_are_none) {
    for (const char* name : {"numpy.npz", "packed.npz"}) {
        const std::string whole = detail::read_bytes(golden / name, 1 << 20);
        BOOST_TEST(fault_of_npz(whole) == "no error");
        for (size_t size = 0; size < whole.size(); ++size)
            BOOST_TEST(fault_of_npz(whole.substr(0, size)) != "no error", name << " cut off at " << size);
        for (size_t at = 0; at < whole.size(); ++at) // an error, or what does not matter
            for (const int flip : {1, 16, 128, 255}) {
                std::string other = whole;
                other[at] = static_cast<char>(other[at] ^ flip);
                (void)fault_of_npz(other);
            }
    }
    // A promise of much that is little, and one that goes beyond the limit.
    const std::string packed = detail::read_bytes(golden / "packed.npz", 1 << 20);
    const size_t list = packed.find("PK\x01\x02");
    std::string bomb = packed;
    bomb.replace(list + 24, 4, "\xff\xff\xff\x0f", 4);
    BOOST_TEST(contains(fault_of_npz(bomb), "more than the limit of 1048576"));
    BOOST_TEST(contains(fault_of_npz(bomb, size_t{1} << 30), "has damaged packed data"));
    // Two files in the same bytes.
    const file_tensor one{"a", "I8", {3}, "xyz"};
    std::string twice = npz_contents(std::vector<file_tensor>{one, {"b", "I8", {3}, "xyz"}});
    const size_t first = twice.find("PK\x01\x02"), second = twice.find("PK\x01\x02", first + 4);
    twice.replace(second + 42, 4, twice.substr(first + 42, 4));
    BOOST_TEST(contains(fault_of_npz(twice), "two files overlap"));
    BOOST_CHECK_THROW((void)npz_contents(std::vector<file_tensor>{one, one}), std::invalid_argument);
}
