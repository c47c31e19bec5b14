// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The laws of laws.hpp: compiled once, they see nets as tables of functions.
#include "laws.hpp"

#include <algorithm>

#include <sstream>

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

// ---- comparing ------------------------------------------------------------------------------------------------------

void check(bool passed, const std::string& message) { BOOST_TEST(passed, message); }
void require(bool passed, const std::string& message) { BOOST_TEST_REQUIRE(passed, message); }

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

template <class T>
std::vector<T> drawn(size_t count, random_generator& random, T low, T high) {
    std::vector<T> values(count);
    draw<T>(values, random, low, high);
    return values;
}

namespace {

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

/// Dropout draws the same factors in every run.
random_generator same_generator() { return random_generator(seed{77}); }

} // namespace

template <class T>
std::vector<typename subject<T>::tensor> described(std::span<const tensor_spec> specs, std::vector<size_t> places) {
    std::vector<typename subject<T>::tensor> all;
    size_t at = 0;
    for (const tensor_spec& spec : specs) {
        const size_t end = std::min(at + spec.size, places.size());
        all.push_back({std::string(spec.name.view()), spec.role, spec.trainable,
                       {places.begin() + static_cast<std::ptrdiff_t>(at), places.begin() + static_cast<std::ptrdiff_t>(end)}});
        at = end;
    }
    return all;
}

template <class T>
experiment<T>::experiment(const subject<T>& s, std::uint64_t number) {
    random_generator random(seed{number});
    parameters.resize(s.parameters);
    for (const auto& tensor : s.tensors)
        for (const size_t place : tensor.places) parameters[place] = drawn_for<T>(tensor.role, random);
    x = inputs_between_kinks<T>(s.in, random);
    slope = drawn<T>(s.out, random, T(-1), T(1));
}

template <class T>
outcome<T> run(const subject<T>& s, const experiment<T>& e, how_to_run how) {
    const size_t rows = how.rows ? how.rows : s.batch;
    const bool fresh = how.fresh;
    outcome<T> result;
    std::vector<T> scratch(s.inference_scratch);
    result.inferred.resize(s.out);
    s.infer(e.parameters.data(), e.x.data(), result.inferred.data(), scratch.data());
    if (s.forward == nullptr) return result;
    std::vector<T> cache(s.cache), slope = e.slope;
    random_generator random = same_generator();
    scratch.resize(s.forward_scratch);
    result.trained.resize(s.out);
    (how.evaluate && s.evaluate ? s.evaluate : s.forward)(e.parameters.data(), e.x.data(), result.trained.data(),
                                                          cache.data(), scratch.data(), &random, rows);
    scratch.resize(s.backward_scratch);
    result.gradients.assign(s.trainable, fresh ? std::numeric_limits<T>::quiet_NaN() : T(0));
    if (!fresh && s.input_gradient) result.input_gradients.resize(s.in);
    (fresh ? s.backward_fresh : s.backward)(e.parameters.data(), e.x.data(), result.trained.data(), cache.data(),
                                            scratch.data(), slope.data(), result.gradients.data(),
                                            fresh ? nullptr : result.input_gradients.data(), rows);
    return result;
}

// ---- law 1: a gradient is the derivative ----------------------------------------------------------------------------

