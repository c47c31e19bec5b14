// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Layers made of layers. Each is a list inside the list; its parameters carry their path: "2.0.weight" is the weight of
// the first layer inside layer 2.
#pragma once

#include <inlay/kernels/map.hpp>
#include <inlay/network/chain.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

template <class Scalar, class In, class... Layers>
struct residual_on;
template <class Scalar, class In, class... Branches>
struct parallel_on;

template <class Shape>
struct as_takes;
template <size_t... Extents>
struct as_takes<shape<Extents...>> {
    using type = takes<Extents...>;
    using gets = but_gets<Extents...>;
};

} // namespace detail

/// y = f_n(… f_1(x)): several layers as one, for instance as a branch of `parallel`.
template <class... Layers>
struct sequential {
    static constexpr auto name = "sequential";

    template <class In>
    static constexpr auto output_shape(In) {
        using verdict = topology::verdict<In, Layers...>;
        if constexpr (sizeof...(Layers) == 0) return refuse<needs_a_layer>{};
        else if constexpr (topology::is_fit<verdict>) return typename topology::newest<verdict>::type{};
        else return verdict{};
    }
    template <class Scalar, class In>
    using on = chain<Scalar, In, Layers...>;
};

/// y = x + f(x) with f = Layers… one after the other (He et al. 2016). f must give the shape it gets.
template <class... Layers>
struct residual {
    static constexpr auto name = "residual";

    template <class In>
    static constexpr auto output_shape(In in) {
        using out = decltype(sequential<Layers...>::output_shape(in));
        if constexpr (!is_shape<out>) return out{};
        else if constexpr (!std::is_same_v<out, In>)
            return refuse<branches_with_different_shapes, typename detail::as_takes<In>::type,
                          typename detail::as_takes<out>::gets>{};
        else return in;
    }
    template <class Scalar, class In>
    using on = detail::residual_on<Scalar, In, Layers...>;
};

template <class Scalar, class In, class... Layers>
struct detail::residual_on : chain<Scalar, In, Layers...> {
    using inner = chain<Scalar, In, Layers...>;
    static constexpr bool in_place = false, takes_epilogue = false;
    // The chain writes straight into y and reads it back in backward where its last layer needs that. y holds the sum
    // then, so what f gave is kept apart, but only in that case.
    static constexpr bool keeps_branch = inner::template bound<inner::count - 1>::backward_needs_output;
    static constexpr bool backward_needs_output = false;
    static constexpr size_t kept(size_t batch) { return keeps_branch ? aligned<Scalar>(batch * In::size) : 0; }
    static constexpr size_t cache_size(size_t batch) { return kept(batch) + inner::cache_size(batch); }
    static constexpr size_t backward_scratch(size_t batch) {
        return aligned<Scalar>(batch * In::size) + inner::backward_scratch(batch);
    }

    // y = x + f(x)
    template <class Context, class Epilogue, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        constexpr size_t count = Context::batch * In::size, skip = Context::training ? kept(Context::batch) : 0;
        Call branch = call;
        if constexpr (Context::training && keeps_branch) branch.output = call.cache;
        if constexpr (Context::training) branch.cache = call.cache + skip;
        inner::template forward<Context, kernels::identity>(branch);
        kernels::map<typename Context::target, count>(
            call.output, [](auto x, auto f) INLAY_INLINE { return x + f; }, call.input, branch.output);
    }

    // dx = dy + f'(x)ᵀ·dy
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        constexpr size_t count = Context::batch * In::size;
        Call branch = call;
        if constexpr (keeps_branch) branch.output = call.cache;
        branch.cache = call.cache + kept(Context::batch);
        branch.scratch = call.scratch + aligned<Scalar>(count);
        if constexpr (Context::input_gradient) {
            kernels::copy<count>(call.scratch, call.output_gradient); // the chain uses dy as scratch
            inner::template backward<Context>(branch);
            kernels::add<typename Context::target, count>(call.input_gradient, call.scratch);
        } else inner::template backward<Context>(branch);
    }

    template <class Context>
    static constexpr void absorb(const std::array<Scalar*, inner::tensor_count>& tensors_at, const Scalar* cache,
                                 size_t rows) {
        inner::template absorb<Context>(tensors_at, cache + kept(Context::batch), rows);
    }
};

/// y = (f_1(x), …, f_n(x)) side by side along the last extent: features or channels. Every branch is one layer
/// (`sequential` makes several one) and gets the same x; all other extents must agree.
template <class... Branches>
struct parallel {
    static constexpr auto name = "parallel";

