#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Weights that others have published, as a safetensors file with the tensors under the names they have there.

    tools/zoo/to_safetensors.py rnn_data.c rnnoise.safetensors        # RNNoise: tables of a C source, int8
    tools/zoo/to_safetensors.py checkpoint.h5 raptor.safetensors      # RAPTOR: HDF5; needs python3-h5py
    tools/zoo/to_safetensors.py motion.pt g1.safetensors              # policies for PyTorch: a pickle; torch is not needed
    tools/zoo/to_safetensors.py --self-test

Nothing of a file is run: of a pickle only tensors are read. examples/zoo says where each file is and what reads the result;
for a file of one of those the sum is compared. What is no weight (states, factors of inputs) is listed and left out.
"""

import hashlib
import io
import json
import pickle
import re
import struct
import sys
import zipfile
from math import prod
from pathlib import Path

KNOWN = {
    "7b90ed18f065a34597d80b4c00e140a7c5eb6380ef8c9c6bf265384c944ae708": "RNNoise v0.1.1, src/rnn_data.c",
    "db11f14ca2a8547f646d9baa57ccceaaff00b1be1c751b632641f514972355c5": "RAPTOR, checkpoint.h5",
    "21e596737788d7328f28513643e88775a62ef60bf31bdbd0b8fc796928bdb135": "legged_gym, anydrive_v3_lstm.pt",
    "cf668f75b90d1abf73d2b87612a6e76bccc61ff7e083b63582d3f6aaa3c1759d": "unitree_rl_gym, g1/motion.pt",
}
NO_WEIGHTS = re.compile(r"(in_scale|out_scale|hidden_state|cell_state|initial_hidden_state)$")

# A tensor is (dtype of safetensors, shape, little-endian bytes), under its name.


def of_c_tables(text):
    """`static const rnn_weight NAME[COUNT] = { … };` Weights of dense layers and GRUs are [input][unit] there."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    tensors = {}
    for name, count, body in re.findall(r"rnn_weight\s+(\w+)\s*\[(\d+)\]\s*=\s*\{([^}]*)\}", text):
        values = [int(one) for one in body.replace(",", " ").split()]
        if len(values) != int(count):
            sys.exit(f"{name} has {len(values)} numbers, expected {count}")
        tensors[name] = ("I8", [len(values)], struct.pack(f"<{len(values)}b", *values))
    return tensors


def of_hdf5(path):
    import h5py

    tensors = {}

    def visit(name, item):
        parts = name.split("/")
        if isinstance(item, h5py.Dataset) and parts[0] != "example" and parts[-1] == "parameters":
            shape = list(item.shape)
            if parts[-2].startswith("biases"):  # [1, n]
                shape = [prod(shape)]
            tensors[".".join(parts[:-1])] = ("F32", shape, item[()].astype("<f4").tobytes())

    with h5py.File(path) as file:
        file.visititems(visit)
    return tensors


class Anything:
    """Stands for every class of a pickle: it keeps what it is given."""

    def __init__(self, *arguments):
        self.state = {}

    def __setstate__(self, state):
        self.state = state

    def __setitem__(self, key, value):
        pass


class TensorReader(pickle.Unpickler):
    """Tensors, and the dictionaries that hold them; no other code is called, whatever the file names."""

    def __init__(self, archive, folder):
        super().__init__(io.BytesIO(archive.read(folder + "/data.pkl")))
        self.archive, self.folder = archive, folder

    def persistent_load(self, key):
        _, kind, name, *_ = key
        return kind, self.archive.read(f"{self.folder}/data/{name}")

    def find_class(self, module, name):
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return rebuilt
        if (module, name) == ("collections", "OrderedDict"):
            return dict
        if module == "torch" and name.endswith("Storage"):
            return name
        return type(name, (Anything,), {})


def rebuilt(storage, offset, shape, stride, *_):
    kind, data = storage
    if kind != "FloatStorage":
        return None
    width, expected = 1, []
    for extent in reversed(shape):
        expected.insert(0, width)
        width *= extent
    if any(s != e for n, s, e in zip(shape, stride, expected) if n > 1):
        sys.exit("expected tensors whose numbers lie one after the other")
    part = data[4 * offset : 4 * (offset + prod(shape))]
    if len(part) != 4 * prod(shape):
        sys.exit("a tensor lies beyond its storage")
    return "F32", list(shape), part


def of_pickle(path):
    tensors = {}

    def walk(prefix, value):
        if isinstance(value, Anything):
            value = value.state
        if isinstance(value, dict):
            for key, one in value.items():
                walk(f"{prefix}.{key}" if prefix else str(key), one)
        elif isinstance(value, tuple) and len(value) == 3 and value[0] == "F32":
            tensors[prefix] = value

    with zipfile.ZipFile(path) as archive:
        folder = next(name for name in archive.namelist() if name.endswith("/data.pkl"))[: -len("/data.pkl")]
        walk("", TensorReader(archive, folder).load())
    return tensors


def safetensors(tensors):
    header, at = {}, 0
    for name, (dtype, shape, data) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(data)]}
        at += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(data for _, _, data in tensors.values())


def self_test():
    table = "/* a[1] */ static const rnn_weight a_bias[3] = {\n   -1, 2,\n 127\n};\nstatic const DenseLayer a = { a_bias };"
    assert of_c_tables(table) == {"a_bias": ("I8", [3], b"\xff\x02\x7f")}
    contents = safetensors(of_c_tables(table))
    length = struct.unpack("<Q", contents[:8])[0]
    assert length % 8 == 0 and json.loads(contents[8 : 8 + length])["a_bias"]["data_offsets"] == [0, 3]
    assert contents[8 + length :] == b"\xff\x02\x7f"
    # A pickle whose class would run something: a stand-in is made of it, which does nothing.
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a/data.pkl", b"cos\nsystem\n(S'exit 1'\ntR.")
    assert of_pickle(archive) == {}
    print("to_safetensors: as expected")


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    path, to = Path(sys.argv[1]), Path(sys.argv[2])
    bytes_ = path.read_bytes()
    print("source:", KNOWN.get(hashlib.sha256(bytes_).hexdigest(), "another file than those of examples/zoo"))
    if bytes_.startswith(b"PK"):
        tensors = of_pickle(path)
    elif bytes_.startswith(b"\x89HDF"):
        tensors = of_hdf5(path)
    else:
        tensors = of_c_tables(bytes_.decode(errors="replace"))
    left_out = [name for name in tensors if NO_WEIGHTS.search(name)]
    tensors = {name: tensor for name, tensor in tensors.items() if name not in left_out}
    if not tensors:
        sys.exit(f"{path}: expected RNNoise's tables, HDF5 or a PyTorch archive")
    to.write_bytes(safetensors(tensors))
    for name, (dtype, shape, _) in tensors.items():
        print(f"    {name}: {dtype} {shape}")
    if left_out:
        print("left out:", ", ".join(left_out))


if __name__ == "__main__":
    main()