namespace {

/// Against five-point differences, every pass starting from `state` (which may be empty); of evaluation if `evaluate`.
void check_derivative(const subject<double>& s, const std::vector<double>& state, const std::string& where,
                      double tolerance, bool evaluate = false) {
    experiment<double> e(s, 2);
    std::vector<double> y(s.out), cache(s.cache),
        scratch(std::max({s.forward_scratch, s.inference_scratch, s.backward_scratch}));
    const auto forward = [&](bool keeps) {
        random_generator random = same_generator();
        std::vector<double> own = state;
        if (evaluate && !keeps) s.infer(e.parameters.data(), e.x.data(), y.data(), scratch.data());
        else if (evaluate)
            s.evaluate(e.parameters.data(), e.x.data(), y.data(), cache.data(), scratch.data(), &random, s.batch);
        else if (state.empty())
            s.forward(e.parameters.data(), e.x.data(), y.data(), cache.data(), scratch.data(), &random, s.batch);
        else
            s.forward_from(e.parameters.data(), e.x.data(), y.data(), cache.data(), scratch.data(), own.data(), &random,
                           s.batch);
    };
    outcome<double> analytic;
    analytic.gradients.resize(s.trainable);
    analytic.input_gradients.resize(s.input_gradient ? s.in : 0);
    std::vector<double> slope = e.slope;
    forward(true);
    s.backward(e.parameters.data(), e.x.data(), y.data(), cache.data(), scratch.data(), slope.data(),
               analytic.gradients.data(), analytic.input_gradients.data(), s.batch);
    const auto value = [&] {
        forward(false);
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
        check_close<double>("derivative by " + tensor.name + where, exact, measured, tolerance);
    }
    if (!s.input_gradient) return;
    std::vector<double> exact, measured;
    for (size_t i = 0; i < s.in; i += s.in / 400 + 1) {
        exact.push_back(analytic.input_gradients[i]);
        measured.push_back(derivative(e.x[i]));
    }
    check_close<double>("derivative by the input" + where, exact, measured, tolerance);
}

} // namespace

void gradient_is_the_derivative(const subject<double>& s, double tolerance) {
    if (s.forward != nullptr) check_derivative(s, {}, "", tolerance);
    if (s.evaluate != nullptr) check_derivative(s, {}, " in evaluation", tolerance, true);
}

// ---- law 9: training starts from a state ----------------------------------------------------------------------------

void training_starts_from_a_state(const subject<double>& s, double tolerance) {
    if (s.forward_from == nullptr) return;
    const experiment<double> before(s, 12), e(s, 2);
    std::vector<double> y(s.out), trained(s.out), cache(s.cache),
        scratch(std::max(s.inference_scratch, s.forward_scratch)), state(s.state);
    for (int call = 0; call < 8; ++call) // a past that reaches back over several calls is full
        s.infer_from(e.parameters.data(), before.x.data(), y.data(), scratch.data(), state.data());
    check_derivative(s, state, " from a state", tolerance);
    std::vector<double> inferred_state = state, trained_state = state;
    random_generator random = same_generator();
    s.forward_from(e.parameters.data(), e.x.data(), trained.data(), cache.data(), scratch.data(), trained_state.data(),
                   &random, s.batch);
    if (s.random || s.mixes) return;
    s.infer_from(e.parameters.data(), e.x.data(), y.data(), scratch.data(), inferred_state.data());
    check_close<double>("outputs of training and of inference from a state", trained, y, 1e-12);
    check_close<double>("states after training and after inference", trained_state, inferred_state, 1e-12);
    check(trained_state != state, "training leaves a new state");
    s.infer(e.parameters.data(), e.x.data(), y.data(), scratch.data());
    check(trained != y, "the state counts");
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
    if (native.evaluate == nullptr) return;
    const outcome<T> c = run(native, e, {.evaluate = true}), d = run(scalar, e, {.evaluate = true});
    check_same_bits<T>("evaluation and inference", c.trained, c.inferred);
    check_same_bits<T>("gradients in evaluation, native and scalar", c.gradients, d.gradients);
    check_same_bits<T>("input gradients in evaluation, native and scalar", c.input_gradients, d.input_gradients);
    if (native.update != nullptr) statistics_move(native, scalar);
}

// ---- law 3: a batch is its samples ----------------------------------------------------------------------------------

template <class T>
void batch_equals_singles(const subject<T>& batch, const subject<T>& single) {
    constexpr double tolerance = sizeof(T) == 4 ? 1e-5 : 1e-12;
    const bool evaluate = batch.random || batch.mixes;
    const experiment<T> e(batch, 4);
    const outcome<T> all = run(batch, e, {.evaluate = evaluate});
    std::vector<T> inferred, trained, input_gradients, sums(all.gradients.size());
    const auto append = [](std::vector<T>& to, const std::vector<T>& from) {
        to.insert(to.end(), from.begin(), from.end());
    };
    for (size_t n = 0; n < batch.batch; ++n) {
        experiment<T> part = e;
        part.x.assign(e.x.data() + n * single.in, e.x.data() + (n + 1) * single.in);
        part.slope.assign(e.slope.data() + n * single.out, e.slope.data() + (n + 1) * single.out);
        const outcome<T> one = run(single, part, {.evaluate = evaluate});
        append(inferred, one.inferred);
        append(trained, one.trained);
        append(input_gradients, one.input_gradients);
        for (size_t i = 0; i < one.gradients.size(); ++i) sums[i] += one.gradients[i];
    }
    check_close<T>("inference of a batch and of its samples", all.inferred, inferred, tolerance);
    if (batch.forward == nullptr || single.forward == nullptr) return;
    check_close<T>("training of a batch and of its samples", all.trained, trained, tolerance);
    check_close<T>("gradients of a batch and of its samples", all.gradients, sums, tolerance);
    check_close<T>("input gradients of a batch and of its samples", all.input_gradients, input_gradients, tolerance);
}

