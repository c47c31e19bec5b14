// Copyright the inlay authors. Distributed under the Boost Software License, Version 1.0.
'use strict';
// Everything numeric is done by the module: see playground.cpp. Here is what is shown and what is asked for.
const $ = id => document.getElementById(id);
let wasm, page = {};

// ---- the module -----------------------------------------------------------------------------------------------------------

async function unpacked(id) {
  const bytes = Uint8Array.from(atob($(id).textContent), c => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
async function load() {
  const asked = new URLSearchParams(location.search).get('module');
  let bytes = await unpacked('simd'), name = '128-bit registers';
  if (asked === 'scalar' || !WebAssembly.validate(bytes)) bytes = await unpacked('scalar'), name = 'one number at a time';
  const module = await WebAssembly.compile(bytes), imports = {};
  for (const { module: from, name: what } of WebAssembly.Module.imports(module)) // nothing of it is ever called
    (imports[from] ||= {})[what] = () => { throw new Error(what + ' was called'); };
  wasm = (await WebAssembly.instantiate(module, imports)).exports;
  wasm._initialize?.();
  new Uint8Array(wasm.memory.buffer).set(await unpacked('digits'), wasm.digits_raw());
  $('module').textContent = `WebAssembly with ${name}.`;
}
const floats = (at, count) => new Float32Array(wasm.memory.buffer, at, count);
const words = (at, count) => new Uint32Array(wasm.memory.buffer, at, count);
function string(at) {
  const all = new Uint8Array(wasm.memory.buffer);
  let end = at;
  while (all[end]) ++end;
  return new TextDecoder().decode(all.slice(at, end));
}

// ---- state, which is the URL ------------------------------------------------------------------------------------------------

const first = { data: 3, noise: 0, share: 50, batch: 10, features: 127, net: '6', act: 0, opt: 0, rate: 0.03, l1: 0, l2: 0, seed: 1, steps: 0 };
let state = { ...first };
let changes = [];   // what was changed while training: [step, key, value], so that a link repeats it
let pending = [];   // of a link, not yet reached
const during = ['batch', 'opt', 'rate', 'l1', 'l2'];
const rates = [0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10], penalties = [0, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1];
const acts = ['tanh', 'relu', 'sigmoid', 'identity'];
let nets = [], begun = { ...first };

function read_url() {
  const query = new URLSearchParams(location.hash.slice(1));
  state = { ...first }, pending = [];
  for (const [key, value] of query)
    if (key === 'then') pending = value.split(',').map(one => one.split(':')).map(([s, k, v]) => [+s, k, +v])
      .filter(([s, k, v]) => Number.isFinite(s) && during.includes(k) && Number.isFinite(v));
    else if (key === 'net') state.net = nets.includes(value) ? value : first.net;
    else if (key in first && Number.isFinite(+value)) state[key] = +value;
  const between = (key, low, high) => { state[key] = Math.min(high, Math.max(low, Math.round(state[key]))); };
  between('data', 0, 5), between('noise', 0, 50), between('share', 10, 90), between('batch', 1, 30), between('features', 0, 127);
  between('act', 0, 3), between('opt', 0, 2), between('seed', 1, 999999), between('steps', 0, 5e6);
  for (const key of ['rate', 'l1', 'l2']) state[key] = Math.min(100, Math.max(0, state[key]));
  return query.get('tab');
}
function url() {
  const query = new URLSearchParams();
  for (const key in first) if (key !== 'steps' && begun[key] !== first[key]) query.set(key, begun[key]);
  if (done()) query.set('steps', done());
  const used = changes.filter(([step]) => step < done());
  if (used.length) query.set('then', used.map(one => one.join(':')).join(','));
  const text = query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  return location.href.split('#')[0] + '#' + text;
}
const remember = () => history.replaceState(null, '', url());

// ---- training -----------------------------------------------------------------------------------------------------------------

const done = () => wasm.steps_done(0);
let running = false, losses = [], lowest = Infinity, trained_ms = 0, trained_steps = 0;

const apply = () => wasm.set(0, state.opt, state.rate, state.l1, state.l2, state.batch);
function restart() {
  wasm.choose_features(state.features);
  wasm.make_points(state.data, state.noise / 100, state.share / 100, state.seed);
  wasm.begin(0, nets.indexOf(state.net), state.act, state.seed);
  apply();
  begun = { ...state, steps: 0 }, changes = [], losses = [], lowest = Infinity, trained_ms = trained_steps = 0;
  measure();
}
function advance(count) {
  while (count > 0) {
    while (pending.length && pending[0][0] <= done()) { const [step, key, value] = pending.shift(); state[key] = value; changes.push([step, key, value]); apply(); }
    const now = pending.length ? Math.min(count, pending[0][0] - done()) : count;
    wasm.steps(0, now);
    count -= now;
  }
}
function measure() {
  const train = wasm.train_loss(0), test = wasm.test_loss(0);
  losses.push([done(), train, test]);
  if (losses.length > 600) losses = losses.filter((_, i) => i % 2 === 0 || i === losses.length - 1);
  if (train < lowest) lowest = train;
}
function stop() { running = false, $('run').textContent = 'Run', $('run').setAttribute('aria-pressed', 'false'); }
function pause() { stop(), diagnose(), remember(); }
function run() { running = true; $('run').textContent = 'Pause'; $('run').setAttribute('aria-pressed', 'true'); }

page.frames = [], page.works = [];
let last_frame = 0, last_text = 0;
function frame(now) {
  if (running) {
    if (last_frame) page.frames.push(now - last_frame);
    if (page.frames.length > 600) page.frames.shift();
    last_frame = now;
    const start = performance.now(), per = +$('speed').value, before = done();
    if (per) advance(per);
    else do advance(50); while (performance.now() - start < 6);
    trained_ms += performance.now() - start, trained_steps += done() - before;
    measure();
    draw();
    if (now - last_text > 250) { last_text = now; diagnose(); }
    page.works.push(performance.now() - start);
    if (page.works.length > 600) page.works.shift();
  } else last_frame = 0;
  if (d.running) digits_frame();
  requestAnimationFrame(frame);
}

// ---- what is going on ---------------------------------------------------------------------------------------------------------

const hidden = () => begun.net === '0' ? [] : begun.net.split(',').map(Number);
function findings() {
  const list = [], now = losses[losses.length - 1];
  if (!done()) return list;
  if (!Number.isFinite(now[1])) return ['The loss is no number any more: the learning rate is far too large. Reset, and take a smaller one.'];
  const begin = losses[0][1];
  if (now[1] > 3 * lowest + 0.05 || now[1] > 1.5 * begin)
    list.push(`The loss has been ${lowest.toFixed(3)} and is ${now[1].toFixed(3)}: the learning rate is too large.`);
  list.push(...string(wasm.findings()).split('\n').filter(one => one)); // the library's own
  if (now[2] > 2 * now[1] + 0.05) list.push('The test loss is far above the training loss: the net learns its points by heart.');
  return list;
}
let said = '';
function diagnose() {
  const found = findings();
  const html = found.length ? found.map(one => `<li class="bad">${one}</li>`).join('')
    : done() ? '<li>Nothing unusual: gradients reach every layer, and every unit takes part.</li>' : '<li>Nothing has been trained yet.</li>';
  const note = page.note ? `<li>${page.note}</li>` : '';
  if (html + note !== said) $('diagnosis').innerHTML = said = html + note;
  const now = losses[losses.length - 1] || [0, NaN, NaN];
  const show = v => Number.isFinite(v) ? v.toPrecision(3) : '–';
  $('train-loss').textContent = show(now[1]), $('test-loss').textContent = show(now[2]);
  $('steps').textContent = done().toLocaleString('en'), $('epochs').textContent = (done() * begun.batch / Math.max(1, wasm.train_count())).toFixed(0);
  if (trained_ms > 1) {
    const pace = trained_steps / trained_ms * 1000;
    $('pace').textContent = pace >= 1e6 ? (pace / 1e6).toFixed(2) + ' M' : Math.round(pace / 1000) + ' k';
  }
}

// ---- drawing --------------------------------------------------------------------------------------------------------------------

const dark = () => { const t = document.documentElement.dataset.theme; return t ? t === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches; };
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
let ink = {};
function colours() {
  ink = { paper: css('--paper'), ink: css('--ink'), soft: css('--soft'), line: css('--line'), plus: css('--plus'), minus: css('--minus') };
  const middle = dark() ? [40, 43, 48] : [247, 247, 247], plus = dark() ? [88, 160, 240] : [40, 100, 175], minus = dark() ? [235, 150, 50] : [245, 165, 70];
  ink.map = Array.from({ length: 256 }, (_, i) => { // from −1, orange, to 1, blue
    const v = (i - 127.5) / 127.5, to = v > 0 ? plus : minus;
    return middle.map((m, c) => Math.round(m + (to[c] - m) * Math.abs(v)));
  });
}
function context(canvas) { // sized to what it is on the screen
  const box = canvas.getBoundingClientRect(), scale = Math.min(2, devicePixelRatio || 1);
  const w = Math.max(1, Math.round(box.width * scale)), h = Math.max(1, Math.round(box.height * scale));
  if (canvas.width !== w || canvas.height !== h) canvas.width = w, canvas.height = h;
  const c = canvas.getContext('2d');
  c.setTransform(scale, 0, 0, scale, 0, 0);
  c.clearRect(0, 0, box.width, box.height);
  return [c, box.width, box.height];
}
const tile = document.createElement('canvas');
function picture(values, size, width, unit, low, high) {
  if (tile.width !== size) tile.width = tile.height = size;
  const c = tile.getContext('2d'), image = c.createImageData(size, size), half = (high - low) / 2, centre = (high + low) / 2;
  for (let i = 0; i < size * size; ++i) {
    const v = (values[i * width + unit] - centre) / half, [r, g, b] = ink.map[Math.max(0, Math.min(255, Math.round(v * 127.5 + 127.5)))] || ink.map[127];
    image.data[4 * i] = r, image.data[4 * i + 1] = g, image.data[4 * i + 2] = b, image.data[4 * i + 3] = 255;
  }
  c.putImageData(image, 0, 0);
  return tile;
}
function draw_surface() {
  const [c, w] = context($('surface')), size = 80, values = floats(wasm.surface(hidden().length, size), size * size).slice();
  c.imageSmoothingEnabled = true;
  c.drawImage(picture(values, size, 1, 0, -1, 1), 0, 0, w, w);
  c.strokeStyle = ink.ink, c.lineWidth = 1.5, c.beginPath(); // where the output is 0
  const cell = w / size;
  for (let r = 0; r < size - 1; ++r)
    for (let k = 0; k < size - 1; ++k) {
      const i = r * size + k, a = values[i], b = values[i + 1], e = values[i + size], f = values[i + size + 1], cross = [];
      const add = (p, q, x0, y0, x1, y1) => { if (p > 0 !== q > 0) { const t = p / (p - q); cross.push([(k + 0.5 + x0 + t * (x1 - x0)) * cell, (r + 0.5 + y0 + t * (y1 - y0)) * cell]); } };
      add(a, b, 0, 0, 1, 0), add(b, f, 1, 0, 1, 1), add(e, f, 0, 1, 1, 1), add(a, e, 0, 0, 0, 1);
      for (let n = 0; n + 1 < cross.length; n += 2) c.moveTo(...cross[n]), c.lineTo(...cross[n + 1]);
    }
  c.stroke();
  const places = floats(wasm.point_places(), 1000), targets = floats(wasm.point_targets(), 500), train = wasm.train_count();
  for (let i = 499; i >= 0; --i) {
    const x = (places[2 * i] + 6) / 12 * w, y = (6 - places[2 * i + 1]) / 12 * w, up = targets[i] > 0, s = w < 300 ? 2.4 : 3.4;
    c.beginPath();
    if (up) c.arc(x, y, s, 0, 7);
    else c.moveTo(x, y - 1.3 * s), c.lineTo(x + 1.2 * s, y + s), c.lineTo(x - 1.2 * s, y + s), c.closePath();
    const colour = state.data > 3 ? `rgb(${ink.map[Math.round(targets[i] * 127.5 + 127.5)]})` : up ? '#1f5fa8' : '#d9730d';
    if (i < train) c.fillStyle = colour, c.strokeStyle = '#fff', c.lineWidth = 0.8, c.fill(), c.stroke();
    else c.strokeStyle = colour, c.lineWidth = 1.4, c.stroke();
  }
}
const feature_names = ['x₁', 'x₂', 'x₁²', 'x₂²', 'x₁x₂', 'sin x₁', 'sin x₂'];
function draw_net() {
  const [c, w, h] = context($('net-view')), layers = hidden(), widths = [7, ...layers, 1], all = floats(wasm.parameters(), facts()[1]).slice();
  const box = Math.max(20, Math.min(38, w / (widths.length * 2.1), h / 8 - 8)), label = 44;
  const x = column => widths.length === 1 ? 0 : label + (w - label - box - 4) * column / (widths.length - 1);
  const y = (column, unit) => h * (unit + 0.5) / widths[column] - box / 2;
  let at = 0, largest = 1e-9;
  const weights = widths.slice(1).map((out, i) => { const part = all.subarray(at, at + out * widths[i]); at += out * (widths[i] + 1); return part; });
  weights.forEach(part => part.forEach(v => { if (Number.isFinite(v)) largest = Math.max(largest, Math.abs(v)); }));
  weights.forEach((part, i) => {
    for (let o = 0; o < widths[i + 1]; ++o)
      for (let n = 0; n < widths[i]; ++n) {
        if (i === 0 && !(state.features >> n & 1)) continue;
        const v = part[o * widths[i] + n], x0 = x(i) + box, y0 = y(i, n) + box / 2, x1 = x(i + 1), y1 = y(i + 1, o) + box / 2, m = (x0 + x1) / 2;
        c.strokeStyle = v >= 0 ? ink.plus : ink.minus, c.lineWidth = 0.4 + 5 * Math.abs(v) / largest, c.setLineDash(v >= 0 ? [] : [5, 4]);
        c.globalAlpha = 0.35 + 0.6 * Math.min(1, Math.abs(v) / largest);
        c.beginPath(), c.moveTo(x0, y0), c.bezierCurveTo(m, y0, m, y1, x1, y1), c.stroke();
      }
  });
  c.setLineDash([]), c.globalAlpha = 1, c.font = '12px system-ui, sans-serif', c.textAlign = 'right', c.textBaseline = 'middle', c.imageSmoothingEnabled = true;
  const frame_of = (px, py) => { c.strokeStyle = ink.ink, c.lineWidth = 1, c.strokeRect(px, py, box, box); };
  for (let n = 0; n < 7; ++n) {
    const on = state.features >> n & 1;
    c.fillStyle = on ? ink.ink : ink.soft, c.fillText(feature_names[n], label - 5, y(0, n) + box / 2);
    c.fillStyle = ink.paper, c.fillRect(x(0), y(0, n), box, box);
    if (on) c.drawImage(feature_picture(n), x(0), y(0, n), box, box);
    frame_of(x(0), y(0, n));
  }
  const size = 24;
  widths.slice(1).forEach((width, layer) => {
    const values = floats(wasm.surface(layer, size), size * size * width);
    let low = -1, high = 1;
    if (layer < layers.length && state.act === 2) low = 0;
    for (let u = 0; u < width; ++u) {
      if (layer < layers.length && (state.act === 1 || state.act === 3)) { // as far as this unit goes
        high = 1e-6;
        for (let i = u; i < values.length; i += width) if (Math.abs(values[i]) > high && Number.isFinite(values[i])) high = Math.abs(values[i]);
        low = -high;
      }
      c.drawImage(picture(values, size, width, u, low, high), x(layer + 1), y(layer + 1, u), box, box), frame_of(x(layer + 1), y(layer + 1, u));
    }
  });
}
const feature_tiles = [];
function feature_picture(n) {
  if (!feature_tiles[n]) {
    const f = [a => a / 6, (a, b) => b / 6, a => a * a / 18 - 1, (a, b) => b * b / 18 - 1, (a, b) => a * b / 18, a => Math.sin(a), (a, b) => Math.sin(b)][n], values = [];
    for (let r = 0; r < 24; ++r) for (let k = 0; k < 24; ++k) values.push(f((k + 0.5) / 2 - 6, 6 - (r + 0.5) / 2));
    const own = document.createElement('canvas');
    own.width = own.height = 24;
    own.getContext('2d').drawImage(picture(values, 24, 1, 0, -1, 1), 0, 0);
    feature_tiles[n] = own;
  }
  return feature_tiles[n];
}
function draw_losses() {
  const [c, w, h] = context($('loss')), last = Math.max(1, done()), low = Math.log10(1e-4), high = Math.log10(2), left = 34;
  const y = v => 4 + (h - 18) * (1 - (Math.min(high, Math.max(low, Math.log10(Math.max(1e-9, v)))) - low) / (high - low));
  c.font = '11px system-ui, sans-serif', c.fillStyle = ink.soft, c.textBaseline = 'middle', c.strokeStyle = ink.line, c.lineWidth = 1;
  for (const tick of [1, 0.1, 0.01, 0.001]) c.fillText(tick, 0, y(tick)), c.beginPath(), c.moveTo(left, y(tick)), c.lineTo(w, y(tick)), c.stroke();
  for (const [index, dash, colour] of [[2, [5, 4], ink.minus], [1, [], ink.plus]]) {
    c.setLineDash(dash), c.strokeStyle = colour, c.lineWidth = 2, c.beginPath();
    losses.forEach(one => { if (Number.isFinite(one[index])) c.lineTo(left + (w - left) * one[0] / last, y(one[index])); });
    c.stroke();
  }
  c.setLineDash([]), c.textAlign = 'right', c.fillText(last.toLocaleString('en') + ' steps', w, h - 6), c.textAlign = 'left';
}
const facts = () => words(wasm.facts_of(), 6);
function draw_facts() {
  const [, parameters, bytes, ram, training, macs] = facts(), layers = hidden();
  $('net-type').textContent = ['input<7>', ...layers.flatMap(n => [`dense<${n}>`, acts[state.act]]), 'dense<1>', 'tanh'].join(', ');
  $('facts').textContent = `Known to the compiler: ${parameters} parameters in ${bytes} bytes, ${ram} bytes of memory and ${macs} multiply-accumulates for an output; ${training} bytes to train it.`;
}
function draw() { draw_surface(), draw_net(), draw_losses(); }
function draw_all() { colours(), feature_tiles.length = 0; if (!$('plane').hidden) draw(), draw_facts(), diagnose(); else draw_digits(); }

// ---- controls -------------------------------------------------------------------------------------------------------------------

function choose_nets() {
  const depth = hidden_of(state.net).length;
  $('depth').value = depth;
  $('net').replaceChildren(...nets.filter(one => hidden_of(one).length === depth).map(one => new Option(one === '0' ? 'none' : one.replaceAll(',', ' + '), one)));
  $('net').value = state.net;
}
const hidden_of = text => text === '0' ? [] : text.split(',');
function with_value(select, value) { // a link may hold one that is not in the list
  if (![...select.options].some(o => +o.value === value)) select.add(new Option(value, value));
  select.value = value;
}
function show_state() {
  for (const key of ['data', 'noise', 'share', 'batch', 'act', 'opt', 'seed']) $(key).value = state[key];
  for (const key of ['rate', 'l1', 'l2']) with_value($(key), state[key]);
  $('noise-text').textContent = state.noise / 100, $('share-text').textContent = state.share + ' %', $('batch-text').textContent = state.batch;
  for (let n = 0; n < 7; ++n) $('f' + n).checked = state.features >> n & 1;
  choose_nets();
}
function start_anew() { page.note = '', pending = [], restart(), show_state(), remember(), draw_all(); }
function change(key, value) {
  page.note = page.note && '';
  state[key] = value, pending = [];
  if (during.includes(key) && done()) {
    changes.push([done(), key, value]), apply(), show_state(), remember();
  } else start_anew();
}
function say(text) { $('said').textContent = text; clearTimeout(say.timer); say.timer = setTimeout(() => { $('said').textContent = ''; }, 4000); }
function download(name, text) {
  page.downloaded = text;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' })), link.download = name, link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  say(`${name} is in your downloads: ${/^namespace (\w+)/m.exec(text)[1]}::net(x) computes it.`);
}
const presets = {
  'spiral, one layer of 6': [{ net: '6' }, 'One layer of 6 and two of 6 overlap widely: train the 60 nets below before believing in one run.'],
  'spiral, two layers of 6': [{ net: '6,6' }, 'Two layers: over 200 seeds a little better in the median than one of 6, over twenty seeds often not. Train the 60 nets below.'],
  'spiral, two layers of 3': [{ net: '3,3' }, 'As many layers as 6 + 6 with fewer weights: worse than one layer of 6.'],
  'exclusive or, x₁ and x₂ only': [{ data: 1, features: 3, net: '3,3' }, 'No straight line divides it: without a hidden layer the net fails, with one it does not.'],
  'vanishing gradients: four sigmoid layers': [{ net: '6,6,6,6', act: 2 }, 'Sigmoid’s slope is at most ¼: through four layers little is left of a gradient.'],
  'dead units: relu, rate 1': [{ net: '6,6', act: 1, rate: 1, seed: 3 }, 'A step so large that a unit is below 0 for every point: there relu has no gradient.'],
  'a rate that is too large': [{ net: '6,6', act: 0, rate: 3 }, 'Every step goes beyond the valley that it aims for.'],
  'step: what the compiler says': [{ net: '6' }, 'A step function has no useful gradient. <code>network&lt;input&lt;7&gt;, dense&lt;6&gt;, step, …&gt;</code> can be called, but a trainer of it does not compile, so it is not in this page; tanh is.'],
};
function preset(name) {
  if (!presets[name]) return;
  pause();
  state = { ...first, ...presets[name][0] };
  start_anew();
  page.note = presets[name][1];
  diagnose();
}

function connect() {
  const fill = (id, values, text = v => v) => $(id).replaceChildren(...values.map(v => new Option(text(v), v)));
  fill('rate', rates), fill('l1', penalties), fill('l2', penalties);
  fill('depth', [...new Set(nets.map(one => hidden_of(one).length))].sort());
  $('preset').append(...Object.keys(presets).map(name => new Option(name, name)));
  $('features').append(...feature_names.map((name, n) => {
    const label = document.createElement('label'), box = document.createElement('input');
    box.type = 'checkbox', box.id = 'f' + n, label.append(box, name);
    box.onchange = () => change('features', state.features & ~(1 << n) | box.checked << n);
    return label;
  }));
  for (const key of ['data', 'act', 'opt', 'rate', 'l1', 'l2']) $(key).onchange = () => change(key, +$(key).value);
  for (const key of ['noise', 'share', 'batch']) $(key).oninput = () => change(key, +$(key).value);
  $('seed').onchange = () => change('seed', Math.min(999999, Math.max(1, Math.round(+$('seed').value) || 1)));
  $('net').onchange = () => change('net', $('net').value);
  $('depth').onchange = () => {
    const same = nets.filter(one => hidden_of(one).length === +$('depth').value);
    change('net', same.includes('6,6') ? '6,6' : same.find(one => one.startsWith('6')) || same[0]);
  };
  $('run').onclick = () => running ? pause() : run();
  $('step').onclick = () => { pause(), advance(1), measure(), draw(), diagnose(), remember(); };
  $('reset').onclick = () => { pause(); start_anew(); };
  $('preset').onchange = () => { preset($('preset').value); };
  $('link').onclick = () => { pause(); navigator.clipboard?.writeText(url()).then(() => say('Copied.'), () => say('The link is in the address bar.')) ?? say('The link is in the address bar.'); };
  $('export').onclick = () => { pause(); download('playground_net.hpp', string(wasm.header())); };
  $('seeds').onclick = seeds;
  const tabs = ['plane', 'digits'];
  const open = which => {
    for (const one of tabs) {
      const on = one === which, tab = $('tab-' + one);
      tab.setAttribute('aria-selected', on), tab.tabIndex = on ? 0 : -1, $(one === 'plane' ? 'plane' : 'digits-panel').hidden = !on;
    }
    if (which !== 'plane') pause(); else if (d.running) digits_toggle();
    draw_all();
  };
  for (const one of tabs) {
    $('tab-' + one).onclick = () => open(one);
    $('tab-' + one).onkeydown = e => { if (e.key === 'ArrowLeft' || e.key === 'ArrowRight') { const other = tabs[1 - tabs.indexOf(one)]; open(other), $('tab-' + other).focus(); } };
  }
  page.open = open;
  addEventListener('keydown', e => { // space runs and pauses, s is one step, r resets, unless a control has the key
    if (e.target.closest('input, select, button, a') || e.ctrlKey || e.metaKey || e.altKey || $('plane').hidden) return;
    const key = { ' ': 'run', s: 'step', r: 'reset' }[e.key];
    if (key) e.preventDefault(), $(key).click();
  });
  addEventListener('resize', draw_all);
  addEventListener('hashchange', from_url);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw_all);
  connect_digits();
}

// ---- twenty seeds ---------------------------------------------------------------------------------------------------------------

async function seeds() {
  pause(), $('seeds').disabled = true, $('seeds-view').hidden = false;
  const which = ['6', '3,3', '6,6'], results = which.map(() => []);
  for (let seed = 1; seed <= 20; ++seed) {
    wasm.choose_features(127);
    which.forEach((net, i) => {
      wasm.make_points(3, 0, 0.5, 1000 + seed);
      wasm.begin(1, nets.indexOf(net), 0, seed), wasm.set(1, 0, 0.03, 0, 0, 10), wasm.steps(1, 370 * 25);
      results[i].push(wasm.test_loss(1));
    });
    wasm.choose_features(state.features), wasm.make_points(state.data, state.noise / 100, state.share / 100, state.seed);
    draw_seeds(which, results);
    await new Promise(resume => setTimeout(resume));
  }
  const sorted = results.map(r => [...r].sort((a, b) => a - b)), median = s => (s[9] + s[10]) / 2;
  page.medians = sorted.map(median);
  $('seeds-text').textContent = which.map((net, i) => `${net.replace(',', ' + ')}: median ${median(sorted[i]).toFixed(3)} (${sorted[i][0].toFixed(3)} to ${sorted[i][19].toFixed(3)})`).join('; ')
    + '. PyTorch, 200 seeds: 0.091, 0.293, 0.063. One layer of 6 and two of 6 overlap widely; two of 3 are worse than either: what depth does here is less than what the seed does.';
  $('seeds').disabled = false;
}
function draw_seeds(which, results) {
  const [c, w, h] = context($('seeds-view')), left = 56, low = -3, high = 0, x = v => left + (w - left - 12) * (Math.min(high, Math.max(low, Math.log10(v))) - low) / (high - low);
  c.font = '13px system-ui, sans-serif', c.textBaseline = 'middle';
  for (const tick of [0.001, 0.01, 0.1, 1]) c.strokeStyle = ink.line, c.beginPath(), c.moveTo(x(tick), 0), c.lineTo(x(tick), h - 20), c.stroke(), c.fillStyle = ink.soft, c.textAlign = 'center', c.fillText(tick, Math.min(w - 14, x(tick)), h - 9);
  which.forEach((net, i) => {
    const y = (h - 20) * (i + 0.5) / which.length;
    c.fillStyle = ink.ink, c.textAlign = 'left', c.fillText(net.replace(',', ' + '), 4, y);
    results[i].forEach((v, k) => { c.beginPath(), c.arc(x(v), y + (k % 5 - 2) * 5, 4, 0, 7), c.strokeStyle = ink.plus, c.lineWidth = 1.5, c.stroke(); });
    const s = [...results[i]].sort((a, b) => a - b), m = s.length % 2 ? s[s.length >> 1] : (s[s.length / 2 - 1] + s[s.length / 2]) / 2;
    c.fillStyle = ink.minus, c.fillRect(x(m) - 1.5, y - 20, 3, 40);
  });
}

// ---- digits ---------------------------------------------------------------------------------------------------------------------

const d = { running: false, strokes: [], pixels: new Float32Array(64), shown: 0, loss: NaN };
function digits_toggle() {
  d.running = !d.running;
  $('d-run').textContent = d.running ? 'Pause' : 'Train', $('d-run').setAttribute('aria-pressed', d.running);
}
function digits_frame() {
  d.loss = wasm.digits_steps(20);
  if (wasm.digits_done() >= 4500) digits_toggle(); // a hundred times through them
  draw_digits();
}
function draw_digits() {
  $('d-steps').textContent = wasm.digits_done().toLocaleString('en'), $('d-loss').textContent = Number.isFinite(d.loss) ? d.loss.toPrecision(3) : '–';
  $('d-accuracy').textContent = (100 * wasm.digits_accuracy()).toFixed(1) + ' %';
  const [c, w, h] = context($('d-weights')), all = floats(wasm.digits_weights(), 2048), columns = 8, size = Math.min(w / columns, h / 4) - 4;
  let far = 1e-6;
  for (const v of all) far = Math.max(far, Math.abs(v));
  c.imageSmoothingEnabled = false;
  for (let u = 0; u < 32; ++u) c.drawImage(picture(all.subarray(64 * u, 64 * u + 64), 8, 1, 0, -far, far), (u % columns) * (size + 4), Math.floor(u / columns) * (size + 4), size, size);
  draw_pad(), classify();
}
function draw_pad() {
  const [c, w] = context($('pad'));
  c.fillStyle = ink.paper, c.fillRect(0, 0, w, w);
  if (!d.strokes.length) { // a digit of the set
    for (let p = 0; p < 64; ++p) if (d.pixels[p]) c.globalAlpha = d.pixels[p], c.fillStyle = ink.ink, c.fillRect(Math.floor(p % 8 * w / 8), Math.floor(Math.floor(p / 8) * w / 8), Math.ceil(w / 8), Math.ceil(w / 8));
    c.globalAlpha = 1;
  }
  c.strokeStyle = ink.ink, c.lineWidth = w / 14, c.lineCap = c.lineJoin = 'round';
  for (const stroke of d.strokes) { c.beginPath(), stroke.forEach(([x, y], i) => i ? c.lineTo(x * w, y * w) : (c.moveTo(x * w, y * w), c.lineTo(x * w, y * w + 0.1))), c.stroke(); }
}
const raster = document.createElement('canvas');
raster.width = raster.height = 32;
function take_pixels() { // as the set was made: fitted to 32 × 32, then counted in blocks of 4 × 4
  const c = raster.getContext('2d', { willReadFrequently: true }), all = d.strokes.flat();
  c.clearRect(0, 0, 32, 32);
  const xs = all.map(p => p[0]), ys = all.map(p => p[1]), x0 = Math.min(...xs), x1 = Math.max(...xs), y0 = Math.min(...ys), y1 = Math.max(...ys);
  const scale = 28 / Math.max(y1 - y0, x1 - x0, 0.1), left = 16 - (x0 + x1) / 2 * scale, top = 16 - (y0 + y1) / 2 * scale;
  c.lineWidth = 4, c.lineCap = c.lineJoin = 'round', c.strokeStyle = '#000';
  for (const stroke of d.strokes) { c.beginPath(), stroke.forEach(([x, y], i) => i ? c.lineTo(x * scale + left, y * scale + top) : (c.moveTo(x * scale + left, y * scale + top), c.lineTo(x * scale + left, y * scale + top + 0.1))), c.stroke(); }
  const bytes = c.getImageData(0, 0, 32, 32).data;
  d.pixels.fill(0);
  for (let i = 0; i < 1024; ++i) if (bytes[4 * i + 3] > 127) d.pixels[Math.floor(i / 128) * 8 + Math.floor(i % 32 / 4)] += 1 / 16;
}
function classify() {
  const c = $('seen').getContext('2d');
  c.clearRect(0, 0, 64, 64);
  c.fillStyle = ink.ink;
  for (let p = 0; p < 64; ++p) c.globalAlpha = d.pixels[p], c.fillRect(p % 8 * 8, Math.floor(p / 8) * 8, 8, 8);
  c.globalAlpha = 1;
  floats(wasm.digits_pixels(), 64).set(d.pixels);
  const p = [...floats(wasm.digits_classify(), 10)], blank = d.pixels.every(v => v === 0), best = p.indexOf(Math.max(...p));
  $('answer').textContent = blank ? '–' : best;
  p.forEach((v, k) => {
    const row = $('bar' + k);
    row.className = 'row' + (k === best && !blank ? ' best' : '');
    row.querySelector('.fill').style.width = (blank ? 0 : 100 * v) + '%', row.lastChild.textContent = blank ? '' : (100 * v).toFixed(0) + ' %';
  });
}
function connect_digits() {
  $('bars').append(...Array.from({ length: 10 }, (_, k) => {
    const row = document.createElement('div');
    row.id = 'bar' + k, row.className = 'row';
    row.innerHTML = `<span>${k}</span><div class="track"><div class="fill"></div></div><span></span>`;
    return row;
  }));
  const reset = () => { wasm.digits_begin(1, 0.003), d.loss = NaN, draw_digits(); };
  $('d-run').onclick = digits_toggle, $('d-reset').onclick = () => { if (d.running) digits_toggle(); reset(); };
  $('d-clear').onclick = () => { d.strokes = [], d.pixels.fill(0), draw_pad(), classify(); };
  $('d-next').onclick = () => {
    const raw = new Uint8Array(wasm.memory.buffer, wasm.digits_raw(), 1797 * 65), at = (d.shown = (d.shown + 7) % 1797) * 65;
    d.strokes = [], d.pixels = Float32Array.from(raw.subarray(at, at + 64), v => v / 16), d.truth = raw[at + 64], draw_pad(), classify();
  };
  $('d-export').onclick = () => { if (d.running) digits_toggle(); download('playground_digits.hpp', string(wasm.digits_header())); };
  const pad = $('pad'), place = e => { const box = pad.getBoundingClientRect(); return [(e.clientX - box.left) / box.width, (e.clientY - box.top) / box.height]; };
  pad.onpointerdown = e => { pad.setPointerCapture(e.pointerId), d.strokes.push([place(e)]), d.drawing = true, take_pixels(), draw_pad(), classify(); };
  pad.onpointermove = e => { if (d.drawing) d.strokes[d.strokes.length - 1].push(place(e)), take_pixels(), draw_pad(), classify(); };
  pad.onpointerup = pad.onpointercancel = () => { d.drawing = false; };
  wasm.digits_begin(1, 0.003);
}

// ---- begin ----------------------------------------------------------------------------------------------------------------------

function from_url() {
  stop();
  const tab = read_url(), count = state.steps, later = pending;
  restart(), pending = later;
  const part = Math.max(1, Math.ceil(count / 200)); // so that the curve of the losses is there too
  for (let left = count; left > 0; left -= part) advance(Math.min(part, left)), measure();
  show_state(), page.open(tab === 'digits' ? 'digits' : 'plane');
}
page.done = done, page.state = () => state;
page.bits = () => wasm.bits(0) >>> 0, page.findings = findings, page.url = url;
const theme = new URLSearchParams(location.search).get('theme');
if (theme) document.documentElement.dataset.theme = theme;
load().then(() => {
  for (let i = 0; i < wasm.net_count(); ++i) {
    const four = new Uint8Array(wasm.memory.buffer, wasm.net_layers(i), 4);
    nets.push([...four].filter(n => n).join(',') || '0');
  }
  page.wasm = wasm, page.nets = nets, page.d = d;
  colours(), connect(), from_url();
  document.body.dataset.ready = JSON.stringify({ bits: page.bits(), steps: done(), train: wasm.train_loss(0), test: wasm.test_loss(0) });
  requestAnimationFrame(frame);
}).catch(problem => { $('said').textContent = 'This browser cannot run the page: ' + problem.message; document.body.dataset.ready = JSON.stringify({ problem: String(problem) }); });
