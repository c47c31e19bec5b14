// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Networks with several inputs or outputs. To all that calls or trains a network they are one array: the inputs in order,
// and the outputs in order. In the list inputs are values under names, and so are outputs (network/scope.hpp).
#pragma once

#include <inlay/layers/activations.hpp>
#include <inlay/network/composites.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay {

/// One of several inputs of a network, real numbers under a name: see inputs.
template <fixed_text Name, size_t... Extents>
struct in {
    static constexpr std::string_view name = Name.view();
};

/// The first item of a network with several inputs: `network<named_inputs<in<"image", 28, 28, 1>, in<"speed", 3>>, …>`. A
/// sample is one array of all their numbers, in order; `net.input<"speed">(x)` is a part of it. The first input enters the
/// list, and each is a kept value under its name: `concat<"speed">`.
template <class... Ins>
struct named_inputs {};

template <fixed_text Name, class... Layers>
struct output;

struct is_an_input_that_is_never_used {};

} // namespace inlay

namespace inlay::inline INLAY_TARGET::detail {

/// An input or output of a network: where its numbers are in a sample.
struct port {
    std::string_view name; ///< empty for the value after the last layer
    size_t size = 0, offset = 0;
};
template <size_t Count>
constexpr void set_offsets(std::array<port, Count>& ports) {
    for (size_t i = 1; i < Count; ++i) ports[i].offset = ports[i - 1].offset + ports[i - 1].size;
}
template <size_t Count>
constexpr size_t find_port(const std::array<port, Count>& ports, std::string_view name) {
    size_t found = 0;
    while (found < Count && ports[found].name != name) ++found;
    return found;
}

/// What a network's first item brings: the shape that enters the list, and what is visible there.
template <class Input>
struct root_input {
    using enters = typename Input::shape_type;
    using scope = topology::scope<>;
    using shapes = topology::fits<enters>;
};
template <class In>
struct input_of_name;
template <fixed_text Name, size_t... Extents>
struct input_of_name<in<Name, Extents...>> {
    using shape_type = shape<Extents...>;
    using entry = topology::entry<Name, shape_type, topology::value_kind::kept, false, true>;
};
template <class First, class... Others>
struct root_input<named_inputs<First, Others...>> {
    using enters = typename input_of_name<First>::shape_type;
    using scope = topology::scope<typename input_of_name<First>::entry, typename input_of_name<Others>::entry...>;
    using shapes = topology::fits<enters, typename input_of_name<Others>::shape_type...>;
};

/// An output that ends the list is the value after it.
template <class Layer>
struct last_item {
    using type = Layer;
    static constexpr bool is_output = false;
    static constexpr std::string_view name{};
};
template <fixed_text Name, class... Layers>
struct last_item<output<Name, Layers...>> {
    using type = std::conditional_t<sizeof...(Layers) == 0, identity, sequential<Layers...>>;
    static constexpr bool is_output = true;
    static constexpr std::string_view name = Name.view();
};

template <class Input, class Numbers, class... Layers>
struct root_of;
template <class Input, size_t... I, class... Layers>
struct root_of<Input, std::index_sequence<I...>, Layers...> {
    using first = root_input<Input>;
    using last = last_item<topology::at<sizeof...(Layers) - 1, topology::list<Layers...>>>;
    template <size_t J, class Layer>
    using item = typename std::conditional_t<(J + 1 < sizeof...(Layers)), std::type_identity<Layer>, last>::type;

    using list = topology::naming_list<typename first::enters, typename first::scope, item<I, Layers>...>;
    template <class Scalar>
    using chain_type = chain_in<Scalar, typename first::enters, typename first::scope, item<I, Layers>...>;

