// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: these parameters do not serve a network with that input
// expect-error: (inlay::)?bad<(inlay::)?its_state_depends_on_the_input, (inlay::)?at_layer<0>, (inlay::)?which_is<mine>, (inlay::)?takes<>, (inlay::)?but_gets<4, 2>
#ifdef FIXED
#define MINE_MEMBER static constexpr std::size_t state_size = 3;
#else
#define MINE_MEMBER static constexpr std::size_t state_size = In::size;
#endif
#include "mine.hpp"

using net = inlay::network<inlay::input<2>, mine>;

// Using it adds no second error.
float first(const net& it) { return it.as<inlay::input<4, 2>>()({})[0]; }
