// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// What every layer obeys, as templates over a network, so that a layer's test is a list of shapes:
//
//     laws::obeys_laws<network<input<17>, dense<33>>>();          // in float and in double, batches of 1, 3 and 7
//     laws::same_at_compile_time<network<input<3>, dense<5>>>();
//     laws::nan_reaches_the_output<network<input<3>, dense<5>>>();
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
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#define LAWS_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LAWS_POISON 1
#endif
#endif
#if defined(LAWS_POISON)
#include <sanitizer/asan_interface.h>
#endif

namespace laws {

using namespace inlay;

// ---- comparing ------------------------------------------------------------------------------------------------------

template <class T>
using bits_of = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

/// The same bits; all NaNs are one.
template <class T>
constexpr bool same_bits(T a, T b) {
    return std::bit_cast<bits_of<T>>(a) == std::bit_cast<bits_of<T>>(b) || (a != a && b != b);
}

/// Out of line, for BOOST_TEST is dear to compile.
inline void check(bool passed, const std::string& message) { BOOST_TEST(passed, message); }
inline void require(bool passed, const std::string& message) { BOOST_TEST_REQUIRE(passed, message); }

template <class T>
void check_same_bits(const std::string& what, std::span<const T> a, std::span<const T> b) {
    require(a.size() == b.size(), what + ": as many values");
    size_t wrong = 0, first = 0;
    for (size_t i = a.size(); i-- > 0;)
        if (!same_bits(a[i], b[i])) {
            ++wrong;
            first = i;
        }
    check(wrong == 0, what + ": " + std::to_string(wrong) + " of " + std::to_string(a.size()) +
                          " differ, the first is number " + std::to_string(first));
}

/// ‖a − b‖ ≤ tolerance · max(‖a‖, ‖b‖)
template <class T>
void check_close(const std::string& what, std::span<const T> a, std::span<const T> b, double tolerance) {
    require(a.size() == b.size(), what + ": as many values");
    long double difference = 0, left = 0, right = 0;
    for (size_t i = 0; i < a.size(); ++i) {
        const long double u = a[i], v = b[i];
        difference += (u - v) * (u - v);
        left += u * u;
        right += v * v;
    }
    const long double scale = std::sqrt(left > right ? left : right);
    const long double error = scale > 0 ? std::sqrt(difference) / scale : std::sqrt(difference);
    std::ostringstream message;
    message << what << ": relative error " << static_cast<double>(error) << " of " << a.size() << " values exceeds "
            << tolerance;
    check(error <= tolerance, message.str());
}

// ---- random nets and samples ----------------------------------------------------------------------------------------

/// Numbers in steps of 2⁻²⁴, so that float and double draws are the same numbers.
template <class T>
constexpr void draw(std::span<T> to, random_generator& random, T low, T high) {
    for (T& value : to) value = random.template uniform<T>(low, high);
}
template <class T>
std::vector<T> drawn(size_t count, random_generator& random, T low = T(-1), T high = T(1)) {
    std::vector<T> values(count);
    draw<T>(values, random, low, high);
    return values;
}

/// Inputs that finite differences like: all different by more than any step (for max-pool) and none near a kink of the
/// activations, which lie at 0, ±1 and ±3.
template <class T>
std::vector<T> inputs_between_kinks(size_t count, random_generator& random) {
    std::vector<T> values(count);
    for (size_t i = 0; i < count; ++i) {
        const double at = (static_cast<double>(i) + 0.3 + 0.4 * random.unit<double>()) / static_cast<double>(count);
        double value = at * 7 - 3.5;
        for (const double kink : {-3.0, -1.0, 0.0, 1.0, 3.0})
            if (std::abs(value - kink) < 0.01) value = kink + 0.01 + 0.3 * random.unit<double>();
        values[i] = static_cast<T>(value);
    }
    shuffle(values.data(), count, random);
    return values;
}

/// Random parameters, the padding between tensors left at 0.
template <class Net>
constexpr void draw_parameters(Net& net, random_generator& random) {
    using T = typename Net::scalar_type;
    const auto data = net.parameters();
    Net::each_parameter([&](size_t index) { data[index] = random.template uniform<T>(T(-0.6), T(0.6)); });
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
        bool trainable;
        std::vector<size_t> places; ///< in the flat buffer, in canonical order
    };
    size_t batch, in, out; ///< `in` and `out` of the whole batch
    size_t parameters, trainable, cache, inference_scratch, forward_scratch, backward_scratch;
    std::vector<tensor> tensors;
    bool differentiable, random;

