// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A variational autoencoder (Kingma and Welling 2014) on 8×8 digits: the encoder says for each picture where in a space of
// eight dimensions it lies, mean μ and log variance; a point z = μ + σ·ε is drawn there, and the decoder draws the picture
// again. What is made small, per picture, is
//
//     −ln p(x | z)  +  KL(q(z | x) ‖ N(0, 1))        KL = ½ Σ (μ² + σ² − 1 − ln σ²)
//
// so that points drawn from N(0, 1) decode to digits nobody wrote. Two trainers: the decoder has a loss of its own, the
// encoder gets what the decoder says about z, and the divergence's gradients: ∂KL/∂μ = μ, ∂KL/∂ln σ² = ½(σ² − 1).
//
// `19_vae EPOCHS`: 100 is the whole training. PyTorch's figure: the same nets and settings in
// tools/reference/learning.py, the mean over 3 seeds and its deviation.
#include <inlay/host.hpp>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <iostream>

using namespace inlay;

constexpr std::size_t latent = 8, batch_size = 32, pixels = 64;
using encoder = network<input<64>, dense<128>, relu, dense<2 * latent>>; // μ, then ln σ²
using decoder = network<input<latent>, dense<128>, relu, dense<64>>;     // logits of pixels
using loss = binary_cross_entropy_with_logits;

/// z = μ + σ·ε, and the divergence.
decoder::input_type draw(const encoder::output_type& code, std::array<float, latent>& noise, random_generator& random,
                         double& divergence) {
    decoder::input_type z;
    for (std::size_t i = 0; i < latent; ++i) {
        const float mean = code[i], log_variance = code[latent + i];
        noise[i] = random.normal(0.0f, 1.0f);
        z[i] = mean + std::exp(log_variance / 2) * noise[i];
        divergence += 0.5 * static_cast<double>(mean * mean + std::exp(log_variance) - 1 - log_variance);
    }
    return z;
}

int main(int argc, char** argv) {
    const int epochs = argc > 1 ? std::max(1, std::atoi(argv[1])) : 100;
    auto data = read_csv<64>(INLAY_EXAMPLE_DATA "/digits.csv.gz", 10);
    scale(data, 1.0f / 16);
    random_generator random{seed{1}};
    const auto parts = train_test_split(data.size(), 0.2, random);
    const auto train = data.subset(parts.train).inputs, test = data.subset(parts.test).inputs;

    const auto e = make_network<encoder>(seed{2});
    const auto d = make_network<decoder>(seed{3});
    const auto train_e = make_trainer<encoder, no_loss, adam, batch<batch_size>>(*e, {.learning_rate = 2e-3});
    const auto train_d = make_trainer<decoder, loss, adam, batch<batch_size>>(*d, {.learning_rate = 2e-3});

    plot_series curve{"training", {}, {}};
    std::vector<encoder::input_type> x;
    std::vector<encoder::output_type> code(batch_size);
    std::vector<decoder::input_type> z(batch_size), pull(batch_size);
    std::vector<std::array<float, latent>> noise(batch_size);
    for (int epoch = 0; epoch < epochs; ++epoch) {
        const auto order = shuffled_indices(train.size(), random);
        double total = 0;
        for (std::size_t first = 0; first < order.size(); first += batch_size) {
            const std::size_t rows = std::min(batch_size, order.size() - first);
            x.clear();
            for (std::size_t n = 0; n < rows; ++n) x.push_back(train[order[first + n]]);
            code.resize(rows), z.resize(rows), pull.resize(rows);
            train_e->forward(x, code);
            for (std::size_t n = 0; n < rows; ++n) z[n] = draw(code[n], noise[n], random, total);

            // The decoder's loss is a mean over pixels and batch; the sum over pixels is 64 times that. (For the decoder
            // itself the factor does not matter: Adam divides it out.)
            train_d->input_gradient(z, x, pull);
            total += pixels * static_cast<double>(rows) * static_cast<double>(train_d->accumulate(z, x));
            train_d->update();
            for (std::size_t n = 0; n < rows; ++n)
                for (std::size_t i = 0; i < latent; ++i) {
                    const float mean = code[n][i], variance = std::exp(code[n][latent + i]), dz = pixels * pull[n][i];
                    const float share = 1 / static_cast<float>(rows);
                    code[n][i] = dz + share * mean;
                    code[n][latent + i] = dz * noise[n][i] * std::sqrt(variance) / 2 + share * (variance - 1) / 2;
                }
            train_e->backward(code);
            train_e->update();
        }
        curve.x.push_back(epoch + 1);
        curve.y.push_back(total / static_cast<double>(train.size()));
    }

    double picture_loss = 0, divergence = 0;
    const auto codes = predict(*e, test);
    for (int round = 0; round < 20; ++round) {
        std::vector<decoder::input_type> points;
        for (const auto& one : codes) points.push_back(draw(one, noise[0], random, divergence));
        picture_loss += pixels * static_cast<double>(test.size()) *
                        evaluate(*d, loss{}, std::span<const decoder::input_type>(points), test);
    }
    const double all = 20 * static_cast<double>(test.size());
    std::printf("test: %.2f = pictures %.2f + divergence %.2f      PyTorch, 3 seeds, 100 epochs: 24.12 ± 0.08\n",
                (picture_loss + divergence) / all, picture_loss / all, divergence / all);

    std::vector<std::array<float, 64>> made;
    for (int i = 0; i < 32; ++i) {
        decoder::input_type point;
        for (float& value : point) value = random.normal(0.0f, 1.0f);
        made.push_back((*d)(point));
        for (float& pixel : made.back()) pixel = 1 / (1 + std::exp(-pixel));
    }
    picture_of_images<8, 8>(made, "digits nobody wrote").try_save("19_vae.svg", std::cout, 480, 260);
    picture_of_series({curve}, "bound over epochs", {.x = "epoch", .y = "nats per picture"})
        .try_save("19_vae_history.svg", std::cout, 480, 360);
    return (picture_loss + divergence) / all < (epochs < 100 ? 30 : 25) ? 0 : 1;
}
