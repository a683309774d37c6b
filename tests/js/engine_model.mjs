// What the engine makes of texts and of the bundled model's files, for Python to compare.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Tokenizer } from "../../gedig_edu/views/engine/bpe.js";
import { GPT2 } from "../../gedig_edu/views/engine/gpt2.js";
import { readSafetensors } from "../../gedig_edu/views/engine/safetensors.js";

const { model: files, folder, texts, passes, refused } = JSON.parse(readFileSync(0, "utf-8"));

const json = (name) => JSON.parse(readFileSync(join(files, name), "utf-8"));
const bufferOf = (path) => {
  const { buffer, byteOffset, byteLength } = readFileSync(path);
  return buffer.slice(byteOffset, byteOffset + byteLength);
};

const tokenizer = new Tokenizer(json("tokenizer.json"));
const tensors = readSafetensors(bufferOf(join(files, "model.safetensors")));
const model = new GPT2(json("config.json"), tensors);

function potentialOf(name) {
  return name && new Float32Array(bufferOf(join(folder, name)));
}

for (const { name, ids, temperature, potential } of passes) {
  const settings = { temperature, potential: potentialOf(potential) };
  writeFileSync(join(folder, `${name}.weights`), model.attend(ids, settings));
  writeFileSync(join(folder, `${name}.logits`), model.logits(ids, settings));
}

function refusal({ ids, temperature, potential }) {
  try {
    model.attend(ids, { temperature, potential: potentialOf(potential) });
  } catch ({ key, values, message }) {
    return { key, values, message };
  }
}

process.stdout.write(
  JSON.stringify({
    encoded: texts.map((text) => tokenizer.encode(text)),
    refused: refused.map(refusal),
    layers: model.layers, heads: model.heads, context: model.context,
    shapes: Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, shape])),
  }),
);
