// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// An optimiser for one network: its rule, its moments, and which parameters form groups.
#pragma once

#include <inlay/optimizer/groups.hpp>
#include <inlay/training/gradients.hpp>
#include <inlay/training/verdicts.hpp>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

namespace detail {

template <class Group>
inline constexpr bool scales_rate = requires {
    {Group::rate};
};
template <class Group>
inline constexpr bool scales_decay = requires {
    {Group::decay};
};
template <class Group>
inline constexpr bool has_l1 = requires {
    {Group::l1};
};
template <class Group>
inline constexpr bool has_path = requires {
    {Group::path};
};
/// The factor of a group for the learning rate; 1 where it has none.
template <class Group>
constexpr double rate_factor() noexcept {
    if constexpr (scales_rate<Group>) return static_cast<double>(Group::rate);
    else return 1;
}
template <class Group>
constexpr double decay_factor() noexcept {
    if constexpr (scales_decay<Group>) return static_cast<double>(Group::decay);
    else return 1;
}

/// The L1 penalty of a group.
template <class Group>
constexpr double l1_factor() noexcept {
    if constexpr (has_l1<Group>) return static_cast<double>(Group::l1);
    else return 0;
}

template <class Group>
constexpr bool is_at(std::string_view path) noexcept {
    if constexpr (has_path<Group>) return Group::path == path;
    else return false;
}

/// The factors of groups, which may change.
template <class Scalar, size_t Count>
struct group_factors {
    Scalar rate[Count], decay[Count];
};
template <class Scalar>
struct group_factors<Scalar, 0> {};

/// What a network's parameters get from groups, decided at compile time.
template <class Network, class... Groups>
struct group_plan {
    using scalar_type = typename Network::scalar_type;
    static constexpr size_t count = sizeof...(Groups);

    /// The groups whose factors a parameter has; `count` for none.
    struct sources {
        size_t rate = count, decay = count, l1 = count;

        template <class Group>
        constexpr void take(const tensor_spec& tensor, size_t number) {
            if (!Group::selects(tensor)) return;
            if (scales_rate<Group>) rate = number;
            if (scales_decay<Group>) decay = number;
            if (has_l1<Group>) l1 = number;
        }
        constexpr bool operator==(const sources&) const = default;
    };
    /// Neighbours in the flat buffer whose factors come from the same groups, which is case number `kind`.
    struct neighbours {
        size_t begin = 0, end = 0, kind = 0;
    };
    sources kinds[Network::tensor_count + 1]{};
    neighbours parts[Network::tensor_count + 1]{};
    size_t kind_count = 0, part_count = 0;