    template <class Left>
    struct left {
        static constexpr size_t inputs = first::scope::count, all = Left::count;
        template <size_t K>
        using value = typename Left::template get<K>;
        /// The first input that nobody reads, but for number 0, which enters the list; else `inputs`.
        static constexpr size_t unused = []<size_t... K>(std::index_sequence<K...>) {
            size_t found = inputs;
            ((found = K > 0 && !value<K>::used && found == inputs ? K : found), ...);
            return found;
        }
        (std::make_index_sequence<inputs>{});
        /// The first sum that nobody reads, or output that has the name of the last one; else `all`.
        static constexpr size_t open = []<size_t... K>(std::index_sequence<K...>) {
            size_t found = all;
            ((found = K >= inputs && found == all &&
                              (value<K>::kind == topology::value_kind::sum || value<K>::name == last::name)
                          ? K
                          : found),
             ...);
            return found;
        }
        (std::make_index_sequence<all>{});
    };
    template <class Why, size_t Layer>
    static constexpr auto wrong() {
        using in = typename topology::shapes_of<typename list::verdict>::template get<Layer>;
        return bad<Why, at_layer<Layer>, which_is<topology::at<Layer, topology::list<Layers...>>>, takes<>,
                   typename topology::extents_of<in>::type>{};
    }
    template <class Why, size_t K, class... Ins>
    static constexpr auto wrong_input(named_inputs<Ins...>) {
        using one = topology::at<K, topology::list<Ins...>>;
        return bad<Why, at_layer<>, which_is<one>, takes<>,
                   typename topology::extents_of<typename input_of_name<one>::shape_type>::type>{};
    }
    /// The first input that has the name of one before it, or their count.
    static constexpr size_t clash = []<class... Entries>(topology::scope<Entries...>) {
        size_t found = sizeof...(Entries), i = 0;
        ((found = first::scope::find(Entries::name) != i && found == sizeof...(Entries)
                      ? first::scope::find(Entries::name)
                      : found,
          ++i),
         ...);
        return found;
    }(typename first::scope{});
    static constexpr auto judge() {
        if constexpr (clash < first::scope::count)
            return wrong_input<has_the_name_of_a_value_before_it, clash>(Input{});
        else if constexpr (!list::fit) return typename list::verdict{};
        else {
            using here = left<typename list::result::scope>;
            if constexpr (here::unused < here::inputs)
                return wrong_input<is_an_input_that_is_never_used, here::unused>(Input{});
            else if constexpr (here::open == here::all) return typename list::verdict{};
            else if constexpr (here::template value<here::open>::kind == topology::value_kind::sum)
                return wrong<is_added_up_but_never_used, list::part::open_from(here::open - here::inputs)>();
            else return wrong<has_the_name_of_a_value_before_it, sizeof...(Layers) - 1>();
        }
    }
    using verdict = decltype(judge());
};
/// A network's list that uses names, or has several inputs.
template <class Input, class... Layers>
using root = root_of<Input, std::make_index_sequence<sizeof...(Layers)>, Layers...>;

/// The layers of a network with several inputs or outputs: a chain between the arrays that hold them one after the other.
/// A single sample needs nothing for that; of a batch, where sample follows sample, each input and output gets a copy.
template <class Scalar, class Root>
struct ports_on : Root::template chain_type<Scalar> {
    using chain_type = typename Root::template chain_type<Scalar>;
    using chain_type::tensor_count;
    using scope = typename Root::list::result::scope;

    static constexpr auto inputs = []<class... Shapes>(topology::fits<Shapes...>) {
        std::array<port, sizeof...(Shapes)> all{port{{}, Shapes::size}...};
        [&]<size_t... K>(std::index_sequence<K...>) { ((all[K].name = scope::template get<K>::name), ...); }
        (std::make_index_sequence<Root::first::scope::count>{});
        set_offsets(all);
        return all;
    }(typename Root::first::shapes{});
    static constexpr auto outputs = [] {
        constexpr size_t named = scope::count - Root::first::scope::count;
        return []<size_t... K>(std::index_sequence<K...>) {
            std::array<port, named + 1> all{port{scope::template get<Root::first::scope::count + K>::name,
                                                 scope::template get<Root::first::scope::count + K>::shape::size}...,
                                            port{Root::last::name, chain_type::output::size}};
            set_offsets(all);
            return all;
        }
        (std::make_index_sequence<named>{});
    }();
    static constexpr size_t last_output = outputs.size() - 1;
    /// Whether this is more than the chain.
    static constexpr bool has_ports = Root::first::scope::count > 0 || outputs.size() > 1 || Root::last::is_output;
    using input = std::conditional_t<(inputs.size() > 1), shape<inputs.back().offset + inputs.back().size>,
                                     typename chain_type::input>;
    using output = std::conditional_t<(outputs.size() > 1), shape<outputs.back().offset + outputs.back().size>,
                                      typename chain_type::output>;
    static constexpr std::array<outer_value, 0> outer{}; // nothing is open

    // ---- memory ------------------------------------------------------------------------------------------------------------

