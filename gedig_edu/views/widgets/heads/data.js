// What the kernel sends of one head, decoded: a picture of the weights (bytes, for the eye) and the
// edges (bits, exact).

import { firstOf, sum } from "../kit/sums.js";

export function bytesOf(view) {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

export function aligned(view, Numbers) {
  return new Numbers(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

// Runs `make` once for each object it is asked about.
export function remembered(make) {
  const known = new WeakMap();
  return (object) => {
    if (!known.has(object)) known.set(object, make(object));
    return known.get(object);
  };
}

// A picture as `pack_picture` sends it, of one head or of all heads of a layer.
export function pictureOf({ cells, peaks }) {
  return { cells: bytesOf(cells), peaks: aligned(peaks, Float32Array) };
}

// Of a causal layer the rows come up to the diagonal only.
function headCells({ cells }, head, length, causal) {
  const size = causal ? (length * (length + 1)) / 2 : length * length;
  const own = cells.subarray(head * size, (head + 1) * size);
  if (!causal) return own;
  const square = new Uint8Array(length * length);
  for (let row = 0, from = 0; row < length; from += row + 1, row += 1) {
    square.set(own.subarray(from, from + row + 1), row * length);
  }
  return square;
}

export class HeadGraph {
  constructor(picture, edges, head, { length, causal, threshold }) {
    this.length = length;
    this.threshold = threshold;
    this.cells = headCells(picture, head, length, causal);
    this.peaks = picture.peaks.subarray(head * length, (head + 1) * length);
    this.stride = Math.ceil(length / 8);
    this.bits = edges.subarray(head * length * this.stride, (head + 1) * length * this.stride);
    this.join();
  }

  // What the picture says of a weight: exact at each row's largest, elsewhere within a step.
  weight(row, column) {
    return (this.cells[row * this.length + column] / 255) * this.peaks[row];
  }

  row(query) {
    return Array.from({ length: this.length }, (_, key) => this.weight(query, key));
  }

  isEdge(row, column) {
    return ((this.bits[row * this.stride + (column >> 3)] >> (column & 7)) & 1) === 1;
  }

  // Edges as [query, key], and the undirected graph without self-loops.
  join() {
    this.edges = [];
    this.bits.forEach((byte, place) => {
      for (let bit = 0; byte >> bit; bit += 1) {
        if ((byte >> bit) & 1) this.edges.push([Math.floor(place / this.stride), 8 * (place % this.stride) + bit]);
      }
    });
    this.arcs = this.edges.filter(([row, column]) => row !== column);
    this.neighbours = Array.from({ length: this.length }, () => []);
    for (const [row, column] of this.arcs) {
      if (row < column && this.isEdge(column, row)) continue;
      this.neighbours[row].push(column);
      this.neighbours[column].push(row);
    }
    this.degree = this.neighbours.map((others) => others.length);
    this.mostLinks = Math.max(...this.degree);
    this.links = sum(this.degree) / 2;
  }

  // The `most` heaviest edges between different tokens.
  strongest(most) {
    if (this.arcs.length <= most) return this.arcs;
    const weighed = this.arcs.map((arc) => [this.weight(...arc), arc]);
    return weighed.sort((a, b) => b[0] - a[0]).slice(0, most).map(([, arc]) => arc);
  }

  hubs(most) {
    return Array.from(this.degree.keys()).filter((token) => this.degree[token] > 1)
      .sort((a, b) => this.degree[b] - this.degree[a] || a - b).slice(0, most);
  }

  // Steps from a token to every other (−1: out of reach), and the step before each.
  paths(from) {
    const steps = new Int32Array(this.length).fill(-1);
    const before = new Int32Array(this.length).fill(-1);
    const queue = [from];
    steps[from] = 0;
    for (const token of queue) {
      for (const next of this.neighbours[token]) {
        if (steps[next] >= 0) continue;
        steps[next] = steps[token] + 1;
        before[next] = token;
        queue.push(next);
      }
    }
    return { steps, before, farthest: queue.at(-1), reached: queue.length - 1 };
  }

  // What sentences say of the graph, and of where a token looks most.
  said(query, tokens) {
    const hub = firstOf(this.degree);
    const target = firstOf(this.cells.subarray(query * this.length, (query + 1) * this.length));
    return {
      links: this.links, hub: tokens[hub], degree: this.degree[hub],
      token: tokens[query], target: tokens[target], share: this.weight(query, target),
    };
  }
}
