// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
//
// Two files of one program include everything: it links, both see the same types, and no header needs another before it.
#include <inlay/inlay.hpp>

#include <inlay/host.hpp>

#include <array>
#include <cstdio>

using net_type = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::relu, inlay::dense<2>>;

std::array<float, 2> answer_of_second(const net_type& net, const std::array<float, 4>& x);

int main() {
    net_type net;
    inlay::initialize(net, inlay::seed{1});
    const std::array<float, 4> x{1, 2, 3, 4};
    if (net(x) == answer_of_second(net, x)) return 0;
    std::puts("two files of one program disagree");
    return 1;
}
