// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// expect-error: export_onnx has no ONNX operators for the layer that at_layer names
// expect-error: at_layer<1>
#include <inlay/files.hpp>

#if __has_include(<onnx/onnx_pb.h>)
#include <inlay/files/onnx.hpp>
using net_type =
#ifdef FIXED
    inlay::network<inlay::input<4>, inlay::dense<4>, inlay::relu>;
#else
    inlay::network<inlay::input<4>, inlay::dense<4>, inlay::step>;
#endif
std::string text(const net_type& net) { return inlay::onnx_contents(net); }
#elif !defined(FIXED)
// Without ONNX's headers there is nothing to refuse.
static_assert(false, "export_onnx has no ONNX operators for the layer that at_layer names: at_layer<1>");
#endif