    template <class In>
    static constexpr auto output_shape(In) {
        if constexpr (sizeof...(Branches) == 0) return refuse<needs_a_layer>{};
        else return join<0, In>(typename topology::template verdict<In, Branches>{}...);
    }
    template <class Scalar, class In>
    using on = detail::parallel_on<Scalar, In, Branches...>;

  private:
    template <class Shape, size_t Last>
    static constexpr auto widened() {
        if constexpr (Shape::rank == 1) return shape<Last>{};
        else if constexpr (Shape::rank == 2) return shape<Shape::extent(0), Last>{};
        else return shape<Shape::extent(0), Shape::extent(1), Last>{};
    }
    template <size_t Index, class Why, size_t... Path, class Inner, class Takes, class Gets>
    static constexpr auto moved(bad<Why, at_layer<0, Path...>, Inner, Takes, Gets>) {
        return bad<Why, at_layer<Index, Path...>, Inner, Takes, Gets>{};
    }
    template <size_t Index, class In, class First, class... Rest>
    static constexpr auto join(First first, Rest... rest) {
        if constexpr (!topology::is_fit<First>) return moved<Index>(first);
        else {
            using left = typename topology::newest<First>::type;
            if constexpr (sizeof...(Rest) == 0) return left{};
            else {
                using right = decltype(join<Index + 1, In>(rest...));
                if constexpr (!is_shape<right>) return right{};
                else if constexpr (left::rank != right::rank)
                    return refuse<branches_with_different_shapes, typename detail::as_takes<left>::type,
                                  typename detail::as_takes<right>::gets>{};
                else if constexpr (left::size / left::last != right::size / right::last ||
                                   (left::rank == 3 && left::extent(0) != right::extent(0)))
                    return refuse<branches_with_different_shapes, typename detail::as_takes<left>::type,
                                  typename detail::as_takes<right>::gets>{};
                else return widened<left, left::last + right::last>();
            }
        }
    }
};

template <class Scalar, class In, class... Branches>
struct detail::parallel_on : layer_on<Scalar, In, decltype(parallel<Branches...>::output_shape(In{}))> {
    using output = decltype(parallel<Branches...>::output_shape(In{}));
    static constexpr size_t count = sizeof...(Branches), rows = output::size / output::last;
    using list = topology::list<Branches...>;
    template <size_t I>
    using branch = chain<Scalar, In, topology::at<I, list>>; // a chain of one: its tensors drop the leading "0."

  private:
    template <class Body>
    static constexpr auto prefix(Body body) {
        std::array<size_t, count + 1> all{};
        topology::walk<0, count>([&](auto i) { all[i + 1] = all[i] + body(i); });
        return all;
    }
    template <class Body>
    static constexpr size_t largest(Body body) {
        size_t most = 0;
        topology::walk<0, count>([&](auto i) { most = body(i) > most ? body(i) : most; });
        return most;
    }
    static constexpr auto tensor_starts = prefix([](auto i) { return branch<i>::tensor_count; });
    static constexpr auto state_starts = prefix([](auto i) { return branch<i>::state_size; });
    static constexpr auto column_starts = prefix([](auto i) { return branch<i>::output::last; });
    static constexpr size_t own(size_t width, size_t batch) { return aligned<Scalar>(batch * rows * width); }
    static constexpr auto cache_starts(size_t batch) {
        return prefix([batch](auto i) {
            return own(branch<i>::output::last, batch) + aligned<Scalar>(branch<i>::cache_size(batch));
        });
    }

