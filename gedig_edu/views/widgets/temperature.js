// States as rows: an energy to drag and the share it gets; below them ⟨E⟩ and A, S, C over T.

import { ensemble } from "./ensemble.js";
import { label, line, shape, tokenLabel } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { clamp } from "./kit/sums.js";
import { fill, named, percent, short, three, tick, whole, widest } from "./kit/text.js";

const LIMIT = 100;
const STEP = 0.1;
const [COLDEST, HOTTEST] = [0.01, 100];
const PLACES = 80;
const CURVE = Array.from({ length: PLACES + 1 }, (_, at) => 10 ** (-2 + (4 * at) / PLACES));
const SHOWN = ["log_partition", "free_energy", "energy", "entropy", "effective_states",
  "heat_capacity"];

export function numbers({ energies, temperature }) {
  const now = ensemble(energies, temperature);
  const along = CURVE.map((T) => ensemble(energies, T));
  const curve = (name) => along.map((one) => one[name]);
  return {
    ...now,
    energy_curve: curve("energy"),
    free_energy_curve: curve("free_energy"),
    entropy_curve: curve("entropy"),
    heat_capacity_curve: curve("heat_capacity"),
    bound: Math.log(energies.length - 1) ** 2 / 4 + 1,
  };
}

function facts({ energies, tokens, temperature }, now) {
  const first = now.probabilities.indexOf(Math.max(...now.probabilities));
  return {
    T: three(temperature),
    count: whole(energies.length),
    first: named(tokens[first]),
    share: percent(now.probabilities[first]),
    ...Object.fromEntries(SHOWN.map((name) => [name, three(now[name])])),
  };
}

// ---- the states ---------------------------------------------------------------------------

const TOP = 30;
const [LETTER, MOST_LETTERS] = [8, 12];
const rowOf = (count) => (count > 8 ? 24 : 34);

function rangeOf(energies) {
  const [low, high] = [Math.min(...energies) - 1, Math.max(...energies) + 1];
  const wider = Math.max(0, (6 - (high - low)) / 2);
  return [Math.floor(low - wider), Math.ceil(high + wider)];
}

function drawScale(panel, view, words) {
  const { x, low, high, bottom, left, bars } = view;
  panel.add(label(left, 13, words.column_energy, "gh-head"),
    label(bars, 13, words.column_share, "gh-head"), line(bars, TOP, bars, bottom, "gh-axis"));
  const step = [1, 2, 5, 10, 20, 50, 100].find((size) => x(size) - x(0) >= 26);
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) {
    panel.add(line(x(at), TOP, x(at), bottom, "gh-grid"),
      label(x(at), bottom + 14, tick(at), "gh-tick gh-middle"));
  }
}

function drawState(panel, view, state, now, place, page) {
  const { words, change, state: read, start } = page;
  const { x, bars, longest, row } = view;
  const y = TOP + row * (place + 0.5);
  const [energy, share] = [state.energies[place], now.probabilities[place]];
  const name = tokenLabel(0, y, short(state.tokens[place], view.letters), "gh-mid");
  const thick = Math.min(18, row - 8);
  panel.add(name, line(x(view.low), y, x(energy), y, "gh-grid"),
    shape("rect", { x: bars, y: y - thick / 2, width: longest * share, height: thick, class: "gh-bar" }),
    label(bars + longest * share + 5, y, percent(share), "gh-mid"));
  const write = (value) => change({
    energies: read().energies.map((one, at) => (at === place ? value : one)),
  });
  const rounded = (value, digits) => clamp(Math.round(value * digits) / digits, -LIMIT, LIMIT);
  const knob = panel.knob(`state${place}`, {
    drag: ([px]) => write(rounded(clamp(view.along(px), view.low, view.high), 100)),
    nudge: ([dx, dy]) => write(rounded(read().energies[place] + (dx + dy) * STEP, 10)),
    drop: () => page.redraw(),
    reset: () => write(start().energies[place]),
  });
  panel.place(knob, [x(energy), y], {
    name: fill(words.knob, { token: state.tokens[place] }), now: energy, low: -LIMIT, high: LIMIT,
    text: three(energy),
  });
}

function drawMean(panel, view, now, words) {
  const at = view.x(clamp(now.energy, view.low, view.high));
  const mean = line(at, TOP - 4, at, view.bottom, "gh-curve");
  panel.add(mean, label(at + 4, TOP - 1, words.mean, "gh-tick"));
}

// ---- curves over T ------------------------------------------------------------------------

function curvePanel(node, name, change) {
  const panel = Object.assign(new Panel(node, name), { left: 0, right: 1 });
  panel.svg.classList.add("gh-slide");
  let held = false;
  const set = (event) => {
    const share = clamp((panel.at(event)[0] - panel.left) / (panel.right - panel.left), 0, 1);
    change({ temperature: clamp(10 ** (Math.round((-2 + 4 * share) * 100) / 100), COLDEST, HOTTEST) });
  };
  panel.svg.addEventListener("pointerdown", (event) => {
    held = true;
    panel.svg.setPointerCapture(event.pointerId);
    set(event);
  });
  panel.svg.addEventListener("pointermove", (event) => { if (held) set(event); });
  for (const end of ["pointerup", "pointercancel"]) {
    panel.svg.addEventListener(end, () => { held = false; });
  }
  return panel;
}

