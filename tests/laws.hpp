// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What every layer obeys, as templates over a network, so that a layer's test is a list of shapes:
//
//     laws::obeys_laws<network<input<17>, dense<33>>>();          // once or twice per layer: everything
//     laws::obeys_laws_briefly<network<input<3>, dense<5>>>();    // for every further kind of shape
//     laws::fits_registers<network<input<3>, dense<5>>>();        // for many extents
//     laws::same_at_compile_time<network<input<3>, dense<5>>>();
//     laws::nan_reaches_the_output<network<input<3>, dense<5>>>();
//
// The laws themselves are in laws.cpp, compiled once for all tests: they see a net as a `subject`, a table of functions.
// What is compiled for every shape is the net, for a few batch sizes, in vectors and in scalars.
//
// Tolerances, all relative to the norm of what is compared: 1e-9 for gradients against finite differences, 1e-5 (float)
// and 1e-12 (double) between a batch and its samples one by one, whose sums run in another order. Bits are bits.
#pragma once

#include <boost/test/unit_test.hpp>

#include <inlay/inlay.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace laws {

using namespace inlay;

// ---- comparing ------------------------------------------------------------------------------------------------------

template <class T>
using bits_of = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

/// The same bits; all NaNs are one.
template <class T>
constexpr bool same_bits(T a, T b) {
    return inlay::math::bit_cast<bits_of<T>>(a) == inlay::math::bit_cast<bits_of<T>>(b) || (a != a && b != b);
}

/// BOOST_TEST, which is dear to compile.
void check(bool passed, const std::string& message);
void require(bool passed, const std::string& message);

template <class T>
void check_same_bits(const std::string& what, std::span<const T> a, std::span<const T> b);

/// ‖a − b‖ ≤ tolerance · max(‖a‖, ‖b‖)
template <class T>
void check_close(const std::string& what, std::span<const T> a, std::span<const T> b, double tolerance);

// ---- random nets and samples ----------------------------------------------------------------------------------------

/// Numbers in steps of 2⁻²⁴, so that float and double draws are the same numbers.
template <class T>
constexpr void draw(std::span<T> to, random_generator& random, T low, T high) {
    for (T& value : to) value = random.template uniform<T>(low, high);
}
template <class T>
std::vector<T> drawn(size_t count, random_generator& random, T low = T(-1), T high = T(1));

/// Random tensors, the padding between them left at 0. Statistics are positive: some are variances.
template <class T>
constexpr T drawn_for(tensor_role role, random_generator& random) {
    return role == tensor_role::statistic ? random.template uniform<T>(T(0.25), T(1.5))
                                          : random.template uniform<T>(T(-0.6), T(0.6));
}
template <class Net>
constexpr void draw_parameters(Net& net, random_generator& random) {
    using T = typename Net::scalar_type;
    for (size_t t = 0; t < Net::tensor_count; ++t) {
        const T scale = Net::tensors[t].element == element_type::int8 ? T(200) : T(1);
        for (size_t i = 0; i < Net::tensors[t].size; ++i)
            net.element(Net::parameter_index(t, i), scale * drawn_for<T>(Net::tensors[t].role, random));
    }
}

/// False if a layer has no gradient (step).
template <class Net>
inline constexpr bool differentiable = []<size_t... I>(std::index_sequence<I...>) {
    return (Net::chain_type::template bound<I>::traits.differentiable && ...);
}(std::make_index_sequence<Net::layer_count>{});

/// A net without its type: what the laws need, for one batch size and one machine. Only this is compiled for every net.
template <class T>
struct subject {
    struct tensor {
        std::string name;
        tensor_role role;
        bool trainable;
        std::vector<size_t> places; ///< in the flat buffer, in canonical order
    };
    size_t batch, in, out; ///< `in` and `out` of the whole batch
    size_t parameters, trainable, cache, inference_scratch, forward_scratch, backward_scratch, spare;
    std::vector<tensor> tensors;
    bool differentiable, random, mixes, input_gradient;

