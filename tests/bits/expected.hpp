// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What `bits --print` said at bits_version 1. Not to be changed without another version.
#pragma once

#include <inlay/core/version.hpp>

static_assert(inlay::bits_version == 1, "print the table anew");

struct expected_bits {
    const char* name;
    unsigned long long hash;
};

#if INLAY_HAS_FMA
inline constexpr expected_bits expected[] = {
    {"curves<1>", 0x34b56f37bc1c38bbu},
    {"curves<8>", 0x27d758128d0962d0u},
    {"curves<17>", 0xcb4efdb4f731afa3u},
    {"curves<8>, double", 0xfe48d9e551903300u},
    {"sides<1>", 0xeb0c9727341cdf53u},
    {"sides<8>", 0x288134174c9a5f85u},
    {"sums", 0x957e7ae2e026049cu},
    {"more_sums", 0xfbb0e163fa121bd0u},
    {"narrow<17>", 0x0f51c58eeb0f71b2u},
    {"narrow<8>, double", 0x54839ce0b56e6d32u},
    {"sequences", 0x77e71a8444f3b87fu},
    {"images", 0x9f4f2ccf930cfb0cu},
    {"norms", 0xf003619fb0c8783eu},
    {"separable", 0xf89c5e55e76ddf41u},
    {"gates", 0xa3d397a15393fe4du},
};
#else
inline constexpr expected_bits expected[] = {
    {"curves<1>", 0x32b6096efd3aa0fau},
    {"curves<8>", 0xf14001cf34816cbdu},
    {"curves<17>", 0x1d02ce688508bf79u},
    {"curves<8>, double", 0x14d82ca2cf1ced1eu},
    {"sides<1>", 0xed5c210b7de08e7au},
    {"sides<8>", 0x71dd4e1b1d7c52eeu},
    {"sums", 0x82503a4b973e616cu},
    {"more_sums", 0xda64c146a5caa623u},
    {"narrow<17>", 0x50a8e268e75124bcu},
    {"narrow<8>, double", 0x3331bc40a7348546u},
    {"sequences", 0x758724942ea20592u},
    {"images", 0xeea3a512637e9396u},
    {"norms", 0xe605d1ed2c431710u},
    {"separable", 0x54fbe2b50b0ff5c9u},
    {"gates", 0x3abc814a81fb4bf5u},
};
#endif
