// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
// Prints what the native program prints with `check`, of a module; with more arguments, of a run: see playground.cpp.
const fs = require('fs');
const module_ = new WebAssembly.Module(fs.readFileSync(process.argv[2])), imports = {};
for (const { module: from, name } of WebAssembly.Module.imports(module_)) (imports[from] ||= {})[name] = () => { throw new Error(name); };
const wasm = new WebAssembly.Instance(module_, imports).exports;
wasm._initialize();
const lines = [];
for (let net = 0; net < wasm.net_count(); ++net)
  for (let activation = 0; activation < 4; ++activation) lines.push(`${net} ${activation} ${wasm.check(net, activation) >>> 0}`);
console.log(lines.join('\n'));