    void (*infer)(const T* parameters, const T* x, T* y, T* scratch);
    void (*forward)(const T* parameters, const T* x, T* y, T* cache, T* scratch, random_generator* random, size_t rows);
    /// The same in evaluation mode, for nets that compute otherwise in training.
    void (*evaluate)(const T* parameters, const T* x, T* y, T* cache, T* scratch, random_generator* random, size_t rows);
    /// Lets running statistics take in those that `forward` left in the cache, for nets that have some.
    void (*update)(T* parameters, const T* cache, size_t rows);
    void (*backward)(const T* parameters, const T* x, const T* y, const T* cache, T* scratch, T* dy, T* into, T* dx,
                     size_t rows);
    /// Leaves the input's gradient out and overwrites the others, as a trainer's step does.
    void (*backward_fresh)(const T* parameters, const T* x, const T* y, const T* cache, T* scratch, T* dy, T* into,
                           T* dx, size_t rows);
    /// Changes the parameters, as an online_trainer's step does: w ← w − rate·(g + decay·w).
    void (*descend)(T* parameters, const T* x, const T* y, const T* cache, T* scratch, T* dy, T* spare, T rate,
                    T decay);
    /// `infer` and `forward` from the states of a batch and to them; null for nets without.
    void (*infer_from)(const T* parameters, const T* x, T* y, T* scratch, T* state);
    void (*forward_from)(const T* parameters, const T* x, T* y, T* cache, T* scratch, T* state, random_generator* random,
                         size_t rows);
    size_t state; ///< of the whole batch
};

/// What the laws' numbers from −2 to 2 are to nets whose inputs are integers: 0 to 3.
template <class Element, class T>
constexpr Element token_of(T x) {
    return static_cast<Element>(static_cast<int>((x < 0 ? -x : x) * T(1000)) % 4);
}

/// The calls behind a subject; all that depends on how layers are called is here.
template <class Net, size_t Batch, class Backend>
struct calls {
    using T = typename Net::scalar_type;
    using chain_type = typename Net::chain_type;

    /// The input as the net takes it: as it is, or tokens 0 to 3 made of it.
    static auto input_of(const T* x) {
        if constexpr (Net::has_input_gradient) return x;
        else {
            std::array<typename Net::input_element, Batch * Net::input_size> tokens{};
            for (size_t i = 0; i < tokens.size(); ++i) tokens[i] = token_of<typename Net::input_element>(x[i]);
            return tokens;
        }
    }
    static const T* data(const T* x) { return x; }
    template <class Tokens>
    static auto data(const Tokens& tokens) { return tokens.data(); }

    template <class Element>
    static std::array<Element*, Net::tensor_count> pointers(Element* parameters) {
        std::array<Element*, Net::tensor_count> all{};
        for (size_t t = 0; t < Net::tensor_count; ++t) all[t] = parameters + Net::tensor_offset(t);
        return all;
    }
    static void infer(const T* parameters, const T* x, T* y, T* scratch) {
        infer_from(parameters, x, y, scratch, nullptr);
    }
    static void infer_from(const T* parameters, const T* x, T* y, T* scratch, T* state) {
        const auto in = input_of(x);
        const forward_call_of<chain_type> call{.parameters = pointers(parameters), .input = data(in), .output = y,
                                               .cache = nullptr, .scratch = scratch, .state = state,
                                               .random = nullptr, .rows = Batch};
        chain_type::template forward<context<Backend, context_options{.batch = Batch}>>(call);
    }
    template <pass Pass>
    static void forward(const T* parameters, const T* x, T* y, T* cache, T* scratch, random_generator* random,
                        size_t rows) {
        forward_from<Pass>(parameters, x, y, cache, scratch, nullptr, random, rows);
    }
    template <pass Pass>
    static void forward_from(const T* parameters, const T* x, T* y, T* cache, T* scratch, T* state,
                             random_generator* random, size_t rows) {
        const auto in = input_of(x);
        const forward_call_of<chain_type> call{.parameters = pointers(parameters), .input = data(in), .output = y,
                                               .cache = cache, .scratch = scratch, .state = state,
                                               .random = random, .rows = rows};
        chain_type::template forward<context<Backend, context_options{.batch = Batch, .pass = Pass}>>(call);
    }
    static void update(T* parameters, const T* cache, size_t rows) {
        chain_type::template update_statistics<
            context<kernels::scalar, context_options{.batch = Batch, .pass = pass::training}>>(pointers(parameters),
                                                                                               cache, rows);
    }
    template <bool Inputs, bool Fresh>
    static void backward(const T* parameters, const T* x, const T* y, const T* cache, T* scratch, T* dy, T* into,
                         T* dx, size_t rows) {
        const auto in = input_of(x);
        const backward_call_of<chain_type> call{
            .parameters = pointers(parameters), .gradients = Net::gradient_pointers(into), .input = data(in), .output = y,
            .cache = cache, .scratch = scratch, .output_gradient = dy, .input_gradient = dx, .rows = rows};
        chain_type::template backward<
            context<Backend, context_options{Batch, pass::training, Inputs && Net::has_input_gradient,
                                             Fresh ? gradient_mode::overwrite : gradient_mode::add}>>(call);
    }
    static void descend(T* parameters, const T* x, const T* y, const T* cache, T* scratch, T* dy, T* spare, T rate,
                        T decay) {
        const auto in = input_of(x);
        const backward_call_of<chain_type> call{
            .parameters = pointers<const T>(parameters), .gradients = pointers(parameters), .input = data(in), .output = y,
            .cache = cache, .scratch = scratch, .output_gradient = dy, .input_gradient = nullptr, .rows = Batch,
            .descent = {rate, decay}, .gradient_scratch = spare};
        chain_type::template backward<
            context<Backend, context_options{Batch, pass::training, false, gradient_mode::sgd_step}>>(call);
    }
};

