# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Many imported networks in few programs: each is compiled, filled and compared with the outputs that are expected."""
import os
import struct
import subprocess
import sys

import numpy as np

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, 'tools'))
from onnx_import import graph, listing, prove  # noqa: E402

PROGRAM = r'''
#include <inlay/inlay.hpp>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <vector>

using namespace inlay;

std::FILE* file;
template <class T>
void read(T* to, std::size_t count) {
    if (std::fread(to, sizeof(T), count, file) != count) std::printf("the file ends\n"), std::exit(1);
}
std::size_t read_count() {
    std::uint32_t value = 0;
    read(&value, 1);
    return value;
}
/// The tensors in order; false if they are others.
bool read_tensors(std::span<const tensor_spec> tensors, float* parameters, float* buffers) {
    if (read_count() != tensors.size()) return false;
    for (const tensor_spec& spec : tensors) {
        if (read_count() != spec.size) return false;
        float*& to = spec.role == tensor_role::statistic ? buffers : parameters;
        read(to, spec.size);
        to += spec.size;
    }
    return true;
}
int failed = 0;
template <class Input>
void compare(const char* name, std::size_t in, std::size_t out, Input* x, float* y, auto run) {
    if (read_count() != in || read_count() != out) {
        std::printf("%s: other sizes, %zu and %zu here\n", name, in, out), std::exit(1);
    }
    const std::size_t samples = read_count();
    std::vector<float> wanted(out);
    double most = 0, largest = 1;
    for (std::size_t n = 0; n < samples; ++n) {
        read(x, in);
        run();
        read(wanted.data(), out);
        for (std::size_t i = 0; i < out; ++i) {
            const double off = std::isnan(y[i]) && std::isnan(wanted[i]) ? 0 : std::abs(double{y[i]} - wanted[i]);
            if (!(off <= most) && !std::isnan(most)) most = off;
            largest = std::fmax(largest, std::abs(wanted[i]));
        }
    }
    if (!(most <= TOLERANCE * largest)) ++failed, std::printf("%s: differs by %g of %g\n", name, most, largest);
}
template <class Network>
void check(const char* name) {
    static Network net;
    static std::array<float, Network::parameter_count + 1> parameters;
    static std::array<float, Network::buffer_count + 1> buffers;
    if (!read_tensors(Network::tensors, parameters.data(), buffers.data())) {
        std::printf("%s: has other tensors\n", name), std::exit(1);
    }
    net.assign(std::span<const float>(parameters).first<Network::parameter_count>());
    if constexpr (Network::buffer_count > 0) net.assign_buffers(std::span<const float>(buffers).first<Network::buffer_count>());
    static typename Network::input_type x;
    static typename Network::output_type y;
    compare(name, Network::input_size, Network::output_size, x.data(), y.data(), [] { y = net(x); });
}

int main(int, char** argument) {
    file = std::fopen(argument[1], "rb");
    if (!file) return 1;
@CHECKS@
    std::printf("%d differ\n", failed);
    return failed > 0;
}
'''


class Case:
    """A network with inputs and outputs by name, as lists of data sets."""

    def __init__(self, name, network, sets):
        self.name, self.network, self.sets = name, network, sets

    def bytes(self):
        kind = np.uint16 if self.network.tokens else np.float32
        parts = [struct.pack('<I', len(self.network.tensors))]
        for array in self.network.tensors.values():
            parts += [struct.pack('<I', array.size), np.ascontiguousarray(array, np.float32).tobytes()]
        xs, ys = [], []
        for inputs, outputs in self.sets:
            x, y = prove.rows(self.network, inputs, self.network.inputs), prove.rows(self.network, outputs, self.network.outputs)
            if len(x) != len(y):
                raise graph.Refused(f'{len(x)} samples give {len(y)}')
            xs.append(x)
            ys.append(y)
        x, y = np.concatenate(xs), np.concatenate(ys)
        parts.append(struct.pack('<III', x.shape[1], y.shape[1], len(x)))
        for one, other in zip(x, y):
            parts += [np.ascontiguousarray(one, kind).tobytes(), np.ascontiguousarray(other, np.float32).tobytes()]
        return b''.join(parts)


def run(cases, folder, name, tolerance=1e-5, flags=()):
    """Compiles and runs one program of all cases; returns its complaints, or None if all are well. A tolerance of 0: the bits."""
    checks, data = [], []
    for case in cases:
        data.append(case.bytes())
        checks.append(f'    check<{case.network.type}>("{case.name}");')
    source, program = os.path.join(folder, name + '.cpp'), os.path.join(folder, name)
    with open(source, 'w') as file:
        file.write(PROGRAM.replace('@CHECKS@', '\n'.join(checks)))
    with open(program + '.bin', 'wb') as file:
        file.write(b''.join(data))
    command = prove.compiler() + ['-std=c++20', '-O0', f'-DTOLERANCE={tolerance}', *flags, '-DINLAY_INLINE=', '-DINLAY_FLATTEN=', '-Wno-return-type', '-I' + os.path.join(ROOT, 'include'),
               '-o', program, source]
    built = subprocess.run(command, capture_output=True, text=True)
    if built.returncode:
        return built.stderr
    ran = subprocess.run([program, program + '.bin'], capture_output=True, text=True, timeout=120)
    return None if ran.returncode == 0 else f'{ran.stdout}{ran.stderr} (status {ran.returncode})'
