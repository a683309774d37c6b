// Random edges on a graph, one by one: the graph so far, and F from the first edge to the last.

import { choices } from "./graph_choices.js";
import { distances, edgeShape, joined, missingPairs, placesOf, termsOf, weighed } from "./graph_edit.js";
import { axes } from "./kit/axes.js";
import { label, line } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip } from "./kit/grip.js";
import { kept } from "./kit/kept.js";
import { curve, dots } from "./kit/marks.js";
import { clamp } from "./kit/sums.js";
import { fill, percent, whole } from "./kit/text.js";

const [DRAWS, OTHERS] = [1000, 8];

// Fisher and Yates' shuffle driven by 32-bit xorshift, as in Python.
function shuffled(pairs, seed) {
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
function growthOf(state, draw) {
  const [n, edges] = [state.names.length, state.graphs[state.graph]];
  const order = shuffled(missingPairs(n, edges), draw);
  const start = distances(n, edges);
  let now = start;
  const terms = order.map((edge, at) => {
    now = joined(now, edge);
    return termsOf(state, start, now, [...edges, ...order.slice(0, at + 1)]);
  });
  return { order, terms: [termsOf(state, start, start, edges), ...terms] };
}

// This draw and eight others. They cost some milliseconds; λ, γ and the price only weigh them anew.
const growths = kept(
  (state) => Array.from({ length: 1 + OTHERS }, (_, at) => growthOf(state, (state.draw + at) % DRAWS)),
  ({ graphs, graph, names, efficiency, walk, draw }) => [graphs, graph, names, efficiency, walk, draw],
);

function readingsOf(state) {
  return growths(state).map(({ terms }) => terms.map((one, count) => weighed(state, count, one)));
}

export function numbers(state) {
  const [readings] = readingsOf(state);
  const along = readings.map(({ F }) => F);
  const missing = along.length - 1;
  const added = Math.min(state.count, missing);
  const lowest = Math.min(...along);
  const stays = along.findLastIndex((F) => F <= 0) + 1;
  const { F, cost, entropy, path } = readings[added];
  return {
    F, cost, entropy, path, added, missing, lowest,
    lowest_at: along.findIndex((one) => one <= lowest + 1e-9),
    turn: stays < along.length ? stays : null,
    curve: along,
  };
}

function drawGraph(panel, state, now, width, words) {
  const places = placesOf(state, width, { around: 14, tall: 260 });
  const added = growths(state)[0].order.slice(0, now.added);
  panel.clear(width, places.height, words.picture);
  panel.add(...added.map((edge) => edgeShape(places, edge, "ge-random")),
    ...state.graphs[state.graph].map((edge) => edgeShape(places, edge, "")),
    ...dots(places.points, { r: 4.5, style: "ge-total" }));
}

function drawCurve(panel, state, now, width, page) {
  const { words } = page;
  const others = readingsOf(state).slice(1).map((readings) => readings.map(({ F }) => F));
  const all = [now.curve, ...others].flat();
  const last = Math.max(1, now.missing);
  const [low, high] = [Math.min(...all, -0.05), Math.max(...all, 0.05)];
  const room = 0.05 * (high - low); // so that the point at the lowest F covers no number
  const { x, y, left, right, top, bottom } = axes(panel, {
    width, height: width < 480 ? 220 : 250, title: words.curve, heading: words.curve_title,
    room: { left: 58, right: 20, top: 34, bottom: 34 },
    x: { domain: [0, last], on: 0, ticks: [0, 0.25, 0.5, 0.75, 1].map((share) => share * last),
      text: (k) => percent(k / last), grid: false },
    y: { domain: [low - room, high], most: 5, apart: 14 },
  });
  const points = (values) => values.map((F, k) => [x(k), y(F)]);
  panel.add(label(right, 13, words.others, "gh-note gh-end"),
    label(right, bottom + 32, words.curve_axis, "gh-note gh-end"),
    ...others.map((values) => curve(points(values), "gh-faint")), curve(points(now.curve), "ge-main"));
  if (now.turn !== null) {
    const at = x(now.turn);
    panel.add(line(at, top, at, bottom, "gh-drop"),
      label(clamp(at, left + 110, right - 110), top + 8, fill(words.turn, now), "gh-middle gh-head"));
  }
  grip(panel, page, "count", {
    at: [x(now.added), y(now.F)], along: [x, null], low: 0, high: now.missing, snap: 1,
    get: ({ count }) => Math.min(count, now.missing), label: words.knob, text: whole(now.added),
  });
}

function picture(node, page) {
  const rows = choices(node, page, {});
  const graph = new Panel(node, "graph");
  const growth = new Panel(node, "growth");
  node.append(rows.below);
  return (state, now, width) => {
    rows.show();
    drawGraph(graph, state, now, width, page.words);
    drawCurve(growth, state, now, width, page);
  };
}

export default hero({ numbers, picture });
