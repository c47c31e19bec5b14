// What should hold for the exported network, on all of the data.
#include <@NAME@_model.hpp>

#include <inlay/host.hpp>

#include <iostream>

int main(int, char** argv) {
    const auto data = inlay::read_csv<2>(argv[1], 2);
    const double accuracy = inlay::accuracy(@NAME@_model::net, data);
    std::cout << "accuracy " << accuracy << '\n';
    return accuracy > 0.95 && @NAME@_model::self_test().ok() ? 0 : 1;
}
