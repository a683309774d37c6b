// Answers for the engine's gauge half: each question names a function and what it is given.

import { readFileSync } from "node:fs";

import { baselineTerms, drawsFor } from "../../gedig_edu/views/engine/baselines.js";
import { readMaps } from "../../gedig_edu/views/engine/gauge.js";
import { BASELINES, CONVENTIONS } from "../../gedig_edu/views/engine/names.js";
import { packEdges, packPicture } from "../../gedig_edu/views/engine/packing.js";
import { Links } from "../../gedig_edu/views/engine/paths.js";
import { Generator } from "../../gedig_edu/views/engine/random.js";

const KINDS = { f4: Float32Array, f8: Float64Array, u1: Uint8Array };

// Arrays come as their kind and their bytes in base64.
const asked = JSON.parse(readFileSync(0, "utf-8"), (_, value) => {
  if (typeof value?.bytes !== "string") return value;
  return new KINDS[value.kind](new Uint8Array(Buffer.from(value.bytes, "base64")).buffer);
});

function linked(cells, length) {
  const links = new Links(length);
  cells.forEach((cell, place) => cell && links.join(Math.floor(place / length), place % length));
  return links;
}

const answers = {
  conventions: () => CONVENTIONS,
  read: ({ weights, settings }) => settings.map((one) => readMaps(weights, one)),
  largest: ({ graphs, length }) =>
    graphs.map((cells) => [false, true].map((lowestTie) => linked(cells, length).largest(lowestTie))),
  random: ({ seeds, count }) => seeds.map((seed) => new Generator(seed).fill(new Float64Array(count))),
  draws: ({ lengths }) => ({ names: BASELINES, draws: lengths.map(drawsFor) }),
  baselines: ({ maps, asked: each }) =>
    each.map(({ name, settings, ...how }) => baselineTerms(name, maps, settings, how)),
  pack: ({ weights, thresholds, ...shape }) => {
    const { cells, peaks } = packPicture(weights, shape);
    return { cells, peaks, edges: packEdges(weights, thresholds, shape) };
  },
};

const plain = (_, value) => (ArrayBuffer.isView(value) ? Array.from(value) : value);
process.stdout.write(JSON.stringify(asked.map(([name, question]) => answers[name](question)), plain));
