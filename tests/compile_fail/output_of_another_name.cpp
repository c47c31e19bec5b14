// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: the network has no output of that name
#include <inlay/inlay.hpp>

using net = inlay::network<inlay::input<5>, inlay::output<"a", inlay::dense<1>>, inlay::relu>;

float first(const net& it, const net::output_type& y) {
#ifdef FIXED
    return it.output<"a">(y)[0];
#else
    return it.output<"b">(y)[0];
#endif
}
