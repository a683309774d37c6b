// Every way to ask one question, in order of the answer, and the choices behind each of them.

import { axes } from "./kit/axes.js";
import { label, line, shape } from "./kit/dom.js";
import { hero, makeBand, Panel } from "./kit/frame.js";
import { slide } from "./kit/grip.js";
import { linear } from "./kit/scale.js";
import { fill, tick } from "./kit/text.js";

const CHOICES = ["texts", "formula", "threshold", "null", "mask"];
// Values of the choices in the order of their rows; others come after them.
const ORDER = ["short", "prose", "script", "paper", "quantile", "fixed", "random", "uniform", "local", "diagonal",
  "row_shuffled", "equal_entropy", "same_degrees", "twin", "unmasked", "matched"];
const INKS = {
  above: "var(--gh-structure)", below: "var(--gh-heat)", open: "var(--gh-soft)", none: "var(--gh-soft)",
};

// Which interval belongs to what is drawn anew: texts, heads, heads within their layer.
function wayOf({ by_text, by_head, in_layers }) {
  if (!by_head) return by_text ? 0 : null;
  return (by_text ? 3 : 1) + Number(in_layers);
}

const endsOf = (row, way) => (way === null ? [null, null] : row.slice(2 + 2 * way, 4 + 2 * way));

function verdictOf(row, way) {
  if (way === null) return "none";
  const [low, high] = endsOf(row, way);
  if (low > 0) return "above";
  return high < 0 ? "below" : "open";
}

export function numbers(state) {
  const way = wayOf(state);
  const [key, row] = Object.entries(state.specs)[state.place];
  const verdicts = Object.values(state.specs).map((one) => verdictOf(one, way));
  const count = (name) => verdicts.filter((verdict) => verdict === name).length;
  const [low, high] = endsOf(row, way);
  return {
    ...Object.fromEntries(key.split(" ").map((value, at) => [CHOICES[at], value])),
    delta: row[0], share: row[1], low, high, verdict: verdicts[state.place], count: verdicts.length,
    above: count("above"), below: count("below"), open: count("open"),
  };
}

// All values of each choice.
function valuesOf(keys) {
  const rank = (value) => (ORDER.includes(value) ? ORDER.indexOf(value) : ORDER.length);
  return CHOICES.map((_, at) => [...new Set(keys.map((key) => key[at]))].sort((one, other) => rank(one) - rank(other)));
}

// The specification that has this value and shares most of its other choices with those wanted.
function nearest(keys, wanted, at, value) {
  const shared = (key) => key.filter((one, other) => one === wanted[other]).length;
  const able = keys.map((key, index) => [shared(key), index]).filter(([, index]) => keys[index][at] === value);
  return able.reduce((best, one) => (one[0] > best[0] ? one : best))[1];
}

// ---- the curve ----------------------------------------------------------------------------

const HIGH = 262;
const TICKS = [-0.5, -0.2, -0.05, 0, 0.05, 0.2, 0.5];

// Roots of both signs: what is near zero can be told apart, and zero keeps its place.
const root = (value) => Math.sign(value) * Math.sqrt(Math.abs(value));

function rooted(domain, range) {
  const scale = linear(domain.map(root), range);
  return Object.assign((value) => scale(root(value)), scale, { domain });
}

function drawCurve(panel, page, state, now, { width, left, words }) {
  const rows = Object.values(state.specs);
  const way = wayOf(state);
  const ends = rows.flatMap((row) => [row[0], ...row.slice(2)]);
  const [lowest, highest] = [Math.min(...ends, -0.01), Math.max(...ends, 0.01)];
  const { x, y, top, bottom } = axes(panel, {
    width, height: HIGH, title: words.curve, room: { left, right: 8, top: 46, bottom: 28 },
    x: { domain: [0, Math.max(rows.length - 1, 1)], ticks: [], on: 0, name: words.column, apart: 0 },
    y: { domain: [lowest, highest], scale: rooted, apart: 10, ticks: TICKS.filter((at) => at >= lowest && at <= highest),
      text: (value) => `${value > 0 ? "+" : ""}${tick(value)}` },
  });
  panel.add(label(0, 12, words.curve, "gh-note"),
    label(0, 32, fill(words[`headline_${now.verdict}`], now, words), "gh-head gh-headline"),
    line(x(state.place), top, x(state.place), bottom, "gh-now"));
  rows.forEach((row, at) => {
    const [low, high] = endsOf(row, way);
    const chosen = at === state.place;
    const ink = INKS[verdictOf(row, way)];
    const dot = shape("circle", { cx: x(at), cy: y(row[0]), r: chosen ? 6 : 2.2, class: chosen ? "gh-now" : "" });
    if (!chosen) dot.style.fill = ink;
    if (low !== null) {
      const whisker = line(x(at), y(low), x(at), y(high), "");
      Object.assign(whisker.style, { stroke: chosen ? "var(--gh-accent)" : ink, strokeWidth: chosen ? 4 : 1.5 });
      panel.add(whisker);
    }
    panel.add(dot);
  });
  slide(panel, page, "place", { along: x, snap: Math.round });
  return x;
}

// ---- the choices --------------------------------------------------------------------------

const [ROW, APART] = [16, 6];

// One row a value: its name, and a tick under each specification that took it.
function drawChoices(panel, bands, keys, state, { width, x, words }) {
  let y = 4;
  panel.clear(width, 8 + bands.length * ROW + (CHOICES.length - 1) * APART, words.choices);
  bands.forEach(({ put, at, value, first }) => {
    if (first && at) y += APART;
    const chosen = keys[state.place][at] === value;
    const path = keys.flatMap((key, place) => (key[at] === value ? [`M${x(place).toFixed(1)} ${y + 4}v${ROW - 8}`] : []));
    const ticks = shape("path", { d: path.join(""), fill: "none" });
    Object.assign(ticks.style, { stroke: "var(--gh-soft)", strokeWidth: "2" });
    const now = chosen ? [line(x(state.place), y + 1, x(state.place), y + ROW - 1, "gh-leg")] : [];
    const name = words[`${CHOICES[at]}_${value}`];
    put({ x: 0, y, width, height: ROW, rx: 3 }, { chosen, name },
      label(4, y + ROW / 2, name, chosen ? "gh-mid gh-head" : "gh-mid"), ticks, ...now);
    y += ROW;
  });
}

// What was clicked, also where no specification has it all: a null that needs the mask does not
// change which mask is wanted. A drag along the curve forgets it.
function clicking(keys) {
  let [wanted, place] = [keys[0], -1];
  return (now, at, value) => {
    wanted = (now === place ? wanted : keys[now]).with(at, value);
    place = nearest(keys, wanted, at, value);
    return place;
  };
}

function picture(node, page) {
  const { words, change, state: read } = page;
  const [curve, choices] = [new Panel(node, "ways"), new Panel(node, "choices")];
  const keys = Object.keys(read().specs).map((key) => key.split(" "));
  const click = clicking(keys);
  const bands = valuesOf(keys).flatMap((values, at) => values.map((value, order) => ({
    at, value, first: order === 0,
    put: makeBand(choices.front, () => change({ place: click(read().place, at, value) })),
  })));
  return (state, now, width) => {
    const x = drawCurve(curve, page, state, now, { width, left: 154, words });
    drawChoices(choices, bands, keys, state, { width, x, words });
  };
}

export default hero({ numbers, picture });
