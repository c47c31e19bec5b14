// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#include <inlay/host.hpp>
#include <inlay/inlay.hpp>

#include <iostream>

int main() {
    using net_type = inlay::network<inlay::input<2>, inlay::dense<3>>;
    net_type net;
    initialize(net, inlay::seed{1});
    std::cout << inlay::summary<net_type>{} << net({1, 2})[0] << '\n';
}
