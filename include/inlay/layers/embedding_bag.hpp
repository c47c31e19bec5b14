// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/layers/embedding.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay {

/// What becomes of the rows of an embedding_bag.
enum class bag { sum, mean };

} // namespace inlay

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, size_t Vocabulary, size_t Dimension, bag Mode>
struct embedding_bag_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

/// y = mean W[x[t]] over all tokens, or their sum, as torch.nn.EmbeddingBag for bags of one size: an embedding that keeps no
/// row of its own.
///
/// Shapes: x [time], whole numbers from 0 to vocabulary − 1 (`input_of<std::uint16_t, time>`); y [dimension]. Tensor
/// `weight` [vocabulary, dimension], normal(0, 1) at the start. A token outside of the vocabulary is an error; under NDEBUG
/// y is NaN, and backward leaves the token out. Tokens have no gradient.
template <size_t Vocabulary, size_t Dimension, bag Mode = bag::mean>
struct embedding_bag {
    static constexpr auto name = "embedding_bag";
    template <class Element>
    static constexpr bool takes_elements = std::is_integral_v<Element>;

    template <class In>
    static constexpr auto output_shape(In in) {
        using rows = decltype(embedding<Vocabulary, Dimension>::output_shape(in));
        if constexpr (is_shape<rows>) return shape<Dimension>{};
        else return rows{};
    }
    template <class Scalar, class In>
    using on = detail::embedding_bag_on<Scalar, In, Vocabulary, Dimension, Mode>;
};

template <class Scalar, class In, size_t Vocabulary, size_t Dimension, bag Mode>
struct detail::embedding_bag_on : layer_on<Scalar, In, shape<Dimension>> {
    using table = embedding_on<Scalar, In, Vocabulary, Dimension>;
    static constexpr size_t time = In::last, width = Dimension, token_count = Vocabulary;
    static constexpr layer_traits traits{.takes_epilogue = true};
    static constexpr auto tensors = table::tensors;
    static constexpr Scalar share = Mode == bag::mean ? Scalar(1) / static_cast<Scalar>(time) : Scalar(1);

    // y = Σ W[x[t]] · share
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using backend = typename Context::backend;
        for (size_t n = 0; n < Context::batch; ++n) {
            Scalar* const y = call.output + n * width;
            kernels::fill<width>(y, Scalar(0));
            for (size_t t = 0; t < time; ++t) {
                if (const Scalar* const row = table::row_of(call.parameters[0], call.input[n * time + t]))
                    kernels::add<backend, width>(y, row);
                else kernels::fill<width>(y, std::numeric_limits<Scalar>::quiet_NaN());
            }
            kernels::map<backend, width>(
                y,
                [](auto sum) INLAY_INLINE {
                    return Context::epilogue::apply(Mode == bag::mean ? sum * decltype(sum)(share) : sum);
                },
                y);
        }
    }

    // dW[x[t]] += dy · share
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        if constexpr (Context::gradients::trainable(0))
            for (size_t t = 0; t < call.rows * time; ++t)
                if (Scalar* const row = table::row_of(call.gradients[0], call.input[t]))
                    kernels::map<typename Context::backend, width>(
                        row, [](auto w, auto dy) INLAY_INLINE { return fma(dy, decltype(dy)(share), w); }, row,
                        call.output_gradient + t / time * width);
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
