// One score matrix read at three temperatures: three maps, and the mean distance against T.

import { ensemble } from "./ensemble.js";
import { label, line, mixed, shape, tokenLabel } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { mean, sum } from "./kit/sums.js";
import { fill, short, three, tick, widest } from "./kit/text.js";

const READERS = ["cold", "middle", "hot"];
const PULL = 0.5;
const [LOWEST, HIGHEST, POINTS] = [0.003, 320, 61];

function heats({ temperature, ratio }) {
  return [temperature / ratio, temperature, temperature * ratio];
}

// What each query sees: energies of its keys, lower where the preference adds to the score.
function energiesOf({ scores, causal, preference }) {
  return scores.map((row, i) => row.slice(0, causal ? i + 1 : row.length)
    .map((score, j) => PULL * preference * Math.abs(i - j) - score));
}

function read(energies, temperature) {
  const rows = energies.map((row) => ensemble(row, temperature));
  const distance = (row, i) => sum(row.probabilities.map((p, j) => p * Math.abs(i - j)));
  return {
    keys: mean(rows.map((row) => row.effective_states)),
    distance: mean(rows.map(distance)),
    weights: rows.flatMap((row) => [...row.probabilities,
      ...Array(rows.length - row.probabilities.length).fill(0)]),
  };
}

export function numbers(state) {
  const energies = energiesOf(state);
  return Object.fromEntries(heats(state).flatMap((T, place) =>
    Object.entries(read(energies, T)).map(([what, value]) => [`${READERS[place]}_${what}`, value])));
}

function facts(state, now) {
  return Object.fromEntries(heats(state).flatMap((T, place) => {
    const reader = READERS[place];
    return [[`${reader}_T`, three(T)], [`${reader}_keys`, three(now[`${reader}_keys`])],
      [`${reader}_distance`, three(now[`${reader}_distance`])]];
  }));
}

// ---- the maps -----------------------------------------------------------------------------

const TOP = 42;
const [LETTER, MOST_LETTERS] = [7.4, 12];

function drawCells(panel, { left, cell, count }, weights) {
  weights.forEach((weight, place) => {
    const [i, j] = [Math.floor(place / count), place % count];
    const rect = shape("rect", { x: left + j * cell, y: TOP + i * cell,
      width: cell - 0.5, height: cell - 0.5 });
    rect.style.fill = mixed("var(--gh-deep)", weight);
    panel.add(rect);
  });
  const size = cell * count;
  const frame = shape("rect", { x: left, y: TOP, width: size, height: size, class: "gh-dial" });
  panel.add(frame);
}

function drawNames(panel, { left, cell, letters, tokens }) {
  tokens.forEach((token, i) => {
    panel.add(tokenLabel(left - 6, TOP + (i + 0.5) * cell, short(token, letters), "gh-mid gh-end"));
  });
}

function drawMaps(panel, width, state, now, words) {
  const count = state.tokens.length;
  const hasNames = width >= 620 && count <= 26;
  const letters = Math.min(MOST_LETTERS, widest(state.tokens));
  const edge = hasNames ? 20 + LETTER * letters : 0;
  const gap = width >= 620 ? 24 : 10;
  const cell = Math.min((width - edge - 2 * gap) / 3 / count, 26);
  const seen = width < 400 ? words.seen_short : words.seen;
  panel.clear(width, TOP + cell * count + 20, words.maps);
  if (hasNames) drawNames(panel, { left: edge, cell, letters, tokens: state.tokens });
  heats(state).forEach((T, place) => {
    const left = edge + place * (cell * count + gap);
    const title = label(left, 13, fill(words.reader, { T: three(T) }), "gh-head");
    if (place === 1) title.style.fill = "var(--gh-accent)";
    panel.add(title,
      label(left, 31, fill(seen, { keys: three(now[`${READERS[place]}_keys`]) }), "gh-note"));
    drawCells(panel, { left, cell, count }, now[`${READERS[place]}_weights`]);
  });
  panel.add(label(edge, TOP + cell * count + 15, words.column, "gh-tick"));
}

// ---- distance against T ---------------------------------------------------------------------

function drawStrip(panel, width, state, now, words) {
  const energies = energiesOf(state);
  const [left, right, top, bottom] = [34, width - 12, 30, 112];
  const places = Array.from({ length: POINTS }, (_, at) =>
    LOWEST * (HIGHEST / LOWEST) ** (at / (POINTS - 1)));
  const curve = places.map((T) => read(energies, T).distance);
  const most = Math.max(1, Math.ceil(Math.max(...curve)));
  const x = (T) => left + (Math.log(T / LOWEST) / Math.log(HIGHEST / LOWEST)) * (right - left);
  const y = (value) => bottom - (value / most) * (bottom - top);
  panel.clear(width, 136, words.strip);
  panel.add(label(0, 13, words.strip_title, "gh-note"), line(left, bottom, right, bottom, "gh-axis"));
  [0.01, 0.1, 1, 10, 100].forEach((T) => panel.add(line(x(T), top, x(T), bottom, "gh-grid"),
    label(x(T), bottom + 16, tick(T), "gh-tick gh-middle")));
  [0, most].forEach((value) =>
    panel.add(label(left - 6, y(value), tick(value), "gh-tick gh-end gh-mid")));
  const even = curve.at(-1);
  panel.add(line(left, y(even), right, y(even), "gh-drop"),
    label(right, y(even) + (y(even) > 60 ? -7 : 15), words.even, "gh-tick gh-end"),
    shape("polyline", { points: places.map((T, at) => [x(T), y(curve[at])].join()).join(" "),
      class: "gh-curve" }));
  heats(state).forEach((T, place) => {
    const dot = shape("circle", { cx: x(T), cy: y(now[`${READERS[place]}_distance`]), r: 5,
      class: "gh-now" });
    if (place !== 1) dot.style.fill = "var(--gh-deep)";
    panel.add(dot);
  });
}

function picture(node, { words }) {
  const maps = new Panel(node, "maps");
  const strip = new Panel(node, "strip");
  return (state, now, width) => {
    drawMaps(maps, width, state, now, words);
    drawStrip(strip, width, state, now, words);
  };
}

export default hero({ numbers, facts, picture });
