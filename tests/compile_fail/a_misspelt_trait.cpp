// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: backward_need_input
#include <inlay/inlay.hpp>

struct mine : inlay::identity {
    template <class Scalar, class In>
    struct on : inlay::layer_on<Scalar, In, In> {
#ifdef FIXED
        static constexpr inlay::layer_traits traits{.backward_needs_input = false};
#else
        static constexpr inlay::layer_traits traits{.backward_need_input = false};
#endif
        template <class Context, class Call>
        static constexpr void forward(const Call&) {}
        template <class Context, class Call>
        static constexpr void backward(const Call&) {}
    };
};
using net = inlay::network<inlay::input<4>, mine>;
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