/// The tensors of a net with the places of their elements, `places` in canonical order.
template <class T>
std::vector<typename subject<T>::tensor> described(std::span<const tensor_spec> specs, std::vector<size_t> places);

template <class Net>
std::vector<size_t> places_of() {
    std::vector<size_t> all;
    all.reserve(Net::element_count);
    Net::each_element([&](size_t index) { all.push_back(index); });
    return all;
}

/// How much of a net is compiled.
enum class part { inference, training, training_and_fresh, training_and_descent, every_way };

template <class Net, size_t Batch, class Backend = kernels::native, part Part = part::training>
subject<typename Net::scalar_type> subject_of() {
    using T = typename Net::scalar_type;
    using chain_type = typename Net::chain_type;
    using own = calls<Net, Batch, Backend>;
    subject<T> s{.batch = Batch, .in = Batch * Net::input_size, .out = Batch * Net::output_size,
                 .parameters = Net::parameter_extent, .trainable = Net::trainable_extent,
                 .cache = chain_type::cache_size(Batch), .inference_scratch = chain_type::forward_scratch(Batch, false),
                 .forward_scratch = chain_type::forward_scratch(Batch, true),
                 .backward_scratch = chain_type::backward_scratch(Batch), .spare = chain_type::gradient_scratch_size(),
                 .tensors = described<T>(Net::tensors, places_of<Net>()), .differentiable = differentiable<Net>,
                 .random = chain_type::traits.random_in_training, .mixes = chain_type::traits.mixes_samples,
                 .input_gradient = Net::has_input_gradient, .infer = own::infer,
                 .forward = nullptr, .evaluate = nullptr, .update = nullptr, .backward = nullptr,
                 .backward_fresh = nullptr, .descend = nullptr, .infer_from = nullptr, .forward_from = nullptr,
                 .state = Batch * chain_type::state_size};
    if constexpr (chain_type::state_size > 0) s.infer_from = own::infer_from;
    if constexpr (differentiable<Net> && Part != part::inference) {
        constexpr layer_traits traits = chain_type::traits;
        s.forward = own::template forward<pass::training>;
        if constexpr (chain_type::state_size > 0) s.forward_from = own::template forward_from<pass::training>;
        if constexpr (traits.random_in_training || traits.has_statistics || traits.mixes_samples)
            s.evaluate = own::template forward<pass::evaluation>;
        if constexpr (traits.has_statistics) s.update = own::update;
        s.backward = own::template backward<true, false>;
        if constexpr (Part == part::training_and_fresh || Part == part::every_way)
            s.backward_fresh = own::template backward<false, true>;
        if constexpr (Part == part::training_and_descent || Part == part::every_way) s.descend = own::descend;
    }
    return s;
}

/// Random parameters, a batch of samples, and a random projection of the outputs: the loss is Σ slope · y.
template <class T>
struct experiment {
    std::vector<T> parameters, x, slope;

