// What runs beside the page, so that the page never waits: a text comes in, its heads go out, then
// its baselines one after the other. A request has a channel and a number, and whatever is not the
// newest of its channel is dropped at the next step.

import { baselineTerms } from "./baselines.js";
import { Tokenizer } from "./bpe.js";
import { fromBase64 } from "./bytes.js";
import { readMaps } from "./gauge.js";
import { GPT2 } from "./gpt2.js";
import { tokenLabels, tokenNotes } from "./labels.js";
import { tellingQueries } from "./looks.js";
import { BASELINES, CONVENTIONS } from "./names.js";
import { packEdges, packPicture } from "./packing.js";
import { readSafetensors } from "./safetensors.js";

const KEPT = 64; // readings of baselines that do not depend on the text

const newest = new Map(); // of each channel, the number of its last request
const last = new Map(); // of each channel, the maps read last
const known = new Map(); // baselines by name, mask, length and settings
let reader = null;
let work = Promise.resolve();

async function unpacked(text) {
  const stream = new Blob([fromBase64(text)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

async function open({ name, config, tokenizer, weights, words }) {
  const [table, tensors] = await Promise.all([unpacked(tokenizer), unpacked(weights)]);
  const read = new Tokenizer(JSON.parse(new TextDecoder().decode(table)));
  reader = { name, words, tokenizer: read, model: new GPT2(config, readSafetensors(tensors)) };
}

// What came in meanwhile is heard between two steps.
const pause = () => new Promise((go) => { setTimeout(go, 0); });

function mapsOf({ channel, text, temperature }) {
  const before = last.get(channel);
  if (before?.text === text && before.temperature === temperature) return before;
  const { name, words, model, tokenizer } = reader;
  const { ids, tokens } = tokenizer.encode(text);
  const weights = model.attend(ids, { temperature });
  const about = {
    model: name, causal: true, tokens: tokenLabels(tokens, words), notes: tokenNotes(tokens, words),
    layers: model.layers, heads: model.heads,
  };
  const maps = { text, temperature, weights, about, length: ids.length };
  last.set(channel, maps);
  return maps;
}

function termsOf({ density, entropy, pathGain }) {
  const terms = new Float64Array(3 * density.length);
  [density, entropy, pathGain].forEach((values, row) => terms.set(values, row * density.length));
  return terms;
}

function detailsOf({ weights, about: { layers, heads, causal }, length }, thresholds) {
  const size = heads * length * length;
  return Object.fromEntries(Array.from({ length: layers }, (_, layer) => {
    const own = weights.subarray(layer * size, (layer + 1) * size);
    const limits = thresholds.slice(layer * heads, (layer + 1) * heads);
    const edges = packEdges(own, limits, { heads, length });
    return [layer, { ...packPicture(own, { heads, length, causal }), edges, thresholds: limits }];
  }));
}

// Of a baseline its terms with and without the mask; those that no text changes are kept.
function baselineOf(name, { weights, about, length }, settings, convention) {
  const { layers, heads, causal } = about;
  const read = (matched) => baselineTerms(name, { weights, layers, heads, length, causal }, settings, { matched });
  if (name === "row_shuffled") {
    const terms = read(true); // it keeps the mask whatever is asked
    return { unmasked: terms, matched: terms };
  }
  const key = JSON.stringify([name, length, convention, settings.quantile]);
  if (!known.has(key)) {
    if (known.size === KEPT) known.delete(known.keys().next().value);
    known.set(key, { unmasked: read(false), matched: read(true) });
  }
  return known.get(key);
}

async function answer(request) {
  const { channel, id, convention, quantile } = request;
  const stale = () => newest.get(channel) !== id;
  const post = (kind, said) => postMessage({ kind, channel, id, ...said });
  await pause();
  if (stale()) return;
  try {
    const maps = mapsOf(request);
    await pause();
    if (stale()) return;
    const { pool, entropy, path } = CONVENTIONS[convention];
    const settings = { quantile, pool, entropy, path };
    const { length, about: { layers, heads, causal } } = maps;
    const read = readMaps(maps.weights, { ...settings, length, causal });
    const picture = { ...maps.about, terms: termsOf(read), names: BASELINES };
    post("heads", {
      picture, details: detailsOf(maps, read.threshold),
      tellings: tellingQueries(maps.weights, layers * heads, length),
    });
    for (const name of BASELINES) {
      await pause();
      if (stale()) return;
      post("baseline", { name, terms: baselineOf(name, maps, settings, convention) });
    }
  } catch (trouble) {
    const { key = "failed", values = { reason: String(trouble.message ?? trouble) } } = trouble;
    post("refused", { key, values });
  }
}

addEventListener("message", ({ data }) => {
  if (data.kind === "open") {
    work = open(data).then(
      () => postMessage({ kind: "ready" }),
      (trouble) => postMessage({ kind: "broken", message: String(trouble.message ?? trouble) }));
    return;
  }
  newest.set(data.channel, data.id);
  work = work.then(() => answer(data));
});
