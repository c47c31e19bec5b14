// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?its_output_is_not_what_output_shape_says, (inlay::)?at_layer<0>, (inlay::)?which_is<mine ?>
#include <inlay/inlay.hpp>

struct mine : inlay::identity {
    template <class Scalar, class In>
#ifdef FIXED
    struct on : inlay::layer_on<Scalar, In, In> {
#else
    struct on : inlay::layer_on<Scalar, In, inlay::shape<2>> {
#endif
        template <class Context, class Call>
        static constexpr void forward(const Call&) {}
        template <class Context, class Call>
        static constexpr void backward(const Call&) {}
    };
};
using net = inlay::network<inlay::input<4>, mine>;
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