    void (*infer)(const T* parameters, const T* x, T* y, T* scratch);
    /// `backward_fresh` leaves the input's gradient out and overwrites the others, as a trainer's step does. All three
    /// may be null.
    void (*forward)(const T* parameters, const T* x, T* y, T* cache, T* scratch, random_generator* random);
    void (*backward)(const T* parameters, const T* x, const T* y, const T* cache, T* scratch, T* dy, T* into, T* dx);
    void (*backward_fresh)(const T* parameters, const T* x, const T* y, const T* cache, T* scratch, T* dy, T* into,
                           T* dx);
};

template <class Net, size_t Batch, class Machine>
struct calls {
    using T = typename Net::scalar_type;
    using chain_type = typename Net::chain_type;

    static std::array<const T*, Net::tensor_count> pointers(const T* parameters) {
        std::array<const T*, Net::tensor_count> all{};
        for (size_t t = 0; t < Net::tensor_count; ++t) all[t] = parameters + Net::tensor_offset(t);
        return all;
    }
    static void infer(const T* parameters, const T* x, T* y, T* scratch) {
        const forward_call<T, Net::tensor_count> call{.parameters = pointers(parameters), .input = x, .output = y,
                                                      .cache = nullptr, .scratch = scratch, .state = nullptr,
                                                      .random = nullptr, .rows = Batch};
        chain_type::template forward<context<Machine, context_options{.batch = Batch}>>(call);
    }
    static void forward(const T* parameters, const T* x, T* y, T* cache, T* scratch, random_generator* random) {
        const forward_call<T, Net::tensor_count> call{.parameters = pointers(parameters), .input = x, .output = y,
                                                      .cache = cache, .scratch = scratch, .state = nullptr,
                                                      .random = random, .rows = Batch};
        chain_type::template forward<context<Machine, context_options{.batch = Batch, .pass = pass::training}>>(call);
    }
    template <bool Inputs, bool Fresh>
    static void backward(const T* parameters, const T* x, const T* y, const T* cache, T* scratch, T* dy, T* into,
                         T* dx) {
        const backward_call<T, Net::tensor_count> call{
            .parameters = pointers(parameters), .gradients = Net::gradient_pointers(into), .input = x, .output = y,
            .cache = cache, .scratch = scratch, .output_gradient = dy, .input_gradient = dx, .rows = Batch};
        chain_type::template backward<
            context<Machine, context_options{Batch, pass::training, Inputs,
                                             Fresh ? gradient_mode::overwrite : gradient_mode::add}>>(call);
    }
};

template <class Net, class T = typename Net::scalar_type>
std::vector<typename subject<T>::tensor> describe() {
    std::vector<typename subject<T>::tensor> all;
    for (const tensor_spec& spec : Net::tensors) all.push_back({std::string(spec.name.view()), spec.trainable, {}});
    size_t t = 0;
    Net::each_parameter([&](size_t index) {
        while (all[t].places.size() == Net::tensors[t].size) ++t;
        all[t].places.push_back(index);
    });
    return all;
}

/// How much of a net is compiled.
enum class part { inference, training, training_in_both_ways };

