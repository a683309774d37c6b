// States as rows: an energy to drag and the share it gets; below them ⟨E⟩ and A, S, C over T.

import { ensemble } from "./ensemble.js";
import { axes } from "./kit/axes.js";
import { label, line, shape, tokenLabel } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip, slide } from "./kit/grip.js";
import { bars, curve, level } from "./kit/marks.js";
import { linear, logarithmic } from "./kit/scale.js";
import { clamp, firstOf } from "./kit/sums.js";
import { fill, percent, short, tick, widest } from "./kit/text.js";

const LIMIT = 100;
const RANGE = [0.01, 100];
const PLACES = 80;
const CURVE = Array.from({ length: PLACES + 1 }, (_, at) => 10 ** (-2 + (4 * at) / PLACES));

export function numbers({ energies, tokens, temperature }) {
  const now = ensemble(energies, temperature);
  const along = CURVE.map((T) => ensemble(energies, T));
  const over = (name) => along.map((one) => one[name]);
  const share = Math.max(...now.probabilities);
  return {
    ...now,
    energy_curve: over("energy"),
    free_energy_curve: over("free_energy"),
    entropy_curve: over("entropy"),
    heat_capacity_curve: over("heat_capacity"),
    bound: Math.log(energies.length - 1) ** 2 / 4 + 1,
    even: Math.log(energies.length),
    count: energies.length,
    first: tokens[firstOf(now.probabilities)],
    share,
  };
}

// ---- the states ---------------------------------------------------------------------------

const [TOP, LETTER, MOST_LETTERS] = [30, 8, 12];

/** @returns {[number, number]} */
function rangeOf(energies) {
  const [low, high] = [Math.min(...energies) - 1, Math.max(...energies) + 1];
  const wider = Math.max(0, (6 - (high - low)) / 2);
  return [Math.floor(low - wider), Math.ceil(high + wider)];
}

function drawStates(panel, width, range, state, now, page) {
  const { words } = page;
  const row = state.energies.length > 8 ? 24 : 34;
  const bottom = TOP + row * state.energies.length;
  const letters = Math.min(MOST_LETTERS, widest(state.tokens));
  const left = 14 + LETTER * letters;
  const middle = left + (width - left) * 0.56;
  const x = linear(range, [left + 8, middle - 24]);
  const share = linear([0, 1], [middle, width - 48]);
  const y = (place) => TOP + row * (place + 0.5);
  panel.clear(width, bottom + 20, words.states);
  panel.add(label(left, 13, words.column_energy, "gh-head"), label(middle, 13, words.column_share, "gh-head"),
    line(middle, TOP, middle, bottom, "gh-axis"));
  x.ticks((middle - left - 32) / 26, 1).forEach((at) => panel.add(line(x(at), TOP, x(at), bottom, "gh-grid"),
    label(x(at), bottom + 14, tick(at), "gh-tick gh-middle")));
  const mean = x(clamp(now.energy, ...range));
  panel.add(line(mean, TOP - 4, mean, bottom, "gh-curve"), label(mean + 4, TOP - 1, words.mean, "gh-tick"),
    ...bars(now.probabilities, share, { at: y, thick: Math.min(18, row - 8), text: percent }));
  state.energies.forEach((energy, place) => {
    panel.add(tokenLabel(0, y(place), short(state.tokens[place], letters), "gh-mid"),
      line(x(range[0]), y(place), x(energy), y(place), "gh-grid"));
    grip(panel, page, `state${place}`, {
      at: [x(energy), y(place)], along: [x, null], low: -LIMIT, high: LIMIT, snap: 0.01, step: 0.1,
      get: ({ energies }) => energies[place],
      set: ({ energies }, value) => ({ energies: energies.with(place, value) }),
      drop: () => page.redraw(),
      label: fill(words.knob, { token: state.tokens[place] }),
    });
  });
}

// ---- curves over T ------------------------------------------------------------------------

// Curves with names, levels they are held against, and the present T in the accent colour.
function drawCurves(panel, width, height, { title, low, high, levels, curves }, temperature, words) {
  const view = axes(panel, {
    width, height, title, heading: title, room: { left: 34 },
    x: { scale: logarithmic, domain: RANGE, most: 4 }, y: { domain: [low, high], least: 1, grid: false },
  });
  const { x, y, right, bottom } = view;
  panel.add(label(right, bottom - 6, words.axis, "gh-tick gh-end"));
  levels.forEach(({ value, name }) => panel.add(...level(view, value, name)));
  curves.forEach(({ values, style, name }) => {
    panel.add(curve(values.map((value, at) => [x(CURVE[at]), value < low ? NaN : y(value)]), style));
    if (!name) return;
    const last = values.findLastIndex((value) => value >= low);
    panel.add(label(x(CURVE[last]) - 6, Math.max(y(values[last]) - 8, 40), name, "gh-end gh-head"));
  });
  panel.add(line(x(temperature), y(high), x(temperature), y(low), "gh-now"),
    ...curves.filter(({ now }) => now >= low).map(({ now }) =>
      shape("circle", { cx: x(temperature), cy: y(now), r: 4.5, class: "gh-now" })));
  return x;
}

function plotsOf([low, high], now, words) {
  return [
    { title: words.curve_energy, low: low - (high - low) / 2, high, levels: [], curves: [
      { values: now.energy_curve, now: now.energy, style: "", name: "⟨E⟩" },
      { values: now.free_energy_curve, now: now.free_energy, style: "gh-inked", name: "A" }] },
    { title: words.curve_entropy, low: 0, high: 1.15 * now.even,
      levels: [{ value: now.even, name: fill(words.all_equal, now) }],
      curves: [{ values: now.entropy_curve, now: now.entropy, style: "gh-warm" }] },
    { title: words.curve_capacity, low: 0, high: 1.15 * now.bound,
      levels: [{ value: now.bound, name: fill(words.bound, now) }],
      curves: [{ values: now.heat_capacity_curve, now: now.heat_capacity, style: "gh-warm" }] },
  ];
}

// ---- together -----------------------------------------------------------------------------

function picture(node, page) {
  const states = new Panel(node, "states");
  const curves = ["energy", "entropy", "capacity"].map((name) => new Panel(node, name));
  let range = rangeOf(page.state().energies);
  return (state, now, width) => {
    range = states.held ? range : rangeOf(state.energies);
    drawStates(states, width, range, state, now, page);
    const column = width >= 620 ? (width - 40) / 3 : width;
    plotsOf(rangeOf(state.energies), now, page.words).forEach((plot, at) => {
      const x = drawCurves(curves[at], column, 170, plot, state.temperature, page.words);
      slide(curves[at], page, "temperature", { along: x, snap: (T) => 10 ** (Math.round(100 * Math.log10(T)) / 100) });
    });
  };
}

export default hero({ numbers, picture });
