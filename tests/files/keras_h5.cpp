// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// A file of Keras's and the same arrays as .npz give one network; what does not fit is refused. keras_h5.py writes them.
//
//     keras_h5 WEIGHTS.H5 WEIGHTS.NPZ CUT.H5 MORE.H5
#include <inlay/files.hpp>
#include <inlay/files/keras_h5.hpp>

#include <iostream>

int main(int count, char** words) {
    using namespace inlay;
    if (count != 5) return 2;
    using net_type = network<input<6, 5, 2>, conv2d<4, 3, 1, 1>, conv2d<4, 3, 1, 1, groups<4>>, batch_norm<0.001_double>, relu,
                             reshape<30, 4>, parallel<gru<3>, reversed<gru<3>>>, lstm<4>, prelu<4>, last_step, dense<3>, dense<2>>;
    net_type one, other;
    initialize(one, seed{1});
    const auto report = load_keras_h5(one, words[1]);
    load(other, words[2], {.layout = tensor_layout::keras});
    int failed = one.canonical() != other.canonical();
    if (failed) std::cout << "the networks differ\n";
    if (report.loaded.size() != 22) ++failed, std::cout << report.loaded.size() << " arrays were loaded\n";
    const auto before = one.canonical();
    for (const auto& [file, said] : {std::pair{words[3], "lacks layers/dense_1/vars/1, bias [2] of layer 10, dense"},
                                     {words[4], "has tensor layers/dense_2/vars/0, which the network has not"},
                                     {words[2], "is no HDF5 file"}})
        try {
            load_keras_h5(one, file);
            ++failed, std::cout << file << " was taken\n";
        } catch (const file_error& error) {
            if (error.reason() != said) ++failed, std::cout << error.what() << '\n';
        }
    if (one.canonical() != before) ++failed, std::cout << "the network has changed\n";
    return failed;
}
