// What is left of ΔF: bars of its parts, now filled and as published in outline; a dot per head.

import { axes } from "./kit/axes.js";
import { label, line, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { bar, dots, key } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { clamp, mean, shareAbove, sum, TIE } from "./kit/sums.js";
import { fill, fixed, signed } from "./kit/text.js";

// What each switch chooses between, off and on; the tables' keys are made of these names.
const SWITCHES = {
  prose: ["short", "prose"],
  matched: ["unmasked", "matched"],
  shuffled: ["real", "shuffled"],
  own: ["random", "own"],
  untrained: ["trained", "untrained"],
  dropped: ["kept", "dropped"],
  paper: ["released", "paper"],
};
const PUBLISHED = { ...Object.fromEntries(Object.keys(SWITCHES).map((name) => [name, false])), gamma: 0.5 };
const INKS = {
  density: "var(--gh-structure)",
  entropy: "var(--gh-heat)",
  path_gain: "var(--gh-paths)",
  delta: "var(--gh-ink)",
};

function partsOf({ heads, random, weights, gamma, ...on }) {
  const chosen = (name) => SWITCHES[name][Number(on[name])];
  const keyOf = (...names) => names.map(chosen).join(" ");
  const key = keyOf("paper", "prose", "untrained", "dropped");
  const ours = heads[`${key} ${chosen("shuffled")}`];
  const drawn = random[keyOf("paper", "prose", "dropped", "matched")];
  const theirs = on.own ? heads[`${key} shuffled`] : drawn.map((value) => ours[0].map(() => value));
  const lam = weights[chosen("paper")];
  return [1, -lam, -lam * gamma].map((factor, part) =>
    ours[part].map((value, head) => factor * (value - theirs[part][head])));
}

export function numbers(state) {
  const parts = partsOf(state);
  const means = parts.map(mean);
  const before = partsOf({ ...state, ...PUBLISHED, paper: state.paper }).map(mean);
  const [delta, published] = [sum(means), sum(before)];
  const [density, entropy, path_gain] = means;
  const deltas = parts[0].map((_, head) => sum(parts.map((part) => part[head])));
  const mask = state.matched ? "matched" : "unmasked";
  return {
    delta, density, entropy, path_gain, deltas,
    share: shareAbove(deltas),
    left: Math.abs(published) > TIE ? delta / published : null,
    published: [...before, published],
    delta_published: published,
    baseline: state.own ? "own" : mask,
  };
}

// ---- the bars -----------------------------------------------------------------------------

const TOP = 28;

function styled(box, style) {
  Object.assign(box.style, style);
  return box;
}

const outlined = (box, stroke) => styled(box, { stroke, strokeDasharray: "4 3" });
const filled = (box, fill) => styled(box, { fill });

// Low and high end of the bars, then of the dots, and beyond where a value lies there.
function limitsOf({ limits, paper }, place, values) {
  const [low, high] = limits[paper ? "paper" : "released"].slice(place);
  return [Math.min(low, ...values), Math.max(high, ...values)];
}

// What a bar is called stands at its left, and where the page is narrow above it.
function drawBars(panel, state, now, width, words) {
  const values = Object.keys(INKS).map((name) => now[name]);
  const ends = limitsOf(state, 0, [...now.published, ...values]);
  const [left, high, above] = width < 480 ? [24, 52, 20] : [124, 54, 0];
  const { x, y, right } = axes(panel, {
    width, height: TOP + values.length * high + 22, title: words.bars, room: { left, right: 56, top: TOP, bottom: 22 },
    x: { domain: ends, ticks: [ends[0], 0, ends[1]], text: (value) => (value ? signed(value) : "0"), on: null },
    y: { domain: [values.length, 0], ticks: [] },
  });
  panel.add(...key([[filled(shape("rect"), INKS.delta), words.now],
    [outlined(shape("rect", { class: "gh-outline" }), INKS.delta), words.as_published]], above ? 0 : left),
  line(x(0), TOP, x(0), y(values.length), "gh-axis"), line(0, y(3), right, y(3), "gh-grid"));
  Object.entries(INKS).forEach(([name, ink], place) => {
    const [at, value, before] = [y(place) + (high + above) / 2, values[place], now.published[place]];
    panel.add(label(0, above ? y(place) + 14 : at, words[`part_${name}`], "gh-mid gh-head"),
      outlined(bar(x, 0, before, { at, thick: 28, least: 1, style: "gh-outline" }), ink),
      filled(bar(x, 0, value, { at, thick: 18, least: 1 }), ink),
      label(x(Math.max(value, before, 0)) + 6, at, fixed(value), "gh-mid gh-head"));
  });
}

// ---- a dot for every head -----------------------------------------------------------------

function inkOf(delta) {
  if (Math.abs(delta) <= TIE) return "var(--gh-soft)";
  return delta < 0 ? "var(--gh-heat)" : "var(--gh-structure)";
}

// Dots of one bin stand on each other, so that a crowd is a hill; the fewer dots, the larger.
function hill(deltas, { range: [left, right], domain }, floor) {
  const size = deltas.length > 60 ? 9 : 13;
  const bins = Math.max(10, Math.floor((right - left) / size));
  const place = linear(domain, [0, bins]);
  const counts = new Array(bins).fill(0);
  const ordered = [...deltas].sort((a, b) => a - b);
  const spots = ordered.map((delta) => {
    const bin = clamp(Math.floor(place(delta)), 0, bins - 1);
    counts[bin] += 1;
    return [bin, counts[bin] - 1];
  });
  const step = Math.min(size - 1, (floor - TOP - 14) / Math.max(...counts));
  const at = ([bin, below]) => [left + ((bin + 0.5) / bins) * (right - left), floor - size / 2 - step * below];
  return dots(spots.map(at), { r: 0.4 * size, colour: (dot) => inkOf(ordered[dot]) });
}

function drawDots(panel, state, now, width, words) {
  const [left, right, floor] = [14, width - 14, TOP + 170];
  const ends = limitsOf(state, 2, now.deltas);
  const x = linear(ends, [left, right]);
  const zero = clamp(x(0), left + 52, right - 52) === x(0) ? floor + 18 : TOP - 10;
  const average = styled(line(x(now.delta), TOP, x(now.delta), floor, "gh-outline"),
    { strokeDasharray: "2 3", strokeWidth: 2 });
  panel.clear(width, floor + 42, words.dots);
  panel.add(label(0, 12, fill(state.own ? words.dots_own : words.dots_random, now), "gh-head"),
    line(x(0), TOP - 6, x(0), floor + 4, "gh-axis"), line(left, floor, right, floor, "gh-axis"),
    ...hill(now.deltas, x, floor), average, label(left, floor + 18, signed(ends[0]), "gh-tick"),
    label(x(0), zero, "0", "gh-tick gh-middle"), label(right, floor + 18, signed(ends[1]), "gh-tick gh-end"),
    label(clamp(x(now.delta), left + 48, right - 48), floor + 36, fill(words.mean, now), "gh-middle gh-head"));
}

function picture(node, { words }) {
  const [bars, heads] = [new Panel(node, "bars"), new Panel(node, "dots")];
  return (state, now, width) => {
    drawBars(bars, state, now, width, words);
    drawDots(heads, state, now, width, words);
  };
}

export default hero({ numbers, picture });
