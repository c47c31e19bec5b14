// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A network's tensors as PyTorch has them. Names and extents are tensor_spec's; what is found out here is where PyTorch's
// order of columns is another one: behind `flatten`, which is channels last in inlay and channels first in PyTorch.
#pragma once

#include <inlay/files/leaves.hpp>
#include <inlay/network/network.hpp>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <inlay/core/macros_aside.inc>

namespace inlay::inline INLAY_TARGET {

/// What a file's program does in place of `flatten`, which decides the order of a dense layer's columns behind it.
enum class flatten_order {
    images_channels_first, ///< PyTorch: Flatten of an image [channels, height, width]; sequences are [time, features]
    channels_first,        ///< the same for sequences too: Flatten behind Conv1d, [channels, time]
    channels_last          ///< as inlay does, and Keras: columns stay where they are
};

namespace detail {

/// A value's elements as a file's program has them: the first positions·channels are channels first there.
struct column_order {
    size_t positions = 1, channels = 1;
    constexpr bool same() const noexcept { return positions == 1 || channels == 1; }
    /// Where the file has our element number `i`.
    constexpr size_t in_file(size_t i) const noexcept {
        return i < positions * channels ? i % channels * positions + i / channels : i;
    }
};

/// What a walk through all layers finds out.
template <class Network>
struct columns_in_files {
    std::array<column_order, Network::tensor_count + 1> of_tensor{};
    /// Names of tensors that PyTorch lists a second time: that of a layer which uses the tensor of another one, and that
    /// tensor's.
    std::vector<std::pair<std::string, std::string>> ties{};
    /// The layer behind a flatten about which nothing can be told; empty if there is none.
    std::string untold{};
    flatten_order flatten;

    explicit columns_in_files(flatten_order order) : flatten(order) { list<typename Network::chain_type>("", 0, {}); }

  private:
    /// Layers one after the other.
    template <class Bound>
    column_order list(const std::string& path, size_t first, column_order arrives) {
        topology::walk<0, Bound::count>([&](auto i) { arrives = part<Bound, i>(path, first, arrives); });
        return arrives;
    }
    template <class Bound, size_t I>
    column_order part(const std::string& path, size_t first, column_order arrives) {
        using layer = typename Bound::template layer<I>;
        const label name = name_in_list<layer>(I);
        return one<layer, typename Bound::template bound<I>>(path + std::string(name.view()) + ".",
                                                             first + Bound::tensor_starts[I], arrives);
    }
    void give_up(const std::string& path) {
        if (untold.empty()) untold = path.substr(0, path.size() - 1);
    }

    /// What leaves a layer, if `arrives` comes to it.
    template <class Layer, class Bound>
    column_order one(const std::string& path, size_t first, column_order arrives) {
        constexpr std::string_view name = Layer::name;
        using in = typename Bound::input;
        constexpr size_t size = in::size;
        if constexpr (name == "flatten") {
            if (in::rank == 1 || flatten == flatten_order::channels_last) return arrives;
            if (in::rank == 2 && flatten != flatten_order::channels_first) return arrives;
            return {size / in::last, in::last};
        } else if constexpr (is_made_of_layers<Bound>) {
            if constexpr (name == "sequential") return list<Bound>(path, first, arrives);
            else if constexpr (name == "parallel") {
                topology::walk<0, Bound::count>([&](auto i) {
                    if (!part<Bound, i>(path, first, arrives).same()) give_up(path);
                });
                return {};
            } else { // one after the other, and then they meet another value, or leave as an output
                constexpr bool reads = name == "plus" || name == "times" || name == "concat";
                const column_order given = list<Bound>(path, first, reads ? column_order{} : arrives);
                if constexpr (name == "output") return arrives;
                if (!given.same()) give_up(path);
                if constexpr (name == "concat") return arrives;
                if (!arrives.same()) give_up(path);
                return {};
            }
        } else {
            if constexpr (Bound::ties.size() > 0) ties.push_back({path + "weight", std::string(Bound::ties[0].path)});
            if (arrives.same()) return {};
            // What has a weight for every input gives outputs of its own.
            for (size_t t = 0; t < Bound::tensors.size(); ++t) {
                const tensor_spec& spec = Bound::tensors[t];
                if (spec.rank == 2 && spec.extents[1] == size &&
                    (spec.name == "weight" || spec.name == "weight_ih_l0")) {
                    of_tensor[first + t] = arrives;
                    return {};
                }
            }
            // What does the same to every element leaves them where they are.
            bool elementwise = Bound::output::size == size && name != "take" && name != "keep";
            if constexpr (name == "concat") elementwise = true; // what arrives stays in front
            for (size_t t = 0; t < Bound::tensors.size(); ++t) {
                const tensor_spec& spec = Bound::tensors[t];
                if (spec.rank == 1 && spec.size == size) of_tensor[first + t] = arrives;
                else if (spec.size != 1) elementwise = false;
            }
            if constexpr (name == "output" || name == "accumulate") elementwise = name == "output";
            if constexpr (name == "plus" || name == "times") elementwise = false;
            if (!elementwise) give_up(path);
            return elementwise ? arrives : column_order{};
        }
    }
};

} // namespace detail

} // namespace inlay::inline INLAY_TARGET

#include <inlay/core/macros_back.inc>
