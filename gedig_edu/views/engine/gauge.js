// The gauge on attention, F = density − λ (entropy + γ · path gain), as gedig_edu.theory reads it:
// its terms, from maps of any number, in float64 whatever the weights are.

import { Links } from "./paths.js";

const SUPPORT_FLOOR = 1e-10;

// Hoare's selection (1961): afterwards `values[rank]` stands where sorting would put it, with
// nothing larger before it and nothing smaller after it.
function select(values, count, rank) {
  let [low, high] = [0, count - 1];
  while (low < high) {
    const pivot = values[rank];
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i] < pivot) i += 1;
      while (pivot < values[j]) j -= 1;
      if (i <= j) {
        const value = values[i];
        values[i] = values[j];
        values[j] = value;
        i += 1;
        j -= 1;
      }
    }
    if (j < rank) low = i;
    if (rank < i) high = j;
  }
  return values[rank];
}

// A quantile of `count` values and `hidden` zeros, as NumPy's linear interpolation gives it; the
// values change places.
function quantileOf(values, count, hidden, quantile) {
  const position = (count + hidden - 1) * quantile;
  const rank = Math.floor(position);
  const fraction = position - rank;
  const place = rank - hidden;
  if (place + 1 < 0) return 0;
  let low = 0;
  let high = select(values, count, Math.max(place, 0));
  if (place >= 0) {
    low = high;
    high = place + 1 < count ? Infinity : low;
    for (let k = place + 1; k < count; k += 1) high = Math.min(high, values[k]);
  }
  const gap = high - low;
  return fraction >= 0.5 ? high - gap * (1 - fraction) : low + gap * fraction;
}

// Copies the visible cells of the map that begins at `from` into `values`; returns their number.
function gather(weights, from, length, causal, values) {
  let count = 0;
  for (let row = 0; row < length; row += 1) {
    const start = from + row * length;
    const end = start + (causal ? row + 1 : length);
    for (let cell = start; cell < end; cell += 1) {
      values[count] = weights[cell];
      count += 1;
    }
  }
  return count;
}

// Shannon entropy of weights of sum S over its maximum, (log S − Σ w log w / S) / log(states), and 0
// where there is a single state.
function entropyOf(values, count, length, kind) {
  const floor = kind === "support" ? SUPPORT_FLOOR : 0;
  let [mass, logMass, support] = [0, 0, 0];
  for (let k = 0; k < count; k += 1) {
    const weight = values[k];
    if (weight > floor) {
      mass += weight;
      logMass += weight * Math.log(weight);
      support += 1;
    }
  }
  const states = kind === "support" ? support : length * length;
  if (states < 2 || mass === 0) return 0;
  return Math.min(Math.max((Math.log(mass) - logMass / mass) / Math.log(states), 0), 1);
}

// What does not depend on where in its row a weight stands.
export function readCells(weights, { length, causal, quantile, pool, entropy }) {
  const size = length * length;
  const maps = weights.length / size;
  const values = new Float64Array(size);
  const read = {
    density: new Float64Array(maps), entropy: new Float64Array(maps),
    threshold: new Float64Array(maps), edges: new Float64Array(maps),
  };
  for (let map = 0; map < maps; map += 1) {
    const count = gather(weights, map * size, length, causal, values);
    read.entropy[map] = entropyOf(values, count, length, entropy);
    const threshold = quantileOf(values, count, pool === "all" ? size - count : 0, quantile);
    let edges = 0;
    for (let k = 0; k < count; k += 1) if (values[k] > threshold) edges += 1;
    read.threshold[map] = threshold;
    read.edges[map] = edges;
    read.density[map] = edges / size;
  }
  return read;
}

// Nodes n and sum of distances of the largest component, and what short paths are worth:
// (ℓ_chain − ℓ)/ℓ_chain with ℓ_chain = (n + 1)/3, or 1/ℓ, where ℓ is the mean distance over the
// n (n − 1) ordered pairs; 0 where there is no pair.
export function readPaths(links, path) {
  const { nodes, pathSum } = links.largest(path === "inverse_length");
  const pairs = nodes * (nodes - 1);
  const short = path === "chain_gain" ? 1 - (3 * pathSum) / (pairs * (nodes + 1)) : pairs / pathSum;
  return { nodes, pathSum, gain: pairs > 0 ? short : 0 };
}

// Every term of each map, in the order of the maps.
export function readMaps(weights, settings) {
  const { length, causal, path } = settings;
  const read = readCells(weights, settings);
  const links = new Links(length);
  const paths = Array.from(read.threshold, (threshold, map) => {
    links.clear();
    for (let row = 0; row < length; row += 1) {
      const start = (map * length + row) * length;
      const end = causal ? row + 1 : length;
      for (let key = 0; key < end; key += 1) if (weights[start + key] > threshold) links.join(row, key);
    }
    return readPaths(links, path);
  });
  return {
    ...read, pathGain: Float64Array.from(paths, ({ gain }) => gain),
    nodes: Float64Array.from(paths, ({ nodes }) => nodes),
    pathSum: Float64Array.from(paths, ({ pathSum }) => pathSum),
  };
}
