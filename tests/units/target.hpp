// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <array>
#include <cstddef>

/// What a network computes, and how large it is: both told in types that every target has alike.
struct answer {
    std::size_t size;
    float outputs[3];
    float loss;
};
