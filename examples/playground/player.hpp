// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// One net of the page while it is trained. What does not depend on its type is in `player`, compiled once.
#pragma once

#include "points.hpp"

#include <inlay/host/export.hpp>

#include <cstring>
#include <new>
#include <span>
#include <string>
#include <string_view>

namespace playground {

/// ½(o − y)², the TensorFlow playground's loss.
using half_square = inlay::huber<1000.0>;

enum class optimizer { sgd, momentum, adam };

struct settings {
    optimizer rule = optimizer::sgd;
    float rate = 0.03f, l1 = 0, l2 = 0;
    std::uint32_t batch = 10;
    std::uint64_t seed = 1;
};

/// What the compiler knows of a net.
struct facts {
    std::uint32_t layers, parameters, parameter_bytes, inference_bytes, training_bytes, multiply_accumulates;
};

class player {
  public:
    static constexpr std::size_t most_rows = 10; ///< of one pass; larger batches are several

    virtual facts known() const = 0;
    /// How many units layer `layer` has.
    virtual std::size_t width(std::size_t layer) const = 0;
    /// The outputs of layer `layer`, width(layer) for each input; the last layer is the net's output.
    virtual void outputs(std::size_t layer, std::span<const input_type> x, float* y) = 0;
    /// All weights and biases in PyTorch's order, and as many gradients of the last step.
    virtual std::span<const float> parameters() = 0;
    virtual std::span<const float> gradients() = 0;
    /// The text that inlay::header_text gives for the net. What of it does not depend on the net's type is compiled once:
    /// 168 nets with a writer each would not fit a page. tests/playground compares the two.
    std::string header(const std::string& file, std::string_view activation, const std::vector<std::string>& lines);

    void begin(const settings& with) {
        now = with;
        random = random_generator{inlay::seed{now.seed}, 7};
        steps_done = next = 0;
        start();
    }
    /// `count` steps on the training points; returns the mean loss of their batches.
    double steps(std::size_t count, const points& data);
    /// Mean loss of points [first, last).
    double loss(const points& data, std::size_t first, std::size_t last);

    std::size_t steps_done = 0;
    settings now{};

  protected:
    ~player() = default;
    struct flat {
        float* gradients;
        const float* weights;
        const std::uint8_t* decays; ///< whether L1 and L2 hold this one: weights, not biases
        std::size_t size;
    };
    virtual void start() = 0;
    /// Adds the gradients of `rows` samples of a batch of `all`; returns their mean loss.
    virtual float pass(const input_type* x, const target_type* y, std::size_t rows, std::size_t all) = 0;
    virtual flat numbers() = 0;
    virtual void update() = 0;
    struct model {
        std::span<const inlay::tensor_spec> tensors;
        std::uint64_t hash;
        double tolerance; ///< for outputs that are 0
    };
    virtual model exported() = 0;

  private:
    void regularise();

    random_generator random{};
    std::array<std::uint16_t, most_points> order{};
    std::size_t next = 0;
};

inline double player::steps(std::size_t count, const points& data) {
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (next >= data.train) next = 0;
        if (next == 0) {
            if (steps_done == 0)
                for (std::size_t k = 0; k < data.train; ++k) order[k] = static_cast<std::uint16_t>(k);
            inlay::shuffle(order.data(), data.train, random);
        }
        const std::size_t all = std::min<std::size_t>(now.batch, data.train - next);
        float loss = 0;
        for (std::size_t done = 0; done < all; done += most_rows) {
            const std::size_t rows = std::min(most_rows, all - done);
            std::array<input_type, most_rows> x{};
            std::array<target_type, most_rows> y{};
            for (std::size_t n = 0; n < rows; ++n) {
                x[n] = data.inputs[order[next + done + n]];
                y[n] = data.targets[order[next + done + n]];
            }
            loss = math::fma(pass(x.data(), y.data(), rows, all), static_cast<float>(rows), loss);
        }
        next += all;
        sum += static_cast<double>(loss / static_cast<float>(all));
        regularise();
        update();
        ++steps_done;
    }
    return sum / static_cast<double>(count);
}

// g ← g + l2·w + l1·sign w
inline void player::regularise() {
    if (now.l1 == 0 && now.l2 == 0) return;
    const flat all = numbers();
    for (std::size_t i = 0; i < all.size; ++i) {
        if (!all.decays[i]) continue;
        const float w = all.weights[i], sign = w > 0 ? 1.0f : w < 0 ? -1.0f : 0.0f;
        all.gradients[i] = math::fma(now.l1, sign, math::fma(now.l2, w, all.gradients[i]));
    }
}

inline double player::loss(const points& data, std::size_t first, std::size_t last) {
    double sum = 0;
    std::array<float, most_points> y;
    const std::size_t layer = known().layers - 1;
    outputs(layer, std::span(data.inputs).subspan(first, last - first), y.data());
    for (std::size_t i = first; i < last; ++i) {
        const auto d = static_cast<double>(y[i - first] - data.targets[i][0]);
        sum = math::fma(0.5 * d, d, sum);
    }
    return last > first ? sum / static_cast<double>(last - first) : 0.0;
}