function pathOf(values, x, y, low) {
  return values.map((value, at) => [x(CURVE[at]), value < low ? null : y(value)])
    .filter((point) => point[1] !== null)
    .map((point) => point.map((part) => part.toFixed(2)).join()).join(" ");
}

function drawAxes(panel, width, height, { title, low, high }, words) {
  const [left, right, top, bottom] = [34, width - 8, 28, height - 20];
  Object.assign(panel, { left, right });
  const x = (T) => left + ((Math.log10(T) + 2) / 4) * (right - left);
  const y = (value) => top + ((high - value) / (high - low)) * (bottom - top);
  panel.clear(width, height, title);
  panel.add(label(0, 13, title, "gh-note"), line(left, bottom, right, bottom, "gh-axis"));
  [0.01, 0.1, 1, 10, 100].forEach((T) => panel.add(line(x(T), top, x(T), bottom, "gh-grid"),
    label(x(T), height - 5, tick(T), "gh-tick gh-middle")));
  panel.add(label(right, bottom - 6, words.axis, "gh-tick gh-end"));
  const step = [1, 2, 5, 10, 20, 50, 100].find((size) => (high - low) / size <= 6);
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) {
    panel.add(label(left - 5, y(at), tick(at), "gh-tick gh-end gh-mid"));
  }
  return { x, y };
}

// Curves with names, levels they are held against, and the present T in the accent colour.
function drawCurves(panel, width, height, plot, temperature, words) {
  const { x, y } = drawAxes(panel, width, height, plot, words);
  plot.levels.forEach(({ value, name }) => panel.add(
    line(x(COLDEST), y(value), x(HOTTEST), y(value), "gh-drop"),
    label(x(COLDEST) + 4, y(value) - 5, name, "gh-tick")));
  const dots = [];
  plot.curves.forEach(({ values, now, style, name }) => {
    panel.add(shape("polyline", { points: pathOf(values, x, y, plot.low), class: `gh-curve ${style}` }));
    if (name) {
      const last = values.findLastIndex((value) => value >= plot.low);
      panel.add(label(x(CURVE[last]) - 6, Math.max(y(values[last]) - 8, 40), name, "gh-end gh-head"));
    }
    if (now < plot.low) return;
    dots.push(shape("circle", { cx: x(temperature), cy: y(now), r: 4.5, class: "gh-now" }));
  });
  panel.add(line(x(temperature), y(plot.high), x(temperature), y(plot.low), "gh-now"), ...dots);
}

function plotsOf(state, now, words) {
  const [low, high] = rangeOf(state.energies);
  const top = Math.log(state.energies.length);
  return [
    { title: words.curve_energy, low: low - (high - low) / 2, high, levels: [], curves: [
      { values: now.energy_curve, now: now.energy, style: "", name: "⟨E⟩" },
      { values: now.free_energy_curve, now: now.free_energy, style: "gh-inked", name: "A" }] },
    { title: words.curve_entropy, low: 0, high: 1.15 * top,
      levels: [{ value: top, name: fill(words.all_equal, { value: three(top) }) }],
      curves: [{ values: now.entropy_curve, now: now.entropy, style: "gh-warm" }] },
    { title: words.curve_capacity, low: 0, high: 1.15 * now.bound,
      levels: [{ value: now.bound, name: fill(words.bound, { value: three(now.bound) }) }],
      curves: [{ values: now.heat_capacity_curve, now: now.heat_capacity, style: "gh-warm" }] },
  ];
}

// ---- together -----------------------------------------------------------------------------

function picture(node, page) {
  const states = new Panel(node, "states");
  const curves = ["energy", "entropy", "capacity"].map((name) => curvePanel(node, name, page.change));
  let range = rangeOf(page.state().energies);
  return (state, now, width) => {
    const { words } = page;
    const held = [...states.knobs.values()].some((knob) => knob.held);
    range = held ? range : rangeOf(state.energies);
    const [low, high] = range;
    const row = rowOf(state.energies.length);
    const bottom = TOP + row * state.energies.length;
    const letters = Math.min(MOST_LETTERS, widest(state.tokens));
    const left = 14 + LETTER * letters;
    const bars = left + (width - left) * 0.56;
    const [first, last] = [left + 8, bars - 24];
    const view = {
      low, high, row, bottom, left, letters, bars, longest: width - bars - 48,
      x: (at) => first + ((at - low) / (high - low)) * (last - first),
      along: (px) => low + ((px - first) / (last - first)) * (high - low),
    };
    states.clear(width, bottom + 20, words.states);
    drawScale(states, view, words);
    drawMean(states, view, now, words);
    state.energies.forEach((_, place) => drawState(states, view, state, now, place, page));
    const column = width >= 620 ? (width - 40) / 3 : width;
    plotsOf(state, now, words).forEach((plot, at) =>
      drawCurves(curves[at], column, 170, plot, state.temperature, words));
  };
}

export default hero({ numbers, facts, picture });
