// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/kernels/product.hpp>
#include <inlay/kernels/step_dots.hpp>
#include <inlay/layers/affine.hpp>
#include <inlay/layers/counter.hpp>
#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {
template <class Scalar, class In, size_t Channels, size_t Kernel, size_t Stride, size_t Dilation, bool Bias,
          class Weight = Scalar>
struct causal_conv1d_on;
} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

struct needs_a_sequence_for_its_stride {};               ///< a vector is one time step, which a stride cannot skip
struct needs_a_time_that_is_a_multiple_of_the_stride {}; ///< or blocks of a sequence would not be the sequence

namespace detail {

template <size_t Channels, size_t Kernel, size_t Stride, size_t Dilation, bool Bias>
struct causal_conv1d_rule {
    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (Channels == 0 || Kernel == 0 || Stride == 0 || Dilation == 0)
            return refuse<extent_must_not_be_0>{};
        else if constexpr (In::rank == 3) return refuse<needs_a_vector_or_a_sequence>{};
        else if constexpr (In::rank == 1) {
            if constexpr (Stride > 1) return refuse<needs_a_sequence_for_its_stride>{};
            else return shape<Channels>{};
        } else if constexpr (In::extent(0) % Stride != 0)
            return refuse<needs_a_time_that_is_a_multiple_of_the_stride, takes<Stride, In::last>>{};
        else return shape<In::extent(0) / Stride, Channels>{};
    }
    template <class Scalar, class In>
    using on = causal_conv1d_on<Scalar, In, Channels, Kernel, Stride, Dilation, Bias>;
    /// With weights stored in another type: see stored_as.
    template <class Scalar, class In, class Weight>
    using on_stored = causal_conv1d_on<Scalar, In, Channels, Kernel, Stride, Dilation, Bias, Weight>;
};

} // namespace detail

/// 1-d cross-correlation over time that sees only its own step and those before, as torch.nn.Conv1d after
/// (kernel − 1)·dilation zeros (torch.nn.functional.pad on the left):
///
///     y[t, o] = b[o] + Σ_{k, c} W[o, c, k] · x[t·stride − (kernel − 1 − k)·dilation, c]
///
/// x is zero before the first step. Shapes: x [time, channels in], y [time/stride, channels]; time is a multiple of the
/// stride. A vector [channels in] is one time step. `net(x, state)` goes on where the call before left off: a sequence in
/// one call, in blocks of any length and step by step has the same bits, and a step takes the same time whatever the
/// dilation, since its past is a ring: the state is (kernel − 1)·dilation·(channels in) scalars and a counter.
///
/// The arguments stand in the order of Conv1d's. Tensors `weight` [channels, channels in, kernel] and `bias` [channels],
/// both uniform(±1/√(channels in · kernel)) at the start. (van den Oord et al., WaveNet, 2016; Paine et al., Fast Wavenet
/// Generation Algorithm, 2016.)
template <size_t Channels, size_t Kernel, size_t Stride = 1, size_t Dilation = 1>
struct causal_conv1d : detail::causal_conv1d_rule<Channels, Kernel, Stride, Dilation, true> {
    static constexpr auto name = "causal_conv1d";
    using with_scale = causal_conv1d;
};

/// `causal_conv1d` without its bias.
template <size_t Channels, size_t Kernel, size_t Stride = 1, size_t Dilation = 1>
struct causal_conv1d_without_bias : detail::causal_conv1d_rule<Channels, Kernel, Stride, Dilation, false> {
    static constexpr auto name = "causal_conv1d_without_bias";
    using with_scale = causal_conv1d<Channels, Kernel, Stride, Dilation>;
};

template <class Scalar, class In, size_t Channels, size_t Kernel, size_t Stride, size_t Dilation, bool Bias,
          class Weight>