    experiment(const subject<T>& s, std::uint64_t number);
};

/// What a net makes of a batch.
template <class T>
struct outcome {
    std::vector<T> inferred, trained, gradients, input_gradients;
};

struct how_to_run {
    bool fresh = false;    ///< by backward_fresh
    bool evaluate = false; ///< by evaluate, if there is one
    size_t rows = 0;       ///< that count; 0: all of the batch
};
template <class T>
outcome<T> run(const subject<T>& s, const experiment<T>& e, how_to_run how = {});

// ---- the laws, one by one -------------------------------------------------------------------------------------------

/// 1: the analytic gradient with respect to every trainable tensor and to the input, against five-point differences. Of a
/// large tensor about 400 elements are compared. In evaluation mode too, of what inference computes.
void gradient_is_the_derivative(const subject<double>& s, double tolerance = 1e-9);

/// 2: vectors and scalars give the same bits.
template <class T>
void simd_equals_scalar(const subject<T>& native, const subject<T>& scalar);

/// 3: a batch is its samples; what `single` can do is compared. In evaluation mode, if training draws random numbers or
/// lets the samples see each other.
template <class T>
void batch_equals_singles(const subject<T>& batch, const subject<T>& single);

/// 3 too: in a last, partial batch of `rows` samples what lies in the other rows does not count, and the samples that do
/// give what they give alone.
template <class T>
void padding_does_not_count(const subject<T>& batch, const subject<T>& single);

/// 3 too, for nets whose samples see each other: a partial batch is a whole one of as many, statistics included.
template <class T>
void partial_batch_is_a_whole_one(const subject<T>& batch, const subject<T>& whole);

/// 5: runs the chain in buffers of exactly the promised sizes, full of NaN where nothing was promised: nothing outside is
/// touched, input and parameters stay, gradients are added to what was there, the padding between tensors stays.
template <class T>
void keeps_to_its_memory(const subject<T>& s);

/// 6: what a trainer's step asks for gives the same gradients: no gradient of the input, whose null is not touched, and
/// whatever was in the others overwritten.
template <class T>
void fresh_gradients_are_the_same(const subject<T>& s);

/// 6 too: changing parameters in the backward pass is adding their gradients first and then taking the step.
template <class T>
void descending_is_adding_and_stepping(const subject<T>& s);

/// 10: training moves running statistics, and nothing else of the parameters; vectors and scalars to the same bits.
template <class T>
void statistics_move(const subject<T>& native, const subject<T>& scalar);

/// 9: truncated back-propagation through time. From the states that other inputs have left, training gives the outputs and
/// states of inference, and the gradient is the derivative with those states held constant. (That windows are the whole
/// sequence is law 8.)
void training_starts_from_a_state(const subject<double>& s, double tolerance = 1e-9);

/// 7: a NaN at any place of the input makes some output NaN, in vectors and in scalars.
template <class T>
void nan_reaches_the_output(const subject<T>& native, const subject<T>& scalar);

/// The number of elements, and a layout that gives every one a place of its own.
void layout_is_a_bijection(std::span<const tensor_spec> tensors, const std::vector<size_t>& places, size_t extent,
                           size_t count);
template <class Net>
void layout_is_a_bijection() {
    layout_is_a_bijection(Net::tensors, places_of<Net>(), Net::parameter_extent, Net::element_count);
}

template <class Net>
void nan_reaches_the_output() {
    const auto both = []<class Typed>(std::type_identity<Typed>) {
        nan_reaches_the_output(subject_of<Typed, 1, kernels::native, part::inference>(),
                               subject_of<Typed, 1, kernels::scalar, part::inference>());
    };
    both(std::type_identity<typename Net::template with_scalar<float>>{});
    both(std::type_identity<typename Net::template with_scalar<double>>{});
}

// ---- memory ---------------------------------------------------------------------------------------------------------

/// A buffer of exactly `count` values between two guard zones, full of NaN. Under the address sanitizer the zones may
/// not even be read.
template <class T>
class guarded {
  public:
    static constexpr size_t zone = 64;

    explicit guarded(size_t count);
    guarded(size_t count, const std::vector<T>& values);
    ~guarded();
    guarded(const guarded&) = delete;
    guarded& operator=(const guarded&) = delete;

