// Graphs in the page: shortest paths, the gauge of an edit, places for nodes. An edge is two places of
// nodes, the lower one first.

import { shape } from "./kit/dom.js";
import { clamp, sum } from "./kit/sums.js";

// ---- paths and the gauge ------------------------------------------------------------------

// Every edit changes one pair: an edge that is there goes, one that is not there comes.
export function toggled(edges, edits) {
  const kept = new Map(edges.map((edge) => [String(edge), edge]));
  edits.forEach((edge) => {
    if (!kept.delete(String(edge))) kept.set(String(edge), edge);
  });
  return [...kept.values()];
}

export function missingPairs(n, edges) {
  const there = new Set(edges.map(String));
  const nodes = [...Array(n).keys()];
  return nodes.flatMap((i) => nodes.slice(i + 1).map((j) => [i, j])).filter((pair) => !there.has(String(pair)));
}

// The distances once u and v are joined.
export function joined(steps, /** @type {number[]} */ [u, v]) {
  return steps.map((row) => row.map((old, j) =>
    Math.min(old, row[u] + 1 + steps[v][j], row[v] + 1 + steps[u][j])));
}

// The number of edges from every node to every other, Infinity where no path is.
export function distances(n, edges) {
  const apart = Array.from({ length: n }, (_, i) => new Array(n).fill(Infinity).with(i, 0));
  return edges.reduce((steps, edge) => joined(steps, edge), apart);
}

// The path term from the distances before and after an edit: over the pairs that had a path before, or
// as gain in global efficiency, which counts `there` of the nodes before.
export function pathTerm(before, after, efficiency, there = before.length) {
  const n = before.length;
  let [pairs, was, is, reachWas, reachIs] = [0, 0, 0, 0, 0];
  before.forEach((row, i) => row.forEach((old, j) => {
    if (i === j) return;
    reachWas += 1 / old;
    reachIs += 1 / after[i][j];
    if (old === Infinity) return;
    pairs += 1;
    was += old;
    is += Math.min(after[i][j], n);
  }));
  if (!pairs) return { path: 0, l_before: 0, l_after: 0 };
  const [l_before, l_after] = [was / pairs, is / pairs];
  const counted = (there * (there - 1)) / (n * (n - 1));
  return { path: efficiency ? (counted * reachIs) / reachWas - 1 : (l_before - l_after) / l_before, l_before, l_after };
}

// Entropy of where a random walker stands, each node as often as it has edges.
function walkEntropy(n, edges) {
  if (!edges.length) return Math.log(n);
  const degree = new Array(n).fill(0);
  edges.flat().forEach((node) => { degree[node] += 1; });
  return -sum(degree.filter(Boolean).map((count) => count / (2 * edges.length)).map((p) => p * Math.log(p)));
}

// What an edit does to entropy and paths, from the distances before and after it, and its edges.
export function termsOf({ names: { length: n }, graphs, graph, efficiency, walk }, start, now, after) {
  const entropy = walk ? (walkEntropy(n, after) - walkEntropy(n, graphs[graph])) / Math.log(n) : 0;
  return { entropy, ...pathTerm(start, now, efficiency) };
}

// F of an edit of so many edges, with its terms.
export function weighed({ names: { length: n }, graphs, graph, bound, lam, gamma }, count, terms) {
  const [pairs, present] = [(n * (n - 1)) / 2, graphs[graph].length];
  const cost = count / ({ pairs, missing: pairs - present, present }[bound] || 1);
  return { F: cost - lam * (terms.entropy + gamma * terms.path), cost, ...terms };
}

// ---- places -------------------------------------------------------------------------------

export const ROUND = ["ring", "small_world"];
export const COLUMNS = 5;

// `reach` says how far each node's name goes to its left; the row begins where all of them fit.
function rowPlaces(state, width, reach) {
  const n = state.names.length;
  const gap = state.graph === "two_parts" ? 1.6 : 0;
  const [steps, right] = [Math.max(1, n - 1 + gap), width - 20];
  const along = state.names.map((_, i) => (i + (i >= n / 2 ? gap : 0)) / steps);
  const left = Math.max(20, ...reach.slice(0, -1).map((far, i) =>
    (far - right * along[i]) / (1 - along[i])));
  const height = clamp(width * 0.42, 150, 250);
  const points = along.map((part) => [left + (right - left) * part, height - 16]);
  return { points, height, span: right - left, step: (right - left) / steps };
}

// Long names take `around` outside a circle, and on a grid `beside` to the left of each node. A circle
// and a grid are no taller than `tall`.
export function placesOf(state, width, { reach = [], around = 30, beside = 0, tall = 340 } = {}) {
  const n = state.names.length;
  if (ROUND.includes(state.graph)) {
    const side = Math.min(width, tall, 270 + 2 * around);
    const [r, cx] = [side / 2 - around, width / 2];
    const points = state.names.map((_, i) => {
      const turn = (2 * Math.PI * i) / n - Math.PI / 2;
      return [cx + r * Math.cos(turn), side / 2 + r * Math.sin(turn)];
    });
    return { points, height: side, centre: [cx, side / 2] };
  }
  if (state.graph === "grid") {
    const [rows, columns] = [n / COLUMNS, beside ? COLUMNS : COLUMNS - 1];
    const step = Math.min((width - 60) / columns, (tall - 60) / (0.85 * (rows - 1)), Math.max(84, beside));
    const left = (width - step * columns) / 2 + (beside ? step : 0);
    const points = state.names.map((_, i) => [
      left + step * (i % COLUMNS), 30 + step * 0.85 * Math.floor(i / COLUMNS)]);
    return { points, height: 60 + step * 0.85 * (rows - 1), cell: step };
  }
  return rowPlaces(state, width, reach);
}

// An edge as a path: straight to a neighbour, an arc over a row, a bow past a grid's nodes.
export function edgePath({ points, height, centre, span }, [i, j]) {
  const [[x1, y1], [x2, y2]] = [points[i], points[j]];
  const columns = span ? points.length : COLUMNS;
  const across = Math.abs((i % columns) - (j % columns));
  const down = Math.abs(Math.floor(i / columns) - Math.floor(j / columns));
  if (centre || across + down === 1) return `M${x1} ${y1}L${x2} ${y2}`;
  const [bowX, bowY] = span
    ? [0, -2 * (height - 40) * (Math.abs(x2 - x1) / span) ** 0.75] : [0.14 * (y2 - y1), 0.14 * (x1 - x2)];
  return `M${x1} ${y1}Q${(x1 + x2) / 2 + bowX} ${(y1 + y2) / 2 + bowY} ${x2} ${y2}`;
}

export function edgeShape(places, edge, style) {
  return shape("path", { d: edgePath(places, edge), class: `ge-edge ${style}` });
}
