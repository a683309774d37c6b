// One head, step by step: the chosen row as scores, behind the mask and as shares, and beside it
// every query against every key.

import { softmax } from "./ensemble.js";
import { label, line, mark, mixed, shape, tokenLabel, turned } from "./kit/dom.js";
import { hero, makeBand, Panel } from "./kit/frame.js";
import { bar, cells } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { clamp, firstOf, sum } from "./kit/sums.js";
import { fill, percent, short, three, widthOf } from "./kit/text.js";

const LAST = 3;

// Shares of one query; keys behind the mask have none.
function sharesOf(row, query, causal) {
  const seen = causal ? query + 1 : row.length;
  return [...softmax(row.slice(0, seen)), ...new Array(row.length - seen).fill(0)];
}

export function numbers({ tokens, scores, causal, layer, head, query, step }) {
  const stored = scores[layer][head];
  const shares = stored.map((row, at) => sharesOf(row, at, causal));
  const shown = (step < LAST ? stored : shares).map((row, at) =>
    row.map((value, key) => (step > 1 && causal && key > at ? null : value)));
  const row = shares[query];
  const best = firstOf(row);
  return {
    sum: sum(row),
    self: row[query],
    previous: query > 0 ? row[query - 1] : null,
    first: row[0],
    asking: tokens[query],
    best: tokens[best],
    share: row[best],
    score: stored[query][best],
    row: shown[query],
    cells: shown.flat(),
  };
}

// ---- the chosen row, once for each step ------------------------------------------------------

const [LEFT, TOP, SIDE, BELOW, GAP, NARROW] = [82, 44, 340, 80, 20, 500];
const [HEAD, PAD] = [24, 8]; // of a step's box: its name, and the room around its bars

// Scores are signed: orange below zero, blue above. Shares go from the page's colour to deep.
function inkOf(value, step) {
  if (step === LAST) return "var(--gh-deep)";
  return value < 0 ? "var(--gh-heat)" : "var(--gh-structure)";
}

function colourOf(value, step, largest) {
  if (value === null) return "";
  return mixed(inkOf(value, step), step === LAST ? value : Math.abs(value) / largest);
}

// What the row holds after each of the steps; where nobody looks, nothing.
function rowsOf({ scores, causal, layer, head, query }) {
  const stored = scores[layer][head][query];
  const seen = (values) => values.map((value, key) => (causal && key > query ? null : value));
  return [stored, seen(stored), seen(sharesOf(stored, query, causal))];
}

// Bars that stand on zero, or hang; the tallest says whose it is. A cross is a key behind the mask.
function barsOf(row, step, { left, top, width, height }, tokens) {
  const known = row.filter((value) => value !== null);
  const domain = step === LAST ? [0, 1] : [Math.min(0, ...known), Math.max(0, ...known)];
  const y = linear(domain, [top + height - PAD, top + HEAD + 18]);
  const each = (width - 2 * PAD) / row.length;
  const x = (key) => left + PAD + (key + 0.5) * each;
  const first = firstOf(row.map((value) => value ?? -Infinity));
  const said = `${short(tokens[first], 9)} ${(step === LAST ? percent : three)(row[first])}`;
  const half = 3.7 * widthOf(said);
  return [
    line(left + PAD, y(0), left + width - PAD, y(0), "gh-axis"),
    ...row.map((value, key) => {
      if (value === null) return label(x(key), y(0) - 4, "×", "gh-tick gh-middle");
      const made = bar(y, 0, value, { at: x(key), thick: Math.max(1, Math.min(each - 1, 24)), upright: true });
      made.style.fill = inkOf(value, step);
      return made;
    }),
    tokenLabel(clamp(x(first), left + PAD + half, left + width - PAD - half), y(Math.max(0, row[first])) - 5, said, "gh-middle"),
  ];
}

