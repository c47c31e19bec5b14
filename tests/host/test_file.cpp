// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A file is replaced as a whole or not at all. (How files are read is in test_csv.cpp.)
#define BOOST_TEST_MODULE file
#include <boost/test/unit_test.hpp>

#include "folder.hpp"

#include <inlay/host/file.hpp>

#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using inlay::file_error, inlay::read_file, inlay::replace_file;

namespace {

/// What replace_file forced onto the disk: whether it was a folder, and what the watched file held at that moment.
struct forced {
    bool folder;
    std::string contents;
};
std::vector<forced> all_forced;
std::filesystem::path watched;

} // namespace

/// In front of the C library's.
extern "C" int fsync(int descriptor) {
    struct stat about {};
    fstat(descriptor, &about);
    if (!watched.empty()) {
        std::ifstream in(watched, std::ios::binary);
        all_forced.push_back({S_ISDIR(about.st_mode), {std::istreambuf_iterator<char>(in), {}}});
    }
    return static_cast<int>(syscall(SYS_fsync, descriptor));
}

BOOST_AUTO_TEST_CASE(a_file_is_made_and_replaced) {
    const temporary_folder here;
    const auto path = here / "a";
    replace_file(path, "one");
    BOOST_TEST(read_file(path) == "one");
    replace_file(path, std::string("t\0wo", 4));
    BOOST_TEST(read_file(path) == std::string("t\0wo", 4));
    replace_file(path, "");
    BOOST_TEST(read_file(path) == "");
    BOOST_TEST(here.files() == 1u);
}

BOOST_AUTO_TEST_CASE(what_was_there_is_never_written_to) {
    // Written in place, the other name and the open file would show the new bytes.
    const temporary_folder here;
    const auto path = here.write("a", "before");
    std::filesystem::create_hard_link(path, here / "b");
    std::ifstream held(path, std::ios::binary);
    replace_file(path, "after, and longer");
    BOOST_TEST(read_file(path) == "after, and longer");
    BOOST_TEST(read_file(here / "b") == "before");
    BOOST_TEST((std::string(std::istreambuf_iterator<char>(held), {}) == "before"));
    BOOST_TEST(here.files() == 2u);
}

BOOST_AUTO_TEST_CASE(a_full_disk_leaves_the_old_file_and_nothing_else) {
    const temporary_folder here;
    const auto path = here.write("a", "before");
    const pid_t child = fork();
    if (child == 0) { // a process of its own, whose files end after 4096 bytes
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{4096, 4096};
        setrlimit(RLIMIT_FSIZE, &small);
        const std::string said =
            message_of<file_error>([&] { replace_file(path, std::string(size_t{1} << 20, 'x')); });
        _exit(said == path.string() + ": cannot be written: File too large" ? 0 : 1);
    }
    int status = 0;
    BOOST_REQUIRE_EQUAL(waitpid(child, &status, 0), child);
    BOOST_TEST(status == 0);
    BOOST_TEST(read_file(path) == "before");
    BOOST_TEST(here.files() == 1u);
}

BOOST_AUTO_TEST_CASE(the_bytes_reach_the_disk_before_the_name_and_the_name_before_the_end) {
    const temporary_folder here;
    watched = here.write("a", "before");
    all_forced.clear();
    replace_file(watched, "after");
    watched.clear();
    BOOST_REQUIRE_EQUAL(all_forced.size(), 2u);
    BOOST_TEST((!all_forced[0].folder && all_forced[0].contents == "before"));
    BOOST_TEST((all_forced[1].folder && all_forced[1].contents == "after"));
}

BOOST_AUTO_TEST_CASE(a_name_without_a_folder_is_in_the_current_one) {
    const temporary_folder here;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(here.path);
    replace_file("a", "one");
    std::filesystem::current_path(before);
    BOOST_TEST(read_file(here / "a") == "one");
}

BOOST_AUTO_TEST_CASE(where_nothing_can_be_written_the_path_is_named) {
    const temporary_folder here;
    const auto nowhere = here / "no_such" / "a", folder = here / "folder";
    BOOST_TEST(message_of<file_error>([&] { replace_file(nowhere, "x"); }) ==
               nowhere.string() + ": cannot be written: No such file or directory");
    std::filesystem::create_directory(folder);
    BOOST_TEST(contains(message_of<file_error>([&] { replace_file(folder, "x"); }), folder.string() + ": cannot be "));
    BOOST_TEST(here.files() == 1u); // nothing beside it
}