    template <size_t Count>
    static constexpr auto starts_of_copies(const std::array<port, Count>& ports, size_t batch, size_t from) {
        std::array<size_t, Count + 1> starts{};
        starts[0] = from;
        for (size_t i = 0; i < Count; ++i)
            starts[i + 1] = starts[i] + (batch == 1 || Count == 1 ? 0 : aligned<Scalar>(batch * ports[i].size));
        return starts;
    }
    static constexpr auto input_copies(size_t batch) { return starts_of_copies(inputs, batch, 0); }
    static constexpr auto output_copies(size_t batch) {
        return starts_of_copies(outputs, batch, input_copies(batch).back());
    }
    static constexpr size_t copies(size_t batch) { return output_copies(batch).back(); }
    /// Where the gradient goes that the first input has under its name, beside the one that the first layer gives.
    static constexpr bool reads_first = [] {
        for (const outer_value& value : chain_type::outer)
            if (value.name == inputs[0].name) return true;
        return false;
    }();
    static constexpr size_t first_size(size_t batch) {
        return reads_first ? aligned<Scalar>(batch * inputs[0].size) : 0;
    }

    static constexpr size_t cache_size(size_t batch) { return copies(batch) + chain_type::cache_size(batch); }
    static constexpr size_t forward_scratch(size_t batch, bool keeps) {
        return (keeps ? 0 : copies(batch)) + chain_type::forward_scratch(batch, keeps);
    }
    static constexpr size_t backward_scratch(size_t batch) {
        return copies(batch) + first_size(batch) + chain_type::backward_scratch(batch);
    }

    // ---- forward -----------------------------------------------------------------------------------------------------------

    template <class Context, class Call>
    static INLAY_FLATTEN constexpr void forward(const Call& call) {
        constexpr size_t batch = Context::batch;
        Scalar* const memory = Context::keeps ? call.cache : call.scratch;
        if constexpr (copies_inputs<batch>) take_apart<batch, input_copies(batch)>(inputs, call.input, memory);
        auto inner = inner_call<batch>(call, memory);
        inner.cache = Context::keeps ? call.cache + copies(batch) : nullptr;
        inner.scratch = Context::keeps ? call.scratch : call.scratch + copies(batch);
        topology::walk<0, chain_type::outer.size()>([&](auto k) INLAY_INLINE {
            constexpr size_t o = outer_output<k>;
            if constexpr (o < outputs.size()) inner.outer[k].to = output_at<batch, o>(call.output, memory);
        });
        chain_type::template forward<Context>(inner);
        if constexpr (copies_outputs<batch>) put_together<batch, output_copies(batch)>(outputs, memory, call.output);
    }

    // ---- backward ----------------------------------------------------------------------------------------------------------

    template <class Context>
    static constexpr std::uint64_t inner_gradients() {
        std::uint64_t wanted = 0;
        for (size_t k = 0; k < chain_type::outer.size(); ++k)
            if (Context::input_gradient || chain_type::outer[k].writes) wanted |= std::uint64_t{1} << k;
        return wanted;
    }
    template <class Context>
    using inner_context = typename Context::template with_outer_gradients<inner_gradients<Context>()>;
    template <class Context>
    static constexpr size_t backward_stop() {
        return chain_type::template backward_stop<inner_context<Context>>();
    }
    template <class Context>
    static constexpr auto judge_gradient() {
        return chain_type::template judge_gradient<inner_context<Context>>();
    }
    template <class Context>
    static constexpr auto judge_training() {
        return chain_type::template judge_training<inner_context<Context>>();
    }
    template <class Context>
    static constexpr bool has_gradient() {
        return chain_type::template has_gradient<inner_context<Context>>();
    }

    template <class Context, class Call>
    static constexpr void backward(const Call& call) {
        constexpr size_t batch = Context::batch;
        auto inner = inner_call<batch>(call, call.cache);
        Scalar* const first = call.scratch + copies(batch);
        inner.cache = call.cache + copies(batch);
        inner.scratch = first + first_size(batch);
        if constexpr (copies_outputs<batch>)
            take_apart<batch, output_copies(batch)>(outputs, call.output_gradient, call.scratch);
        inner.output_gradient = output_at<batch, last_output>(call.output_gradient, call.scratch);
        if constexpr (Context::input_gradient)
            inner.input_gradient = input_at<batch, 0>(call.input_gradient, call.scratch);
        topology::walk<0, chain_type::outer.size()>([&](auto k) INLAY_INLINE {
            constexpr size_t i = outer_input<k>, o = outer_output<k>;
            if constexpr (o < outputs.size()) {
                inner.outer[k].value = output_at<batch, o>(call.output, call.cache);
                inner.outer[k].gradient = output_at<batch, o>(call.output_gradient, call.scratch);
            } else if constexpr (Context::input_gradient) {
                inner.outer[k].gradient = i == 0 ? first : input_at<batch, i>(call.input_gradient, call.scratch);
                kernels::fill<batch * inputs[i].size>(inner.outer[k].gradient, Scalar(0));
            }
        });
        chain_type::template backward<inner_context<Context>>(inner);
        if constexpr (Context::input_gradient) {
            if constexpr (reads_first)
                kernels::add<typename Context::backend, batch * inputs[0].size>(inner.input_gradient, first);
            if constexpr (copies_inputs<batch>)
                put_together<batch, input_copies(batch)>(inputs, call.scratch, call.input_gradient);
        }
    }

