// Graphs in the page: shortest paths, the gauge of an edit, places for nodes, rows of choices.

import { element, mark, shape } from "./kit/dom.js";
import { pressable } from "./kit/keys.js";
import { clamp } from "./kit/sums.js";

// ---- paths and the gauge ------------------------------------------------------------------

export function pairKey(/** @type {number[]} */ [i, j]) {
  return i < j ? `${i}-${j}` : `${j}-${i}`;
}

// Every edit changes one pair: an edge that is there goes, one that is not there comes.
export function toggled(edges, edits) {
  const kept = new Map(edges.map((edge) => [pairKey(edge), edge]));
  edits.forEach((edge) => {
    if (!kept.delete(pairKey(edge))) kept.set(pairKey(edge), edge);
  });
  return [...kept.values()];
}

export function missingPairs(n, edges) {
  const there = new Set(edges.map(pairKey));
  const pairs = [];
  for (let i = 0; i < n; i += 1) {
    for (let j = i + 1; j < n; j += 1) if (!there.has(pairKey([i, j]))) pairs.push([i, j]);
  }
  return pairs;
}

// Breadth first from every node: the number of edges to every other, Infinity where no path is.
export function distances(n, edges) {
  const near = Array.from({ length: n }, () => []);
  edges.forEach(([i, j]) => { near[i].push(j); near[j].push(i); });
  return near.map((_, source) => {
    const steps = new Array(n).fill(Infinity);
    steps[source] = 0;
    const queue = [source];
    for (const node of queue) {
      for (const next of near[node]) {
        if (steps[next] === Infinity) { steps[next] = steps[node] + 1; queue.push(next); }
      }
    }
    return steps;
  });
}

// The distances once u and v are joined.
export function joined(steps, /** @type {number[]} */ [u, v]) {
  return steps.map((row) => row.map((old, j) =>
    Math.min(old, row[u] + 1 + steps[v][j], row[v] + 1 + steps[u][j])));
}

export function pathTerm(before, after, efficiency) {
  const n = before.length;
  const total = { pairs: 0, before: 0, after: 0, reachBefore: 0, reachAfter: 0 };
  for (let i = 0; i < n; i += 1) {
    for (let j = 0; j < n; j += 1) {
      if (i === j) continue;
      total.reachBefore += 1 / before[i][j];
      total.reachAfter += 1 / after[i][j];
      if (before[i][j] === Infinity) continue;
      total.pairs += 1;
      total.before += before[i][j];
      total.after += Math.min(after[i][j], n);
    }
  }
  const [lBefore, lAfter] = total.pairs
    ? [total.before / total.pairs, total.after / total.pairs] : [0, 0];
  const fixed = lBefore ? (lBefore - lAfter) / lBefore : 0;
  const reach = total.reachBefore ? total.reachAfter / total.reachBefore - 1 : 0;
  return { path: efficiency ? reach : fixed, l_before: lBefore, l_after: lAfter };
}

// Entropy of where a random walker stands, each node as often as it has edges.
export function walkEntropy(n, edges) {
  const degree = new Array(n).fill(0);
  edges.forEach(([i, j]) => { degree[i] += 1; degree[j] += 1; });
  if (!edges.length) return Math.log(n);
  return degree.reduce((sum, count) => {
    const share = count / (2 * edges.length);
    return share ? sum - share * Math.log(share) : sum;
  }, 0);
}

export function boundOf(state, n, edges) {
  const pairs = (n * (n - 1)) / 2;
  const bounds = { pairs, missing: pairs - edges.length, present: edges.length };
  return bounds[state.bound] || 1;
}

export function gaugeOf(state, { n, edges, start, now, count, change }) {
  const cost = count / boundOf(state, n, edges);
  const entropy = state.walk && n > 1 ? change / Math.log(n) : 0;
  const paths = pathTerm(start, now, state.efficiency);
  return { F: cost - state.lam * (entropy + state.gamma * paths.path), cost, entropy, ...paths };
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
  const height = clamp(width * 0.34, 150, 250);
  const points = along.map((part) => [left + (right - left) * part, height - 16]);
  return { points, height, span: right - left, step: (right - left) / steps };
}

