// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: (use of|call to) deleted( member)? function
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<2>, inlay::gru<8>>;
net loaded() { return net{}; }

#ifdef FIXED
float first() {
    const net it = loaded();
    return it.as<inlay::input<4, 2>>()({})[0];
}
#else
auto first() { return loaded().as<inlay::input<4, 2>>(); }
#endif
