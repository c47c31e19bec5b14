// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: the network has no input of that name
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::named_inputs<inlay::in<"a", 2>, inlay::in<"b", 3>>, inlay::concat<"b">>;

void set(net::input_type& x) {
#ifdef FIXED
    net::input<"b">(x) = {1, 2, 3};
#else
    net::input<"c">(x) = {1, 2, 3};
#endif
}