    static constexpr group_plan make() {
        group_plan plan;
        size_t at = 0;
        for (size_t t = 0; t < Network::tensor_count; ++t) {
            const tensor_spec& tensor = Network::tensors[t];
            if (!tensor.trainable || Network::tensor_offset(t) != at) continue;
            sources own;
            [[maybe_unused]] size_t group = 0;
            (own.template take<Groups>(tensor, group++), ...);
            size_t kind = 0;
            while (kind < plan.kind_count && !(plan.kinds[kind] == own)) ++kind;
            if (kind == plan.kind_count) plan.kinds[plan.kind_count++] = own;
            if (plan.part_count == 0 || plan.parts[plan.part_count - 1].kind != kind)
                plan.parts[plan.part_count++] = {at, at, kind};
            at += aligned<scalar_type>(tensor.size);
            plan.parts[plan.part_count - 1].end = at;
        }
        return plan;
    }
    static constexpr group_factors<scalar_type, count> start() noexcept {
        if constexpr (count == 0) return {};
        else
            return {{static_cast<scalar_type>(rate_factor<Groups>())...},
                    {static_cast<scalar_type>(decay_factor<Groups>())...}};
    }
    /// The penalty of group `Number`; none for `count`.
    template <size_t Number>
    static constexpr auto penalty() noexcept {
        if constexpr (Number == count) return no_penalty{};
        else {
            constexpr double all[] = {l1_factor<Groups>()..., 0};
            return l1_penalty<scalar_type>{static_cast<scalar_type>(all[Number])};
        }
    }
    /// The number of the last group with that path and such a factor; `count` if there is none.
    static constexpr size_t find_rate(std::string_view path) {
        size_t found = count, group = 0;
        ((found = is_at<Groups>(path) && scales_rate<Groups> ? group : found, ++group), ...);
        return found;
    }
    static constexpr size_t find_decay(std::string_view path) {
        size_t found = count, group = 0;
        ((found = is_at<Groups>(path) && scales_decay<Groups> ? group : found, ++group), ...);
        return found;
    }
};

/// true_type, or what is wrong with the first group that does not fit.
template <class Network, class Rule>
consteval auto judge_groups() {
    return std::true_type{};
}
template <class Network, class Rule, class Group, class... Rest>
consteval auto judge_groups() {
    if constexpr (!(requires(const tensor_spec& tensor) { {Group::selects(tensor)}; } &&
                    (scales_rate<Group> || scales_decay<Group> || has_l1<Group>)))
        return bad_group<Group, not_a_group>{};
    else if constexpr (!(rate_factor<Group>() >= 0 && decay_factor<Group>() >= 0 && l1_factor<Group>() >= 0))
        return bad_group<Group, has_a_negative_factor>{};
    else if constexpr (scales_decay<Group> && !requires(Rule rule) { rule.weight_decay; })
        return bad_group<Group, its_optimizer_has_no_weight_decay>{};
    else {
        constexpr bool any = [] {
            for (const tensor_spec& tensor : Network::tensors)
                if (Group::selects(tensor)) return true;
            return false;
        }();
        if constexpr (has_path<Group> && !any) return bad_group<Group, has_no_parameters_under_its_path>{};
        else return judge_groups<Network, Rule, Rest...>();
    }
}

/// What fits has been found out.
struct judged {};

/// An optimiser taken apart: the one that holds the hyperparameters, and its groups, if they fit.
template <class Network, class Optimizer>
struct grouping {
    using chosen = rule_for<typename Network::scalar_type, Optimizer>;
    using plan = group_plan<Network>;
    using verdict = std::true_type;
};
template <class Network, class Optimizer, class... Groups>
struct grouping<Network, grouped<Optimizer, Groups...>> {
    using chosen = rule_for<typename Network::scalar_type, Optimizer>;
    using verdict = decltype(judge_groups<Network, typename chosen::type, Groups...>());
    using plan = std::conditional_t<std::is_same_v<verdict, std::true_type>, group_plan<Network, Groups...>,
                                    group_plan<Network>>;
};

} // namespace detail

/// What an optimiser remembers of a network: its rule with the steps done, and the moments of all trainable parameters.
/// `trainer` has one; for a loop of one's own, beside `workspace` and `gradients`:
///
///     optimizer_state<net_type, adam> optimizer{{.learning_rate = 1e-3}};
///     optimizer.update(net, gradients);                    // torch's optimizer.step()
///
/// A copy is a checkpoint: `const auto saved = trainer.optimizer(); … trainer.optimizer() = saved;`. Optimizer may be
/// `grouped<adamw, …>`: see optimizer/groups.hpp.
template <class Network, class Optimizer>
class optimizer_state {
    using grouping = detail::grouping<Network, Optimizer>;
    using chosen = typename grouping::chosen;
    using plan = typename grouping::plan;

  public:
    using scalar_type = typename Network::scalar_type;
    /// Its arithmetic: see optimizer/optimizer.hpp.
    using rule_type = typename chosen::type;
    /// The hyperparameters: adam for `adam` and for `grouped<adam, …>`.
    using options_type = typename chosen::options;

    constexpr explicit optimizer_state(const options_type& options = {}) : optimizer_state(options, detail::judged{}) {
        if constexpr (detail::is_an_optimizer<options_type, scalar_type>())
            (void)detail::groups_fit<typename grouping::verdict>();
    }
    /// For a trainer, which judges itself: messages are short then.
    constexpr optimizer_state(const options_type& options, detail::judged) : rule_(chosen::from(options)) {}

