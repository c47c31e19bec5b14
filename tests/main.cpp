// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The main program of tests that are compiled with precompiled/tests.hpp: there Boost.Test is read before the test has said
// BOOST_TEST_MODULE, and leaves main out. The program's name is the module's.
#include <boost/test/unit_test.hpp>

int main(int argc, char* argv[]) {
    return boost::unit_test::unit_test_main(
        [] {
            namespace framework = boost::unit_test::framework;
            const std::string path(framework::master_test_suite().argv[0]);
            framework::master_test_suite().p_name.value = path.substr(path.find_last_of('/') + 1);
            return true;
        },
        argc, argv);
}