// Long names take `around` outside a circle, and on a grid `beside` to the left of each node.
export function placesOf(state, width, { reach = [], around = 30, beside = 0 } = {}) {
  const n = state.names.length;
  if (ROUND.includes(state.graph)) {
    const side = Math.min(width, 270 + 2 * around);
    const [r, cx] = [side / 2 - around, width / 2];
    const points = state.names.map((_, i) => {
      const turn = (2 * Math.PI * i) / n - Math.PI / 2;
      return [cx + r * Math.cos(turn), side / 2 + r * Math.sin(turn)];
    });
    return { points, height: side, centre: [cx, side / 2] };
  }
  if (state.graph === "grid") {
    const [rows, columns] = [n / COLUMNS, beside ? COLUMNS : COLUMNS - 1];
    const step = Math.min((width - 60) / columns, Math.max(84, beside));
    const left = (width - step * columns) / 2 + (beside ? step : 0);
    const points = state.names.map((_, i) => [
      left + step * (i % COLUMNS), 30 + step * 0.85 * Math.floor(i / COLUMNS)]);
    return { points, height: 60 + step * 0.85 * (rows - 1), cell: step };
  }
  return rowPlaces(state, width, reach);
}

// Where a node's name stands: under a row, outside a circle, beside a node of a grid.
export function namePlace({ centre, span }, [x, y]) {
  if (span) return [x, y + 22];
  if (!centre) return [x - 15, y - 13];
  const [dx, dy] = [x - centre[0], y - centre[1]];
  const far = 1 + 19 / Math.hypot(dx, dy);
  return [centre[0] + dx * far, centre[1] + dy * far];
}

// An edge as a path: straight to a neighbour, an arc over a row, a bow past a grid's nodes.
export function edgePath(places, [i, j]) {
  const [[x1, y1], [x2, y2]] = [places.points[i], places.points[j]];
  const straight = `M${x1} ${y1}L${x2} ${y2}`;
  const far = Math.hypot(x2 - x1, y2 - y1);
  if (places.centre) return straight;
  if (places.span) {
    if (Math.abs(i - j) === 1) return straight;
    const rise = 2 * (places.height - 40) * (far / places.span) ** 0.75;
    return `M${x1} ${y1}Q${(x1 + x2) / 2} ${y1 - rise} ${x2} ${y2}`;
  }
  const [di, dj] = [Math.abs((i % COLUMNS) - (j % COLUMNS)),
    Math.abs(Math.floor(i / COLUMNS) - Math.floor(j / COLUMNS))];
  if (di + dj === 1) return straight;
  const bow = 0.14;
  return `M${x1} ${y1}Q${(x1 + x2) / 2 + bow * (y2 - y1)} ${(y1 + y2) / 2 - bow * (x2 - x1)} ${x2} ${y2}`;
}

export function edgeShape(places, edge, style) {
  return shape("path", { d: edgePath(places, edge), class: `ge-edge ${style}` });
}

// ---- rows of choices ----------------------------------------------------------------------

export function pressButton(text, act) {
  return pressable(element("button", { type: "button", name: text, textContent: text }), act);
}

// One of several, as buttons in a row: `now()` names the chosen one, `pick(name)` chooses.
function choiceRow(title, options, { now, pick }) {
  const buttons = options.map(([name, text]) => [name, pressButton(text, () => pick(name))]);
  const node = element("div", { className: "ge-choice" },
    element("span", { className: "ge-title", textContent: title }),
    ...buttons.map(([, button]) => button));
  mark(node, { role: "group", "aria-label": title });
  const show = () => buttons.forEach(([name, button]) =>
    button.setAttribute("aria-pressed", String(name === now())));
  return { node, show };
}

export function graphRow(page, changes) {
  const options = Object.keys(page.start().graphs).map((name) => [name, page.words[`graph_${name}`]]);
  return choiceRow(page.words.graph, options,
    { now: () => page.state().graph, pick: (graph) => page.change({ graph, ...changes }) });
}

export function boundRow(page) {
  const options = ["pairs", "missing", "present"].map((name) => [name, page.words[`bound_${name}`]]);
  return choiceRow(page.words.bound, options,
    { now: () => page.state().bound, pick: (bound) => page.change({ bound }) });
}