// A step that is not open yet shows its name alone: what it will do is for the learner to predict.
function drawSteps(panel, bands, { width, height, across }, state, now, words) {
  const rows = rowsOf(state);
  const size = across ? { width: (width - 16) / LAST, height: height - TOP } : { width, height: (height - TOP - 16) / LAST };
  panel.clear(width, height, words.steps);
  panel.add(label(4, 14, fill(words.row_title, { asking: short(now.asking, across ? 24 : 8) }), "gh-head"));
  bands.forEach((put, place) => {
    const step = place + 1;
    const box = {
      ...size, x: across ? place * (size.width + 8) : 0, y: TOP - 16 + (across ? 0 : place * (size.height + 8)),
    };
    const [chosen, open] = [step === state.step, step <= state.step];
    put({ ...box, rx: 6 }, { chosen, name: words[`title_${step}`] },
      shape("rect", { ...box, rx: 6, class: "gh-frame" }),
      label(box.x + PAD, box.y + 17, words[`step_${step}`], chosen ? "gh-head gh-chosen" : `gh-head${open ? "" : " gh-note"}`),
      ...(open ? barsOf(rows[place], step, { ...size, left: box.x, top: box.y }, state.tokens) : []));
  });
}

// ---- the map ------------------------------------------------------------------------------

// Where the middle of each column and each row lies.
function placesOf(count, side) {
  return { cell: side / count, side, x: linear([-0.5, count - 0.5], [LEFT, LEFT + side]), y: linear([-0.5, count - 0.5], [TOP, TOP + side]) };
}

function drawCells(panel, { tokens, query, step }, now, { cell, side }, largest) {
  panel.add(
    ...cells(now.cells, { left: LEFT, top: TOP, width: cell, height: cell, columns: tokens.length,
      gap: cell > 6 ? 1 : 0, colour: (value) => colourOf(value, step, largest) }),
    shape("rect", { x: LEFT, y: TOP, width: side, height: side, class: "gh-frame" }),
    shape("rect", { x: LEFT - 1, y: TOP + query * cell - 1, width: side + 1, height: cell + 1, class: "gh-frame gh-chosen" }));
}

// As many names as have room, and the chosen row's always.
function drawNames(panel, { tokens, query }, { cell, side, x, y }) {
  const every = Math.max(1, Math.ceil(13 / cell));
  tokens.forEach((text, at) => {
    const away = Math.abs(at - query);
    if (away === 0 || (at % every === 0 && away >= every)) {
      panel.add(tokenLabel(LEFT - 6, y(at), short(text, 9), `gh-mid gh-end${away ? "" : " gh-head gh-chosen"}`));
    }
    if (at % every === 0) panel.add(turned(tokenLabel(x(at), TOP + side + 8, short(text, 9), "gh-mid gh-end")));
  });
}

function drawMatrix(panel, places, state, now, words) {
  const { side } = places;
  const largest = Math.max(1e-9, ...state.scores[state.layer][state.head].flat().map(Math.abs));
  panel.clear(LEFT + side + 2, TOP + side + BELOW, words.matrix);
  panel.add(label(4, 14, words[`title_${state.step}`], "gh-note"), label(4, TOP - 8, words.query, "gh-note"),
    label(LEFT + side, TOP - 8, words.key, "gh-note gh-end"));
  drawCells(panel, state, now, places, largest);
  drawNames(panel, state, places);
}

// Where there is room the steps stand one above the other beside the map, else in a row above it.
function picture(node, page) {
  const { words } = page;
  const steps = new Panel(node, "steps");
  const matrix = new Panel(node, "matrix");
  const bands = Array.from({ length: LAST }, (_, place) => makeBand(steps.front, () => page.change({ step: place + 1 })));
  const rows = shape("rect", { class: "gh-band" });
  matrix.front.append(rows);
  return (state, now, wide) => {
    const across = wide < NARROW;
    const side = Math.min(SIDE, wide - LEFT - 2 - (across ? 0 : GAP + 170));
    const places = placesOf(state.tokens.length, side);
    const beside = { width: Math.min(wide - LEFT - side - 2 - GAP, SIDE), height: TOP + side + BELOW, across };
    drawSteps(steps, bands, across ? { width: wide, height: TOP + 110, across } : beside, state, now, words);
    drawMatrix(matrix, places, state, now, words);
    mark(rows, { x: LEFT, y: TOP, width: side, height: side });
    rows.onclick = (event) => page.change({ query: clamp(Math.round(places.y.invert(matrix.at(event)[1])), 0, state.tokens.length - 1) });
  };
}

export default hero({ numbers, picture });