namespace {

/// The parameters after a training pass of `rows` samples.
template <class T>
std::vector<T> moved_parameters(const subject<T>& s, const experiment<T>& e, size_t rows) {
    std::vector<T> y(s.out), cache(s.cache), scratch(s.forward_scratch), parameters = e.parameters;
    random_generator random = same_generator();
    s.forward(parameters.data(), e.x.data(), y.data(), cache.data(), scratch.data(), &random, rows);
    s.update(parameters.data(), cache.data(), rows);
    return parameters;
}

} // namespace

template <class T>
void statistics_move(const subject<T>& native, const subject<T>& scalar) {
    const experiment<T> e(native, 13);
    const std::vector<T> moved = moved_parameters(native, e, native.batch);
    check_same_bits<T>("statistics, native and scalar", moved, moved_parameters(scalar, e, native.batch));
    std::vector<T> rest = moved;
    size_t different = 0;
    for (const auto& tensor : native.tensors)
        if (tensor.role == tensor_role::statistic)
            for (const size_t place : tensor.places) {
                different += moved[place] != e.parameters[place];
                rest[place] = e.parameters[place];
            }
    check(different > 0 || native.batch == 1, "no statistic has moved"); // one value has no variance
    check_same_bits<T>("what is no statistic stays", rest, e.parameters);
}

template <class T>
void padding_does_not_count(const subject<T>& batch, const subject<T>& single) {
    if (batch.forward == nullptr || batch.batch == 1) return;
    constexpr double tolerance = sizeof(T) == 4 ? 1e-5 : 1e-12;
    const size_t rows = batch.batch / 2, in = rows * (batch.in / batch.batch), out = rows * (batch.out / batch.batch);
    experiment<T> e(batch, 10);
    for (size_t i = out; i < batch.out; ++i) e.slope[i] = 0; // as the losses leave it
    experiment<T> other = e;
    for (size_t i = in; i < batch.in; ++i) other.x[i] = T(2) - e.x[i];
    const auto first = [](const std::vector<T>& values, size_t count) {
        return std::vector<T>(values.data(), values.data() + std::min(count, values.size()));
    };
    const outcome<T> some = run(batch, e, {.rows = rows}), same = run(batch, other, {.rows = rows});
    check_same_bits<T>("outputs beside other padding", first(some.inferred, out), first(same.inferred, out));
    check_same_bits<T>("training beside other padding", first(some.trained, out), first(same.trained, out));
    check_close<T>("gradients beside other padding", some.gradients, same.gradients, tolerance);
    check_close<T>("input gradients beside other padding", first(some.input_gradients, in),
                   first(same.input_gradients, in), tolerance);
    if (batch.update != nullptr)
        check_same_bits<T>("statistics beside other padding", moved_parameters(batch, e, rows),
                           moved_parameters(batch, other, rows));
    if (batch.random || batch.mixes || single.forward == nullptr) return;
    const outcome<T> all = run(batch, e);
    check_same_bits<T>("training of a partial batch and of a whole one", first(some.trained, out), first(all.trained, out));
    std::vector<T> sums(some.gradients.size());
    for (size_t n = 0; n < rows; ++n) {
        experiment<T> part = e;
        part.x.assign(e.x.data() + n * single.in, e.x.data() + (n + 1) * single.in);
        part.slope.assign(e.slope.data() + n * single.out, e.slope.data() + (n + 1) * single.out);
        const outcome<T> one = run(single, part);
        for (size_t i = 0; i < sums.size(); ++i) sums[i] += one.gradients[i];
    }
    check_close<T>("gradients of a partial batch and of its samples", some.gradients, sums, tolerance);
}

