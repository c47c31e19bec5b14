// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Which buffers a list of layers needs, where they lie, and which of them share memory: decided at compile time, from
// plain numbers.
#pragma once

#include <inlay/kernels/simd.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// Buffers start on a full register, and so do parameters. A chip's registers take any address.
template <class Scalar>
inline constexpr size_t alignment = kernels::has_strips<Scalar> ? 1 : kernels::native::lanes<Scalar>;

/// Where a buffer of its own starts, in bytes: on a cache line, where there are any.
template <class Scalar>
inline constexpr size_t line = kernels::has_strips<Scalar> ? alignof(Scalar) : 64;

template <class Scalar>
constexpr size_t aligned(size_t count) {
    return round_up(count, alignment<Scalar>);
}

/// What the memory plan needs to know of one layer.
struct layer_facts {
    size_t out = 0, cache = 0, forward_scratch = 0, backward_scratch = 0;
    bool in_place = false, needs_input = false, needs_output = false, takes_epilogue = false, elementwise = false;
};

/// Which layers share memory with the layer before them.
///
/// A buffer belongs to a group of layers: the first writes it, the others change it in place. Where a backward pass may
/// follow (`keeps`) that is allowed only if it misses nothing, in inference wherever the layer can. The last group is the
/// caller's output.
template <size_t Count>
struct forward_plan {
    size_t group[Count]{};
    bool fused[Count]{}; ///< done by the layer before, while its results are in registers
    size_t groups = 0;
    size_t size[Count]{};   ///< of each group's buffer
    size_t offset[Count]{}; ///< of each group's buffer: in the cache for training, in the scratch for inference
    size_t scratch_at[Count]{};
    size_t cache_at[Count]{};
    size_t cache = 0, scratch = 0;
};

template <class Scalar, size_t Count>
constexpr forward_plan<Count> plan_forward(const layer_facts (&layers)[Count], bool keeps) {
    forward_plan<Count> plan;
    for (size_t i = 0; i < Count; ++i) {
        const bool shares =
            i > 0 && layers[i].in_place && (!keeps || (!layers[i].needs_input && !layers[i - 1].needs_output));
        if (!shares) ++plan.groups;
        plan.group[i] = plan.groups - 1;
        plan.fused[i] = shares && layers[i].elementwise && layers[i - 1].takes_epilogue;
        plan.size[plan.group[i]] = aligned<Scalar>(layers[i].out);
    }
    const auto grow = [](size_t& to, size_t value) {
        if (to < value) to = value;
    };
    if (keeps) { // every buffer, until backward
        for (size_t g = 0; g + 1 < plan.groups; ++g) {
            plan.offset[g] = plan.cache;
            plan.cache += plan.size[g];
        }
        for (size_t i = 0; i < Count; ++i) {
            plan.cache_at[i] = plan.cache;
            plan.cache += aligned<Scalar>(layers[i].cache);
            grow(plan.scratch, aligned<Scalar>(layers[i].forward_scratch));
        }
        return plan;
    }
    // Only a layer's input and output are alive at a time: even groups lie at the lower end, odd ones at the upper end,
    // a layer's own scratch between them.
    for (size_t i = 0; i < Count; ++i) {
        const size_t g = plan.group[i];
        const bool first = i == 0 || plan.group[i - 1] != g;
        const size_t in = first && g > 0 ? plan.size[g - 1] : 0, out = g + 1 < plan.groups ? plan.size[g] : 0;
        plan.scratch_at[i] = g % 2 == 0 ? out : in; // behind what lies at the lower end
        grow(plan.scratch, in + out + aligned<Scalar>(layers[i].forward_scratch));
    }
    for (size_t g = 0; g + 1 < plan.groups; ++g) plan.offset[g] = g % 2 == 0 ? 0 : plan.scratch - plan.size[g];
    return plan;
}

/// The same for gradients on the way back: group g holds the gradient of a group of outputs, two ends in turn.
template <size_t Count>
struct backward_plan {
    size_t group[Count]{};
    size_t groups = 0;
    size_t size[Count]{}, offset[Count]{}, scratch_at[Count]{};
    size_t scratch = 0;
};

template <class Scalar, size_t Count>
constexpr backward_plan<Count> plan_backward(const layer_facts (&layers)[Count]) {
    backward_plan<Count> plan;
    for (size_t i = 0; i < Count; ++i) {
        if (i == 0 || !layers[i].in_place) ++plan.groups;
        plan.group[i] = plan.groups - 1;
        plan.size[plan.group[i]] = aligned<Scalar>(layers[i].out);
    }
    for (size_t i = 0; i < Count; ++i) {
        const size_t g = plan.group[i];
        const bool first = i == 0 || plan.group[i - 1] != g;
        const size_t in = first && g > 0 ? plan.size[g - 1] : 0, out = g + 1 < plan.groups ? plan.size[g] : 0;
        plan.scratch_at[i] = g % 2 == 0 ? out : in;
        const size_t total = in + out + aligned<Scalar>(layers[i].backward_scratch);
        if (plan.scratch < total) plan.scratch = total;
    }
    for (size_t g = 0; g + 1 < plan.groups; ++g) plan.offset[g] = g % 2 == 0 ? 0 : plan.scratch - plan.size[g];
    return plan;
}

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
