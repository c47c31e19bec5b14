// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Boost.Test itself, from its headers: its library is compiled for this machine. See tools/wasm.
#define BOOST_TEST_DISABLE_ALT_STACK // wasm has no signals
#include <boost/test/included/unit_test.hpp>
