// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: any_of holds networks that take and give the same
// expect-error: (inlay::)?bad<(inlay::)?another_input_shape, (inlay::)?at_network<2>, .*(inlay::)?has<(inlay::)?shape<5> ?>, (inlay::)?but_the_first_has<(inlay::)?shape<4>
#include <inlay/inlay.hpp>

using one = inlay::network<inlay::input<4>, inlay::dense<2>>;
using two = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::relu, inlay::dense<2>>;
#ifdef FIXED
using three = inlay::network<inlay::input<4>, inlay::gru<2>>;
#else
using three = inlay::network<inlay::input<5>, inlay::gru<2>>;
#endif

// Using the wrong one adds no second error.
float first(inlay::any_of<one, two, three>& it, const three& other, const one::input_type& x) {
    inlay::any_of<one, two, three>::state_type state{};
    it = other;
    it.emplace<1>();
    return it(x)[0] + it(x, state)[1] + static_cast<float>(it.index());
}
