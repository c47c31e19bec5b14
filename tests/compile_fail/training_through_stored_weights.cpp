// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: the layer named in bad<> has no gradient
// expect-error: (inlay::)?bad<(inlay::)?needs_a_gradient, (inlay::)?at_layer<1>, (inlay::)?which_is<(inlay::)?stored_as<
#include <inlay/inlay.hpp>

using namespace inlay;
#ifdef FIXED
using net_type = network<input<6>, stored_as<std::int8_t, dense<3>>, dense<2>>;
#else
using net_type = network<input<6>, dense<3>, stored_as<std::int8_t, dense<2>>>;
#endif

float step(net_type& net, const net_type::input_type& x, const net_type::output_type& y) {
    trainer<net_type, mean_squared_error, sgd> t{net};
    return t.step(x, y);
}
