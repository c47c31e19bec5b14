// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
#include <inlay/host.hpp>
#include <inlay/inlay.hpp>

#include <array>

using net_type = inlay::network<inlay::input<4>, inlay::dense<3>, inlay::relu, inlay::dense<2>>;

std::array<float, 2> answer_of_second(const net_type& net, const std::array<float, 4>& x) { return net(x); }
