// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?has_a_parameter_whose_path_is_too_long, (inlay::)?at_layer<1, 0>
#include <inlay/inlay.hpp>

#ifdef FIXED
#define NAME "short"
#else
#define NAME "a_name_of_fifty_characters_which_fills_half_a_path"
#endif
using net = inlay::network<inlay::input<4>, inlay::relu,
                           inlay::residual<inlay::named<NAME, inlay::residual<inlay::named<NAME, inlay::dense<4>>>>>>;

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
