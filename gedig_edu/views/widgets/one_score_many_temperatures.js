// One score matrix read at three temperatures: three maps, and the mean distance against T.

import { ensemble } from "./ensemble.js";
import { axes } from "./kit/axes.js";
import { label, line, mixed, shape, tokenLabel } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { slide } from "./kit/grip.js";
import { cells, curve, dots } from "./kit/marks.js";
import { logarithmic } from "./kit/scale.js";
import { clamp, mean, sum } from "./kit/sums.js";
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

const [TOP, NARROW] = [42, 500];
const [LETTER, MOST_LETTERS, SMALLEST_ROW] = [7.4, 9, 12];

// Three maps beside each other, with the tokens' names at the left where rows have room for them.
function placesOf(width, tokens) {
  const gap = width < NARROW ? 8 : 16;
  const letters = Math.min(MOST_LETTERS, widest(tokens));
  const cellBeside = (edge) => Math.min((width - edge - 2 * gap) / 3 / tokens.length, 26, 300 / tokens.length);
  const edge = 8 + LETTER * letters;
  const named = cellBeside(edge) >= SMALLEST_ROW;
  const cell = cellBeside(named ? edge : 0);
  return { letters, named, edge: named ? edge : 0, cell, side: cell * tokens.length, gap };
}

function drawMaps(panel, width, { tokens }, now, words) {
  const { letters, named, edge, cell, side, gap } = placesOf(width, tokens);
  panel.clear(width, TOP + side + 20, words.maps);
  if (named) {
    panel.add(...tokens.map((token, i) =>
      tokenLabel(edge - 6, TOP + (i + 0.5) * cell, short(token, letters), "gh-mid gh-end")));
  }
  readersOf(now).forEach((reader, place) => {
    const left = edge + place * (side + gap);
    const chosen = READERS[place] === "middle" ? " gh-chosen" : "";
    panel.add(label(left, 13, fill(words.reader, reader), `gh-head${chosen}`),
      label(left, 31, fill(side < 135 ? words.seen_short : words.seen, reader), "gh-note"),
      ...cells(reader.weights, { left, top: TOP, width: cell, height: cell, columns: tokens.length, gap: 0.5,
        colour: (weight) => mixed("var(--gh-deep)", weight) }),
      shape("rect", { x: left, y: TOP, width: side, height: side, class: `gh-frame${chosen}` }));
  });
  panel.add(label(edge, TOP + side + 15, words.column, "gh-tick"));
}

// ---- distance against T -------------------------------------------------------------------

// The readers as dots on the curve, each with what it is called where they stand apart.
function drawReaders(panel, { x, y, top, bottom }, now, words) {
  const readers = readersOf(now);
  const spots = readers.map(({ T, distance }) => [x(T), y(distance)]);
  const apart = spots[1][0] - spots[0][0] > 30;
  panel.add(line(spots[1][0], top, spots[1][0], bottom, "gh-now"),
    ...dots(spots, { r: 6, style: "gh-now", colour: (place) => (place === 1 ? "var(--gh-accent)" : "var(--gh-deep)") }),
    ...READERS.flatMap((reader, place) => (apart || place === 1
      ? [label(spots[place][0] + (place === 1 ? 8 : 0), Math.max(spots[place][1] - 11, top + 10), words[`at_${reader}`],
        place === 1 ? "gh-head gh-chosen" : "gh-head gh-middle")] : [])));
}

function drawStrip(panel, width, height, state, now, words) {
  const energies = energiesOf(state);
  const distances = RANGE.map((T) => read(energies, T).distance);
  const most = Math.max(1, Math.ceil(Math.max(...distances)));
  const view = axes(panel, {
    width, height, title: words.strip, heading: words.strip_title,
    room: { left: 34, right: 12, top: 30, bottom: 40 },
    x: { scale: logarithmic, domain: [LOWEST, HIGHEST], name: words.axis },
    y: { domain: [0, 1.3 * most], most: 4, least: 1, grid: false },
  });
  const { x, y, left, right } = view;
  const even = y(distances.at(-1));
  panel.add(line(left, even, right, even, "gh-drop"),
    label(right, even + 15, words.even, "gh-tick gh-end"),
    curve(RANGE.map((T, at) => [x(T), y(distances[at])])));
  drawReaders(panel, view, now, words);
  return x;
}

const REACH = [0.05, 20]; // of T

function picture(node, page) {
  const { words } = page;
  const maps = new Panel(node, "maps");
  const strip = new Panel(node, "strip");
  const snap = (T) => clamp(10 ** (Math.round(100 * Math.log10(T)) / 100), ...REACH);
  return (state, now, width) => {
    drawMaps(maps, width, state, now, words);
    slide(strip, page, "temperature", { along: drawStrip(strip, width, width < NARROW ? 160 : 210, state, now, words), snap });
  };
}

export default hero({ numbers, picture });
