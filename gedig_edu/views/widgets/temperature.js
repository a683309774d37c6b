// States as rows: an energy to drag and the share it gets; beside them ⟨E⟩ and A, S, C over one T.

import { ensemble } from "./ensemble.js";
import { axes } from "./kit/axes.js";
import { label, line, shape, tokenLabel } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip, slide } from "./kit/grip.js";
import { bars, curve, dots, level } from "./kit/marks.js";
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

const [TOP, BELOW, LETTER, NARROW] = [30, 20, 8, 500];
const HIGH = 470; // of a picture with few states, and of the curves beside it

/** @returns {[number, number]} */
function rangeOf(energies) {
  const [low, high] = [Math.min(...energies) - 1, Math.max(...energies) + 1];
  const wider = Math.max(0, (6 - (high - low)) / 2);
  return [Math.floor(low - wider), Math.ceil(high + wider)];
}

// Where names, energies and shares stand; rows share the height, within reason.
function placesOf({ energies, tokens }, width, range, most) {
  const row = clamp((HIGH - TOP - BELOW) / energies.length, 16, most);
  const letters = Math.min(width < NARROW ? 8 : 12, widest(tokens));
  const left = 14 + LETTER * letters;
  const middle = left + (width - left) / 2;
  return {
    row, letters, left, middle, bottom: TOP + row * energies.length,
    x: linear(range, [left + 8, middle - 20]), share: linear([0, 1], [middle, width - 42]),
    y: (place) => TOP + row * (place + 0.5),
  };
}

function drawStates(panel, width, { row, letters, left, middle, bottom, x, share, y }, state, now, page) {
  const { words } = page;
  panel.clear(width, bottom + BELOW, words.states);
  panel.add(label(left, 13, words.column_energy, "gh-head"), label(middle, 13, words.column_share, "gh-head"),
    line(middle, TOP, middle, bottom, "gh-axis"));
  x.ticks((middle - left - 28) / 26, 1).forEach((at) => panel.add(line(x(at), TOP, x(at), bottom, "gh-grid"),
    label(x(at), bottom + 14, tick(at), "gh-tick gh-middle")));
  const mean = x(clamp(now.energy, ...x.domain));
  panel.add(line(mean, TOP - 4, mean, bottom, "gh-curve"), label(mean + 4, TOP - 1, words.mean, "gh-tick"),
    ...bars(now.probabilities, share, { at: y, thick: Math.min(22, row - 6), text: percent }));
  state.energies.forEach((energy, place) => {
    panel.add(tokenLabel(0, y(place), short(state.tokens[place], letters), "gh-mid"),
      line(x(x.domain[0]), y(place), x(energy), y(place), "gh-grid"));
    grip(panel, page, `state${place}`, {
      at: [x(energy), y(place)], along: [x, null], low: -LIMIT, high: LIMIT, snap: 0.01, step: 0.1, small: row < 24,
      get: ({ energies }) => energies[place],
      set: ({ energies }, value) => ({ energies: energies.with(place, value) }),
      drop: () => page.redraw(),
      label: fill(words.knob, { token: state.tokens[place] }),
    });
  });
}

// ---- curves over T ------------------------------------------------------------------------

// One of the curves' pictures, from `top` to `bottom` of a panel: curves with names, and the level
// that they are held against. Only the last of them says what T is.
function drawPlot(panel, { width, height, top, bottom, last }, { title, low, high, level: held, curves }, temperature) {
  const view = axes(panel, {
    width, height, room: { left: 34, top: top + 22, bottom: height - bottom },
    x: { scale: logarithmic, domain: RANGE, most: 4, text: last ? tick : () => "" },
    y: { domain: [low, high], most: 4, least: 1, grid: false },
  });
  const { x, y } = view;
  panel.add(line(x(temperature), top, x(temperature), bottom + (last ? 0 : 6), "gh-now"),
    label(0, top + 13, title, "gh-note"), ...(held ? level(view, held.value, held.name) : []));
  curves.forEach(({ values, now, style, colour, name }) => {
    panel.add(curve(values.map((value, at) => [x(CURVE[at]), value < low ? NaN : y(value)]), style));
    const end = values.findLastIndex((value) => value >= low);
    if (name) panel.add(label(x(CURVE[end]) - 6, Math.max(y(values[end]) - 6, top + 34), name, "gh-end gh-head"));
    if (now >= low) panel.add(...dots([[x(temperature), y(now)]], { r: 4, style: "gh-now", colour: () => colour }));
  });
  return view;
}

function plotsOf([low, high], now, words) {
  const [deep, ink, warm] = ["var(--gh-deep)", "var(--gh-ink)", "var(--gh-heat)"];
  return [
    { title: words.curve_energy, low: low - (high - low) / 2, high, curves: [
      { values: now.energy_curve, now: now.energy, style: "", colour: deep, name: "⟨E⟩" },
      { values: now.free_energy_curve, now: now.free_energy, style: "gh-inked", colour: ink, name: "A" }] },
    { title: words.curve_entropy, low: 0, high: 1.15 * now.even, level: { value: now.even, name: fill(words.all_equal, now) },
      curves: [{ values: now.entropy_curve, now: now.entropy, style: "gh-warm", colour: warm }] },
    { title: words.curve_capacity, low: 0, high: 1.15 * now.bound, level: { value: now.bound, name: fill(words.bound, now) },
      curves: [{ values: now.heat_capacity_curve, now: now.heat_capacity, style: "gh-warm", colour: warm }] },
  ];
}

// Three pictures over one T, whose line goes through them all and ends in what there is to grab.
function drawCurves(panel, width, height, plots, { temperature }, words) {
  const block = (height - 16) / plots.length;
  panel.clear(width, height, words.curves);
  const views = plots.map((plot, at) => drawPlot(panel,
    { width, height, top: at * block, bottom: (at + 1) * block - 6, last: at === plots.length - 1 }, plot, temperature));
  const { x, right, bottom } = views.at(-1);
  panel.add(label(right, bottom - 6, words.axis, "gh-tick gh-end"),
    shape("circle", { cx: x(temperature), cy: bottom, r: 6, class: "gh-dot" }));
  return x;
}

// ---- together -----------------------------------------------------------------------------

function picture(node, page) {
  const states = new Panel(node, "states");
  const curves = new Panel(node, "curves");
  let range = rangeOf(page.state().energies);
  return (state, now, width) => {
    range = states.held ? range : rangeOf(state.energies);
    const beside = width >= NARROW;
    const right = beside ? Math.min(0.38 * width, 420) : width;
    const left = beside ? width - right - 20 : width;
    drawStates(states, left, placesOf(state, left, range, beside ? 64 : 34), state, now, page);
    const x = drawCurves(curves, right, beside ? HIGH : 390, plotsOf(rangeOf(state.energies), now, page.words), state, page.words);
    slide(curves, page, "temperature", { along: x, snap: (T) => 10 ** (Math.round(100 * Math.log10(T)) / 100) });
  };
}

export default hero({ numbers, picture });