    /// One step on all trainable parameters.
    template <class Backend = kernels::native>
    constexpr void update(Network& net, const gradients<Network>& gradients) noexcept {
        constexpr size_t moments = chosen::optimizer::moments, extent = Network::trainable_extent;
        scalar_type* const w = net.parameters().data();
        const scalar_type* const g = gradients.data();
        if constexpr (plan::count == 0) apply_rule<Backend, extent, moments>(rule_, w, g, moments_);
        else {
            constexpr plan groups = plan::make();
            topology::walk<0, groups.kind_count>([&](auto kind) INLAY_INLINE {
                constexpr auto from = groups.kinds[kind];
                rule_type own = rule_;
                if constexpr (from.rate < plan::count) own.learning_rate *= factors_.rate[from.rate];
                if constexpr (from.decay < plan::count) own.weight_decay *= factors_.decay[from.decay];
                own.next();
                topology::walk<0, groups.part_count>([&](auto p) INLAY_INLINE {
                    constexpr auto part = groups.parts[p];
                    if constexpr (part.kind == kind)
                        detail::apply_rule_to<Backend, part.end - part.begin, extent, moments>(
                            own, w + part.begin, g + part.begin, moments_ + (moments > 0 ? part.begin : 0),
                            plan::template penalty<from.l1>());
                });
            });
            rule_.next();
        }
    }

    /// The learning rate of the next step: a finite number, 0 or more. Groups have their share of it.
    [[nodiscard]] constexpr scalar_type learning_rate() const noexcept { return rule_.learning_rate; }
    constexpr void learning_rate(double rate) noexcept {
        rule_.learning_rate = static_cast<scalar_type>(rate);
        INLAY_EXPECTS(detail::not_negative(rule_.learning_rate),
                      "inlay: a learning rate is a finite number, 0 or more");
    }
    /// The factor of the group rate_of<Path, …>: a finite number, 0 or more.
    template <fixed_text Path>
    [[nodiscard]] constexpr scalar_type rate_of() const noexcept {
        constexpr size_t group = plan::find_rate(Path.view());
        if constexpr (!detail::is_a_group<(group < plan::count)>()) return scalar_type(1);
        else return factors_.rate[group];
    }
    template <fixed_text Path>
    constexpr void rate_of(double factor) noexcept {
        constexpr size_t group = plan::find_rate(Path.view());
        if constexpr (detail::is_a_group<(group < plan::count)>()) set(factors_.rate[group], factor);
    }
    /// The factor of the group decay_of<Path, …>: a finite number, 0 or more.
    template <fixed_text Path>
    [[nodiscard]] constexpr scalar_type decay_of() const noexcept {
        constexpr size_t group = plan::find_decay(Path.view());
        if constexpr (!detail::is_a_group<(group < plan::count)>()) return scalar_type(1);
        else return factors_.decay[group];
    }
    template <fixed_text Path>
    constexpr void decay_of(double factor) noexcept {
        constexpr size_t group = plan::find_decay(Path.view());
        if constexpr (detail::is_a_group<(group < plan::count)>()) set(factors_.decay[group], factor);
    }
    /// The momentum of the next step, of optimisers that have one: sgd_momentum's momentum, the beta1 of adam and adamw.
    /// `trainer.momentum(cycle.momentum(step))` cycles it as schedule::one_cycle says.
    [[nodiscard]] constexpr scalar_type momentum() const noexcept {
        if constexpr (!detail::has_momentum<rule_type>()) return scalar_type(0);
        else return rule_.momentum();
    }
    constexpr void momentum(double value) noexcept {
        if constexpr (detail::has_momentum<rule_type>()) rule_.momentum(value);
    }

    /// For files: the moments, one buffer of trainable_extent after the other, each in the layout of the parameters.
    static constexpr size_t moment_count = chosen::optimizer::moments;
    [[nodiscard]] constexpr std::span<scalar_type> moments() noexcept { return {moments_, moment_extent}; }
    /// The rule, with the steps done.
    [[nodiscard]] constexpr rule_type& rule() noexcept { return rule_; }
    /// The factors of groups.
    [[nodiscard]] constexpr auto& factors() noexcept { return factors_; }

  private:
    static constexpr void set(scalar_type& to, double factor) noexcept {
        to = static_cast<scalar_type>(factor);
        INLAY_EXPECTS(detail::not_negative(to), "inlay: a group's factor is a finite number, 0 or more");
    }
    static constexpr size_t moment_extent = chosen::optimizer::moments * Network::trainable_extent;

    alignas(detail::line<scalar_type>) scalar_type moments_[moment_extent ? moment_extent : 1]{};
    rule_type rule_;
    [[no_unique_address]] detail::group_factors<scalar_type, plan::count> factors_ = plan::start();
};

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
