# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Reads an ONNX file as plain Python: nodes, constants, inputs and outputs with static shapes."""
import hashlib
import os
import warnings

import numpy as np
import onnx
from onnx import numpy_helper

LIMIT = 1 << 30  # bytes of a file


class Refused(Exception):
    """Why a model cannot be imported, in one line or a few."""


class Node:
    def __init__(self, op, inputs, outputs, attributes, domain="", name=""):
        self.op, self.inputs, self.outputs, self.attributes = op, inputs, outputs, attributes
        self.domain, self.name = domain, name

    def get(self, name, default=None):
        return self.attributes.get(name, default)


class Graph:
    def __init__(self):
        self.nodes, self.constants, self.inputs, self.outputs = [], {}, [], []  # inputs: (name, dtype, shape)
        self.opset, self.producer, self.sha256, self.file = 0, "", "", ""


def read(path, shapes=None):
    """The graph of a file; `shapes` maps inputs to the extents that stand for those which the file leaves open."""
    try:
        return read_model(path, shapes)
    except (TypeError, ValueError, AttributeError, KeyError, OverflowError, MemoryError) as error:  # texts that are none, and the like
        raise Refused(f"{path}: is not an ONNX file, or is damaged ({str(error)[:80]})") from None


def read_model(path, shapes):
    try:
        size = os.path.getsize(path)
        if size > LIMIT:
            raise Refused(f"{path}: has {size} bytes, more than {LIMIT}")
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise Refused(f"{path}: {error.strerror or error}") from None
    model = onnx.ModelProto()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model.ParseFromString(data)
    except Exception:  # protobuf's DecodeError, and what its versions raise besides
        raise Refused(f"{path}: is not an ONNX file, or is cut off") from None
    if not model.graph.node or not model.graph.output:
        raise Refused(f"{path}: is not an ONNX file, or has no nodes")
    graph = Graph()
    graph.file, graph.sha256 = os.path.basename(path), hashlib.sha256(data).hexdigest()
    graph.producer = " ".join(part for part in (model.producer_name, model.producer_version) if part)
    graph.opset = max([one.version for one in model.opset_import if one.domain in ("", "ai.onnx")], default=1)
    folder = os.path.dirname(os.path.abspath(path))
    for tensor in model.graph.initializer:
        graph.constants[tensor.name] = array(tensor, folder, path)
    if model.graph.sparse_initializer:
        raise Refused(f"{path}: has sparse weights, which are not supported")
    for node in model.graph.node:
        graph.nodes.append(node_of(node, folder, path))
    for value in model.graph.input:
        if value.name not in graph.constants:
            graph.inputs.append(input_of(value, shapes or {}, path))
    graph.outputs = [value.name for value in model.graph.output]
    check_names(graph, path)
    return graph


def check_names(graph, path):
    """Every value is made once, before it is read: a graph that says otherwise is no ONNX graph."""
    known = set(graph.constants) | {name for name, _, _ in graph.inputs}
    for node in graph.nodes:
        for name in node.inputs:
            if name and name not in known:
                raise Refused(f"{path}: {node.op} reads {name!r}, which no node before it gives")
        for name in node.outputs:
            if name in known:
                raise Refused(f"{path}: {name!r} is given twice")
            if name:
                known.add(name)
    for name in graph.outputs:
        if name not in known:
            raise Refused(f"{path}: the output {name!r} is given by no node")


def array(tensor, folder, path):
    """A TensorProto as an array. Data beside the file are read from its folder only."""
    try:
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            return external(tensor, folder, path)
        count = int(np.prod([int(extent) for extent in tensor.dims], dtype=object)) if tensor.dims else 1
        if any(extent < 0 for extent in tensor.dims) or count > LIMIT:
            raise Refused(f"{path}: the tensor {tensor.name!r} has impossible extents {list(tensor.dims)}")
        result = numpy_helper.to_array(tensor)
    except Refused:
        raise
    except Exception as error:
        raise Refused(f"{path}: the tensor {tensor.name!r} cannot be read: {str(error).splitlines()[0]}") from None
    return result


def external(tensor, folder, path):
    fields = {entry.key: entry.value for entry in tensor.external_data}
    place = fields.get("location", "")
    full = os.path.realpath(os.path.join(folder, place))
    if not place or os.path.isabs(place) or os.path.commonpath([full, os.path.realpath(folder)]) != os.path.realpath(folder):
        raise Refused(f"{path}: the tensor {tensor.name!r} is in {place!r}, outside of the model's folder")
    dtype = np.dtype(onnx.mapping.TENSOR_TYPE_TO_NP_TYPE[tensor.data_type]).newbyteorder("<")
    count = int(np.prod([int(extent) for extent in tensor.dims], dtype=object)) if tensor.dims else 1
    offset, bytes_of = int(fields.get("offset", 0)), count * dtype.itemsize
    if offset < 0 or int(fields.get("length", bytes_of)) != bytes_of or bytes_of > LIMIT:
        raise Refused(f"{path}: the tensor {tensor.name!r} in {place!r} has another size than its extents say")
    try:
        with open(full, "rb") as file:
            file.seek(offset)
            data = file.read(bytes_of)
    except OSError as error:
        raise Refused(f"{path}: {place}: {error.strerror}") from None
    if len(data) != bytes_of:
        raise Refused(f"{path}: {place} ends within the tensor {tensor.name!r}")
    return np.frombuffer(data, dtype).reshape([int(extent) for extent in tensor.dims])


def node_of(node, folder, path):
    attributes = {}
    for one in node.attribute:
        if one.type == onnx.AttributeProto.TENSOR:
            attributes[one.name] = array(one.t, folder, path)
        elif one.type in (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS):
            attributes[one.name] = None  # If, Loop and Scan are refused by name
        else:
            try:
                value = onnx.helper.get_attribute_value(one)
            except Exception:
                raise Refused(f"{path}: {node.op_type}'s attribute {one.name!r} cannot be read") from None
            if isinstance(value, bytes):
                value = value.decode("utf-8", "replace")
            elif not isinstance(value, (int, float, str)):
                try:
                    value = [item.decode("utf-8", "replace") if isinstance(item, bytes) else item for item in value]
                except TypeError:
                    value = None
            attributes[one.name] = value
    return Node(node.op_type, list(node.input), list(node.output), attributes,
                "" if node.domain == "ai.onnx" else node.domain, node.name)


def input_of(value, shapes, path):
    kind = value.type.tensor_type
    if not value.type.HasField("tensor_type"):
        raise Refused(f"{path}: the input {value.name!r} is no tensor")
    dtype = onnx.mapping.TENSOR_TYPE_TO_NP_TYPE.get(kind.elem_type)
    if value.name in shapes:
        shape = list(shapes[value.name])
        if kind.HasField("shape") and len(kind.shape.dim) != len(shape):
            raise Refused(f"{path}: the input {value.name!r} has {len(kind.shape.dim)} axes, not {len(shape)}")
        return value.name, dtype, shape
    if not kind.HasField("shape"):
        raise Refused(f"{path}: the input {value.name!r} has no shape; give it with --shape {value.name}=1,…")
    shape = []
    for axis, dim in enumerate(kind.shape.dim):
        known = dim.HasField("dim_value") and dim.dim_value > 0
        if not known and axis > 0:
            shown = ",".join(str(d.dim_value) if d.HasField("dim_value") else (d.dim_param or "?") for d in kind.shape.dim)
            raise Refused(f"{path}: the input {value.name!r} is [{shown}]; a type needs numbers: --shape {value.name}=1,…")
        shape.append(dim.dim_value if known else 1)  # the batch
    return value.name, dtype, shape
