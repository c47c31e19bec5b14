// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// All nets of one activation, which -DPLAYGROUND_ACTIVATION names: four files that compile side by side.
#include "player.hpp"

namespace playground {

#define NET(...) choice_of<inlay::PLAYGROUND_ACTIVATION __VA_OPT__(, ) __VA_ARGS__>(),
static constexpr choice choices[]{PLAYGROUND_NETS(NET)};

#define JOINED(a, b) a##b
#define NAMED(activation) JOINED(activation, _choices)
std::span<const choice> NAMED(PLAYGROUND_ACTIVATION)() { return choices; }

} // namespace playground
