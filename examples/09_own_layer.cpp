// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A layer written outside the library: y = a·x + b per feature, with its own parameters, used like any other.
#include <inlay/host.hpp>

#include <cmath>
#include <cstdio>
#include <iostream>
#include <utility>

/// yᵢ = aᵢ·xᵢ + bᵢ, a starts at 1 and b at 0.
struct affine {
    static constexpr auto name = "affine";

    /// The shape rule: what goes in comes out; images are refused.
    template <class In>
    static constexpr auto output_shape(In in) {
        if constexpr (In::rank == 3) return inlay::refuse<inlay::needs_a_vector_or_a_sequence>{};
        else return in;
    }

    /// The layer, once its input shape is known.
    template <class Scalar, class In>
    struct on : inlay::layer_on<Scalar, In, In> {
        static constexpr std::size_t width = In::last, rows = In::size / In::last;
        static constexpr std::array tensors{
            inlay::tensor_spec::of("weight", width).as(inlay::tensor_role::scale).starting_at(1),
            inlay::tensor_spec::of("bias", width)};

        template <class Context, class Call>
        static constexpr void forward(const Call& call) {
            for (std::size_t r = 0; r < Context::batch * rows; ++r)
                inlay::kernels::map<typename Context::backend, width>(
                    call.output + r * width, [](auto x, auto a, auto b) { return fma_of(a, x, b); },
                    call.input + r * width, call.parameters[0], call.parameters[1]);
        }

        // da += dy·x        db += dy        dx = a·dy
        template <class Context, class Call>
        static constexpr void backward(const Call& call) {
            for (std::size_t r = 0; r < Context::batch * rows; ++r)
                for (std::size_t i = 0; i < width; ++i) {
                    const Scalar dy = call.output_gradient[r * width + i];
                    if constexpr (Context::gradients::trainable(0))
                        call.gradients[0][i] = inlay::math::fma(dy, call.input[r * width + i], call.gradients[0][i]);
                    if constexpr (Context::gradients::trainable(1)) call.gradients[1][i] += dy;
                    if constexpr (Context::input_gradient)
                        call.input_gradient[r * width + i] = inlay::math::product(call.parameters[0][i], dy);
                }
        }

      private:
        template <class V>
        static constexpr V fma_of(V a, V x, V b) {
            using inlay::math::fma; // scalars; packs bring their own
            return fma(a, x, b);
        }
    };
};

using net_type = inlay::network<inlay::input<3>, affine, inlay::dense<4>, inlay::tanh, affine, inlay::dense<1>>;
static_assert(net_type::parameter_count == 6 + 16 + 8 + 5);

int main() {
    net_type net;
    initialize(net, inlay::seed{1});
    std::printf("the network's parameters:");
    for (const auto& spec : net_type::tensors)
        std::printf(" %.*s", static_cast<int>(spec.name.view().size()), spec.name.view().data());

    // It learns y = x₀ − 2·x₁·x₂.
    inlay::trainer<net_type, inlay::mean_squared_error, inlay::adam, inlay::batch<16>> trainer{net,
                                                                                               {.learning_rate = 1e-2}};
    inlay::generated samples(1600, inlay::seed{3}, [](inlay::random_generator& random) {
        const std::array x{random.uniform(-1.0f, 1.0f), random.uniform(-1.0f, 1.0f), random.uniform(-1.0f, 1.0f)};
        return std::pair{x, std::array{x[0] - 2 * x[1] * x[2]}};
    });
    inlay::random_generator random{inlay::seed{2}};
    const auto seen = fit(trainer, samples.inputs(), samples.targets(), {.epochs = 40}, random);
    std::printf("\nloss after 4000 steps: %g\nnet(0.5, 0.5, -0.5) = %f, should be near 1\n", seen.loss.back(),
                net({0.5f, 0.5f, -0.5f})[0]);
    picture_of(seen, "x₀ − 2·x₁·x₂").try_save("09_own_layer.svg", std::cout, 480, 360);
    return seen.loss.back() < 0.02 && std::abs(net({0.5f, 0.5f, -0.5f})[0] - 1) < 0.2f ? 0 : 1;
}
