// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/core/expects.hpp>
#include <inlay/layers/layer.hpp>

#include <limits>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, size_t Vocabulary, size_t Dimension>
struct embedding_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

struct needs_tokens_so_start_with_an_input_of_integers {}; ///< input_of<std::uint16_t, time>
struct has_a_vocabulary_larger_than_its_tokens_count {};   ///< no number of that type reaches the last rows

/// y[t] = W[x[t]]: a row of a table for every token, as torch.nn.Embedding.
///
/// Shapes: x [time], whole numbers from 0 to vocabulary − 1 (`input_of<std::uint16_t, time>`); y [time, dimension]. Tensor
/// `weight` [vocabulary, dimension], normal(0, 1) at the start. A token outside of the vocabulary is an error; under NDEBUG
/// its row is NaN, and backward leaves it out. Tokens have no gradient.
template <size_t Vocabulary, size_t Dimension>
struct embedding {
    static constexpr auto name = "embedding";
    template <class Element>
    static constexpr bool takes_elements = std::is_integral_v<Element>;

    template <class In>
    static constexpr auto output_shape(In) {
        using element = typename In::template element<float>;
        if constexpr (Vocabulary == 0 || Dimension == 0) return refuse<extent_must_not_be_0>{};
        else if constexpr (!std::is_integral_v<element>)
            return refuse<needs_tokens_so_start_with_an_input_of_integers>{};
        else if constexpr (In::rank != 1) return refuse<needs_a_vector_so_put_flatten_before_it>{};
        else if constexpr (Vocabulary - 1 >
                           static_cast<std::make_unsigned_t<element>>(std::numeric_limits<element>::max()))
            return refuse<has_a_vocabulary_larger_than_its_tokens_count, takes<Vocabulary>,
                          but_gets<static_cast<size_t>(std::numeric_limits<element>::max()) + 1>>{};
        else return shape<In::last, Dimension>{};
    }
    template <class Scalar, class In>
    using on = detail::embedding_on<Scalar, In, Vocabulary, Dimension>;
};

template <class Scalar, class In, size_t Vocabulary, size_t Dimension>
struct detail::embedding_on : layer_on<Scalar, In, shape<In::last, Dimension>> {
    static constexpr size_t time = In::last, width = Dimension;
    static constexpr size_t token_count = Vocabulary;
    static constexpr layer_traits traits{.same_bits_in_blocks = true};

    static constexpr std::array tensors{
        tensor_spec::of("weight", Vocabulary, Dimension).with_fans(Vocabulary, Dimension, 0).with_deviation(1)};

    /// The row of a token; null if there is none.
    template <class Row, class Token>
    static INLAY_INLINE constexpr Row* row_of(Row* table, Token token) {
        const auto row = static_cast<std::make_unsigned_t<Token>>(token);
        INLAY_EXPECTS(row < Vocabulary, "inlay: a token is a number from 0 to below the vocabulary");
        return row < Vocabulary ? table + size_t{row} * width : nullptr;
    }

    // y[t] = W[x[t]]
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        for (size_t t = 0; t < Context::batch * time; ++t) {
            if (const Scalar* const row = row_of(call.parameters[0], call.input[t]))
                kernels::copy<width>(call.output + t * width, row);
            else kernels::fill<width>(call.output + t * width, std::numeric_limits<Scalar>::quiet_NaN());
        }
    }

    // dW[x[t]] += dy[t]
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::gradients::trainable(0))
            for (size_t t = 0; t < call.rows * time; ++t)
                if (Scalar* const row = row_of(call.gradients[0], call.input[t]))
                    kernels::add<typename Context::backend, width>(row, call.output_gradient + t * width);
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