    template <class Context>
    static constexpr void update_statistics(const std::array<Scalar*, tensor_count>& tensors_at, const Scalar* cache,
                                            size_t rows) requires(chain_type::traits.has_statistics) {
        chain_type::template update_statistics<Context>(tensors_at, cache + copies(Context::batch), rows);
    }

  private:
    template <size_t Batch>
    static constexpr bool copies_inputs = Batch > 1 && inputs.size() > 1;
    template <size_t Batch>
    static constexpr bool copies_outputs = Batch > 1 && outputs.size() > 1;
    /// The port of outer value k of the chain, or their count.
    template <size_t K>
    static constexpr size_t outer_output = chain_type::outer[K].writes ? find_port(outputs, chain_type::outer[K].name)
                                                                       : outputs.size();
    template <size_t K>
    static constexpr size_t outer_input = chain_type::outer[K].writes ? inputs.size()
                                                                      : find_port(inputs, chain_type::outer[K].name);

    /// Where an input is, or its gradient: among all of them, or in the copy.
    template <size_t Batch, size_t I, class Together, class Apart>
    static INLAY_INLINE constexpr auto* input_at(Together* together, [[maybe_unused]] Apart* apart) {
        if constexpr (copies_inputs<Batch>) return apart + input_copies(Batch)[I];
        else return together + inputs[I].offset;
    }
    template <size_t Batch, size_t I, class Together, class Apart>
    static INLAY_INLINE constexpr auto* output_at(Together* together, [[maybe_unused]] Apart* apart) {
        if constexpr (copies_outputs<Batch>) return apart + output_copies(Batch)[I];
        else return together + outputs[I].offset;
    }
    /// The chain's call, input and output and outer inputs in place.
    template <size_t Batch, class Call, class Memory>
    static INLAY_INLINE constexpr auto inner_call(const Call& call, Memory* memory) {
        auto inner = call.template for_tensors<0, tensor_count, typename chain_type::input::template element<Scalar>,
                                               typename chain_type::output::template element<Scalar>,
                                               chain_type::outer.size()>();
        inner.input = input_at<Batch, 0>(call.input, memory);
        inner.output = output_at<Batch, last_output>(call.output, memory);
        topology::walk<0, chain_type::outer.size()>([&](auto k) INLAY_INLINE {
            constexpr size_t i = outer_input<k>;
            if constexpr (i < inputs.size()) inner.outer[k].value = input_at<Batch, i>(call.input, memory);
        });
        return inner;
    }

    /// Samples [a b c | a b c | …] to [a | a | …], [b | b | …], [c | c | …], and back.
    template <size_t Batch, auto Starts, size_t Count>
    static constexpr void take_apart(const std::array<port, Count>& ports, const Scalar* from, Scalar* to) {
        for (size_t n = 0; n < Batch; ++n)
            for (size_t i = 0; i < Count; ++i)
                for (size_t e = 0; e < ports[i].size; ++e) to[Starts[i] + n * ports[i].size + e] = *from++;
    }
    template <size_t Batch, auto Starts, size_t Count>
    static constexpr void put_together(const std::array<port, Count>& ports, const Scalar* from, Scalar* to) {
        for (size_t n = 0; n < Batch; ++n)
            for (size_t i = 0; i < Count; ++i)
                for (size_t e = 0; e < ports[i].size; ++e) *to++ = from[Starts[i] + n * ports[i].size + e];
    }
};

/// The inputs and outputs of a network's layers: of most networks one each, without a name.
template <class Chain>
inline constexpr auto inputs_of = [] {
    if constexpr (requires { Chain::last_output; }) return Chain::inputs;
    else return std::array<port, 1>{port{{}, Chain::input::size}};
}();
template <class Chain>
inline constexpr auto outputs_of = [] {
    if constexpr (requires { Chain::last_output; }) return Chain::outputs;
    else return std::array<port, 1>{port{{}, Chain::output::size}};
}();

} // namespace inlay::inline INLAY_TARGET::detail

#include <inlay/core/macros_back.inc>
