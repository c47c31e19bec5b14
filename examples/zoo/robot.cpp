// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A quadrotor's policy, a quadruped's actuator and a humanoid's walk, step by step on the observations that lie beside them:
//
//     robot [folder with raptor/… and legged/…] [--time]
#include "robots.hpp"

namespace {

/// Steps from a state of zeros; `flights` sequences lie side by side in the files.
template <class Net>
bool run(const char* name, const Net& net, const std::filesystem::path& inputs, const std::filesystem::path& outputs,
         double limit, bool time, std::size_t flights = 1, std::array<float, 2> factors = {1, 1}, float of_output = 1) {
    std::vector<typename Net::input_type> steps(1);
    bool good = true;
    if (std::filesystem::exists(inputs)) {
        const auto all = zoo::numbers_of<float>(inputs), expected = zoo::numbers_of<float>(outputs);
        steps.resize(all.size() / Net::input_size);
        std::vector<float> found;
        std::vector<typename Net::state_type> states(flights);
        for (std::size_t t = 0; t < steps.size(); ++t) {
            for (std::size_t i = 0; i < Net::input_size; ++i)
                steps[t][i] = all[t * Net::input_size + i] * factors[i % 2];
            for (const float one : net(steps[t], states[t % flights])) found.push_back(one * of_output);
        }
        const double error = zoo::largest_difference(found, expected);
        std::printf("%-12s within %.1e of the reference\n", name, error);
        good = error < limit;
    }
    if (time) {
        typename Net::state_type state{};
        std::size_t at = 0;
        float sum = 0;
        std::printf("%-12s %.0f ns a step\n", name, zoo::least_time([&] {
                        sum += net(steps[at], state)[0];
                        at = at + 1 < steps.size() ? at + 1 : 0;
                    }));
        good = good && sum == sum;
    }
    return good;
}

} // namespace

int main(int argc, char** argv) {
    const auto folder = zoo::folder_of(argc, argv);
    const bool time = zoo::wants_time(argc, argv);
    for (const auto* file : {&zoo::raptor_file, &zoo::anydrive_file, &zoo::unitree_g1_file})
        if (!zoo::is_there(folder, *file)) return zoo::skipped;
    const auto raptor = folder / "raptor", legged = folder / "legged";
    bool good = run("RAPTOR", *zoo::load_raptor(zoo::path_of(folder, zoo::raptor_file)), raptor / "example_input.f32",
                    raptor / "example_output.f32", 1e-5, time, 2);
    good = run("ANYdrive", *zoo::load_anydrive(zoo::path_of(folder, zoo::anydrive_file)), legged / "anydrive_input.f32",
               legged / "anydrive_output.f32", 1e-4, time, 1, {2, 0.25f}, 20) &&
           good;
    good = run("Unitree G1", *zoo::load_unitree_g1(zoo::path_of(folder, zoo::unitree_g1_file)), legged / "g1_input.f32",
               legged / "g1_output.f32", 3e-5, time) &&
           good;
    return good ? 0 : 1;
}
