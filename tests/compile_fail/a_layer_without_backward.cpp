// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: this network does not fit together
// expect-error: (inlay::)?bad<(inlay::)?lacks_backward, (inlay::)?at_layer<1>, (inlay::)?which_is<mine ?>
#include <inlay/inlay.hpp>

struct mine {
    static constexpr auto name = "mine";
    template <class In>
    static constexpr auto output_shape(In in) {
        return in;
    }
    template <class Scalar, class In>
    struct on : inlay::layer_on<Scalar, In, In> {
        template <class Context, class Call>
        static constexpr void forward(const Call& call) {
            for (std::size_t i = 0; i < Context::batch * In::size; ++i) call.output[i] = call.input[i];
        }
        template <class Context, class Call>
#ifdef FIXED
        static constexpr void backward(const Call& call) {
#else
        static constexpr void back(const Call& call) {
#endif
            if constexpr (Context::input_gradient)
                for (std::size_t i = 0; i < Context::batch * In::size; ++i) call.input_gradient[i] = call.output_gradient[i];
        }
    };
};

using net = inlay::network<inlay::input<4>, inlay::dense<3>, mine>;

// Using the wrong network adds no second error.
float first(const net& it, const net::input_type& x) { return it(x)[0]; }
