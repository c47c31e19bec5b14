// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Groups of parameters that an optimiser treats in their own way, as torch.optim's param groups:
//
//     using optimizer = grouped<adamw, no_decay_on_biases_and_norms, rate_of<"0", 0.1>>;
//     trainer<net_type, cross_entropy, optimizer, batch<32>> trainer{net, {.learning_rate = 1e-3, .weight_decay = 1e-2}};
//     trainer.learning_rate(schedule(step));      // all groups: "0" has a tenth of it
//     trainer.rate_of<"0">(0.3);                  // three tenths from now on
//
// A group is a type that selects tensors and has a factor for their learning rate, one for their weight decay, an L1 penalty,
// or several of these:
//
//     struct slow_heads {
//         static constexpr bool selects(const tensor_spec& tensor) { return …; }
//         static constexpr double rate = 0.5;
//         static constexpr double decay = 2;
//         static constexpr double l1 = 1e-4;
//     };
//
// Where several groups with a factor (or a penalty) of one kind select a tensor, the last one counts.
#pragma once

#include <inlay/core/decimal.hpp>
#include <inlay/layers/layer.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET::detail {

/// Whether a tensor lies under a path: "2" and "2.0" have "2.0.weight", and so has its own name.
constexpr bool lies_under(std::string_view tensor, std::string_view path) noexcept {
    return tensor.substr(0, path.size()) == path && (tensor.size() == path.size() || tensor[path.size()] == '.');
}

/// True, or a compile-time error.
template <class Verdict>
consteval bool groups_fit() {
    constexpr bool fit = std::is_same_v<Verdict, std::true_type>;
    static_assert(fit, "inlay: a group of parameters does not fit; see bad_group<> below");
    return fit;
}
template <bool Found>
consteval bool is_a_group() {
    static_assert(Found, "inlay: the optimizer has no group rate_of<path, …> or decay_of<path, …> with this path");
    return Found;
}

} // namespace inlay::inline INLAY_TARGET::detail

namespace inlay {

// Why a group does not fit an optimiser and a network.
struct not_a_group {}; ///< see optimizer/groups.hpp
struct has_no_parameters_under_its_path {};
struct has_a_negative_factor {};
struct its_optimizer_has_no_weight_decay {};
/// The verdict on a group of parameters.
template <class Group, class Why>
struct bad_group {};

/// An optimiser with groups of parameters: see optimizer/groups.hpp. Hyperparameters are those of Optimizer.
template <class Optimizer, class... Groups>
struct grouped {};

/// Parameters whose path is or begins with Path ("0", "2.1", "head", "0.weight") learn Factor times as fast: a rate per
/// layer (discriminative fine-tuning, Howard and Ruder 2018). A schedule moves all of them, as torch's LambdaLR does.
template <fixed_text Path, decimal Factor>
struct rate_of {
    static constexpr std::string_view path = Path.view();
    static constexpr bool selects(const tensor_spec& tensor) { return detail::lies_under(tensor.name.view(), path); }
    static constexpr double rate = Factor.template as<double>();
};

/// Parameters under Path have Factor times the weight decay.
template <fixed_text Path, decimal Factor>
struct decay_of {
    static constexpr std::string_view path = Path.view();
    static constexpr bool selects(const tensor_spec& tensor) { return detail::lies_under(tensor.name.view(), path); }
    static constexpr double decay = Factor.template as<double>();
};

/// Parameters under Path have the penalty L1·Σ|w| (lasso; Keras' kernel_regularizer = L1): L1·sign(w) is added to their
/// gradient, 0 where w is 0, before the optimiser sees it. The loss that a trainer returns leaves it out, as it does weight
/// decay, which is the penalty with w²: weight_decay/2·Σw². A group of its own has it as `static constexpr double l1`.
template <fixed_text Path, decimal L1>
struct l1_of {
    static constexpr std::string_view path = Path.view();
    static constexpr bool selects(const tensor_spec& tensor) { return detail::lies_under(tensor.name.view(), path); }
    static constexpr double l1 = L1.template as<double>(); ///< λ of λ·Σ|w|
};

/// The same for all weights: biases and the scales of normalisations have no penalty.
template <decimal L1>
struct l1_on_weights {
    static constexpr bool selects(const tensor_spec& tensor) { return tensor.role == tensor_role::weight; }
    static constexpr double l1 = L1.template as<double>(); ///< λ of λ·Σ|w|
};

/// Weight decay is for weights: biases and the scales of normalisations have none.
struct no_decay_on_biases_and_norms {
    static constexpr bool selects(const tensor_spec& tensor) { return tensor.role != tensor_role::weight; }
    static constexpr double decay = 0;
};

} // namespace inlay

#include <inlay/core/macros_back.inc>
