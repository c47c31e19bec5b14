// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#pragma once

#include <inlay/network/network.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// Start values. Each draws in canonical order, so that a seed gives the same network on every target.
namespace init {

/// What PyTorch starts each layer with: uniform(±1/√fan), and constants or normal numbers where a layer says so.
struct layer_default {
    template <class Scalar>
    constexpr Scalar operator()(const tensor_spec& spec, random_generator& random) const {
        if (spec.default_fan == 0 && spec.default_deviation > 0)
            return random.template normal<Scalar>(static_cast<Scalar>(spec.default_value),
                                                  static_cast<Scalar>(spec.default_deviation));
        if (spec.default_fan == 0) return static_cast<Scalar>(spec.default_value);
        const Scalar bound = Scalar(1) / math::sqrt(static_cast<Scalar>(spec.default_fan));
        return random.template uniform<Scalar>(-bound, bound);
    }
};

/// 0
struct zeros {
    template <class Scalar>
    constexpr Scalar operator()(const tensor_spec&, random_generator&) const {
        return Scalar(0);
    }
};

/// One value.
struct constant {
    double value = 0;
    template <class Scalar>
    constexpr Scalar operator()(const tensor_spec&, random_generator&) const {
        return static_cast<Scalar>(value);
    }
};

/// Uniform over [low, high).
struct uniform {
    double low = -0.05_double, high = 0.05_double;
    template <class Scalar>
    constexpr Scalar operator()(const tensor_spec&, random_generator& random) const {
        return random.template uniform<Scalar>(static_cast<Scalar>(low), static_cast<Scalar>(high));
    }
};

/// Normal with mean and standard deviation.
struct normal {
    double mean = 0, deviation = 0.05_double;
    template <class Scalar>
    constexpr Scalar operator()(const tensor_spec&, random_generator& random) const {
        return random.template normal<Scalar>(static_cast<Scalar>(mean), static_cast<Scalar>(deviation));
    }
};

namespace detail {
/// uniform(±√3·σ) or normal(0, σ) with σ = gain·√(2/fans).
template <bool Normal, class Scalar>
constexpr Scalar scaled(double gain, double variance, random_generator& random) {
    const auto deviation = static_cast<Scalar>(gain) * math::sqrt(static_cast<Scalar>(variance));
    if constexpr (Normal) return random.template normal<Scalar>(Scalar(0), deviation);
    else {
        const Scalar bound = deviation * math::sqrt(Scalar(3));
        return random.template uniform<Scalar>(-bound, bound);
    }
}

template <bool Normal>
struct xavier {
    double gain = 1;
    template <class Scalar>
    constexpr Scalar operator()(const tensor_spec& spec, random_generator& random) const {
        return scaled<Normal, Scalar>(gain, 2.0 / static_cast<double>(spec.fan_in + spec.fan_out), random);
    }
};
template <bool Normal>
struct he {
    double gain = 1;
    template <class Scalar>
    constexpr Scalar operator()(const tensor_spec& spec, random_generator& random) const {
        return scaled<Normal, Scalar>(gain, 2.0 / static_cast<double>(spec.fan_in), random);
    }
};
} // namespace detail

/// Variance gain²·2/(fan in + fan out), uniform (Glorot and Bengio 2010; torch.nn.init.xavier_uniform_).
struct xavier_uniform : detail::xavier<false> {};
/// The same variance, normal (xavier_normal_).
struct xavier_normal : detail::xavier<true> {};
/// Variance gain²·2/fan in, uniform: for relu (He et al. 2015; torch.nn.init.kaiming_uniform_ with nonlinearity relu).
struct he_uniform : detail::he<false> {};
/// The same variance, normal (kaiming_normal_).
struct he_normal : detail::he<true> {};

} // namespace init

namespace detail {
template <class Network, class Choose>
constexpr void start_parameters(Network& net, Choose choose) {
    topology::walk<0, Network::tensor_count>([&](auto t) {
        constexpr const tensor_spec& spec = Network::tensors[t];
        for (size_t i = 0; i < spec.size; ++i) net.element(Network::parameter_index(t, i), choose(spec));
    });
}
} // namespace detail

/// Gives all tensors the start values of their layers (PyTorch's defaults), frozen ones included.
template <class Network>
constexpr void initialize(Network& net, seed from) {
    random_generator random(from);
    detail::start_parameters(net, [&](const tensor_spec& spec) {
        return init::layer_default{}.template operator()<typename Network::scalar_type>(spec, random);
    });
}

/// A bare number does not compile: which of the arguments it was would not be told.
template <class Network, std::integral Number, class... Rest>
constexpr void initialize(Network&, Number, Rest...) {
    static_assert(std::is_void_v<Network>, "inlay: a seed is spelled out: initialize(net, inlay::seed{42})");
}

/// Starts weights with `weights` and biases with `biases`: `initialize(net, seed{1}, init::he_normal{})`. Scales and
/// statistics (tensor_role) start as their layers say, most of them at 1 and 0.
template <class Network, class Weights, class Biases = init::zeros>
constexpr void initialize(Network& net, seed from, Weights weights, Biases biases = {}) {
    random_generator random(from);
    detail::start_parameters(net, [&](const tensor_spec& spec) {
        using Scalar = typename Network::scalar_type;
        switch (spec.role) {
        case tensor_role::weight:
            return weights.template operator()<Scalar>(spec, random);
        case tensor_role::bias:
            return biases.template operator()<Scalar>(spec, random);
        default:
            return init::layer_default{}.template operator()<Scalar>(spec, random);
        }
    });
}

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
