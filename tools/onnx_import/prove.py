# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Compiles programs that write the header and run what was written."""
import os
import shutil
import subprocess

import numpy as np

from .graph import Refused

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

WRITER = r"""// Written by inlay-import: fills the network from a file and writes its header.
#include <inlay/files/npz.hpp>
#include <inlay/files/weights.hpp>
#include <inlay/host/export.hpp>
#include <inlay/inlay.hpp>

#include <cstdio>
#include <exception>
#include <memory>

using network_type = {type};

int main(int, char** argument) {{ // weights, inputs, header, name space, lines for the comment …
    try {{
        const auto net = std::make_unique<network_type>();
        inlay::load(*net, argument[1], {{.flatten = inlay::flatten_order::channels_last, .same_network = false}});
        std::vector<network_type::input_type> golden;
        const auto numbers = inlay::read_npy(argument[2]);
        const auto* from = reinterpret_cast<const network_type::input_element*>(numbers.tensors()[0].bytes.data());
        for (std::size_t at = 0; at + network_type::input_size <= numbers.tensors()[0].bytes.size() / sizeof *from;
             at += network_type::input_size)
            std::copy_n(from + at, network_type::input_size, golden.emplace_back().begin());
        inlay::export_options<network_type> options{{.name_space = argument[4], .golden = golden}};
        for (char** line = argument + 5; *line; ++line) options.provenance.push_back(*line);
        inlay::export_header(*net, argument[3], options);
    }} catch (const std::exception& error) {{
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }}
}}
"""
RUNNER = r"""// Written by inlay-import: runs what the header holds.
#include "{header}"

#include <cstdio>
#include <vector>

int main(int, char** argument) {{ // inputs, outputs
    using network_type = {space}::network_type;
    if (!{space}::self_test().ok()) return 3;
    std::FILE *in = std::fopen(argument[1], "rb"), *out = std::fopen(argument[2], "wb");
    network_type::input_type x;
    while (std::fread(x.data(), sizeof x[0], x.size(), in) == x.size()) {{
        const auto y = {space}::net(x);
        std::fwrite(y.data(), sizeof y[0], y.size(), out);
    }}
    std::fclose(in);
    return std::fclose(out);
}}
"""


def compiler():
    for name in (os.environ.get("CXX"), "g++", "clang++"):
        if name and shutil.which(name.split()[0]):
            return name.split()
    return None


def include():
    for folder in (os.path.join(ROOT, "include"), os.path.join(ROOT, "..", "include")):
        if os.path.exists(os.path.join(folder, "inlay", "inlay.hpp")):
            return folder
    raise Refused("inlay's headers are not beside this tool")


def build(source, program, folders, libraries=()):
    command = compiler()
    if command is None:
        raise Refused("there is no C++ compiler: set CXX")
    run = subprocess.run([*command, "-std=c++20", "-O1", "-DINLAY_INLINE=", "-o", program, source] + ["-I" + f for f in folders] + list(libraries),
                         capture_output=True, text=True)
    if run.returncode:
        lines = run.stderr.splitlines()
        wrong = [line for line in lines if "error" in line or "bad<" in line][:4] or lines[:4]
        raise Refused("what was imported does not compile; please report this:\n    " + "\n    ".join(line[:300] for line in wrong))


def rows(network, arrays, which):
    """Samples in memory's order: of all inputs, or outputs, one after the other."""
    parts = [network.work.to_memory(value, arrays[name]) for name, value, _ in which]
    samples = max(len(part) for part in parts)
    return np.concatenate([np.broadcast_to(part, [samples, part.shape[1]]) for part in parts], axis=1)


def write_header(network, folder, space, lines, inputs):
    """The header's text; `inputs` are rows of samples, whose outputs its self test holds."""
    kind = np.uint16 if network.tokens else np.float32
    np.savez(os.path.join(folder, "weights.npz"), **{name: np.ascontiguousarray(a, np.float32) for name, a in network.tensors.items()})
    np.save(os.path.join(folder, "inputs.npy"), np.ascontiguousarray(inputs, kind))
    source = os.path.join(folder, "write.cpp")
    with open(source, "w") as file:
        file.write(WRITER.format(type=network.type))
    build(source, os.path.join(folder, "write"), [include()], ["-lz"])
    header = os.path.join(folder, "model.hpp")
    run = subprocess.run([os.path.join(folder, "write"), os.path.join(folder, "weights.npz"), os.path.join(folder, "inputs.npy"),
                          header, space, *lines], capture_output=True, text=True)
    if run.returncode:
        raise Refused("the network could not be written: " + run.stderr.strip())
    with open(header, encoding="utf-8") as file:
        return file.read()


def run_header(network, folder, space, inputs):
    """What the header's network gives, in rows."""
    source = os.path.join(folder, "run.cpp")
    with open(source, "w") as file:
        file.write(RUNNER.format(header="model.hpp", space=space))
    count = sum(array.size for array in network.tensors.values())
    limits = []  # what compilers allow constant expressions is enough for some 80 000 parameters
    if count > 60000:
        clang = "clang" in os.path.basename(compiler()[0])
        limits = [f"-fconstexpr-steps={16 * count}"] if clang else [f"-fconstexpr-ops-limit={256 * count}"]
    build(source, os.path.join(folder, "run"), [include(), folder], limits)
    np.ascontiguousarray(inputs, np.uint16 if network.tokens else np.float32).tofile(os.path.join(folder, "x"))
    run = subprocess.run([os.path.join(folder, "run"), os.path.join(folder, "x"), os.path.join(folder, "y")])
    if run.returncode:
        raise Refused("the header's self test fails")
    y = np.fromfile(os.path.join(folder, "y"), np.float32)
    return y.reshape(len(inputs), -1)
