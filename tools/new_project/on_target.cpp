// All that the chip needs: the exported network, and a call. No heap, no exceptions, no operating system. Here it is an
// ordinary program, and a test.
#include <@NAME@_model.hpp>

#include <cstddef>

/// The class of a sample.
std::size_t classify(float x, float y) { return inlay::argmax(@NAME@_model::net({x, y})); }

int main() {
    if (!@NAME@_model::self_test().ok()) return 1; // other outputs than where it was trained
    return classify(0.0f, 1.0f) == 0 && classify(1.0f, -0.5f) == 1 ? 0 : 2;
}