struct detail::causal_conv1d_on
    : layer_on<Scalar, In, decltype(causal_conv1d_rule<Channels, Kernel, Stride, Dilation, Bias>::output_shape(In{}))> {
    static constexpr size_t time = In::size / In::last, channels = In::last;
    static constexpr size_t steps = time / Stride, filters = Channels; // of the output
    static constexpr size_t terms = Kernel * channels;                 // of each sum: the window of an output
    static constexpr size_t reach = (Kernel - 1) * Dilation;           // steps before its own that an output sees
    static constexpr size_t past = reach * channels;                   // their scalars
    static constexpr size_t macs = steps * filters * terms;
    static constexpr size_t state_size = past > 0 ? past + 1 : 0;
    static constexpr bool is_stored = !std::is_same_v<Weight, Scalar>;
    static constexpr layer_traits traits{
        .takes_epilogue = true, .differentiable = !is_stored, .same_bits_in_blocks = true};

    static constexpr auto tensors = [] {
        constexpr auto weight =
            tensor_spec::of("weight", filters, channels, Kernel).with_fans(terms, filters * Kernel, terms);
        constexpr auto bias = tensor_spec::of("bias", filters).with_fans(terms, filters * Kernel, terms);
        if constexpr (is_stored) return stored_tensors<Bias>(weight, bias);
        else if constexpr (Bias) return std::array{weight, bias};
        else return std::array{weight};
    }();

    // A step is a matrix times its window, [kernel][channels in] with the oldest step first: every output is summed so,
    // whatever the length of the sequence.
    using window =
        std::conditional_t<is_stored, scaled_affine<Scalar, Weight, terms, filters>, affine<Scalar, terms, filters>>;
    static constexpr size_t packed_index(size_t tensor, size_t index) {
        if (tensor > 0) return index;
        const size_t k = index % Kernel, c = index / Kernel % channels, o = index / terms;
        return window::offset(k * channels + c, o);
    }
    static constexpr void scale_outputs(const std::array<Scalar*, 2>& to, const double* scale, const double* shift) {
        scale_rows<causal_conv1d_on>(to, scale, shift);
    }

    static constexpr size_t chunk(size_t batch) { return batch * steps < 16 ? batch * steps : 16; }
    /// For backward: what came before the first step.
    static constexpr size_t cache_size(size_t batch) { return batch * past; }
    static constexpr size_t forward_scratch(size_t, bool) { return Kernel > 1 ? terms : 0; }
    static constexpr size_t backward_scratch(size_t batch) {
        const size_t whole = Kernel > 1 ? past + time * channels : 0, windows = (filters + chunk(batch)) * terms;
        return whole > windows ? whole : windows;
    }

    /// The steps before a call: `reach` of them in a ring, the oldest at `oldest`. Null where all are zero.
    struct ring {
        const Scalar* values;
        size_t oldest;

        static INLAY_INLINE constexpr ring of(const Scalar* state) {
            if (past == 0 || !state) return {nullptr, 0};
            const size_t oldest = counter(state + past);
            return {state, oldest < reach ? oldest : 0};
        }
        /// Where step number `i` of them is, i < reach.
        INLAY_INLINE constexpr size_t place(size_t i) const {
            const size_t at = oldest + i;
            return at < reach ? at : at - reach;
        }
        INLAY_INLINE constexpr const Scalar* step(size_t i) const { return values + place(i) * channels; }
        /// Steps number `i` to i + count − 1 of them where they lie one after the other; null otherwise.
        INLAY_INLINE constexpr const Scalar* neighbours(size_t i, size_t count) const {
            if (!values || i + count > reach) return nullptr;
            return place(i) + count <= reach ? step(i) : nullptr;
        }
        /// Steps number `i` to i + count − 1 of them and those of x behind them.
        constexpr void join(const Scalar* x, size_t i, size_t count, Scalar* to) const {
            while (count > 0) {
                size_t run = count;
                const Scalar* from = x;
                if (i >= reach) from = x + (i - reach) * channels;
                else {
                    if (run > reach - i) run = reach - i;
                    if (values && run > reach - place(i)) run = reach - place(i);
                    from = values ? step(i) : nullptr;
                }
                for (size_t k = 0; k < run * channels; ++k) to[k] = from ? from[k] : Scalar(0);
                to += run * channels;
                i += run;
                count -= run;
            }
        }
    };

    /// The window whose newest step is number `last` of x. Lies in `to` unless it does so in x.
    static INLAY_INLINE constexpr const Scalar* window_of(const Scalar* x, const ring& before, size_t last,
                                                          Scalar* to) {
        if constexpr (Kernel == 1) return x + last * channels;
        else {
            if (Dilation == 1 && last >= reach) return x + (last - reach) * channels;
            for (size_t k = 0; k < Kernel; ++k) {
                const size_t from = last + k * Dilation; // counted from the oldest step before x
                Scalar* const at = to + k * channels;
                if (from >= reach) kernels::copy_soon_read<channels>(at, x + (from - reach) * channels);
                else if (before.values) kernels::copy_soon_read<channels>(at, before.step(from));
                else kernels::fill<channels>(at, Scalar(0));
            }
            return to;
        }
    }

    /// Puts the steps of x into the ring, in place of the oldest ones.
    static INLAY_INLINE constexpr void remember(const Scalar* x, Scalar* state) {
        if constexpr (past > 0) {
            constexpr size_t count = time < reach ? time : reach; // more would be overwritten again
            size_t at = (ring::of(state).oldest + (time - count)) % reach;
            for (size_t i = time - count; i < time; ++i) {
                kernels::copy_soon_read<channels>(state + at * channels, x + i * channels);
                if (++at == reach) at = 0;
            }
            set_counter(state + past, at);
        }
    }

    // y[t] = b + W·window(t)
    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        using backend = typename Context::backend;
        const Scalar* const b = Bias ? call.parameters[Bias + is_stored] : nullptr;
        for (size_t n = 0; n < Context::batch; ++n) {
            const Scalar* const x = call.input + n * In::size;
            Scalar* const y = call.output + n * steps * filters;
            Scalar* const state = past > 0 && call.state ? call.state + n * state_size : nullptr;
            ring before = ring::of(state);
            if constexpr (Context::keeps && past > 0) before = kept(before, call.cache + n * past);
            if constexpr (steps_in_lanes<backend>)
                step_groups<backend, typename Context::epilogue>(call, x, before, b, y);
            else
                for (size_t t = 0; t < steps; ++t)
                    window::template apply<backend, Bias, typename Context::epilogue>(
                        window_of(x, before, t * Stride, call.scratch), weights_of<Scalar, Weight>(call), b,
                        y + t * filters);
            if (state) remember(x, state);
        }
    }

    // dW[o, c, k] += Σₜ dy[t, o] · x[t·stride − (kernel − 1 − k)·dilation, c]        db[o] += Σₜ dy[t, o]
    // dx[t·stride − (kernel − 1 − k)·dilation, c] += Σₒ dy[t, o] · W[o, c, k]        but for steps before the first
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        using backend = typename Context::backend;
        using kernels::start;
        if constexpr (Context::gradients::trainable(0))
            for (size_t n = 0; n < Context::batch; ++n)
                weight_gradient<backend>(whole_sequence(call.cache + n * past, call.input + n * In::size, call.scratch),
                                         call.output_gradient + n * steps * filters, call.gradients[0]);
        if constexpr (Bias) {
            if constexpr (Context::gradients::trainable(1))
                kernels::column_sums<backend, Context::batch * steps, filters, start::accumulate>(call.output_gradient,
                                                                                                  call.gradients[1]);
        }
        if constexpr (Context::input_gradient) {
            constexpr size_t rows = Context::batch * steps, most = chunk(Context::batch);
            window::template row_major<backend>(call.parameters[0], call.scratch);
            kernels::fill<Context::batch * In::size>(call.input_gradient, Scalar(0));
            for (size_t at = 0; at + most <= rows; at += most) window_gradients<backend, most>(call, at);
            if constexpr (rows % most > 0) window_gradients<backend, rows % most>(call, rows - rows % most);
        }
    }

  private:
    /// Whether steps fill lanes where outputs and inputs are too few to.
    template <class Backend>
    static constexpr bool steps_in_lanes = [] {
        constexpr size_t lanes = Backend::template lanes<Scalar>;
        if constexpr (is_stored || lanes < 4 || Backend::template sums_in_strips<Scalar> || Backend::shares)
            return false;
        else return window::panel_outputs == 0 && channels <= 4 && Stride == 1 && steps % lanes == 0;
    }();

    /// y of all steps, as many at once as there are lanes.
    template <class Backend, class Epilogue, class Call>
    static INLAY_INLINE void step_groups(const Call& call, const Scalar* x, const ring& before, const Scalar* b,
                                         Scalar* y) {
        constexpr size_t lanes = Backend::template lanes<Scalar>;
        alignas(64) Scalar windows[terms * lanes];
        for (size_t t = 0; t < steps; t += lanes) {
            for (size_t k = 0; k < Kernel; ++k) {
                const size_t from = t + k * Dilation; // counted from the oldest step before x
                Scalar* const to = windows + k * channels * lanes;
                if (from >= reach) kernels::steps_to_lanes<lanes, channels>(x + (from - reach) * channels, to);
                else if (const Scalar* const whole = before.neighbours(from, lanes))
                    kernels::steps_to_lanes<lanes, channels>(whole, to);
                else { // there is a seam among them
                    alignas(64) Scalar joined[lanes * channels];
                    before.join(x, from, lanes, joined);
                    kernels::steps_to_lanes<lanes, channels>(joined, to);
                }
            }
            kernels::step_dots<lanes, filters, terms, Bias ? kernels::start::bias : kernels::start::zero, Epilogue>(
                call.parameters[0], windows, b, y + t * filters);
        }
    }

    /// Copies what came before into the cache, oldest step first.
    static constexpr ring kept(const ring& before, Scalar* cache) {
        if (!before.values) kernels::fill<past>(cache, Scalar(0));
        else
            for (size_t i = 0; i < reach; ++i) kernels::copy<channels>(cache + i * channels, before.step(i));
        return {cache, 0};
    }

    /// What came before, and then x.
    static constexpr const Scalar* whole_sequence(const Scalar* before, const Scalar* x, Scalar* to) {
        if constexpr (past == 0) return x;
        else {
            kernels::copy<past>(to, before);
            kernels::copy<In::size>(to + past, x);
            return to;
        }
    }

    /// x is the whole sequence. Without dilation a window is a chunk of it; else the steps of the kernel go one by one.
    template <class Backend>
    static constexpr void weight_gradient(const Scalar* x, const Scalar* dy, Scalar* dw) {
        using kernels::product_shape, kernels::start;
        constexpr size_t taps = Dilation == 1 ? 1 : Kernel, width = terms / taps;
        for (size_t k = 0; k < taps; ++k, x += Dilation * channels) {
            window::layout::each([&](auto block) INLAY_INLINE {
                kernels::product<
                    Backend,
                    product_shape::transposed(width, block.width, steps, filters).with_a_every(Stride * channels),
                    start::accumulate>(x, dy + block.first, dy, dw + block.offset() + k * width * block.width);
            });
            kernels::product<Backend,
                             product_shape{.rows = window::tail_outputs,
                                           .columns = width,
                                           .outer = 1,
                                           .inner = steps,
                                           .a_row = 1,
                                           .a_outer = 0,
                                           .a_inner = filters,
                                           .b_row = Stride * channels,
                                           .c_row = terms},
                             start::accumulate>(dy + window::panel_outputs, x, dy,
                                                dw + window::panel_outputs * terms + k * width);
        }
    }

    /// Adds the gradients of the windows of `Count` outputs, from number `first` of the batch on. W is stored row-major at
    /// call.scratch.
    template <class Backend, size_t Count, class Call>
    static constexpr void window_gradients(const Call& call, size_t first) {
        Scalar* const windows = call.scratch + filters * terms;
        kernels::product<Backend, kernels::product_shape::plain(Count, terms, filters, terms), kernels::start::zero>(
            call.output_gradient + first * filters, call.scratch, call.output_gradient, windows);
        for (size_t i = 0; i < Count; ++i) {
            const size_t n = (first + i) / steps, t = (first + i) % steps;
            for (size_t k = 0; k < Kernel; ++k)
                if (const size_t from = t * Stride + k * Dilation; from >= reach)
                    kernels::add<Backend, channels>(call.input_gradient + (n * time + from - reach) * channels,
                                                    windows + i * terms + k * channels);
        }
    }
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
