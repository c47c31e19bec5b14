#!/usr/bin/env python3
# Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
"""Weights between PyTorch and inlay, both ways: the same outputs, to 1e-6 of their size.

    torch_exchange.py EXCHANGE            the program of exchange.cpp
    torch_exchange.py --golden FOLDER     writes the files that test_golden.cpp reads

Status 77 (skipped) without PyTorch. safetensors files are read and written with struct and json alone.
"""
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import types

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from needs import needs  # noqa: E402

needs('torch', package='PyTorch')
import torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional as F  # noqa: E402

torch.set_num_threads(1)
DTYPES = {torch.float32: 'F32', torch.float64: 'F64', torch.float16: 'F16', torch.bfloat16: 'BF16', torch.int64: 'I64'}


def save_file(tensors, path):
    header, data = {}, b''
    for name, tensor in tensors.items():
        flat = tensor.detach().contiguous()
        raw = flat.view(torch.int16) if flat.dtype == torch.bfloat16 else flat
        raw = raw.numpy().tobytes()
        header[name] = {'dtype': DTYPES[flat.dtype], 'shape': list(flat.shape), 'data_offsets': [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    with open(path, 'wb') as file:
        file.write(struct.pack('<Q', len(text)) + text + data)


def load_file(path):
    with open(path, 'rb') as file:
        contents = file.read()
    length = struct.unpack('<Q', contents[:8])[0]
    header = json.loads(contents[8:8 + length])
    header.pop('__metadata__', None)
    names = {text: dtype for dtype, text in DTYPES.items()}
    tensors = {}
    for name, about in header.items():
        begin, end = about['data_offsets']
        raw = bytearray(contents[8 + length + begin:8 + length + end])
        tensors[name] = torch.frombuffer(raw, dtype=names[about['dtype']]).reshape(about['shape'])
    return tensors


class Joined(nn.Module):
    def __init__(self):
        super().__init__()
        self.eye, self.mix, self.head = nn.Conv2d(2, 3, 2), nn.Linear(21, 4), nn.Linear(4, 2)

    def forward(self, x):
        image = x[:, :24].reshape(-1, 4, 3, 2).permute(0, 3, 1, 2)
        return self.head(torch.relu(self.mix(torch.cat([self.eye(image).flatten(1), x[:, 24:]], 1))))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru, self.lstm = nn.GRU(3, 5, batch_first=True), nn.LSTM(5, 4, batch_first=True)
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.lstm(self.gru(x.reshape(-1, 6, 3))[0])[0][:, -1])


class Attentive(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention, self.head = nn.MultiheadAttention(8, 2, batch_first=True), nn.Linear(8, 3)
        nn.init.normal_(self.attention.in_proj_bias)
        nn.init.normal_(self.attention.out_proj.bias)

    def forward(self, x):
        x = x.reshape(-1, 5, 8)
        return self.head(x + self.attention(x, x, x)[0])


class Language(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.gru = nn.Embedding(11, 4), nn.GRU(4, 4, batch_first=True)
        self.head = nn.Linear(4, 11, bias=False)
        self.head.weight = self.tokens.weight

    def forward(self, x):
        return self.head(self.gru(self.tokens(x.long()))[0])


class Convolved(nn.Sequential):
    def forward(self, x):
        return super().forward(F.pad(x.reshape(-1, 6, 2).permute(0, 2, 1), (2, 0)))


class Image(nn.Sequential):
    """A Sequential on images that come channels last, as inlay has them."""

    def __init__(self, height, width, channels, *layers):
        super().__init__(*layers)
        self.extents = height, width, channels

    def forward(self, x):
        return super().forward(x.reshape(-1, *self.extents).permute(0, 3, 1, 2))


def modules():
    yield 'mlp', nn.Sequential(nn.Linear(7, 5), nn.ReLU(), nn.Linear(5, 3)), 7
    yield 'half', nn.Sequential(nn.Linear(7, 5), nn.ReLU(), nn.Linear(5, 3)), 7
    yield 'cnn', Image(7, 9, 3, nn.Conv2d(3, 4, (3, 2), padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2),
                       nn.Flatten(), nn.Dropout(), nn.Linear(3 * 5 * 4, 10)), 7 * 9 * 3
    yield 'normed', Image(4, 4, 2, nn.Conv2d(2, 3, 3), nn.Sequential(nn.Flatten(), nn.BatchNorm1d(12)), nn.PReLU(12),
                          nn.Linear(12, 2)), 32
    yield 'joined', Joined(), 27
    yield 'recurrent', Recurrent(), 18
    yield 'attentive', Attentive(), 40
    yield 'language', Language(), 6
    yield 'convolved', Convolved(nn.Conv1d(2, 4, 3), nn.Tanh(), nn.Flatten(), nn.Linear(24, 3)), 12


def prepared(module):
    """Statistics and slopes that are not what layers start with."""
    for name, buffer in module.named_buffers():
        if name.endswith('num_batches_tracked'):
            buffer.fill_(3)
        else:
            buffer.copy_(torch.rand_like(buffer) + 0.5)
    for layer in module.modules():
        if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d, nn.PReLU)):
            nn.init.uniform_(layer.weight, 0.5, 1.5)
    return module.eval()


def inputs(name, size):
    return torch.randint(0, 11, (2, size)).float() if name == 'language' else torch.randn(2, size)


PREFIX = 'model.'


def case(name, module, size):
    """A file with weights, inputs and outputs."""
    module = prepared(module)
    x = inputs(name, size)
    state = dict(module.state_dict())
    if name == 'half':
        for key, dtype in zip(list(state), [torch.float16, torch.bfloat16, torch.float64, torch.float32]):
            state[key] = state[key].to(dtype)
            module.state_dict()[key].copy_(state[key])
    with torch.no_grad():
        y = module(x)
    return {**{PREFIX + key: value for key, value in state.items()}, 'input': x, 'output': y.reshape(-1)}


def distance(y, expected):
    return float((y.reshape(-1) - expected.reshape(-1)).abs().max() / expected.abs().max())


def as_documented(folder):
    """What docs/import.md tells PyTorch's users to run, and a module as the type there: executed in `folder`."""
    docs = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), 'docs', 'import.md')
    with open(docs, encoding='utf-8') as file:
        section = file.read().split('\n## PyTorch\n')[1].split('\n## ')[0]
    code = section.split('```python\n')[1].split('```')[0]
    if 'safetensors' not in sys.modules:  # the package, where it is missing
        package, own = types.ModuleType('safetensors'), types.ModuleType('safetensors.torch')
        own.save_file, package.torch = save_file, own
        sys.modules.update({'safetensors': package, 'safetensors.torch': own})
    before = os.getcwd()
    os.chdir(folder)
    try:
        names = {}
        exec(compile(code, docs, 'exec'), names)  # pylint: disable=exec-used
        return names['module'], load_file('model.safetensors')
    finally:
        os.chdir(before)


