// Attention of one head on a few keys a row, by score or by place: what is kept, and what is lost.

import { dot } from "./ensemble.js";
import { axes } from "./kit/axes.js";
import { label, line, mixed, shape, tokenLabel, turned } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip } from "./kit/grip.js";
import { kept } from "./kit/kept.js";
import { cells, curve } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { mean, sum } from "./kit/sums.js";
import { percent, short, whole } from "./kit/text.js";

const length = (vector) => Math.sqrt(dot(vector, vector));
const minus = (one, other) => one.map((value, axis) => value - other[axis]);

// For each row its keys, the heaviest first; of equal ones the first.
const ordersOf = (weights) => weights.map((row, query) =>
  row.slice(0, query + 1).map((weight, key) => [weight, key]).sort(([one, at], [other, to]) => other - one || at - to).map(([, key]) => key));

function strongest(orders, keys) {
  return orders.map((order) => {
    const chosen = new Set(order.slice(0, keys));
    return orders.map((_, key) => chosen.has(key));
  });
}

const nearest = (count, keys) => Array.from({ length: count }, (_, query) =>
  Array.from({ length: count }, (__, key) => key <= query && (key === 0 || query - key < keys - 1)));

function rootMeanSquare(lengths) {
  return lengths.length ? Math.sqrt(mean(lengths.map((value) => value ** 2))) : 0;
}

// What is lost on some edges: root mean square over the rows that lose one, as shares of what is read.
function lostOn(edges, weights, values) {
  const axesOf = values[0].map((_, axis) => values.map((value) => value[axis]));
  const read = (row) => axesOf.map((column) => dot(row, column));
  const widest = Math.max(...values.flatMap((one) => values.map((other) => length(minus(one, other)))));
  const longest = Math.max(...values.map(length));
  const rows = weights.flatMap((row, query) => {
    if (edges[query].slice(0, query + 1).every(Boolean)) return [];
    const held = row.map((weight, key) => (edges[query][key] ? weight : 0));
    const total = sum(held);
    const dense = read(row);
    const sparse = read(held.map((weight) => weight / total));
    return [{ size: length(dense), error: length(minus(dense, sparse)), dropped: sum(row.filter((_, key) => !edges[query][key])) }];
  });
  const size = rootMeanSquare(rows.map((row) => row.size));
  const share = (lengths) => (size > 0 ? rootMeanSquare(lengths) / size : null);
  const dropped = rows.map((row) => row.dropped);
  return {
    edges,
    dropped: rows.length ? mean(dropped) : 0,
    error: share(rows.map((row) => row.error)),
    diameter_bound: share(dropped.map((one) => one * widest)),
    norm_bound: share(dropped.map((one) => 2 * one * longest)),
  };
}

const lostOf = kept(({ weights, values, head }) => {
  const [own, its] = [weights[head], values[head]];
  const orders = ordersOf(own);
  const each = own.map((_, place) => place + 1);
  return {
    strongest: each.map((keys) => lostOn(strongest(orders, keys), own, its)),
    nearest: each.map((keys) => lostOn(nearest(own.length, keys), own, its)),
  };
}, ({ weights, values, head }) => [weights, values, head]);

export function numbers(state) {
  const { tokens, more, window: byPlace } = state;
  const lost = lostOf(state);
  const way = lost[byPlace ? "nearest" : "strongest"];
  const now = way[more];
  const all = (tokens.length * (tokens.length + 1)) / 2;
  const edges = sum(now.edges.flat().map(Number));
  return {
    keys: more + 1,
    kept: now.edges.flat(),
    edges: edges / all,
    scores: byPlace ? edges : all,
    dropped: now.dropped, error: now.error, diameter_bound: now.diameter_bound, norm_bound: now.norm_bound,
    curve_strongest: lost.strongest.map(({ error }) => error),
    curve_nearest: lost.nearest.map(({ error }) => error),
    curve_diameter: way.map(({ diameter_bound }) => diameter_bound),
    curve_norm: way.map(({ norm_bound }) => norm_bound),
    message: now.error === null ? "sentence_all" : "sentence",
  };
}

