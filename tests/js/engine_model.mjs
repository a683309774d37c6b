// What the engine makes of texts and of the bundled model's files, for Python to compare.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Tokenizer } from "../../gedig_edu/views/engine/bpe.js";
import { GPT2 } from "../../gedig_edu/views/engine/gpt2.js";
import { tokenLabels, tokenNotes } from "../../gedig_edu/views/engine/labels.js";
import { fastestProducts, multiplyPlainly, plainProducts } from "../../gedig_edu/views/engine/products.js";
import { readSafetensors } from "../../gedig_edu/views/engine/safetensors.js";

const asked = JSON.parse(readFileSync(0, "utf-8"));
const { model: files, folder } = asked;

const json = (name) => JSON.parse(readFileSync(join(files, name), "utf-8"));
const bufferOf = (path) => {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return buffer.slice(byteOffset, byteOffset + byteLength);
};

const tokenizer = new Tokenizer(json("tokenizer.json"));
const tensors = readSafetensors(bufferOf(join(files, "model.safetensors")));
const products = { kernel: fastestProducts, plain: plainProducts };
const models = Object.entries(products).map(([kind, given]) => [kind, new GPT2(json("config.json"), tensors, given)]);
const [[, model]] = models;

function potentialOf(name) {
  return name && new Float32Array(bufferOf(join(folder, name)));
}

for (const { name, ids, temperature, potential } of asked.passes) {
  const settings = { temperature, potential: potentialOf(potential) };
  for (const [kind, each] of models) {
    writeFileSync(join(folder, `${name}.${kind}.weights`), each.attend(ids, settings));
    writeFileSync(join(folder, `${name}.${kind}.logits`), each.logits(ids, settings));
  }
}

function refusal({ ids, temperature, potential }) {
  try {
    model.attend(ids, { temperature, potential: potentialOf(potential) });
  } catch ({ key, values, message }) {
    return { key, values, message };
  }
}

// C + A·B, in parts of wider matrices.
function multiplied(given, { a, b, c, ...sizes }) {
  const { room, multiply } = given(a.length + b.length + c.length);
  const [left, right, out] = [a, b, c].map((numbers) => {
    const place = room(numbers.length);
    place.set(numbers);
    return place;
  });
  multiply(left, right, out, sizes);
  return Array.from(out);
}

// Whether what multiplies is the kernel: here as it is, and where WebAssembly is as given.
function usesKernel(given = globalThis.WebAssembly) {
  const own = globalThis.WebAssembly;
  globalThis.WebAssembly = given;
  const { multiply } = fastestProducts(1);
  globalThis.WebAssembly = own;
  return multiply !== multiplyPlainly;
}
const { CompileError } = WebAssembly;
const forbidden = { validate: () => true, CompileError, Module: function refuse() { throw new CompileError(); } };

process.stdout.write(
  JSON.stringify({
    encoded: asked.texts.map((text) => tokenizer.encode(text)),
    labels: asked.widths.map((width) => tokenLabels(asked.tokens, asked.words, width)),
    notes: asked.texts.map((text) => tokenNotes(tokenizer.encode(text).tokens, asked.words)),
    refused: asked.refused.map(refusal),
    multiplied: Object.entries(products).map(([, given]) => asked.multiplied.map((each) => multiplied(given, each))),
    kernel: { here: usesKernel(), gone: usesKernel(null), old: usesKernel({ validate: () => false }), forbidden: usesKernel(forbidden) },
    layers: model.layers, heads: model.heads, context: model.context,
    shapes: Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape])),
  }),
);