  public:
    static constexpr size_t tensor_count = tensor_starts[count];
    static constexpr auto tensors = [] {
        std::array<tensor_spec, tensor_count> all{};
        topology::walk<0, count>([&](auto i) {
            for (size_t t = 0; t < branch<i>::tensor_count; ++t) {
                tensor_spec spec = branch<i>::tensors[t];
                label path = branch<i>::path_of(i, branch<i>::template given_name<0>());
                path += ".";
                const std::string_view inner = branch<i>::template bound<0>::tensors[t].name.view();
                path += inner;
                spec.name = path;
                all[tensor_starts[i] + t] = spec;
            }
        });
        return all;
    }();
    static constexpr size_t packed_index(size_t tensor, size_t index) {
        size_t result = index;
        topology::walk<0, count>([&](auto i) {
            if (tensor >= tensor_starts[i] && tensor < tensor_starts[i + 1])
                result = branch<i>::packed_index(tensor - tensor_starts[i], index);
        });
        return result;
    }
    static constexpr size_t macs = prefix([](auto i) { return branch<i>::macs; })[count];
    static constexpr size_t state_size = state_starts[count];
    static constexpr bool random_in_training =
        largest([](auto i) { return size_t{branch<i>::random_in_training}; }) > 0;
    static constexpr bool absorbs = largest([](auto i) { return size_t{branch<i>::absorbs}; }) > 0;
    static constexpr size_t cache_size(size_t batch) { return cache_starts(batch)[count]; }
    static constexpr size_t forward_scratch(size_t batch, bool training) {
        return largest([=](auto i) {
            return (training ? 0 : own(branch<i>::output::last, batch)) + branch<i>::forward_scratch(batch, training);
        });
    }
    static constexpr size_t backward_scratch(size_t batch) {
        return aligned<Scalar>(batch * In::size) + largest([=](auto i) {
                   return own(branch<i>::output::last, batch) + branch<i>::backward_scratch(batch);
               });
    }

    template <class Context, class Epilogue, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        topology::walk<0, count>([&](auto i) INLAY_INLINE {
            constexpr size_t width = branch<i>::output::last, all = Context::batch * rows;
            constexpr size_t start = cache_starts(Context::batch)[i], size = own(width, Context::batch);
            Scalar* const y = Context::training ? call.cache + start : call.scratch;
            const forward_call<Scalar, branch<i>::tensor_count> inner{
                .parameters = slice<tensor_starts[i], branch<i>::tensor_count>(call.parameters),
                .input = call.input,
                .output = y,
                .cache = Context::training ? call.cache + start + size : nullptr,
                .scratch = Context::training ? call.scratch : call.scratch + size,
                .state = call.state ? call.state + state_starts[i] * Context::batch : nullptr,
                .random = call.random,
                .rows = call.rows};
            branch<i>::template forward<Context, kernels::identity>(inner);
            for (size_t r = 0; r < all; ++r)
                kernels::copy<width>(call.output + r * output::last + column_starts[i], y + r * width);
        });
    }

    template <class Context>
    static constexpr bool has_gradient() {
        bool all = true;
        topology::walk<0, count>([&](auto i) {
            all = all && branch<i>::template has_gradient<typename Context::template with_gradients<
                             gradients_slice<typename Context::gradients, tensor_starts[i]>>>();
        });
        return all;
    }

    // dx = Σ over branches
    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        constexpr size_t elements = Context::batch * In::size;
        Scalar* const part = call.scratch;
        topology::walk<0, count>([&](auto i) INLAY_INLINE {
            using own_context = typename Context::template with_gradients<
                gradients_slice<typename Context::gradients, tensor_starts[i]>>;
            constexpr size_t width = branch<i>::output::last, all = Context::batch * rows;
            constexpr size_t start = cache_starts(Context::batch)[i], size = own(width, Context::batch);
            Scalar* const dy = call.scratch + aligned<Scalar>(elements);
            for (size_t r = 0; r < all; ++r)
                kernels::copy<width>(dy + r * width, call.output_gradient + r * output::last + column_starts[i]);
            const backward_call<Scalar, branch<i>::tensor_count> inner{
                .parameters = slice<tensor_starts[i], branch<i>::tensor_count>(call.parameters),
                .gradients = slice<tensor_starts[i], branch<i>::tensor_count>(call.gradients),
                .input = call.input,
                .output = call.cache + start,
                .cache = call.cache + start + size,
                .scratch = dy + size,
                .output_gradient = dy,
                .input_gradient = i == 0 ? call.input_gradient : part,
                .rows = call.rows};
            branch<i>::template backward<own_context>(inner);
            if constexpr (i > 0 && Context::input_gradient)
                kernels::add<typename Context::target, elements>(call.input_gradient, part);
        });
    }

    template <class Context>
    static constexpr void absorb(const std::array<Scalar*, tensor_count>& tensors_at, const Scalar* cache,
                                 size_t rows_) {
        topology::walk<0, count>([&](auto i) {
            if constexpr (branch<i>::absorbs)
                branch<i>::template absorb<Context>(
                    slice<tensor_starts[i], branch<i>::tensor_count>(tensors_at),
                    cache + cache_starts(Context::batch)[i] + own(branch<i>::output::last, Context::batch), rows_);
        });
    }
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