    T* data() { return all_.data() + zone; }
    std::vector<T> values() { return std::vector<T>(data(), data() + count_); }
    void check(const std::string& what);

  private:
    void poison(bool on);

    size_t count_;
    std::vector<T> all_;
};

// ---- law 4: the compiler computes the same --------------------------------------------------------------------------

template <class Net, size_t Batch>
struct snapshot {
    using T = typename Net::scalar_type;
    std::array<T, Batch * Net::output_size> inferred{}, trained{};
    std::array<T, Net::trainable_extent + 1> gradients{};
    std::array<T, Net::has_input_gradient ? Batch * Net::input_size : 0> input_gradients{};
    std::array<T, Net::buffer_count> statistics{};
};

template <class Net, size_t Batch, class Backend>
constexpr snapshot<Net, Batch> snapshot_of(seed from) {
    using T = typename Net::scalar_type;
    snapshot<Net, Batch> result;
    random_generator random(from);
    Net net{};
    draw_parameters(net, random);
    std::array<T, Batch * Net::input_size> drawn{};
    draw<T>(drawn, random, T(-2), T(2));
    std::array<typename Net::input_element, Batch * Net::input_size> x{};
    for (size_t i = 0; i < x.size(); ++i)
        if constexpr (Net::has_input_gradient) x[i] = drawn[i];
        else x[i] = token_of<typename Net::input_element>(drawn[i]);
    T scratch[Net::chain_type::forward_scratch(Batch, false) + 1]{};
    net.template infer<Backend, Batch>(x.data(), result.inferred.data(), scratch);
    if constexpr (differentiable<Net>) {
        workspace<Net, Batch> work{};
        gradients<Net> into{};
        work.template forward<Backend>(net, x.data(), &random);
        for (size_t i = 0; i < Batch * Net::output_size; ++i) {
            result.trained[i] = work.outputs()[i];
            work.output_gradients()[i] = random.template uniform<T>(T(-1), T(1));
        }
        work.template backward<Backend, Net::has_input_gradient>(net, x.data(), into, result.input_gradients.data());
        for (size_t i = 0; i < Net::trainable_extent; ++i) result.gradients[i] = into.data()[i];
        work.update_statistics(net);
        result.statistics = net.canonical_buffers();
    }
    return result;
}

/// Keeps the optimiser from knowing the seed, or it would evaluate at compile time what should run.
inline seed at_run_time(std::uint64_t value) {
    volatile std::uint64_t hidden = value;
    return seed{hidden};
}

template <class Net, size_t Batch>
void same_at_compile_time_in() {
    using T = typename Net::scalar_type;
    static constexpr snapshot<Net, Batch> then = snapshot_of<Net, Batch, kernels::scalar>(seed{5});
    const snapshot<Net, Batch> now = snapshot_of<Net, Batch, kernels::native>(at_run_time(5));
    check_same_bits<T>("inference at compile time and at run time", then.inferred, now.inferred);
    check_same_bits<T>("training at compile time and at run time", then.trained, now.trained);
    check_same_bits<T>("gradients at compile time and at run time", then.gradients, now.gradients);
    check_same_bits<T>("input gradients at compile time and at run time", then.input_gradients, now.input_gradients);
    check_same_bits<T>("statistics at compile time and at run time", then.statistics, now.statistics);
}

/// Small nets only: clang evaluates a million steps, and a fused multiply-add of doubles takes hundreds.
template <class Net, size_t Batch = 1>
void same_at_compile_time() {
    same_at_compile_time_in<typename Net::template with_scalar<float>, Batch>();
    same_at_compile_time_in<typename Net::template with_scalar<double>, Batch>();
}

// ---- law 8: streaming -----------------------------------------------------------------------------------------------

