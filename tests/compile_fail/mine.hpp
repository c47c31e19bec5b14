// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A layer as a user writes one, for cases in which something of it is missing or misspelt.
#pragma once

#include <inlay/inlay.hpp>

#ifndef MINE_ON
#define MINE_ON on
#endif
#ifndef MINE_FORWARD
#define MINE_FORWARD forward
#endif
#ifndef MINE_BACKWARD
#define MINE_BACKWARD backward
#endif
#ifndef MINE_MEMBER
#define MINE_MEMBER
#endif

struct mine {
    static constexpr auto name = "mine";
    template <class In>
    static constexpr auto output_shape(In in) {
        return in;
    }
    template <class Scalar, class In>
    struct MINE_ON : inlay::layer_on<Scalar, In, In> {
        MINE_MEMBER
        template <class Context, class Call>
        static constexpr void MINE_FORWARD(const Call& call) {
            for (std::size_t i = 0; i < Context::batch * In::size; ++i) call.output[i] = call.input[i];
        }
        template <class Context, class Call>
        static constexpr void MINE_BACKWARD(const Call& call) {
            if constexpr (Context::input_gradient)
                for (std::size_t i = 0; i < Context::batch * In::size; ++i)
                    call.input_gradient[i] = call.output_gradient[i];
        }
    };
};