template <class T>
void partial_batch_is_a_whole_one(const subject<T>& batch, const subject<T>& whole) {
    constexpr double tolerance = sizeof(T) == 4 ? 1e-5 : 1e-12;
    experiment<T> e(batch, 12);
    for (size_t i = whole.out; i < batch.out; ++i) e.slope[i] = 0;
    experiment<T> part = e;
    part.x.resize(whole.in);
    part.slope.resize(whole.out);
    outcome<T> some = run(batch, e, {.rows = whole.batch});
    const outcome<T> all = run(whole, part);
    const std::vector<T> padding(some.input_gradients.begin() + static_cast<std::ptrdiff_t>(whole.in),
                                 some.input_gradients.end());
    some.trained.resize(whole.out);
    some.input_gradients.resize(whole.in);
    check_close<T>("training of a partial batch and of a whole one", some.trained, all.trained, tolerance);
    check_close<T>("gradients of a partial batch and of a whole one", some.gradients, all.gradients, tolerance);
    check_close<T>("input gradients of a partial batch and of a whole one", some.input_gradients, all.input_gradients,
                   tolerance);
    check_same_bits<T>("input gradients of padding", padding, std::vector<T>(padding.size(), T(0)));
    check_close<T>("statistics of a partial batch and of a whole one", moved_parameters(batch, e, whole.batch),
                   moved_parameters(whole, part, whole.batch), tolerance);
}

// ---- law 5: memory --------------------------------------------------------------------------------------------------

namespace {

template <class T>
T pattern() {
    return inlay::math::bit_cast<T>(static_cast<bits_of<T>>(sizeof(T) == 4 ? 0x7fc0a5a5u : 0x7ff8a5a5a5a5a5a5u));
}
template <class T>
bool is_pattern(T value) {
    return inlay::math::bit_cast<bits_of<T>>(value) == inlay::math::bit_cast<bits_of<T>>(pattern<T>());
}

} // namespace

