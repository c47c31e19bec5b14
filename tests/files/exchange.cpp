// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// The side of inlay in torch_exchange.py:
//
//     exchange load NAME FILE OUTPUTS       the network takes FILE's weights; what it gives for FILE's inputs
//     exchange save NAME FILE WEIGHTS OUTPUTS   the same with start values of its own, which go to WEIGHTS
#include "models.hpp"

#include <iostream>

namespace {

template <class Model>
void run(const std::vector<std::string>& arguments) {
    using namespace inlay;
    typename Model::type net;
    const load_options options = Model::options();
    const tensor_file file = read_safetensors(arguments[2]);
    if (arguments[0] == "load") load(net, arguments[2], options);
    else {
        initialize(net, seed{7});
        Model::type::each_buffer(
            [&, at = 1](size_t index) mutable { net.element(index, 0.125f * static_cast<float>(++at)); });
        save(net, arguments[3], {.names = options.names, .prefix = options.prefix, .flatten = options.flatten});
    }
    std::string bytes;
    for (const float value : models::outputs(net, file))
        detail::append_little_endian(bytes, std::bit_cast<std::uint32_t>(value), 4);
    const file_tensor outputs{"output", "F32", {bytes.size() / 4}, bytes};
    replace_file(arguments.back(), safetensors_contents(std::span(&outputs, 1)));
}

} // namespace

int main(int count, char** words) {
    const std::vector<std::string> arguments(words + 1, words + count);
    if (arguments.size() < 4) return 2;
    bool found = false;
    models::each([&]<class Model>(Model) {
        if (arguments[1] != Model::name) return;
        found = true;
        run<Model>(arguments);
    });
    if (!found) std::cerr << "no network is called " << arguments[1] << '\n';
    return found ? 0 : 2;
}