def main():
    if sys.argv[1] == '--golden':
        torch.manual_seed(1)
        for name, module, size in modules():
            save_file(case(name, module, size), os.path.join(sys.argv[2], name + '.safetensors'))
        return 0
    folder = tempfile.mkdtemp()
    failed = 0
    try:
        at = lambda what: os.path.join(folder, what)
        module, state = as_documented(folder)
        x = inputs('mlp', 7)
        with torch.no_grad():
            y = module(x)
        save_file({**{PREFIX + key: value for key, value in state.items()}, 'input': x, 'output': y.reshape(-1)}, at('in'))
        subprocess.run([sys.argv[1], 'load', 'mlp', at('in'), at('out')], check=True)
        if distance(load_file(at('out'))['output'], y) > 1e-6:
            failed += 1
            print('what docs/import.md says gives another network')
        for seed in range(3):
            torch.manual_seed(seed)
            for name, module, size in modules():
                file = case(name, module, size)
                save_file(file, at('in'))
                subprocess.run([sys.argv[1], 'load', name, at('in'), at('out')], check=True)
                there = distance(load_file(at('out'))['output'], file['output'])
                subprocess.run([sys.argv[1], 'save', name, at('in'), at('weights'), at('out')], check=True)
                state = {key[len(PREFIX):]: value for key, value in load_file(at('weights')).items()}
                if name == 'language':  # a tied tensor is in the file once
                    state['head.weight'] = state['tokens.weight']
                module.load_state_dict(state, strict=True)
                with torch.no_grad():
                    back = distance(load_file(at('out'))['output'], module(file['input']))
                if max(there, back) > 1e-6:
                    failed += 1
                    print(f'{name}: from PyTorch {there:.1e}, to PyTorch {back:.1e} of the largest output')
    finally:
        shutil.rmtree(folder)
    print(f'{failed} failed' if failed else 'PyTorch and inlay agree')
    return bool(failed)


if __name__ == '__main__':
    sys.exit(main())
