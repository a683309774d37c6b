// Random edges on a graph, one by one: the graph so far, and F from the first edge to the last.

import {
  boundOf, boundRow, distances, edgeShape, graphRow, joined, missingPairs, pathTerm, placesOf,
  walkEntropy,
} from "./graph_edit.js";
import { label, line, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { clamp } from "./kit/sums.js";
import { fill, percent, three, whole } from "./kit/text.js";

const OTHERS = 8;

// Fisher and Yates' shuffle driven by 32-bit xorshift, as in Python.
function shuffledPairs(pairs, seed) {
  const order = [...pairs];
  let random = (2463534242 ^ Math.imul(seed, 2654435761)) >>> 0;
  for (let last = order.length - 1; last > 0; last -= 1) {
    random = (random ^ (random << 13)) >>> 0;
    random = (random ^ (random >>> 17)) >>> 0;
    random = (random ^ (random << 5)) >>> 0;
    const other = random % (last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

// What an order of edges does to paths and entropy, whatever F weighs them with.
function growthOf({ names, graphs, graph, efficiency, walk }, draw) {
  const [n, edges] = [names.length, graphs[graph]];
  const order = shuffledPairs(missingPairs(n, edges), draw);
  const [start, calm] = [distances(n, edges), walkEntropy(n, edges)];
  let now = start;
  const terms = [...Array(order.length + 1).keys()].map((count) => {
    if (count) now = joined(now, order[count - 1]);
    const change = walk ? walkEntropy(n, [...edges, ...order.slice(0, count)]) - calm : 0;
    return { entropy: n > 1 ? change / Math.log(n) : 0, path: pathTerm(start, now, efficiency).path };
  });
  return { order, terms };
}

// A growth costs some milliseconds; it is kept under everything it depends on, and λ, γ and the
// price only weigh it anew.
function remember(compute) {
  const known = new Map();
  return (state, draw) => {
    const { graphs, graph, names, efficiency, walk } = state;
    const key = JSON.stringify([graphs[graph], names.length, efficiency, walk, draw]);
    if (!known.has(key)) {
      if (known.size > 3 * OTHERS) known.clear();
      known.set(key, compute(state, draw));
    }
    return known.get(key);
  };
}

const growthAt = remember(growthOf);

function readingsAt(state, draw) {
  const bound = boundOf(state, state.names.length, state.graphs[state.graph]);
  return growthAt(state, draw).terms.map(({ entropy, path }, count) => {
    const cost = count / bound;
    return { F: cost - state.lam * (entropy + state.gamma * path), cost, entropy, path };
  });
}

export function numbers(state) {
  const readings = readingsAt(state, state.draw);
  const curve = readings.map((reading) => reading.F);
  const added = Math.min(state.count, curve.length - 1);
  const lowest = Math.min(...curve);
  const stays = curve.findLastIndex((F) => F <= 0) + 1;
  const { F, cost, entropy, path } = readings[added];
  return {
    F, cost, entropy, path, added,
    missing: curve.length - 1,
    lowest,
    lowest_at: curve.findIndex((F) => F <= lowest + 1e-9),
    turn: stays < curve.length ? stays : null,
    curve,
  };
}

function facts({ graph, draw }, now, words) {
  return {
    graph: words[`graph_${graph}`],
    draw: whole(draw),
    ...Object.fromEntries(["added", "missing", "lowest_at"].map((name) => [name, whole(now[name])])),
    turn: now.turn === null ? "–" : whole(now.turn),
    ...Object.fromEntries(["F", "cost", "path", "lowest"].map((name) => [name, three(now[name])])),
  };
}

// ---- the graph ----------------------------------------------------------------------------

function drawGrown(panel, state, now, width, words) {
  const places = placesOf(state, width);
  const { order } = growthAt(state, state.draw);
  panel.clear(width, places.height, words.picture);
  panel.add(...order.slice(0, now.added).map((edge) => edgeShape(places, edge, "ge-random")),
    ...state.graphs[state.graph].map((edge) => edgeShape(places, edge, "")),
    ...places.points.map(([cx, cy]) => shape("circle", { cx, cy, r: 4.5, class: "ge-total" })));
}

// ---- the curve ----------------------------------------------------------------------------

function viewOf(curves, width, height) {
  const [left, right, top, bottom] = [52, 14, 34, 34];
  const [low, high] = [Math.min(...curves.flat(), -0.05), Math.max(...curves.flat(), 0.05)];
  const last = Math.max(1, curves[0].length - 1);
  return {
    left, right, top, bottom, low, high, last, width, height,
    x: (k) => left + (k / last) * (width - left - right),
    y: (F) => top + ((high - F) / (high - low)) * (height - top - bottom),
    k: (px) => Math.round(((px - left) / (width - left - right)) * last),
  };
}

function polyline(view, curve, style) {
  const points = curve.map((F, k) => `${view.x(k).toFixed(1)},${view.y(F).toFixed(2)}`).join(" ");
  return shape("polyline", { points, class: style });
}

function roundStep(span) {
  const size = 10 ** Math.floor(Math.log10(span / 3));
  return [1, 2, 5, 10].map((part) => part * size).find((step) => span / step <= 5);
}

function drawAxes(panel, view, words) {
  const { left, right, bottom, width, height, x, y, last } = view;
  const step = roundStep(view.high - view.low);
  for (let at = Math.ceil(view.low / step); at * step <= view.high; at += 1) {
    panel.add(line(left, y(at * step), width - right, y(at * step), at ? "gh-grid" : "gh-axis"),
      label(left - 6, y(at * step), String(Number((at * step).toFixed(3))).replace("-", "−"), "gh-tick gh-end gh-mid"));
  }
  (width < 380 ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1]).forEach((share) => {
    const at = x(share * last);
    panel.add(line(at, height - bottom, at, height - bottom + 4, "gh-axis"),
      label(at, height - bottom + 17, percent(share), `gh-tick ${share === 1 ? "gh-end" : "gh-middle"}`));
  });
  panel.add(label(0, 12, words.curve_title, "gh-note"), label(width - right, 12, words.others, "gh-note gh-end"),
    label(width - right, height - 2, words.curve_axis, "gh-note gh-end"));
}

function drawTurn(panel, view, now, words) {
  const { x, y, left, right } = view;
  if (now.turn === null) return;
  const at = x(now.turn);
  const text = fill(words.turn, { turn: whole(now.turn) });
  panel.add(line(at, view.top, at, view.height - view.bottom, "gh-drop"),
    label(clamp(at, left + 110, view.width - right - 110), y(view.high) + 8, text, "gh-middle gh-head"));
}

function drawCurve(panel, state, now, width, { words, change, start }) {
  const others = Array.from({ length: OTHERS }, (_, at) =>
    readingsAt(state, (state.draw + at + 1) % 1000).map(({ F }) => F));
  const view = viewOf([now.curve, ...others], width, 250);
  panel.clear(width, view.height, words.curve);
  drawAxes(panel, view, words);
  panel.add(...others.map((curve) => polyline(view, curve, "ge-other")),
    polyline(view, now.curve, "ge-main"));
  drawTurn(panel, view, now, words);
  const set = (count) => change({ count: clamp(count, 0, now.missing) });
  const knob = panel.knob("count", {
    drag: ([px]) => set(view.k(px)),
    nudge: ([dx, dy]) => set(now.added + dx + dy),
    reset: () => change({ count: start().count }),
  });
  panel.place(knob, [view.x(now.added), view.y(now.F)],
    { name: words.knob, now: now.added, low: 0, high: now.missing, text: whole(now.added) });
}

// ---- together -----------------------------------------------------------------------------

function picture(node, page) {
  const { words } = page;
  const graphs = graphRow(page, {});
  if (Object.keys(page.start().graphs).length > 1) node.append(graphs.node);
  const grown = new Panel(node, "graph");
  const curve = new Panel(node, "growth");
  const bounds = boundRow(page);
  node.append(bounds.node);
  return (state, now, width) => {
    [graphs, bounds].forEach((row) => row.show());
    drawGrown(grown, state, now, width, words);
    drawCurve(curve, state, now, width, page);
  };
}

export default hero({ numbers, facts, picture });