inline std::string player::header(const std::string& file, std::string_view activation,
                                  const std::vector<std::string>& lines) {
    const auto of = exported();
    const auto values = parameters();
    inlay::detail::model_text<float> text{file, of.tensors, values.size(), 0, 0, features, 1};
    text.elements.assign(values.begin(), values.end());
    text.check_elements();
    text.hash = of.hash;
    text.draw_inputs(0);
    double largest = 0;
    for (std::size_t at = 0; at < text.inputs.size(); at += features) {
        input_type x;
        std::copy_n(text.inputs.begin() + static_cast<std::ptrdiff_t>(at), features, x.begin());
        float y = 0;
        outputs(known().layers - 1, std::span(&x, 1), &y);
        text.outputs.push_back(y);
        largest = std::max(largest, std::abs(static_cast<double>(y)));
    }
    text.tolerance = of.tolerance * (1 + largest);

    const auto type = [&](const std::string& separator, const std::string& first) {
        std::string items = first + "inlay::input<7>";
        for (std::size_t layer = 0; layer < known().layers; ++layer) {
            items += separator + "inlay::dense<" + std::to_string(width(layer)) + ">" + separator + "inlay::";
            items += layer + 1 < known().layers ? activation : "tanh";
        }
        return "inlay::network<" + items + ">";
    };
    const std::string line = type(", ", "");
    return text.text(line.size() > 95 ? type(",\n    ", "\n    ") : line, inlay::detail::namespace_from(file), false, "", lines,
                     {});
}

// ---- of a type ----------------------------------------------------------------------------------------------------------

template <class Network, class... Layers>
struct longer;
template <class... Items, class... Layers>
struct longer<inlay::basic_network<float, Items...>, Layers...> {
    using type = inlay::network<Items..., Layers...>;
};

/// The first `Count` hidden layers.
template <class Activation, std::size_t Count, std::size_t... Hidden>
struct first_layers;
template <class Activation, std::size_t Count, std::size_t One, std::size_t... Rest>
requires(Count > 1) struct first_layers<Activation, Count, One, Rest...> {
    template <class Before>
    using after = typename first_layers<Activation, Count - 1, Rest...>::template after<
        typename longer<Before, inlay::dense<One>, Activation>::type>;
};
template <class Activation, std::size_t One, std::size_t... Rest>
struct first_layers<Activation, 1, One, Rest...> {
    template <class Before>
    using after = typename longer<Before, inlay::dense<One>, Activation>::type;
};

template <class Activation, std::size_t... Hidden>
struct net_of {
    template <std::size_t Count>
    using first = typename first_layers<Activation, Count, Hidden...>::template after<
        inlay::basic_network<float, inlay::input<features>>>;
    using type = typename longer<first<sizeof...(Hidden)>, inlay::dense<1>, inlay::tanh>::type;
};
template <class Activation>
struct net_of<Activation> {
    using type = inlay::network<inlay::input<features>, inlay::dense<1>, inlay::tanh>;
};

template <class Activation, std::size_t... Hidden>
class player_of final : public player {
    using nets = net_of<Activation, Hidden...>;
    using net_type = typename nets::type;
    static constexpr std::size_t hidden = sizeof...(Hidden);
    static constexpr std::array<std::size_t, hidden + 1> widths{Hidden..., 1};

    net_type net_;
    inlay::workspace<net_type, most_rows> workspace_;
    inlay::gradients<net_type> gradients_;
    inlay::optimizer_state<net_type, inlay::sgd> sgd_;
    inlay::optimizer_state<net_type, inlay::sgd_momentum> momentum_;
    inlay::optimizer_state<net_type, inlay::adam> adam_;
    std::array<float, net_type::parameter_count> parameters_{}, applied_{};

    static constexpr auto decays = [] {
        std::array<std::uint8_t, net_type::trainable_extent> is{};
        for (std::size_t t = 0; t < net_type::tensor_count; ++t)
            if (net_type::tensors[t].role == inlay::tensor_role::weight) {
                const std::size_t end = t + 1 < net_type::tensor_count ? net_type::tensor_offset(t + 1) : is.size();
                for (std::size_t i = net_type::tensor_offset(t); i < end; ++i) is[i] = 1;
            }
        return is;
    }();

    facts known() const override {
        constexpr auto memory = inlay::memory<net_type>;
        return {hidden + 1,
                net_type::parameter_count,
                static_cast<std::uint32_t>(memory.parameter_bytes),
                static_cast<std::uint32_t>(memory.inference_bytes),
                sizeof(net_type) + sizeof(workspace_) + sizeof(gradients_),
                static_cast<std::uint32_t>(memory.multiply_accumulates)};
    }
    std::size_t width(std::size_t layer) const override { return widths[layer]; }