template <class Net, size_t Batch, class Machine = kernels::native, part Part = part::training>
subject<typename Net::scalar_type> subject_of() {
    using chain_type = typename Net::chain_type;
    using own = calls<Net, Batch, Machine>;
    subject<typename Net::scalar_type> s{
        .batch = Batch, .in = Batch * Net::input_size, .out = Batch * Net::output_size,
        .parameters = Net::parameter_extent, .trainable = Net::trainable_extent,
        .cache = chain_type::cache_size(Batch), .inference_scratch = chain_type::forward_scratch(Batch, false),
        .forward_scratch = chain_type::forward_scratch(Batch, true),
        .backward_scratch = chain_type::backward_scratch(Batch), .tensors = describe<Net>(),
        .differentiable = differentiable<Net>, .random = chain_type::traits.random_in_training,
        .infer = own::infer, .forward = nullptr, .backward = nullptr, .backward_fresh = nullptr};
    if constexpr (differentiable<Net> && Part != part::inference) {
        s.forward = own::forward;
        s.backward = own::template backward<true, false>;
        if constexpr (Part == part::training_in_both_ways) s.backward_fresh = own::template backward<false, true>;
    }
    return s;
}

/// Random parameters, a batch of samples, and a random projection of the outputs: the loss is Σ slope · y.
template <class T>
struct experiment {
    std::vector<T> parameters, x, slope;

    explicit experiment(const subject<T>& s, std::uint64_t number) {
        random_generator random(seed{number});
        parameters.resize(s.parameters);
        for (const auto& tensor : s.tensors)
            for (const size_t place : tensor.places) parameters[place] = random.template uniform<T>(T(-0.6), T(0.6));
        x = inputs_between_kinks<T>(s.in, random);
        slope = drawn<T>(s.out, random);
    }
};

/// What a net makes of a batch.
template <class T>
struct outcome {
    std::vector<T> inferred, trained, gradients, input_gradients;
};

/// Dropout draws the same factors in every run.
inline random_generator same_generator() { return random_generator(seed{77}); }

template <class T>
outcome<T> run(const subject<T>& s, const experiment<T>& e, bool fresh = false) {
    outcome<T> result;
    std::vector<T> scratch(s.inference_scratch);
    result.inferred.resize(s.out);
    s.infer(e.parameters.data(), e.x.data(), result.inferred.data(), scratch.data());
    if (!s.differentiable) return result;
    std::vector<T> cache(s.cache), slope = e.slope;
    random_generator random = same_generator();
    scratch.resize(s.forward_scratch);
    result.trained.resize(s.out);
    s.forward(e.parameters.data(), e.x.data(), result.trained.data(), cache.data(), scratch.data(), &random);
    scratch.resize(s.backward_scratch);
    result.gradients.assign(s.trainable, fresh ? std::numeric_limits<T>::quiet_NaN() : T(0));
    if (!fresh) result.input_gradients.resize(s.in);
    (fresh ? s.backward_fresh : s.backward)(e.parameters.data(), e.x.data(), result.trained.data(), cache.data(),
                                            scratch.data(), slope.data(), result.gradients.data(),
                                            fresh ? nullptr : result.input_gradients.data());
    return result;
}

// ---- law 1: a gradient is the derivative ----------------------------------------------------------------------------

/// The analytic gradient with respect to every trainable tensor and to the input, against five-point differences. Of a
/// large tensor about 400 elements are compared.
inline void gradient_is_the_derivative(const subject<double>& s, double tolerance = 1e-9) {
    if (!s.differentiable) return;
    experiment<double> e(s, 2);
    const outcome<double> analytic = run(s, e);
    std::vector<double> y(s.out), cache(s.cache), scratch(s.forward_scratch);
    const auto value = [&] {
        random_generator random = same_generator();
        s.forward(e.parameters.data(), e.x.data(), y.data(), cache.data(), scratch.data(), &random);
        long double total = 0;
        for (size_t i = 0; i < s.out; ++i) total += static_cast<long double>(e.slope[i]) * y[i];
        return total;
    };
    const auto derivative = [&](double& at) {
        constexpr double h = 4e-4;
        const double middle = at;
        const auto beside = [&](double distance) {
            at = middle + distance;
            return value();
        };
        const long double near = beside(h) - beside(-h), far = beside(2 * h) - beside(-2 * h);
        at = middle;
        return static_cast<double>((8 * near - far) / (12 * h));
    };
    for (const auto& tensor : s.tensors) {
        if (!tensor.trainable) continue;
        std::vector<double> exact, measured;
        for (size_t i = 0; i < tensor.places.size(); i += tensor.places.size() / 400 + 1) {
            exact.push_back(analytic.gradients[tensor.places[i]]);
            measured.push_back(derivative(e.parameters[tensor.places[i]]));
        }
        check_close<double>("derivative by " + tensor.name, exact, measured, tolerance);
    }
    std::vector<double> exact, measured;
    for (size_t i = 0; i < s.in; i += s.in / 400 + 1) {
        exact.push_back(analytic.input_gradients[i]);
        measured.push_back(derivative(e.x[i]));
    }
    check_close<double>("derivative by the input", exact, measured, tolerance);
}

