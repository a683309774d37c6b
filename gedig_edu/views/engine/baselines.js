// Maps without a model behind them, as gedig_edu.theory draws and reads them: what the F of a head
// is held against. Each name has a random stream of its own, NumPy's.

import { readCells, readMaps, readPaths } from "./gauge.js";
import { BASELINES } from "./names.js";
import { Links } from "./paths.js";
import { Generator } from "./random.js";

const REACH = 2; // of the window of `local`, to either side

// How many draws keep the scatter of a random baseline small.
export function drawsFor(length) {
  return Math.max(1, Math.min(8, Math.floor(128 / length)));
}

const CELLS = {
  uniform: () => 1,
  local: (steps) => Number(Math.abs(steps) <= REACH),
  diagonal: (steps) => Number(steps === 0),
};

// Every draw of a baseline that depends on the length alone, one map after the other.
function mapsOf(name, length, causal, generator, draws) {
  const size = length * length;
  const steps = (place) => Math.floor(place / length) - (place % length);
  const maps = name === "random"
    ? generator.fill(new Float64Array(draws * size))
    : Float64Array.from({ length: size }, (_, place) => CELLS[name](steps(place)));
  for (let line = 0; line * length < maps.length; line += 1) {
    const row = maps.subarray(line * length, (line + 1) * length);
    if (causal) row.fill(0, (line % length) + 1);
    const sum = row.reduce((total, weight) => total + weight);
    for (let key = 0; key < length; key += 1) row[key] /= sum;
  }
  return maps;
}

// Maps with the visible cells of each row in random order, path gain as the mean over the draws.
// What a row holds stays, and with it density, entropy and threshold: edges alone change places.
function readShuffled(weights, settings, generator, draws) {
  const { length, causal, path } = settings;
  const read = readCells(weights, settings);
  const pathGain = new Float64Array(read.threshold.length);
  const keys = new Float64Array(length);
  const links = new Links(length);
  for (let draw = 0; draw < draws; draw += 1) {
    for (let map = 0; map < pathGain.length; map += 1) {
      links.clear();
      for (let row = 0; row < length; row += 1) {
        const start = (map * length + row) * length;
        const count = causal ? row + 1 : length;
        const order = generator.fill(keys).slice(0, count).sort();
        for (let key = 0; key < count; key += 1) {
          if (weights[start + key] > read.threshold[map]) links.join(row, order.indexOf(keys[key]));
        }
      }
      pathGain[map] += readPaths(links, path).gain / draws;
    }
  }
  return { ...read, pathGain };
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

// Density, entropy and path gain of a baseline for every head, [3, layers, heads], means over its
// draws; F is linear in them. Settings are those of `readMaps`. Only row_shuffled looks at weights,
// and it always has the model's mask.
export function baselineTerms(name, maps, settings, { matched, seed = 0, draws = drawsFor(maps.length) }) {
  const { weights, layers, heads, length } = maps;
  const shuffled = name === "row_shuffled";
  const own = { ...settings, length, causal: maps.causal && (matched || shuffled) };
  const generator = new Generator([seed, BASELINES.indexOf(name)]);
  const read = shuffled
    ? readShuffled(weights, own, generator, draws)
    : readMaps(mapsOf(name, length, own.causal, generator, draws), own);
  const count = layers * heads;
  const terms = new Float64Array(3 * count);
  [read.density, read.entropy, read.pathGain].forEach((values, place) => {
    terms.set(shuffled ? values : new Float64Array(count).fill(mean(values)), place * count);
  });
  return terms;
}
