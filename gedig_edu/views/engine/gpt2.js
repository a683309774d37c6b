// GPT-2 (Radford et al. 2019) forward, in float32 as its twin in Python: attention weights
// softmax((q·k/√d − U)/T) of every layer and head, and logits. Each layer adds to the stream x
// what its heads find in LN(x), and then its feed-forward part W₂ gelu(W₁ LN(x)).

import { fastestProducts } from "./products.js";

// What cannot be read: `key` and `values` are for the message table, the message for a developer.
export class Refusal extends Error {
  constructor(key, values, message) {
    super(message);
    this.key = key;
    this.values = values;
  }
}

// Rows and columns are filled up to multiples of these, which the products take: with whatever
// stands there, for nothing reads it.
const ROWS = 4;
const COLUMNS = 8;
const upTo = (count, of) => Math.ceil(count / of) * of;

// To mean 0 and variance 1, times a gain, plus an offset.
function normalise(x, out, width, { gain, offset }, epsilon) {
  for (let start = 0; start < x.length; start += width) {
    let [sum, squares] = [0, 0];
    for (let i = start; i < start + width; i++) sum += x[i];
    const mean = sum / width;
    for (let i = start; i < start + width; i++) squares += (x[i] - mean) ** 2;
    const scale = 1 / Math.sqrt(squares / width + epsilon);
    for (let i = 0; i < width; i++) out[start + i] = (x[start + i] - mean) * scale * gain[i] + offset[i];
  }
}

// x (1 + tanh u)/2 with u = √(2/π) (x + 0.044715 x³), and (1 + tanh u)/2 = 1/(1 + exp(−2u)).
function gelu(x) {
  const factor = -2 * Math.sqrt(2 / Math.PI);
  for (let i = 0; i < x.length; i++) x[i] /= 1 + Math.exp(factor * (x[i] + 0.044715 * x[i] ** 3));
}

// A row of scores becomes weights; returned is its largest score. U of the row begins at `start`.
function soften(scores, query, { scale, temperature, U, start }) {
  let largest = -Infinity;
  for (let key = 0; key <= query; key++) {
    scores[key] = scores[key] * scale - (U ? U[start + key] : 0);
    if (scores[key] > largest) largest = scores[key];
  }
  let sum = 0;
  for (let key = 0; key <= query; key++) {
    scores[key] = Math.exp((scores[key] - largest) / temperature);
    sum += scores[key];
  }
  sum = Math.fround(sum); // as Python's: where one key takes all, its share is 1 there and here
  for (let key = 0; key <= query; key++) scores[key] /= sum;
  scores.fill(0, query + 1);
  return largest;
}

// The parts of a layer, as the file names them; the matrices lie where the products want them.
function layerOf(tensors, layer, room) {
  const data = (name) => tensors[`transformer.h.${layer}.${name}`].data;
  const norm = (name) => ({ gain: data(`${name}.weight`), offset: data(`${name}.bias`) });
  const linear = (name) => {
    const weight = data(`${name}.weight`);
    const matrix = room(weight.length);
    matrix.set(weight);
    return { matrix, offset: data(`${name}.bias`) };
  };
  return {
    before: norm("ln_1"), attend: linear("attn.c_attn"), write: linear("attn.c_proj"),
    between: norm("ln_2"), widen: linear("mlp.c_fc"), narrow: linear("mlp.c_proj"),
  };
}

export class GPT2 {
  #width;
  #inner;
  #epsilon;
  #multiply;
  #layers;
  #last;
  #words;
  #places;
  #room;

