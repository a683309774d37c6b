// One score matrix read at three temperatures: three maps, and the mean distance against T.

import { ensemble } from "./ensemble.js";
import { axes } from "./kit/axes.js";
import { label, line, mixed, shape, tokenLabel } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { cells, curve, dots } from "./kit/marks.js";
import { logarithmic } from "./kit/scale.js";
import { mean, sum } from "./kit/sums.js";
import { fill, short, widest } from "./kit/text.js";

const READERS = ["cold", "middle", "hot"];
const PULL = 0.5;
const [LOWEST, HIGHEST, PLACES] = [0.003, 320, 60];
const RANGE = Array.from({ length: PLACES + 1 }, (_, at) => LOWEST * (HIGHEST / LOWEST) ** (at / PLACES));

// What each query sees: energies of its keys, lower where the preference adds to the score.
function energiesOf({ scores, causal, preference }) {
  return scores.map((row, i) => row.slice(0, causal ? i + 1 : row.length)
    .map((score, j) => PULL * preference * Math.abs(i - j) - score));
}

function read(energies, T) {
  const rows = energies.map((row) => ensemble(row, T));
  const distance = (row, i) => sum(row.probabilities.map((p, j) => p * Math.abs(i - j)));
  return {
    T,
    keys: mean(rows.map((row) => row.effective_states)),
    distance: mean(rows.map(distance)),
    weights: rows.flatMap(({ probabilities }) => [...probabilities, ...Array(rows.length - probabilities.length).fill(0)]),
  };
}

export function numbers(state) {
  const { temperature, ratio } = state;
  const energies = energiesOf(state);
  return Object.fromEntries([temperature / ratio, temperature, temperature * ratio].flatMap((T, place) =>
    Object.entries(read(energies, T)).map(([what, value]) => [`${READERS[place]}_${what}`, value])));
}

function readersOf(now) {
  const whats = ["T", "keys", "distance", "weights"];
  return READERS.map((reader) => Object.fromEntries(whats.map((what) => [what, now[`${reader}_${what}`]])));
}

// ---- the maps -----------------------------------------------------------------------------

const TOP = 42;
const [LETTER, MOST_LETTERS] = [7.4, 12];

function drawMaps(panel, width, { tokens }, now, words) {
  const count = tokens.length;
  const isWide = width >= 620;
  const hasNames = isWide && count <= 26;
  const letters = Math.min(MOST_LETTERS, widest(tokens));
  const edge = hasNames ? 20 + LETTER * letters : 0;
  const gap = isWide ? 24 : 10;
  const cell = Math.min((width - edge - 2 * gap) / 3 / count, 26);
  const side = cell * count;
  panel.clear(width, TOP + side + 20, words.maps);
  if (hasNames) {
    panel.add(...tokens.map((token, i) =>
      tokenLabel(edge - 6, TOP + (i + 0.5) * cell, short(token, letters), "gh-mid gh-end")));
  }
  readersOf(now).forEach((reader, place) => {
    const left = edge + place * (side + gap);
    panel.add(label(left, 13, fill(words.reader, reader), place === 1 ? "gh-head gh-chosen" : "gh-head"),
      label(left, 31, fill(width < 400 ? words.seen_short : words.seen, reader), "gh-note"),
      ...cells(reader.weights, { left, top: TOP, width: cell, height: cell, columns: count, gap: 0.5,
        colour: (weight) => mixed("var(--gh-deep)", weight) }),
      shape("rect", { x: left, y: TOP, width: side, height: side, class: "gh-dial" }));
  });
  panel.add(label(edge, TOP + side + 15, words.column, "gh-tick"));
}

// ---- distance against T -------------------------------------------------------------------

function drawStrip(panel, width, state, now, words) {
  const energies = energiesOf(state);
  const distances = RANGE.map((T) => read(energies, T).distance);
  const most = Math.max(1, Math.ceil(Math.max(...distances)));
  const { x, y, left, right } = axes(panel, {
    width, height: 136, title: words.strip, heading: words.strip_title,
    room: { left: 34, right: 12, top: 30, bottom: 24 },
    x: { scale: logarithmic, domain: [LOWEST, HIGHEST] }, y: { domain: [0, most], ticks: [0, most], grid: false },
  });
  const even = y(distances.at(-1));
  panel.add(line(left, even, right, even, "gh-drop"),
    label(right, even + (even > 60 ? -7 : 15), words.even, "gh-tick gh-end"),
    curve(RANGE.map((T, at) => [x(T), y(distances[at])])),
    ...dots(readersOf(now).map(({ T, distance }) => [x(T), y(distance)]), {
      r: 5, style: "gh-now", colour: (place) => (place === 1 ? "var(--gh-accent)" : "var(--gh-deep)") }));
}

function picture(node, { words }) {
  const maps = new Panel(node, "maps");
  const strip = new Panel(node, "strip");
  return (state, now, width) => {
    drawMaps(maps, width, state, now, words);
    drawStrip(strip, width, state, now, words);
  };
}

export default hero({ numbers, picture });