    template <class Net>
    static void outputs_of(const Net& net, std::span<const input_type> x, float* y) {
        for (const input_type& one : x) {
            const auto values = net.template infer<inlay::backend::size>(one);
            for (const float value : values) *y++ = value;
        }
    }
    template <std::size_t Count>
    void outputs_after(std::span<const input_type> x, float* y) {
        using part_type = typename nets::template first<Count>;
        part_type part;
        const auto all = net_.canonical();
        part.assign(std::span(all).template first<part_type::parameter_count>());
        outputs_of(part, x, y);
    }
    void outputs(std::size_t layer, std::span<const input_type> x, float* y) override {
        if (layer == hidden)
            for (const input_type& one : x) *y++ = net_(one)[0];
        else
            [&]<std::size_t... I>(std::index_sequence<I...>) {
                ((layer == I ? outputs_after<I + 1>(x, y) : void()), ...);
            }
        (std::make_index_sequence<hidden>{});
    }
    std::span<const float> parameters() override { return parameters_ = net_.canonical(); }
    std::span<const float> gradients() override { return applied_ = gradients_.canonical(); }
    model exported() override {
        return {net_type::tensors, inlay::parameter_hash(net_), inlay::rounding_tolerance<net_type>(0)};
    }

    void start() override {
        inlay::initialize(net_, inlay::seed{now.seed}, inlay::init::uniform{-0.5, 0.5}, inlay::init::constant{0.1});
        gradients_.clear();
        const auto rate = static_cast<double>(now.rate);
        sgd_ = decltype(sgd_){{.learning_rate = rate}};
        momentum_ = decltype(momentum_){{.learning_rate = rate}};
        adam_ = decltype(adam_){{.learning_rate = rate}};
        fresh_ = true;
    }
    bool fresh_ = true;
    float pass(const input_type* x, const target_type* y, std::size_t rows, std::size_t all) override {
        if (fresh_) gradients_.clear();
        fresh_ = false;
        workspace_.forward(net_, x->data(), nullptr, rows);
        const float loss = workspace_.compare(half_square{}, y, rows);
        if (rows != all)
            for (std::size_t n = 0; n < rows; ++n)
                workspace_.output_gradients()[n] *= static_cast<float>(rows) / static_cast<float>(all);
        workspace_.backward(net_, x->data(), gradients_, nullptr, rows);
        return loss;
    }
    flat numbers() override {
        return {gradients_.data(), net_.parameters().data(), decays.data(), decays.size()};
    }
    void update() override {
        const auto rate = static_cast<double>(now.rate);
        const auto with = [&](auto& state) {
            state.learning_rate(rate);
            state.update(net_, gradients_);
        };
        if (now.rule == optimizer::sgd) with(sgd_);
        else if (now.rule == optimizer::momentum) with(momentum_);
        else with(adam_);
        fresh_ = true;
    }
};

// ---- the list -------------------------------------------------------------------------------------------------------------

/// A net that the page offers: its hidden layers, and how to make one in memory of `bytes` bytes.
struct choice {
    std::array<std::uint8_t, 4> hidden;
    std::size_t bytes;
    player* (*make)(void*);
};

template <class Activation, std::size_t... Hidden>
constexpr choice choice_of() {
    using type = player_of<Activation, Hidden...>;
    return {{static_cast<std::uint8_t>(Hidden)...}, sizeof(type), [](void* at) -> player* { return new (at) type; }};
}

#if defined(PLAYGROUND_SMALL)
#define PLAYGROUND_NETS(NET) NET() NET(6) NET(3, 3) NET(6, 6) NET(4, 4, 4) NET(6, 6, 6, 6)
#else
#define PLAYGROUND_NETS(NET)                                                                                           \
    NET()                                                                                                              \
    NET(1) NET(2) NET(3) NET(4) NET(5) NET(6) NET(7) NET(8)                                                            \
    NET(2, 2) NET(3, 2) NET(3, 3) NET(4, 2) NET(4, 3) NET(4, 4) NET(5, 5) NET(6, 2) NET(6, 3) NET(6, 4) NET(6, 6)      \
    NET(8, 2) NET(8, 4) NET(8, 6) NET(8, 8)                                                                            \
    NET(2, 2, 2) NET(3, 3, 3) NET(4, 4, 2) NET(4, 4, 4) NET(6, 4, 2) NET(6, 6, 6) NET(8, 4, 2) NET(8, 6, 4)            \
    NET(8, 8, 4) NET(8, 8, 8)                                                                                          \
    NET(2, 2, 2, 2) NET(3, 3, 3, 3) NET(4, 4, 4, 4) NET(5, 4, 3, 2) NET(6, 6, 4, 4) NET(6, 6, 6, 6) NET(8, 6, 4, 2)    \
    NET(8, 8, 8, 8)
#endif

std::span<const choice> tanh_choices();
std::span<const choice> relu_choices();
std::span<const choice> sigmoid_choices();
std::span<const choice> identity_choices();

} // namespace playground
