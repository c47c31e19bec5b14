// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Which buffers a list of layers needs, where they are stored, and which of them share memory: decided at compile time, from
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
    size_t out = 0;      ///< of what it gives, whatever its elements are, in scalars that have room for them
    size_t gradient = 0; ///< of the gradient of that, which is scalars
    size_t cache = 0, forward_scratch = 0, backward_scratch = 0;
    bool in_place = false, needs_input = false, needs_output = false, takes_epilogue = false, elementwise = false;
    // Read for lists that keep values only.
    bool gives_input = false, gives_outer = false;
    size_t outer =
        0; ///< for gives_outer: the number of the kept value, or Names + its number in the list's own `outer`
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
    // Only a layer's input and output are alive at a time: even groups are at the lower end, odd ones at the upper end,
    // a layer's own scratch between them.
    for (size_t i = 0; i < Count; ++i) {
        const size_t g = plan.group[i];
        const bool first = i == 0 || plan.group[i - 1] != g;
        const size_t in = first && g > 0 ? plan.size[g - 1] : 0, out = g + 1 < plan.groups ? plan.size[g] : 0;
        plan.scratch_at[i] = g % 2 == 0 ? out : in; // after what is at the lower end
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
        plan.size[plan.group[i]] = aligned<Scalar>(layers[i].gradient);
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

// ---- lists that keep values -----------------------------------------------------------------------------------------------

/// A buffer that is needed from step `first` to step `last`, both included.
struct lifetime {
    size_t size = 0, first = 0, last = 0;
    size_t offset = 0; ///< where first_fit puts it
};

/// Places buffers so that no two that are needed at the same time overlap; returns where the last one ends. Large ones are
/// placed first, each at the lowest place that is free while it is needed.
constexpr size_t first_fit(lifetime* buffers, size_t count) {
    size_t end = 0, bound = ~size_t{0};
    for (size_t placed = 0; placed < count;) {
        size_t size = 0; // the largest not yet placed
        for (size_t b = 0; b < count; ++b)
            if (buffers[b].size < bound && buffers[b].size > size) size = buffers[b].size;
        for (size_t b = 0; b < count; ++b) {
            lifetime& one = buffers[b];
            if (one.size != size) continue;
            ++placed;
            one.offset = 0;
            for (bool moved = size > 0; moved;) {
                moved = false;
                for (size_t c = 0; c < count; ++c) {
                    const lifetime& other = buffers[c];
                    const bool there = other.size > size || (other.size == size && c < b);
                    if (there && other.first <= one.last && one.first <= other.last &&
                        other.offset < one.offset + size && one.offset < other.offset + other.size) {
                        one.offset = other.offset + other.size;
                        moved = true;
                    }
                }
            }
            if (end < one.offset + size) end = one.offset + size;
        }
        bound = size;
    }
    return end;
}

/// A value that a list keeps under a name, or a sum that its layers add up.
struct name_facts {
    size_t size = 0; ///< of the whole batch
    bool sum = false;
    size_t start = 0;      ///< the layer that keeps it, or the first one that adds to it
    size_t last_write = 0; ///< the same, or the last one that adds to it
    size_t last_read = 0;  ///< the last layer that reads it
};

/// Where a value of a list is stored.
struct location {
    enum class memory : unsigned char {
        own,    ///< in the list's cache or scratch, from `at` on
        input,  ///< the list's input
        output, ///< the list's output
        outer   ///< outer value number `at` of the list
    };
    memory in = memory::own;
    size_t at = 0;

    constexpr bool operator==(const location&) const = default;
};

/// The plan of a list that keeps values: where each is stored. Value 0 is the list's input, value i + 1 what layer i gives.
///
/// Layers that change nothing (keep) and that give a value again (take) have no memory of their own. A value that has a name
/// is not changed in place. In inference each buffer lives from the layer that writes it to the last one that reads it.
template <size_t Count, size_t Names>
struct naming_plan {
    location value[Count + 1]{};
    location name[Names + 1]{};
    bool fused[Count]{};
    size_t scratch_at[Count]{}, cache_at[Count]{};
    size_t cache = 0, scratch = 0;
    size_t alive[Count]{}; ///< inference: scalars alive while layer i runs
};

template <class Scalar, size_t Names, size_t Count>
constexpr naming_plan<Count, Names> plan_forward(const layer_facts (&layers)[Count],
                                                 const name_facts (&names)[Names + 1], bool keeps) {
    naming_plan<Count, Names> plan;
    constexpr size_t none = ~size_t{0};
    // Buffers, and which one each value and name is in. Number 0 is the list's input.
    lifetime buffers[2 * Count + Names + 2]{};
    location where[Count + Names + 2]{};
    bool closed[Count + Names + 2]{};
    size_t of[Count + 1]{}, of_name[Names + 1]{}, count = 1;
    where[0].in = location::memory::input;
    closed[0] = true;
    for (size_t n = 0; n < Names; ++n) of_name[n] = none;
    const auto add = [&](size_t size, size_t at) {
        buffers[count] = {aligned<Scalar>(size), at, at};
        return count++;
    };
    const auto use = [&](size_t buffer, size_t at) {
        if (buffers[buffer].last < at) buffers[buffer].last = at;
    };

    bool needed[Count]{}; // whether backward reads the output of layer i as such
    for (size_t i = 0; i < Count; ++i) {
        const layer_facts& layer = layers[i];
        for (size_t n = 0; n < Names; ++n)
            if (names[n].start == i) {
                of_name[n] = names[n].sum ? add(names[n].size, i) : of[i];
                closed[of_name[n]] = true;
                use(of_name[n], names[n].last_read);
            }
        use(of[i], i);
        size_t to = none;
        if (layer.gives_input) to = of[i];
        else if (layer.gives_outer && layer.outer < Names) to = of_name[layer.outer];
        else if (layer.gives_outer) {
            to = add(0, i);
            where[to] = {location::memory::outer, layer.outer - Names};
            closed[to] = true;
        } else if (layer.in_place && !closed[of[i]] && (!keeps || (!layer.needs_input && !needed[i - 1]))) {
            to = of[i];
            plan.fused[i] = layer.elementwise && layers[i - 1].takes_epilogue;
        }
        if (to == none || (i + 1 == Count && where[to].in != location::memory::own)) to = add(layer.out, i);
        of[i + 1] = to;
        needed[i] = layer.needs_output || (layer.gives_input && (layer.needs_input || (i > 0 && needed[i - 1])));
    }
    where[of[Count]].in = location::memory::output;

    if (keeps) { // every buffer, until backward
        for (size_t b = 0; b < count; ++b)
            if (where[b].in == location::memory::own) {
                where[b].at = plan.cache;
                plan.cache += buffers[b].size;
            }
        for (size_t i = 0; i < Count; ++i) {
            plan.cache_at[i] = plan.cache;
            plan.cache += aligned<Scalar>(layers[i].cache);
            if (plan.scratch < aligned<Scalar>(layers[i].forward_scratch))
                plan.scratch = aligned<Scalar>(layers[i].forward_scratch);
        }
    } else {
        for (size_t b = 0; b < count; ++b)
            if (where[b].in != location::memory::own) buffers[b].size = 0;
        for (size_t i = 0; i < Count; ++i) buffers[count + i] = {aligned<Scalar>(layers[i].forward_scratch), i, i};
        plan.scratch = first_fit(buffers, count + Count);
        for (size_t b = 0; b < count; ++b)
            if (where[b].in == location::memory::own) where[b].at = buffers[b].offset;
        for (size_t i = 0; i < Count; ++i) {
            plan.scratch_at[i] = buffers[count + i].offset;
            for (size_t b = 0; b < count + Count; ++b)
                if (buffers[b].first <= i && i <= buffers[b].last) plan.alive[i] += buffers[b].size;
        }
    }
    for (size_t i = 0; i <= Count; ++i) plan.value[i] = where[of[i]];
    for (size_t n = 0; n < Names; ++n) plan.name[n] = where[of_name[n]];
    return plan;
}

/// The same for gradients on the way back: of value i, and of what has a name, from its last reader to where it was kept.
template <class Scalar, size_t Names, size_t Count>
constexpr naming_plan<Count, Names> plan_backward(const layer_facts (&layers)[Count],
                                                  const name_facts (&names)[Names + 1]) {
    naming_plan<Count, Names> plan;
    lifetime buffers[2 * Count + Names + 1]{};
    size_t of[Count + 1]{}, count = 1; // number 0 is the gradient of the list's output
    for (size_t i = Count; --i > 0;) {
        if (layers[i].in_place || layers[i].gives_input) of[i] = of[i + 1];
        else {
            buffers[count] = {aligned<Scalar>(layers[i - 1].gradient), i, i};
            of[i] = count++;
        }
        buffers[of[i]].first = i - 1;
    }
    buffers[0].size = 0;
    for (size_t n = 0; n < Names; ++n)
        buffers[count + n] = {aligned<Scalar>(names[n].size), names[n].start, names[n].last_read};
    for (size_t i = 0; i < Count; ++i) buffers[count + Names + i] = {aligned<Scalar>(layers[i].backward_scratch), i, i};
    plan.scratch = first_fit(buffers, count + Names + Count);
    for (size_t i = 1; i <= Count; ++i)
        plan.value[i] = {of[i] == 0 ? location::memory::output : location::memory::own, buffers[of[i]].offset};
    plan.value[0].in = location::memory::input;
    for (size_t n = 0; n < Names; ++n) plan.name[n].at = buffers[count + n].offset;
    for (size_t i = 0; i < Count; ++i) plan.scratch_at[i] = buffers[count + Names + i].offset;
    return plan;
}

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
