// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Blocks of Transformers: names for lists of layers, no layers of their own. What they lack, write as such a list.
#pragma once

#include <inlay/layers/activations.hpp>
#include <inlay/layers/attention.hpp>
#include <inlay/layers/dense.hpp>
#include <inlay/layers/dropout.hpp>
#include <inlay/layers/layer_norm.hpp>
#include <inlay/layers/rms_norm.hpp>
#include <inlay/network/composites.hpp>
#include <inlay/network/keep.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay {

namespace detail {

/// The lists below with dropout in PyTorch's places, or without it.
template <decimal Dropout>
struct with_dropout {
    template <class Hidden, class Activation, class Features>
    using feed_forward = sequential<Hidden, Activation, dropout<Dropout>, Features>;
    template <class... Layers>
    using residual = inlay::residual<Layers..., dropout<Dropout>>;
};
template <>
struct with_dropout<0> {
    template <class Hidden, class Activation, class Features>
    using feed_forward = sequential<Hidden, Activation, Features>;
    template <class... Layers>
    using residual = inlay::residual<Layers...>;
};

} // namespace detail

/// The layers of a Transformer's feed-forward part: y = W₂·f(W₁·x + b₁) + b₂ at every step; in training with `dropout<Dropout>`
/// of f's outputs.
template <size_t Features, size_t Hidden, class Activation = relu, decimal Dropout = 0>
using feed_forward =
    typename detail::with_dropout<Dropout>::template feed_forward<dense<Hidden>, Activation, dense<Features>>;

/// The same with a gate (Shazeer 2020; llama's feed-forward with silu): y = W₂·(f(W₁·x) ⊙ W₃·x) at every step. Tensors in the
/// order W₁ (gate), W₃ (up), W₂ (down): llama's w1, w3 and w2.
template <size_t Features, size_t Hidden, class Activation = silu>
using gated_feed_forward = sequential<keep<"x">, dense_without_bias<Hidden>, Activation,
                                      times<"x", dense_without_bias<Hidden>>, dense_without_bias<Features>>;

/// A block of a Transformer's encoder, as torch.nn.TransformerEncoderLayer(Features, Heads, Hidden):
///
///     h = norm₁(x + self_attention(x))        y = norm₂(h + W₂·f(W₁·h + b₁) + b₂)
///
/// Shapes: x and y [time, features]. Tensors under 0.0 (PyTorch's self_attn), 1 (norm1), 2.0.0 (linear1), 2.0.2 (linear2) and
/// 3 (norm2).
///
/// With a Dropout, in training, elements are dropped where PyTorch drops them: of what the attention gives, of f's outputs and
/// of what W₂ gives; but not of the attention's weights. linear2 is 2.0.3 then. All blocks but llama's take one.
template <size_t Features, size_t Heads, size_t Hidden = 2048, class Activation = relu, decimal Dropout = 0>
using encoder_block = sequential<
    typename detail::with_dropout<Dropout>::template residual<self_attention<Heads>>, layer_norm<>,
    typename detail::with_dropout<Dropout>::template residual<feed_forward<Features, Hidden, Activation, Dropout>>,
    layer_norm<>>;

/// The same with norm_first=True, which learns without a warm-up (Xiong et al. 2020):
///
///     h = x + self_attention(norm₁(x))        y = h + W₂·f(W₁·norm₂(h) + b₁) + b₂
///
/// Tensors under 0.0 (PyTorch's norm1), 0.1 (self_attn), 1.0 (norm2), 1.1.0 (linear1) and 1.1.2 (linear2).
template <size_t Features, size_t Heads, size_t Hidden = 2048, class Activation = relu, decimal Dropout = 0>
using encoder_block_norm_first =
    sequential<typename detail::with_dropout<Dropout>::template residual<layer_norm<>, self_attention<Heads>>,
               typename detail::with_dropout<Dropout>::template residual<
                   layer_norm<>, feed_forward<Features, Hidden, Activation, Dropout>>>;

/// A block of a decoder without encoder, as in a language model: `encoder_block` whose steps see the last `Window` ones only
/// (PyTorch's with a causal mask). Streams: keys and values lie in the state.
template <size_t Features, size_t Heads, size_t Window, size_t Hidden = 2048, class Activation = relu,
          decimal Dropout = 0>
using decoder_block = sequential<
    typename detail::with_dropout<Dropout>::template residual<causal_self_attention<Heads, Window>>, layer_norm<>,
    typename detail::with_dropout<Dropout>::template residual<feed_forward<Features, Hidden, Activation, Dropout>>,
    layer_norm<>>;

/// The same with the norms first, as in GPT-2 (there with gelu_tanh).
template <size_t Features, size_t Heads, size_t Window, size_t Hidden = 2048, class Activation = relu,
          decimal Dropout = 0>
using decoder_block_norm_first = sequential<
    typename detail::with_dropout<Dropout>::template residual<layer_norm<>, causal_self_attention<Heads, Window>>,
    typename detail::with_dropout<Dropout>::template residual<layer_norm<>,
                                                              feed_forward<Features, Hidden, Activation, Dropout>>>;

/// A block of llama (Touvron et al. 2023), with grouped key/value heads and rotary positions:
///
///     h = x + attention(rms_norm(x))        y = h + W₂·(silu(W₁·n) ⊙ W₃·n),   n = rms_norm(h)
template <size_t Features, size_t Heads, size_t KeyValueHeads, size_t Window, size_t Hidden>
using llama_block =
    sequential<residual<rms_norm<1e-5_double>,
                        causal_self_attention<Heads, Window, key_value_heads<KeyValueHeads>, rotary<>, without_bias>>,
               residual<rms_norm<1e-5_double>, gated_feed_forward<Features, Hidden>>>;

} // namespace inlay

#include <inlay/core/macros_back.inc>