// ---- law 2: vectors and scalars give the same bits ------------------------------------------------------------------

template <class T>
void simd_equals_scalar(const subject<T>& native, const subject<T>& scalar) {
    const experiment<T> e(native, 3);
    const outcome<T> a = run(native, e), b = run(scalar, e);
    check_same_bits<T>("inference, native and scalar", a.inferred, b.inferred);
    check_same_bits<T>("training, native and scalar", a.trained, b.trained);
    check_same_bits<T>("gradients, native and scalar", a.gradients, b.gradients);
    check_same_bits<T>("input gradients, native and scalar", a.input_gradients, b.input_gradients);
}

// ---- law 3: a batch is its samples ----------------------------------------------------------------------------------

template <class T>
void batch_equals_singles(const subject<T>& batch, const subject<T>& single) {
    constexpr double tolerance = sizeof(T) == 4 ? 1e-5 : 1e-12;
    const experiment<T> e(batch, 4);
    const outcome<T> all = run(batch, e);
    std::vector<T> inferred, trained, input_gradients, sums(all.gradients.size());
    const auto append = [](std::vector<T>& to, const std::vector<T>& from) {
        to.insert(to.end(), from.begin(), from.end());
    };
    for (size_t n = 0; n < batch.batch; ++n) {
        experiment<T> part = e;
        part.x.assign(e.x.data() + n * single.in, e.x.data() + (n + 1) * single.in);
        part.slope.assign(e.slope.data() + n * single.out, e.slope.data() + (n + 1) * single.out);
        const outcome<T> one = run(single, part);
        append(inferred, one.inferred);
        append(trained, one.trained);
        append(input_gradients, one.input_gradients);
        for (size_t i = 0; i < sums.size(); ++i) sums[i] += one.gradients[i];
    }
    check_close<T>("inference of a batch and of its samples", all.inferred, inferred, tolerance);
    if (batch.random || !batch.differentiable) return;
    check_close<T>("training of a batch and of its samples", all.trained, trained, tolerance);
    check_close<T>("gradients of a batch and of its samples", all.gradients, sums, tolerance);
    check_close<T>("input gradients of a batch and of its samples", all.input_gradients, input_gradients, tolerance);
}

// ---- law 4: the compiler computes the same --------------------------------------------------------------------------

template <class Net, size_t Batch>
struct snapshot {
    using T = typename Net::scalar_type;
    std::array<T, Batch * Net::output_size> inferred{}, trained{};
    std::array<T, Net::trainable_extent + 1> gradients{};
    std::array<T, Batch * Net::input_size> input_gradients{};
};

