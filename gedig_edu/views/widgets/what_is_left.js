// What is left of ΔF: bars of its parts, now filled and as published in outline; a dot per head.

import { label, line, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { clamp, mean, shareAbove, TIE } from "./kit/sums.js";
import { fill, fixed, signed, three, whole } from "./kit/text.js";

const PUBLISHED_GAMMA = 0.5;
const PARTS = ["density", "entropy", "path_gain"];
const PAIRS = {
  prose: ["short", "prose"],
  matched: ["unmasked", "matched"],
  shuffled: ["real", "shuffled"],
  own: ["random", "own"],
  untrained: ["trained", "untrained"],
  dropped: ["kept", "dropped"],
  paper: ["released", "paper"],
};
const INKS = {
  density: "var(--gh-structure)",
  entropy: "var(--gh-heat)",
  path_gain: "var(--gh-paths)",
  delta: "var(--gh-ink)",
};

function partsOf({ heads, random, weights }, on, gamma) {
  const name = Object.fromEntries(Object.entries(PAIRS).map(([s, pair]) => [s, pair[Number(on[s])]]));
  const key = `${name.paper} ${name.prose} ${name.untrained} ${name.dropped}`;
  const ours = heads[`${key} ${name.shuffled}`];
  const drawn = random[`${name.paper} ${name.prose} ${name.dropped} ${name.matched}`];
  const theirs = on.own ? heads[`${key} shuffled`] : drawn.map((value) => ours[0].map(() => value));
  const lam = weights[name.paper];
  const factors = [1, -lam, -lam * gamma];
  return ours.map((row, part) => row.map((value, head) => factors[part] * (value - theirs[part][head])));
}

function whole100(share) {
  return Math.floor(100 * share + 0.5);
}

export function numbers(state) {
  const nothing = Object.fromEntries(Object.keys(PAIRS).map((name) => [name, false]));
  const parts = partsOf(state, state, state.gamma);
  const means = parts.map(mean);
  const before = partsOf(state, { ...nothing, paper: state.paper }, PUBLISHED_GAMMA).map(mean);
  const [now, published] = [means, before].map(([a, b, c]) => a + b + c);
  const deltas = parts[0].map((_, head) => parts[0][head] + parts[1][head] + parts[2][head]);
  return {
    delta: now,
    ...Object.fromEntries(PARTS.map((name, part) => [name, means[part]])),
    share: whole100(shareAbove(deltas)),
    left: Math.abs(published) > TIE ? whole100(now / published) : null,
    published: [...before, published],
    deltas,
  };
}

function facts(state, now) {
  const chosen = Object.fromEntries(Object.entries(PAIRS).map(([s, pair]) => [s, pair[Number(state[s])]]));
  if (state.own) chosen.matched = "own_mask";
  return {
    ...Object.fromEntries(Object.entries(chosen).map(([s, one]) => [`${s}_words`, state.phrases[one] ?? ""])),
    ...Object.fromEntries(["delta", ...PARTS].map((name) => [name, three(now[name])])),
    gamma: three(state.gamma),
    share: `${now.share}\u00a0%`,
    left: now.left === null ? "–" : `${whole(now.left)}\u00a0%`,
  };
}

// ---- the bars -----------------------------------------------------------------------------

const [LEFT, TOP, TALL] = [60, 34, 200];

function drawAxis(panel, { width, ends, y }) {
  [ends[0], 0, ends[1]].forEach((value) => panel.add(
    line(LEFT, y(value), width, y(value), value === 0 ? "gh-axis" : "gh-grid"),
    label(LEFT - 6, y(value), value === 0 ? "0" : signed(value), "gh-tick gh-mid gh-end")));
}

function drawBar(panel, { x, wide, y, name, value, before }) {
  const box = (amount, inset) => ({
    x: x + inset, width: wide - 2 * inset, y: Math.min(y(0), y(amount)),
    height: Math.max(1, Math.abs(y(amount) - y(0))),
  });
  const filled = shape("rect", box(value, wide * 0.18));
  filled.style.fill = INKS[name];
  const outline = shape("rect", { ...box(before, 0), fill: "none", "stroke-width": 1.5,
    "stroke-dasharray": "4 3" });
  outline.style.stroke = INKS[name];
  const above = Math.max(value, before, 0);
  panel.add(outline, filled, label(x + wide / 2, y(above) - 7, fixed(value), "gh-middle gh-head"));
}

function drawNames(panel, { x, wide, words, name }) {
  const [first, ...rest] = words[name].split("|");
  panel.add(label(x + wide / 2, TOP + TALL + 18, first, "gh-middle gh-head"));
  rest.forEach((text, place) =>
    panel.add(label(x + wide / 2, TOP + TALL + 34 + 15 * place, text, "gh-middle gh-note")));
}

function drawBars(panel, state, now, width, words) {
  const [low, high] = state.limits[state.paper ? "paper" : "released"];
  const all = [...now.published, ...[...PARTS, "delta"].map((name) => now[name])];
  const ends = [Math.min(low, ...all), Math.max(high, ...all)];
  panel.clear(width, TOP + TALL + 58, words.bars);
  const y = (value) => TOP + ((ends[1] - value) / (ends[1] - ends[0])) * TALL;
  drawAxis(panel, { width, ends, y });
  const outline = shape("rect", { x: LEFT + 72, y: 4, width: 22, height: 11 });
  outline.setAttribute("style", "fill: none; stroke: var(--gh-ink); stroke-dasharray: 4 3");
  panel.add(shape("rect", { x: LEFT, y: 4, width: 22, height: 11, fill: "currentColor" }),
    label(LEFT + 28, 10, words.now, "gh-mid gh-note"), outline,
    label(LEFT + 100, 10, words.as_published, "gh-mid gh-note"));
  const room = (width - LEFT) / 4;
  const wide = Math.min(70, room * 0.66);
  [...PARTS, "delta"].forEach((name, place) => {
    const x = LEFT + room * place + (room - wide) / 2;
    drawBar(panel, { x, wide, y, name, value: now[name], before: now.published[place] });
    drawNames(panel, { x, wide, words, name });
  });
  panel.add(line(LEFT + room * 3, TOP, LEFT + room * 3, TOP + TALL, "gh-grid"));
}

// ---- a dot for every head -----------------------------------------------------------------

// Dots of one bin stand on each other, so that a crowd is a hill.
function stacked(deltas, low, high, bins) {
  const counts = new Array(bins).fill(0);
  return [...deltas].sort((a, b) => a - b).map((delta) => {
    const bin = clamp(Math.floor(((delta - low) / (high - low)) * bins), 0, bins - 1);
    counts[bin] += 1;
    return { delta, bin, place: counts[bin] - 1 };
  });
}

function drawHill(panel, deltas, { left, right, floor, ends }) {
  const bins = Math.max(10, Math.floor((right - left) / 9));
  const dots = stacked(deltas, ...ends, bins);
  const step = Math.min(8, (floor - TOP - 14) / Math.max(...dots.map(({ place }) => place + 1)));
  dots.forEach(({ delta, bin, place }) => {
    const dot = shape("circle", { cx: left + ((bin + 0.5) / bins) * (right - left),
      cy: floor - 5 - step * place, r: 3.6 });
    const side = delta < 0 ? "var(--gh-heat)" : "var(--gh-structure)";
    dot.style.fill = Math.abs(delta) <= TIE ? "var(--gh-soft)" : side;
    panel.add(dot);
  });
}

function drawDots(panel, state, now, width, tall, words) {
  const [, , low, high] = state.limits[state.paper ? "paper" : "released"];
  const ends = [Math.min(low, ...now.deltas), Math.max(high, ...now.deltas)];
  const [left, right, floor] = [14, width - 14, TOP + tall];
  const x = (value) => left + ((value - ends[0]) / (ends[1] - ends[0])) * (right - left);
  panel.clear(width, floor + 58, words.dots);
  const baseline = state.own ? words.own : words.random;
  const average = line(x(now.delta), TOP, x(now.delta), floor, "");
  average.setAttribute("style", "stroke: var(--gh-ink); stroke-width: 2; stroke-dasharray: 2 3");
  panel.add(label(0, 12, fill(words.dots_title, { share: `${now.share}\u00a0%`, baseline }), "gh-head"),
    line(x(0), TOP - 6, x(0), floor + 4, "gh-axis"), line(left, floor, right, floor, "gh-axis"));
  drawHill(panel, now.deltas, { left, right, floor, ends });
  panel.add(average, label(left, floor + 18, signed(ends[0]), "gh-tick"),
    label(x(0), clamp(x(0), left + 52, right - 52) === x(0) ? floor + 18 : TOP - 10, "0", "gh-tick gh-middle"),
    label(right, floor + 18, signed(ends[1]), "gh-tick gh-end"),
    label(clamp(x(now.delta), left + 48, right - 48), floor + 36,
      fill(words.mean, { delta: fixed(now.delta) }), "gh-middle gh-head"));
}

function picture(node, { words }) {
  const bars = new Panel(node, "bars");
  const dots = new Panel(node, "dots");
  return (state, now, wide) => {
    const width = wide < 620 ? wide : Math.min(480, wide * 0.58);
    drawBars(bars, state, now, width, words);
    const beside = wide < 620 ? [wide, 110] : [Math.min(440, wide - width - 24), TALL];
    drawDots(dots, state, now, ...beside, words);
  };
}

export default hero({ numbers, facts, picture });