template <class T>
guarded<T>::guarded(size_t count) : count_(count), all_(count + 2 * zone, pattern<T>()) {
    poison(true);
}
template <class T>
guarded<T>::guarded(size_t count, const std::vector<T>& values) : guarded(count) {
    for (size_t i = 0; i < count; ++i) data()[i] = values[i];
}
template <class T>
guarded<T>::~guarded() {
    poison(false);
}
template <class T>
void guarded<T>::check(const std::string& what) {
    poison(false);
    bool untouched = true;
    for (size_t i = 0; i < zone; ++i)
        untouched = untouched && is_pattern(all_[i]) && is_pattern(all_[zone + count_ + i]);
    laws::check(untouched, "written outside of " + what);
    poison(true);
}
template <class T>
void guarded<T>::poison([[maybe_unused]] bool on) {
#if defined(LAWS_POISON)
    if (on) {
        ASAN_POISON_MEMORY_REGION(all_.data(), zone * sizeof(T));
        ASAN_POISON_MEMORY_REGION(all_.data() + zone + count_, zone * sizeof(T));
    } else ASAN_UNPOISON_MEMORY_REGION(all_.data(), all_.size() * sizeof(T));
#endif
}

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
    if (s.forward != nullptr) {
        guarded<T> cache(s.cache), forward_scratch(s.forward_scratch), backward_scratch(s.backward_scratch),
            dy(s.out, e.slope), dx(s.input_gradient ? s.in : 0), into(s.trainable, std::vector<T>(s.trainable, T(0)));
        random_generator random = same_generator();
        s.forward(parameters.data(), x.data(), y.data(), cache.data(), forward_scratch.data(), &random, s.batch);
        check_same_bits<T>("training in exact memory", expected.trained, y.values());
        cache.check("the cache, by forward");
        forward_scratch.check("the scratch of forward");
        const std::vector<T> kept = cache.values(), outputs = y.values();

        const auto backward = [&] {
            s.backward(parameters.data(), x.data(), y.data(), cache.data(), backward_scratch.data(), dy.data(),
                       into.data(), dx.data(), s.batch);
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

// ---- law 6: other ways to deposit a gradient ------------------------------------------------------------------------

template <class T>
void fresh_gradients_are_the_same(const subject<T>& s) {
    if (s.backward_fresh == nullptr) return;
    const experiment<T> e(s, 7);
    const outcome<T> added = run(s, e), fresh = run(s, e, {.fresh = true});
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

template <class T>
void descending_is_adding_and_stepping(const subject<T>& s) {
    if (s.descend == nullptr) return;
    const experiment<T> e(s, 11);
    const outcome<T> added = run(s, e);
    for (const T decay : {T(0), T(0.125)}) {
        const T rate(0.25);
        std::vector<T> y(s.out), cache(s.cache), scratch(std::max(s.forward_scratch, s.backward_scratch)), dy = e.slope,
            spare(s.spare, std::numeric_limits<T>::quiet_NaN()), parameters = e.parameters, expected = e.parameters;
        random_generator random = same_generator();
        s.forward(parameters.data(), e.x.data(), y.data(), cache.data(), scratch.data(), &random, s.batch);
        s.descend(parameters.data(), e.x.data(), y.data(), cache.data(), scratch.data(), dy.data(), spare.data(), rate,
                  decay);
        for (const auto& tensor : s.tensors)
            if (tensor.trainable)
                for (const size_t place : tensor.places)
                    expected[place] -= rate * (added.gradients[place] + decay * e.parameters[place]);
        check_close<T>("parameters after descending, and after adding and stepping", parameters, expected,
                       sizeof(T) == 4 ? 1e-6 : 1e-14);
    }
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
// ---- layout ---------------------------------------------------------------------------------------------------------

void layout_is_a_bijection(std::span<const tensor_spec> tensors, const std::vector<size_t>& places, size_t extent,
                           size_t count) {
    std::vector<int> uses(extent, 0);
    for (const size_t index : places) {
        require(index < extent, "a parameter lies outside of the buffer");
        ++uses[index];
    }
    bool once = true;
    for (const int u : uses) once = once && u <= 1;
    check(once, "two parameters share a place");
    check(places.size() == count, "each_element visits all");
    size_t of_tensors = 0;
    for (const tensor_spec& spec : tensors) {
        size_t product = 1;
        for (size_t a = 0; a < spec.rank; ++a) product *= spec.extents[a];
        check(product == spec.size, "a tensor has as many elements as its extents say");
        of_tensors += spec.size;
    }
    check(of_tensors == count, "the tensors are all parameters");
}

// ---- all at once ----------------------------------------------------------------------------------------------------

void obey(const all_subjects& s) {
    simd_equals_scalar(s.one, s.one_scalar);
    simd_equals_scalar(s.seven, s.seven_scalar);
    simd_equals_scalar(s.fine, s.fine_scalar);
    simd_equals_scalar(s.five, s.five_scalar);
    batch_equals_singles(s.seven, s.one);
    batch_equals_singles(s.five, s.fine);
    padding_does_not_count(s.seven, s.one);
    padding_does_not_count(s.five, s.fine);
    keeps_to_its_memory(s.one);
    keeps_to_its_memory(s.seven);
    keeps_to_its_memory(s.five);
    descending_is_adding_and_stepping(s.one);
    fresh_gradients_are_the_same(s.seven);
    gradient_is_the_derivative(s.fine);
    gradient_is_the_derivative(s.five);
    training_starts_from_a_state(s.five);
}

void obey(const few_subjects& s) {
    simd_equals_scalar(s.three, s.three_scalar);
    simd_equals_scalar(s.five, s.five_scalar);
    batch_equals_singles(s.three, s.one);
    padding_does_not_count(s.three, s.one);
    keeps_to_its_memory(s.three);
    fresh_gradients_are_the_same(s.three);
    descending_is_adding_and_stepping(s.three);
    gradient_is_the_derivative(s.five);
    training_starts_from_a_state(s.five);
}

#define LAWS_HERE
LAWS_ARE_IN_LAWS_CPP(LAWS_HERE, float)
LAWS_ARE_IN_LAWS_CPP(LAWS_HERE, double)

} // namespace laws
