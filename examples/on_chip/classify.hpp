// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <cstddef>

/// The digit that an image of 8 by 8 pixels, each from 0 to 16, is taken for.
std::size_t classify(const unsigned char (&pixels)[64]);