namespace detail {

template <class Net>
struct sequence {
    static constexpr bool streams = false;
};
template <class T, size_t Time, size_t Features, class... Layers>
struct sequence<basic_network<T, input<Time, Features>, Layers...>> {
    using net = basic_network<T, input<Time, Features>, Layers...>;
    static constexpr size_t time = Time;
    template <size_t Steps>
    using block = input<Steps, Features>;
    template <size_t Steps>
    using net_of = basic_network<T, input<Steps, Features>, Layers...>;
    static constexpr bool streams =
        Time > 1 && net::chain_type::state_size > 0 && net::output_shape::rank == 2 && net::output_shape::extent(0) == Time;
};

/// Sends x through `net` (a network or a view of one) in as many whole inputs as there are; adds what comes out to y.
template <class Net, class T, class State>
void send(const Net& net, std::span<const T> x, State& state, std::vector<T>& y) {
    for (size_t at = 0; at + Net::input_size <= x.size(); at += Net::input_size) {
        typename Net::input_type some{};
        for (size_t i = 0; i < Net::input_size; ++i) some[i] = x[at + i];
        for (const T value : net(some, state)) y.push_back(value);
    }
}

} // namespace detail

/// A sequence in blocks of `Steps` and a last shorter one, the state carried from call to call, is the sequence in one call:
/// outputs and state have the same bits. So it is through `stream`, whatever the calls and its blocks. `Net` takes
/// [time, features]; where it strides, `Steps` and the time are multiples of that.
template <class Net, size_t Steps = 1>
void streaming_is_the_whole_sequence() {
    using T = typename Net::scalar_type;
    using sequence = detail::sequence<Net>;
    constexpr size_t rest = sequence::time % Steps;
    random_generator random(seed{9});
    auto whole = std::make_unique<Net>();
    draw_parameters(*whole, random);
    const std::vector<T> x = drawn<T>(Net::input_size, random, T(-2), T(2));
    const std::string blocks = " in one call and in blocks of " + std::to_string(Steps);

    typename Net::state_type state{}, state_in_blocks{};
    std::vector<T> expected, in_blocks;
    detail::send<Net, T>(*whole, x, state, expected);
    detail::send<decltype(whole->template as<typename sequence::template block<Steps>>()), T>(
        whole->template as<typename sequence::template block<Steps>>(), x, state_in_blocks, in_blocks);
    if constexpr (rest > 0)
        detail::send<decltype(whole->template as<typename sequence::template block<rest>>()), T>(
            whole->template as<typename sequence::template block<rest>>(), std::span(x).last(rest * Net::input_size / sequence::time),
            state_in_blocks, in_blocks);
    check_same_bits<T>("a sequence" + blocks, expected, in_blocks);
    check_same_bits<T>("the state after a sequence" + blocks, state, state_in_blocks);

    using part_type = typename sequence::template net_of<Steps>;
    auto part = std::make_unique<part_type>();
    Net::each_element([&](size_t index) { part->element(index, whole->element(index)); });
    constexpr size_t count = sequence::time / Steps;
    std::vector<T> streamed(count * part_type::output_size);
    state_in_blocks = {};
    for (size_t first = 0, calls = 0; first < count; ++calls) { // of 1, 2, 3 … inputs
        const size_t some = calls + 1 < count - first ? calls + 1 : count - first;
        check(part->template stream<2>(std::span(x).subspan(first * part_type::input_size, some * part_type::input_size),
                                       std::span(streamed).subspan(first * part_type::output_size, some * part_type::output_size),
                                       state_in_blocks),
              "as many outputs as inputs");
        first += some;
    }
    check_same_bits<T>("a sequence streamed", std::span(expected).first(streamed.size()), streamed);
}

// ---- all at once ----------------------------------------------------------------------------------------------------

struct all_subjects {
    subject<float> one, seven, one_scalar, seven_scalar;
    subject<double> fine, five, fine_scalar, five_scalar;
};
void obey(const all_subjects& s);
struct few_subjects {
    subject<float> one, three, three_scalar;
    subject<double> five, five_scalar;
};
void obey(const few_subjects& s);

/// Everything, in float with batches of 1 and 7, in double with 1 and 5, for vectors and for scalars: for the one or two
/// shapes of a layer that between them reach its kernels.
template <class Net>
void obeys_laws() {
    using single = typename Net::template with_scalar<float>;
    using precise = typename Net::template with_scalar<double>;
    using kernels::native, kernels::scalar;
    layout_is_a_bijection<Net>();
    obey(all_subjects{subject_of<single, 1, native, part::training_and_descent>(),
                      subject_of<single, 7, native, part::training_and_fresh>(),
                      subject_of<single, 1, scalar>(), subject_of<single, 7, scalar>(), subject_of<precise, 1>(),
                      subject_of<precise, 5>(), subject_of<precise, 1, scalar>(), subject_of<precise, 5, scalar>()});
    if constexpr (detail::sequence<single>::streams) {
        streaming_is_the_whole_sequence<single>();
        streaming_is_the_whole_sequence<single, 2>();
    }
}

