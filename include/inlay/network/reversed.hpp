// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/network/composites.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, class... Layers>
struct reversed_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

struct needs_layers_that_give_a_step_for_every_step {};

/// y[t] = f(x backwards)[time − 1 − t] with f = Layers… one after the other: layers that read a sequence from its end.
/// Beside layers that read it from its start it makes them bidirectional (Schuster and Paliwal 1997):
///
///     parallel<gru<32>, reversed<gru<32>>>        // torch.nn.GRU(…, bidirectional=True)
///
/// Shapes: x [time, features], y [time, …]. The first step needs the last one, so `net(x, state)` is refused.
template <class... Layers>
struct reversed {
    static constexpr auto name = "reversed";
    template <template <class...> class To>
    using parts = To<Layers...>;
    template <class... Others>
    using of = reversed<Others...>;
    static constexpr bool one_after_the_other = true;

    template <class In>
    static constexpr auto output_shape(In in) {
        using out = decltype(sequential<Layers...>::output_shape(in));
        if constexpr (In::rank != 2) return refuse<needs_a_sequence_of_time_features>{};
        else if constexpr (!is_shape<out>) return out{};
        else if constexpr (!detail::is_real<out>) return but_gets_elements<typename out::template element<void>>{};
        else if constexpr (out::rank != 2 || out::extent(0) != In::extent(0))
            return refuse<needs_layers_that_give_a_step_for_every_step, typename detail::as_takes<In>::type,
                          typename detail::as_takes<out>::gets>{};
        else return out{};
    }
    template <class Scalar, class In>
    using on = detail::reversed_on<Scalar, In, Layers...>;
};

template <class Scalar, class In, class... Layers>
struct detail::reversed_on : chain<Scalar, In, Layers...> {
    using inner = chain<Scalar, In, Layers...>;
    using output = typename inner::output;
    static constexpr size_t time = In::extent(0);

    static constexpr layer_traits traits = [] {
        layer_traits all = inner::traits;
        // f has a turned copy of x, and one of what it gave, where backward needs them.
        all.backward_needs_input = all.backward_needs_output = all.in_place = false;
        all.takes_epilogue = all.takes_slope = all.same_bits_in_blocks = false;
        all.needs_whole_sequence = true;
        return all;
    }();
    static constexpr size_t turned(size_t batch) { return aligned<Scalar>(batch * In::size); }
    static constexpr size_t given(size_t batch) {
        return inner::traits.backward_needs_output ? aligned<Scalar>(batch * output::size) : 0;
    }
    static constexpr size_t cache_size(size_t batch) { return turned(batch) + given(batch) + inner::cache_size(batch); }
    static constexpr size_t forward_scratch(size_t batch, bool keeps) {
        return (keeps ? 0 : turned(batch)) + inner::forward_scratch(batch, keeps);
    }

    // y = turned(f(turned(x)))
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        constexpr size_t batch = Context::batch;
        Scalar* const x = Context::keeps ? call.cache : call.scratch;
        kernels::copy<batch * In::size>(x, call.input);
        turn<batch, In::last>(x);
        Call branch = call;
        branch.input = x;
        if constexpr (Context::keeps) branch.cache = call.cache + turned(batch) + given(batch);
        else branch.scratch = call.scratch + turned(batch);
        inner::template forward<Context>(branch);
        if constexpr (Context::keeps && given(batch) > 0)
            kernels::copy<batch * output::size>(call.cache + turned(batch), call.output);
        turn<batch, output::last>(call.output);
    }

    // dx = turned(f'(turned(x))ᵀ·turned(dy))
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        constexpr size_t batch = Context::batch;
        Call branch = call;
        branch.input = call.cache;
        if constexpr (given(batch) > 0) branch.output = call.cache + turned(batch);
        branch.cache = call.cache + turned(batch) + given(batch);
        turn<batch, output::last>(call.output_gradient);
        inner::template backward<Context>(branch);
        if constexpr (Context::input_gradient) turn<batch, In::last>(call.input_gradient);
    }

    template <class Context>
    static constexpr void update_statistics(const std::array<Scalar*, inner::tensor_count>& tensors_at,
                                            const Scalar* cache, size_t rows) {
        inner::template update_statistics<Context>(tensors_at, cache + turned(Context::batch) + given(Context::batch),
                                                   rows);
    }

  private:
    /// The steps of every sample in the opposite order.
    template <size_t Batch, size_t Width>
    static constexpr void turn(Scalar* all) {
        for (size_t n = 0; n < Batch; ++n, all += time * Width)
            for (size_t first = 0, last = time - 1; first < last; ++first, --last)
                for (size_t i = 0; i < Width; ++i) {
                    const Scalar kept = all[first * Width + i];
                    all[first * Width + i] = all[last * Width + i];
                    all[last * Width + i] = kept;
                }
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