template <class Net, size_t Batch, class Machine>
constexpr snapshot<Net, Batch> snapshot_of(seed from) {
    using T = typename Net::scalar_type;
    snapshot<Net, Batch> result;
    random_generator random(from);
    Net net{};
    draw_parameters(net, random);
    std::array<T, Batch * Net::input_size> x{};
    draw<T>(x, random, T(-2), T(2));
    T scratch[Net::chain_type::forward_scratch(Batch, false) + 1]{};
    net.template infer<Machine, Batch>(x.data(), result.inferred.data(), scratch);
    if constexpr (differentiable<Net>) {
        workspace<Net, Batch> work{};
        gradients<Net> into{};
        work.template forward<Machine>(net, x.data(), &random);
        for (size_t i = 0; i < Batch * Net::output_size; ++i) {
            result.trained[i] = work.outputs()[i];
            work.output_gradients()[i] = random.template uniform<T>(T(-1), T(1));
        }
        work.template backward<Machine, true>(net, x.data(), into, result.input_gradients.data());
        for (size_t i = 0; i < Net::trainable_extent; ++i) result.gradients[i] = into.data()[i];
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
    const auto compare = [](const snapshot<Net, Batch>& now) {
        check_same_bits<T>("inference at compile time and at run time", then.inferred, now.inferred);
        check_same_bits<T>("training at compile time and at run time", then.trained, now.trained);
        check_same_bits<T>("gradients at compile time and at run time", then.gradients, now.gradients);
        check_same_bits<T>("input gradients at compile time and at run time", then.input_gradients,
                           now.input_gradients);
    };
    compare(snapshot_of<Net, Batch, kernels::scalar>(at_run_time(5)));
    compare(snapshot_of<Net, Batch, kernels::native>(at_run_time(5)));
}

/// Small nets only: clang evaluates a million steps, and a fused multiply-add of doubles takes hundreds.
template <class Net, size_t Batch = 1>
void same_at_compile_time() {
    same_at_compile_time_in<typename Net::template with_scalar<float>, Batch>();
    same_at_compile_time_in<typename Net::template with_scalar<double>, Batch>();
}

// ---- law 5: memory --------------------------------------------------------------------------------------------------

/// A buffer of exactly `count` values between two guard zones, full of NaN. Under the address sanitizer the zones may
/// not even be read.
template <class T>
class guarded {
  public:
    static constexpr size_t zone = 64;

    explicit guarded(size_t count) : count_(count), all_(count + 2 * zone, pattern()) { poison(true); }
    guarded(size_t count, const std::vector<T>& values) : guarded(count) {
        for (size_t i = 0; i < count; ++i) data()[i] = values[i];
    }
    ~guarded() { poison(false); }
    guarded(const guarded&) = delete;
    guarded& operator=(const guarded&) = delete;

    T* data() { return all_.data() + zone; }
    std::vector<T> values() { return std::vector<T>(data(), data() + count_); }

    void check(const std::string& what) {
        poison(false);
        bool untouched = true;
        for (size_t i = 0; i < zone; ++i)
            untouched = untouched && is_pattern(all_[i]) && is_pattern(all_[zone + count_ + i]);
        laws::check(untouched, "written outside of " + what);
        poison(true);
    }

  private:
    static T pattern() {
        return std::bit_cast<T>(static_cast<bits_of<T>>(sizeof(T) == 4 ? 0x7fc0a5a5u : 0x7ff8a5a5a5a5a5a5u));
    }
    static bool is_pattern(T value) { return std::bit_cast<bits_of<T>>(value) == std::bit_cast<bits_of<T>>(pattern()); }
    void poison([[maybe_unused]] bool on) {
#if defined(LAWS_POISON)
        if (on) {
            ASAN_POISON_MEMORY_REGION(all_.data(), zone * sizeof(T));
            ASAN_POISON_MEMORY_REGION(all_.data() + zone + count_, zone * sizeof(T));
        } else ASAN_UNPOISON_MEMORY_REGION(all_.data(), all_.size() * sizeof(T));
#endif
    }

    size_t count_;
    std::vector<T> all_;
};

/// Runs the chain in buffers of exactly the promised sizes, full of NaN where nothing was promised: nothing outside is
/// touched, input and parameters stay, gradients are added to what was there, the padding between tensors stays.
template <class T>
void keeps_to_its_memory(const subject<T>& s) {
    const experiment<T> e(s, 6);
    const outcome<T> expected = run(s, e);
    guarded<T> parameters(s.parameters, e.parameters), x(s.in, e.x), y(s.out);
    {
        guarded<T> scratch(s.inference_scratch);
        s.infer(parameters.data(), x.data(), y.data(), scratch.data());
        check_same_bits<T>("inference in exact memory", expected.inferred, y.values());
        scratch.check("the scratch of inference");
        y.check("the output of inference");
    }
    if (s.differentiable) {
        guarded<T> cache(s.cache), forward_scratch(s.forward_scratch), backward_scratch(s.backward_scratch),
            dy(s.out, e.slope), dx(s.in), into(s.trainable, std::vector<T>(s.trainable, T(0)));
        random_generator random = same_generator();
        s.forward(parameters.data(), x.data(), y.data(), cache.data(), forward_scratch.data(), &random);
        check_same_bits<T>("training in exact memory", expected.trained, y.values());
        cache.check("the cache, by forward");
        forward_scratch.check("the scratch of forward");
        const std::vector<T> kept = cache.values(), outputs = y.values();

        const auto backward = [&] {
            s.backward(parameters.data(), x.data(), y.data(), cache.data(), backward_scratch.data(), dy.data(),
                       into.data(), dx.data());
        };
        backward();
        check_same_bits<T>("gradients in exact memory", expected.gradients, into.values());
        check_same_bits<T>("input gradients in exact memory", expected.input_gradients, dx.values());
        check_same_bits<T>("the cache stays in backward", kept, cache.values());
        check_same_bits<T>("the output stays in backward", outputs, y.values());
        backward_scratch.check("the scratch of backward");
        dy.check("the output gradients");
        dx.check("the input gradients");
        into.check("the gradients");

        std::vector<bool> used(s.parameters, false);
        for (const auto& tensor : s.tensors)
            for (const size_t place : tensor.places) used[place] = true;
        bool padding_is_zero = true;
        for (size_t i = 0; i < s.trainable; ++i)
            if (!used[i]) padding_is_zero = padding_is_zero && into.data()[i] == 0;
        check(padding_is_zero, "a gradient was written between the tensors");

        for (size_t i = 0; i < s.out; ++i) dy.data()[i] = e.slope[i]; // the first pass used it as scratch
        backward();
        std::vector<T> twice = expected.gradients;
        for (T& g : twice) g += g;
        check_close<T>("gradients are added to", into.values(), twice, sizeof(T) == 4 ? 1e-5 : 1e-13);
    }
    check_same_bits<T>("the input stays", e.x, x.values());
    check_same_bits<T>("the parameters stay", e.parameters, parameters.values());
    x.check("the input");
    y.check("the output");
}

/// What a trainer's step asks for gives the same gradients: no gradient of the input, whose null is not touched, and
/// whatever was in the others overwritten.
template <class T>
void fresh_gradients_are_the_same(const subject<T>& s) {
    if (!s.differentiable) return;
    const experiment<T> e(s, 7);
    const outcome<T> added = run(s, e), fresh = run(s, e, true);
    for (const auto& tensor : s.tensors) {
        std::vector<T> a, b;
        for (const size_t place : tensor.places)
            if (tensor.trainable) {
                a.push_back(added.gradients[place]);
                b.push_back(fresh.gradients[place]);
            }
        check_same_bits<T>("gradient of " + tensor.name + ", added and fresh", a, b);
    }
}

/// The number of parameters, and a layout that gives every parameter a place of its own.
template <class Net>
void layout_is_a_bijection() {
    std::vector<int> uses(Net::parameter_extent, 0);
    size_t count = 0;
    Net::each_parameter([&](size_t index) {
        require(index < Net::parameter_extent, "a parameter lies outside of the buffer");
        ++uses[index];
        ++count;
    });
    bool once = true;
    for (const int u : uses) once = once && u <= 1;
    check(once, "two parameters share a place");
    check(count == Net::parameter_count, "each_parameter visits all");
    size_t of_tensors = 0;
    for (const tensor_spec& spec : Net::tensors) {
        size_t product = 1;
        for (size_t a = 0; a < spec.rank; ++a) product *= spec.extents[a];
        check(product == spec.size, "a tensor has as many elements as its extents say");
        of_tensors += spec.size;
    }
    check(of_tensors == Net::parameter_count, "the tensors are all parameters");
}

// ---- law 7: NaN is not swallowed ------------------------------------------------------------------------------------

template <class T>
void nan_reaches_the_output(const subject<T>& native, const subject<T>& scalar) {
    const experiment<T> e(native, 8);
    std::vector<T> scratch(native.inference_scratch), a(native.out), b(native.out);
    for (size_t i = 0; i < native.in; ++i) {
        std::vector<T> x = e.x;
        x[i] = std::numeric_limits<T>::quiet_NaN();
        native.infer(e.parameters.data(), x.data(), a.data(), scratch.data());
        scalar.infer(e.parameters.data(), x.data(), b.data(), scratch.data());
        bool found = false;
        for (const T y : a) found = found || y != y;
        check(found, "a NaN at input " + std::to_string(i) + " is lost");
        check_same_bits<T>("outputs of a NaN", a, b);
    }
}
/// A NaN at any place of the input makes some output NaN, in vectors and in scalars.
template <class Net>
void nan_reaches_the_output() {
    const auto both = []<class Typed>(std::type_identity<Typed>) {
        nan_reaches_the_output(subject_of<Typed, 1, kernels::native, part::inference>(),
                               subject_of<Typed, 1, kernels::scalar, part::inference>());
    };
    both(std::type_identity<typename Net::template with_scalar<float>>{});
    both(std::type_identity<typename Net::template with_scalar<double>>{});
}

// ---- all at once ----------------------------------------------------------------------------------------------------

struct all_subjects {
    subject<float> one, three, seven, one_scalar, three_scalar, seven_scalar;
    subject<double> fine, five, fine_scalar, five_scalar;
};

inline void obey(const all_subjects& s) {
    simd_equals_scalar(s.one, s.one_scalar);
    simd_equals_scalar(s.three, s.three_scalar);
    simd_equals_scalar(s.seven, s.seven_scalar);
    batch_equals_singles(s.seven, s.one);
    keeps_to_its_memory(s.one);
    keeps_to_its_memory(s.three);
    fresh_gradients_are_the_same(s.three);
    simd_equals_scalar(s.fine, s.fine_scalar);
    simd_equals_scalar(s.five, s.five_scalar);
    batch_equals_singles(s.five, s.fine);
    keeps_to_its_memory(s.five);
    gradient_is_the_derivative(s.fine);
    gradient_is_the_derivative(s.five);
}

/// In float with batches of 1, 3 and 7, in double with 1 and 5: every size is compiled for vectors and for scalars.
template <class Net>
void obeys_laws() {
    using single = typename Net::template with_scalar<float>;
    using precise = typename Net::template with_scalar<double>;
    using kernels::native, kernels::scalar;
    layout_is_a_bijection<Net>();
    obey({subject_of<single, 1>(), subject_of<single, 3, native, part::training_in_both_ways>(),
          subject_of<single, 7>(), subject_of<single, 1, scalar>(), subject_of<single, 3, scalar>(),
          subject_of<single, 7, scalar>(), subject_of<precise, 1>(), subject_of<precise, 5>(),
          subject_of<precise, 1, scalar>(), subject_of<precise, 5, scalar>()});
}

/// The laws for fewer batch sizes.
template <class Net>
void obeys_laws_briefly() {
    using single = typename Net::template with_scalar<float>;
    using precise = typename Net::template with_scalar<double>;
    const auto three = subject_of<single, 3, kernels::native, part::training_in_both_ways>();
    simd_equals_scalar(three, subject_of<single, 3, kernels::scalar>());
    keeps_to_its_memory(three);
    fresh_gradients_are_the_same(three);
    const auto fine = subject_of<precise, 1>(), five = subject_of<precise, 5>();
    simd_equals_scalar(five, subject_of<precise, 5, kernels::scalar>());
    batch_equals_singles(five, fine);
    gradient_is_the_derivative(five);
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

} // namespace laws