// ---- the map ------------------------------------------------------------------------------

function drawMap(panel, { tokens, weights, head }, now, side, words) {
  const count = tokens.length;
  const [left, top] = [76, 22];
  const cell = Math.min(34, (side - left - 2) / count);
  const bottom = top + count * cell;
  panel.clear(side, bottom + 78, words.map);
  panel.add(label(0, 13, words.map_title, "gh-note"), ...cells(weights[head].flat(), {
    left, top, width: cell, height: cell, columns: count, gap: 1,
    colour: (weight, place) => (place % count > Math.floor(place / count) ? null
      : mixed("var(--gh-deep)", 0.04 + 0.9 * weight * (now.kept[place] ? 1 : 0.35))),
  }));
  now.kept.forEach((holds, place) => {
    if (holds) panel.add(shape("rect", { x: left + (place % count) * cell, y: top + Math.floor(place / count) * cell, width: cell - 1, height: cell - 1, class: "ke-kept" }));
  });
  tokens.forEach((token, place) => panel.add(
    tokenLabel(left - 5, top + (place + 0.5) * cell, short(token, 9), "gh-note gh-end gh-mid"),
    turned(tokenLabel(left + (place + 0.5) * cell, bottom + 6, short(token, 9), "gh-note gh-end gh-mid"))));
}

// ---- the cost -----------------------------------------------------------------------------

// What the curves are, in two columns above them: each name behind a stroke of its curve.
function namesOf(entries, width) {
  return entries.flatMap(([style, name], place) => {
    const [left, y] = [place % 2 ? width / 2 : 0, place < 2 ? 31 : 48];
    return [curve([[left, y], [left + 22, y]], style), label(left + 28, y, name, "gh-mid gh-note")];
  });
}

function drawCost(panel, state, now, { width, height }, page) {
  const { words } = page;
  const { more, window: byPlace, tokens } = state;
  const [shown, other] = byPlace ? [now.curve_nearest, now.curve_strongest] : [now.curve_strongest, now.curve_nearest];
  const most = 1.08 * Math.max(0.01, ...[...shown, ...other, ...now.curve_norm].filter((one) => one !== null));
  const { x, y, top, bottom, right } = axes(panel, {
    width, height, title: words.cost, heading: words.cost_title, room: { left: 46, right: 12, top: 66, bottom: 36 },
    x: { domain: [0.6, tokens.length], most: 6, least: 1 }, y: { domain: [0, most], most: 5, text: percent },
  });
  const points = (values) => values.flatMap((value, at) => (value === null ? [] : [[x(at + 1), y(value)]]));
  const [own, its] = byPlace ? [words.nearest, words.strongest] : [words.strongest, words.nearest];
  panel.add(line(x(more + 1), top, x(more + 1), bottom, "gh-now"), curve(points(now.curve_norm), "ke-norm"), curve(points(now.curve_diameter), "gh-warm"),
    curve(points(other), "ke-other"), curve(points(shown), "ke-shown"),
    ...namesOf([["ke-shown", own], ["ke-other", its], ["gh-warm", words.diameter], ["ke-norm", words.norm]], width),
    label(right, bottom + 31, words.keys_axis, "gh-note gh-end"));
  grip(panel, page, "more", {
    at: [x(more + 1), y(now.error ?? 0)], along: [linear([0, tokens.length - 1], [x(1), x(tokens.length)]), null], snap: 1,
    label: words.keys_knob, text: whole(now.keys), holds: [now.keys, 1, tokens.length],
  });
}

function picture(node, page) {
  const [map, cost] = [new Panel(node, "map"), new Panel(node, "cost")];
  return (state, now, width) => {
    const beside = width >= 520;
    const side = beside ? Math.min(400, Math.floor(0.54 * width)) : Math.min(width, 360);
    drawMap(map, state, now, side, page.words);
    drawCost(cost, state, now, beside ? { width: width - side - 20, height: 320 } : { width, height: 250 }, page);
  };
}

export default hero({ numbers, picture });
