// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// MLPerf Tiny's three networks in float on the inputs that lie beside them:
//
//     tiny [folder with mlperf_tiny/…] [--time]
#include "mlperf_tiny.hpp"

namespace {

template <class Net>
bool run(const char* name, const Net& net, const std::filesystem::path& inputs, const std::filesystem::path& outputs,
         bool time) {
    auto x = std::make_unique<typename Net::input_type>();
    bool good = true;
    if (std::filesystem::exists(inputs)) {
        const auto all = zoo::numbers_of<float>(inputs);
        std::vector<float> found;
        for (std::size_t at = 0; at + Net::input_size <= all.size(); at += Net::input_size) {
            std::copy_n(all.data() + at, Net::input_size, x->data());
            for (const float one : net(*x)) found.push_back(one);
        }
        const double error = zoo::largest_difference(found, zoo::numbers_of<float>(outputs));
        std::printf("%-16s within %.1e of TensorFlow Lite Micro\n", name, error);
        good = error < 1e-4;
    }
    if (time) {
        float sum = 0;
        std::printf("%-16s %.1f µs\n", name, zoo::least_time([&] { sum += net(*x)[0]; }) / 1000);
        good = good && sum >= 0 - sum * sum;
    }
    return good;
}

} // namespace

int main(int argc, char** argv) {
    const auto folder = zoo::folder_of(argc, argv);
    const bool time = zoo::wants_time(argc, argv);
    for (const auto* file : {&zoo::autoencoder_file, &zoo::resnet_8_file, &zoo::mobilenet_v1_file})
        if (!zoo::is_there(folder, *file)) return zoo::skipped;
    const auto tiny = folder / "mlperf_tiny";
    bool good = run("autoencoder", *zoo::load_autoencoder(zoo::path_of(folder, zoo::autoencoder_file)),
                    tiny / "ad_input.f32", tiny / "ad_output.f32", time);
    good = run("ResNet-8", *zoo::load_resnet_8(zoo::path_of(folder, zoo::resnet_8_file)), tiny / "ic_input.f32",
               tiny / "ic_output.f32", time) &&
           good;
    good = run("MobileNetV1 0.25", *zoo::load_mobilenet_v1(zoo::path_of(folder, zoo::mobilenet_v1_file)),
               tiny / "vww_input.f32", tiny / "vww_output.f32", time) &&
           good;
    return good ? 0 : 1;
}
