// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// One training step taken apart. First the formulas, written as plain loops over one sample; then the library's own
// pieces (forward, loss, backward, update); then the trainer, which is those pieces in one call. All three agree, for
// several lists of widths.
//
//     forward     z₁ = W₁·x + b₁      h = max(z₁, 0)      z₂ = W₂·h + b₂      …
//     loss        p = softmax(z)      L = −ln p_label
//     backward    δ = p − onehot(label)       dW = δ·hᵀ      db = δ      δ_before = (Wᵀ·δ) ⊙ [h > 0]
//     update      w ← w − η·dw
#include <inlay/host.hpp>

#include <cmath>
#include <iostream>

namespace {

using inlay::dense, inlay::input, inlay::network, inlay::relu;

constexpr double learning_rate = 0.05;

/// A layer's parameters as plain vectors: weight[out][in] and bias[out].
struct plain_layer {
    std::vector<std::vector<double>> weight;
    std::vector<double> bias;
};

/// The formulas above, for a list of dense layers with relu between them. Returns the loss before the update.
double step_by_formula(std::vector<plain_layer>& layers, const std::vector<double>& x, std::size_t label) {
    // forward: activations[l] is what layer l reads
    std::vector<std::vector<double>> activations{x};
    for (std::size_t l = 0; l < layers.size(); ++l) {
        std::vector<double> z = layers[l].bias;
        for (std::size_t o = 0; o < z.size(); ++o)
            for (std::size_t i = 0; i < activations[l].size(); ++i) z[o] += layers[l].weight[o][i] * activations[l][i];
        if (l + 1 < layers.size())
            for (double& value : z) value = std::max(value, 0.0);
        activations.push_back(z);
    }
    // loss: softmax and cross-entropy; its gradient by the logits is p − onehot
    std::vector<double> delta = activations.back();
    double total = 0;
    for (double& z : delta) total += z = std::exp(z);
    for (double& z : delta) z /= total;
    const double loss = -std::log(delta[label]);
    delta[label] -= 1;
    // backward and update, last layer first
    for (std::size_t l = layers.size(); l-- > 0;) {
        std::vector<double> before(activations[l].size());
        for (std::size_t o = 0; o < delta.size(); ++o)
            for (std::size_t i = 0; i < before.size(); ++i) before[i] += layers[l].weight[o][i] * delta[o];
        for (std::size_t i = 0; i < before.size(); ++i)
            if (activations[l][i] <= 0) before[i] = 0; // relu's slope
        for (std::size_t o = 0; o < delta.size(); ++o) {
            for (std::size_t i = 0; i < before.size(); ++i)
                layers[l].weight[o][i] -= learning_rate * delta[o] * activations[l][i];
            layers[l].bias[o] -= learning_rate * delta[o];
        }
        delta = before;
    }
    return loss;
}

/// The network's parameters as plain layers, by their canonical order: weight, bias, weight, bias, …
template <class Net>
std::vector<plain_layer> plain(const Net& net) {
    const auto values = net.canonical();
    std::vector<plain_layer> layers;
    std::size_t at = 0;
    for (const inlay::tensor_spec& spec : Net::tensors) {
        if (spec.rank == 2) {
            layers.emplace_back();
            layers.back().weight.assign(spec.extents[0], std::vector<double>(spec.extents[1]));
            for (auto& row : layers.back().weight)
                for (double& w : row) w = static_cast<double>(values[at++]);
        } else {
            layers.back().bias.resize(spec.extents[0]);
            for (double& b : layers.back().bias) b = static_cast<double>(values[at++]);
        }
    }
    return layers;
}

template <class Net>
bool compare(const char* name, const inlay::data_set<4>& iris, std::vector<inlay::plot_series>& curves) {
    Net by_pieces;
    initialize(by_pieces, inlay::seed{5});
    Net by_trainer = by_pieces;
    auto by_formula = plain(by_pieces);

    inlay::workspace<Net, 1> memory; // activations and scratch
    inlay::gradients<Net> gradients; // as many as trainable parameters
    const inlay::cross_entropy loss{};
    inlay::sgd::rule<float> rule{inlay::sgd{.learning_rate = learning_rate}};
    inlay::trainer<Net, inlay::cross_entropy, inlay::sgd> trainer{by_trainer, {.learning_rate = learning_rate}};

    const std::string net(name);
    inlay::plot_series formulas{net + ", formula", {}, {}, true}, trained{net + ", trainer", {}, {}};
    double formula_loss = 0, pieces_loss = 0, trainer_loss = 0;
    for (int epoch = 0; epoch < 20; ++epoch) {
        formula_loss = pieces_loss = trainer_loss = 0;
        for (std::size_t i = 0; i < iris.size(); ++i) {
            const auto& x = iris.inputs[i];
            const std::size_t label = iris.labels[i];

            formula_loss += step_by_formula(by_formula, {x.begin(), x.end()}, label);

            memory.forward(by_pieces, x.data());                              // forward
            pieces_loss += static_cast<double>(memory.compare(loss, &label)); // loss
            gradients.clear();
            memory.backward(by_pieces, x.data(), gradients);                     // backward
            inlay::apply_rule<inlay::kernels::native, Net::trainable_extent, 0>( // update
                rule, by_pieces.parameters().data(), gradients.data(), static_cast<float*>(nullptr));

            trainer_loss += static_cast<double>(trainer.step(x, label));
        }
        formulas.x.push_back(epoch + 1), formulas.y.push_back(formula_loss / static_cast<double>(iris.size()));
        trained.x.push_back(epoch + 1), trained.y.push_back(trainer_loss / static_cast<double>(iris.size()));
    }
    // The trainer is the pieces: the same bits. The formulas run in double and in another order: close.
    const auto a = by_pieces.canonical(), b = by_trainer.canonical();
    const auto formula = plain(by_pieces);
    double apart = 0;
    for (std::size_t l = 0; l < formula.size(); ++l)
        for (std::size_t o = 0; o < formula[l].bias.size(); ++o)
            for (std::size_t i = 0; i < formula[l].weight[o].size(); ++i)
                apart = std::max(apart, std::abs(formula[l].weight[o][i] - by_formula[l].weight[o][i]));
    curves.push_back(trained), curves.push_back(formulas);
    const auto count = static_cast<double>(iris.size());
    std::cout << name << ": loss by formula " << formula_loss / count << ", by pieces " << pieces_loss / count
              << ", by trainer " << trainer_loss / count << "; accuracy " << 100 * accuracy(by_trainer, iris)
              << " %; largest difference of a weight from the formula " << apart
              << (a == b ? "" : "  PIECES AND TRAINER DIFFER") << '\n';
    return a == b && apart < 2e-3 && std::abs(formula_loss - trainer_loss) < 1e-3 * count;
}

} // namespace

int main() {
    auto iris = inlay::read_csv<4>(INLAY_EXAMPLE_DATA "/iris.csv", 3);
    auto unused = iris;
    standardize(iris, unused);
    inlay::random_generator random{inlay::seed{9}};
    iris = iris.subset(inlay::shuffled_indices(iris.size(), random));

    std::vector<inlay::plot_series> curves;
    bool same = true;
    same &= compare<network<input<4>, dense<3>>>("4-3", iris, curves);
    same &= compare<network<input<4>, dense<8>, relu, dense<3>>>("4-8-3", iris, curves);
    same &= compare<network<input<4>, dense<16>, relu, dense<8>, relu, dense<3>>>("4-16-8-3", iris, curves);
    picture_of_series(curves, "iris, loss by formula and by trainer", {.x = "epoch", .y = "cross entropy"})
        .try_save("05_from_scratch.svg", std::cout, 480, 400);
    return same ? 0 : 1;
}
