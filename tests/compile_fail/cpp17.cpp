// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: inlay needs C\+\+20
// flags: -std=c++17
#include <inlay/inlay.hpp>