/// The laws without those about single samples in double, and with single samples in inference only: a batch of 3 in float,
/// one of 5 in double.
template <class Net>
void obeys_laws_briefly() {
    using single = typename Net::template with_scalar<float>;
    using precise = typename Net::template with_scalar<double>;
    using kernels::native, kernels::scalar;
    layout_is_a_bijection<Net>();
    obey(few_subjects{subject_of<single, 1, native, part::inference>(), subject_of<single, 3, native, part::every_way>(),
                      subject_of<single, 3, scalar>(), subject_of<precise, 5>(), subject_of<precise, 5, scalar>()});
}

/// The laws of a layer that treats every element alike, or of a net of such layers.
template <class Net>
void obeys_laws_of_elements() {
    using single = typename Net::template with_scalar<float>;
    using precise = typename Net::template with_scalar<double>;
    const auto three = subject_of<single, 3>();
    simd_equals_scalar(three, subject_of<single, 3, kernels::scalar>());
    keeps_to_its_memory(three);
    const auto five = subject_of<precise, 5>();
    simd_equals_scalar(five, subject_of<precise, 5, kernels::scalar>());
    gradient_is_the_derivative(five);
}

/// The laws of how layers are connected, in scalars, which are compiled much faster: for nets of layers that obey the others.
template <class Net>
void obeys_laws_of_connections() {
    using precise = typename Net::template with_scalar<double>;
    const auto three = subject_of<precise, 3, kernels::scalar, part::every_way>();
    layout_is_a_bijection<Net>();
    gradient_is_the_derivative(three);
    keeps_to_its_memory(three);
    fresh_gradients_are_the_same(three);
    descending_is_adding_and_stepping(three);
    const auto single = subject_of<precise, 1, kernels::scalar>();
    batch_equals_singles(three, single);
    padding_does_not_count(three, single);
}

/// The laws that depend on how extents fill registers, in float: for many extents.
template <class Net>
void fits_registers() {
    const auto one = subject_of<Net, 1>(), five = subject_of<Net, 5>();
    simd_equals_scalar(one, subject_of<Net, 1, kernels::scalar>());
    simd_equals_scalar(five, subject_of<Net, 5, kernels::scalar>());
    batch_equals_singles(five, one);
    keeps_to_its_memory(one);
    keeps_to_its_memory(five);
}

// What laws.cpp holds.
#define LAWS_ARE_IN_LAWS_CPP(Keyword, T) \
    Keyword template void check_same_bits<T>(const std::string&, std::span<const T>, std::span<const T>); \
    Keyword template void check_close<T>(const std::string&, std::span<const T>, std::span<const T>, double); \
    Keyword template std::vector<T> drawn<T>(size_t, random_generator&, T, T); \
    Keyword template std::vector<subject<T>::tensor> described<T>(std::span<const tensor_spec>, std::vector<size_t>); \
    Keyword template struct experiment<T>; \
    Keyword template class guarded<T>; \
    Keyword template outcome<T> run<T>(const subject<T>&, const experiment<T>&, how_to_run); \
    Keyword template void simd_equals_scalar<T>(const subject<T>&, const subject<T>&); \
    Keyword template void batch_equals_singles<T>(const subject<T>&, const subject<T>&); \
    Keyword template void padding_does_not_count<T>(const subject<T>&, const subject<T>&); \
    Keyword template void partial_batch_is_a_whole_one<T>(const subject<T>&, const subject<T>&); \
    Keyword template void statistics_move<T>(const subject<T>&, const subject<T>&); \
    Keyword template void keeps_to_its_memory<T>(const subject<T>&); \
    Keyword template void fresh_gradients_are_the_same<T>(const subject<T>&); \
    Keyword template void descending_is_adding_and_stepping<T>(const subject<T>&); \
    Keyword template void nan_reaches_the_output<T>(const subject<T>&, const subject<T>&);
LAWS_ARE_IN_LAWS_CPP(extern, float)
LAWS_ARE_IN_LAWS_CPP(extern, double)

} // namespace laws
