// Maps without a model behind them, as gedig_edu.theory draws and reads them: what the F of a head
// is held against. Each name has a random stream of its own, NumPy's.

import { largestOf, pathGainOf, readCells, readMaps } from "./gauge.js";
import { Links } from "./paths.js";
import { Generator } from "./random.js";

export const BASELINES = ["random", "uniform", "local", "diagonal", "row_shuffled"];

const REACH = 2; // of the window of `local`, to either side

// How many draws keep the scatter of a random baseline small.
export function drawsFor(length) {
  return Math.max(1, Math.min(8, Math.floor(128 / length)));
}

// One map: what `cell` gives where a token can look, over the sum of its row.
function mapOf(length, causal, cell) {
  const map = new Float64Array(length * length);
  for (let row = 0; row < length; row += 1) {
    const line = map.subarray(row * length, row * length + (causal ? row + 1 : length));
    let sum = 0;
    for (let key = 0; key < line.length; key += 1) {
      line[key] = cell(row, key);
      sum += line[key];
    }
    for (let key = 0; key < line.length; key += 1) line[key] /= sum;
  }
  return map;
}

const CELLS = {
  uniform: () => 1,
  local: (row, key) => Number(Math.abs(row - key) <= REACH),
  diagonal: (row, key) => Number(row === key),
};

// Every draw of a baseline that depends on the length alone, one map after the other.
function drawn(name, length, causal, generator, draws) {
  if (name !== "random") return mapOf(length, causal, CELLS[name]);
  const size = length * length;
  const maps = new Float64Array(draws * size);
  for (let draw = 0; draw < draws; draw += 1) {
    const cells = generator.fill(new Float64Array(size));
    maps.set(mapOf(length, causal, (row, key) => cells[row * length + key]), draw * size);
  }
  return maps;
}

// Where each of the first `count` keys would stand if they were sorted; of equal ones the first
// stays first. Keys are even in [0, 1), so that a bucket for each holds about one.
function sorter(length) {
  const [first, next, places] = Array.from({ length: 3 }, () => new Int32Array(length));
  return (keys, count) => {
    first.fill(-1, 0, count);
    for (let key = 0; key < count; key += 1) {
      const bucket = Math.floor(keys[key] * count);
      next[key] = first[bucket];
      first[bucket] = key;
    }
    let below = 0;
    for (let bucket = 0; bucket < count; bucket += 1) {
      let size = 0;
      for (let key = first[bucket]; key >= 0; key = next[key]) {
        places[key] = below;
        for (let other = first[bucket]; other >= 0; other = next[other]) {
          if (keys[other] < keys[key] || (keys[other] === keys[key] && other < key)) places[key] += 1;
        }
        size += 1;
      }
      below += size;
    }
    return places;
  };
}

// Maps with the visible cells of each row in random order, path gain as the mean over the draws.
// What a row holds stays, and with it density, entropy and threshold: edges alone change places.
function readShuffled(weights, settings, generator, draws) {
  const { length, causal, path } = settings;
  const read = readCells(weights, settings);
  const pathGain = new Float64Array(read.threshold.length);
  const sort = sorter(length);
  const keys = new Float64Array(length);
  const links = new Links(length);
  for (let draw = 0; draw < draws; draw += 1) {
    for (let map = 0; map < pathGain.length; map += 1) {
      links.clear();
      for (let row = 0; row < length; row += 1) {
        const start = (map * length + row) * length;
        const count = causal ? row + 1 : length;
        const places = sort(generator.fill(keys), count);
        for (let key = 0; key < count; key += 1) {
          if (weights[start + key] > read.threshold[map]) links.join(row, places[key]);
        }
      }
      pathGain[map] += pathGainOf(largestOf(links, path), path) / draws;
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
    : readMaps(drawn(name, length, own.causal, generator, draws), own);
  const count = layers * heads;
  const terms = new Float64Array(3 * count);
  [read.density, read.entropy, read.pathGain].forEach((values, place) => {
    terms.set(shuffled ? values : new Float64Array(count).fill(mean(values)), place * count);
  });
  return terms;
}