  // `products` is told how many numbers at most need room, and gives room and multiply.
  constructor(config, tensors, products = fastestProducts) {
    this.layers = config.n_layer;
    this.heads = config.n_head;
    this.context = config.n_positions;
    this.#width = config.n_embd;
    this.#inner = config.n_inner ?? 4 * config.n_embd;
    this.#epsilon = config.layer_norm_epsilon;
    const [wide, rows, columns] = [this.#width / this.heads, upTo(this.context, ROWS), upTo(this.context, COLUMNS)];
    if (config.activation_function !== "gelu_new" || wide % COLUMNS)
      throw new Error(`expected gelu_new and heads of a multiple of ${COLUMNS} channels in config.json`);
    const sizes = {
      x: rows * this.#width, normal: rows * this.#width, mixed: rows * this.#width, inner: rows * this.#inner,
      three: 3 * rows * this.#width, keys: wide * columns, scores: rows * columns,
    };
    const all = [...Object.values(sizes), ...Object.values(tensors).map(({ data }) => data.length)];
    const { room, multiply } = products(all.reduce((sum, count) => sum + count, 0));
    this.#multiply = multiply;
    this.#room = Object.fromEntries(Object.entries(sizes).map(([name, count]) => [name, room(count)]));
    this.#layers = Array.from({ length: this.layers }, (_, layer) => layerOf(tensors, layer, room));
    const data = (name) => tensors[`transformer.${name}`].data;
    this.#last = { gain: data("ln_f.weight"), offset: data("ln_f.bias") };
    [this.#words, this.#places] = [data("wte.weight"), data("wpe.weight")];
  }

  // Float32Array [layers, heads, L, L], and 0 where a key lies ahead of its query.
  attend(ids, { temperature = 1, potential = null } = {}) {
    this.#check(ids.length, temperature, potential);
    const maps = new Float32Array(this.layers * this.heads * ids.length ** 2);
    this.#pass(ids, { temperature, potential }, maps);
    return maps;
  }

  // Float32Array [L, vocabulary].
  logits(ids, { temperature = 1, potential = null } = {}) {
    this.#check(ids.length, temperature, potential);
    const x = this.#pass(ids, { temperature, potential }, null);
    normalise(x, x, this.#width, this.#last, this.#epsilon);
    const size = this.#words.length / this.#width;
    const logits = new Float32Array(ids.length * size);
    for (let at = 0; at < logits.length; at++) {
      const [row, word] = [Math.floor(at / size) * this.#width, (at % size) * this.#width];
      let sum = 0;
      for (let i = 0; i < this.#width; i++) sum += x[row + i] * this.#words[word + i];
      logits[at] = sum;
    }
    return logits;
  }

  #check(length, temperature, potential) {
    const [most, maps] = [this.context, this.layers * this.heads];
    if (!length) throw new Refusal("no_token", {}, "expected at least one token, and there is none");
    if (length > most) {
      const values = { count: length, most, over: length - most };
      throw new Refusal("too_long", values, `expected at most ${most} tokens, and there are ${length}`);
    }
    if (!(temperature > 0 && temperature < Infinity))
      throw new Error(`expected a temperature above 0, and it is ${temperature}`);
    if (potential && potential.length !== maps * length ** 2)
      throw new Error(`expected a potential of ${maps} maps of ${length} tokens, and it has ${potential.length} numbers`);
    if (potential?.some((value) => !(value > -Infinity))) throw new Error("the potential holds NaN or -Infinity");
  }

  // Through all layers; for the maps alone the last one need not be gone through to its end.
  #pass(ids, settings, maps) {
    const rows = upTo(ids.length, ROWS);
    const of = (name, width) => this.#room[name].subarray(0, rows * width);
    const [x, normal, mixed] = ["x", "normal", "mixed"].map((name) => of(name, this.#width));
    const [three, inner] = [of("three", 3 * this.#width), of("inner", this.#inner)];
    this.#embed(ids, x);
    for (const [layer, part] of this.#layers.entries()) {
      normalise(x, normal, this.#width, part.before, this.#epsilon);
      three.fill(0);
      this.#plus(normal, part.attend, three);
      mixed.fill(0);
      for (let head = 0; head < this.heads; head++)
        this.#look(three, mixed, { ...settings, layer, head, maps, length: ids.length });
      if (maps && layer === this.layers - 1) break;
      this.#plus(mixed, part.write, x);
      normalise(x, normal, this.#width, part.between, this.#epsilon);
      inner.fill(0);
      this.#plus(normal, part.widen, inner);
      gelu(inner);
      this.#plus(inner, part.narrow, x);
    }
    return x;
  }

  #embed(ids, x) {
    ids.forEach((id, place) => {
      for (let i = 0; i < this.#width; i++)
        x[place * this.#width + i] = this.#words[id * this.#width + i] + this.#places[place * this.#width + i];
    });
  }

  // out += input·W + b.
  #plus(input, { matrix, offset }, out) {
    const [columns, inner] = [offset.length, matrix.length / offset.length];
    const rows = out.length / columns;
    for (let at = 0; at < out.length; at++) out[at] += offset[at % columns];
    this.#multiply(input, matrix, out, { rows, inner, columns, ofA: inner, ofB: columns, ofC: columns });
  }

  // One head: `three` holds queries, keys and values of all heads side by side.
  #look(three, mixed, { layer, head, maps, length, temperature, potential }) {
    const [width, wide] = [this.#width, this.#width / this.heads];
    const [rows, columns] = [upTo(length, ROWS), upTo(length, COLUMNS)];
    const { keys, scores } = this.#room;
    for (let i = 0, from = width + head * wide; i < wide; i++, from++)
      for (let key = 0; key < length; key++) keys[i * columns + key] = three[key * 3 * width + from];
    scores.fill(0, 0, rows * columns);
    const looking = { rows, inner: wide, columns, ofA: 3 * width, ofB: columns, ofC: columns };
    this.#multiply(three.subarray(head * wide), keys, scores, looking);
    const [scale, start] = [1 / Math.sqrt(wide), (layer * this.heads + head) * length ** 2];
    for (let query = 0; query < length; query++) {
      const [row, at] = [scores.subarray(query * columns, (query + 1) * columns), start + query * length];
      const largest = soften(row, query, { scale, temperature, U: potential, start: at });
      if (largest === -Infinity)
        throw new Error(`the potential leaves query ${query} no key in layer ${layer}, head ${head}`);
      maps?.set(row.subarray(0, length), at);
    }
    const taking = { rows, inner: length, columns: wide, ofA: columns, ofB: 3 * width, ofC: width };
    this.#multiply(scores, three.subarray(2 * width + head * wide), mixed.subarray(head * wide), taking);
  }
}
