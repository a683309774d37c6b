// One head, step by step: every query against every key, and the chosen row above its columns.

import { softmax } from "./ensemble.js";
import { label, line, mark, mixed, shape, tokenLabel, turned } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { bar, cells } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { clamp, firstOf, sum } from "./kit/sums.js";
import { fill, percent, short, three } from "./kit/text.js";

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

// ---- the map ------------------------------------------------------------------------------

const [LEFT, TOP, BARS, BELOW] = [82, 44, 84, 96];
const MAP = TOP + BARS + 44;

// Where the middle of each column and each row lies.
function placesOf(count, width) {
  const cell = Math.min(44, (width - LEFT - 6) / count);
  const side = cell * count;
  return { cell, side, x: linear([-0.5, count - 0.5], [LEFT, LEFT + side]), y: linear([-0.5, count - 0.5], [MAP, MAP + side]) };
}

// The chosen row as bars that stand on their columns; scores below zero hang.
function drawRow(panel, { step }, now, { cell, side, x }, largest) {
  const [y, text] = step < LAST
    ? [linear([-largest, largest], [TOP + BARS - 4, TOP + 4]), three]
    : [linear([0, 1], [TOP + BARS, TOP + 4]), percent];
  const most = y.domain[1];
  panel.add(line(LEFT, y(0), LEFT + side, y(0), "gh-axis"),
    label(LEFT - 6, y(most) + 2, text(most), "gh-tick gh-end gh-mid"),
    label(LEFT - 6, y(0), step < LAST ? "0" : text(0), "gh-tick gh-end gh-mid"),
    ...now.row.flatMap((value, key) => (value === null ? [] : [
      bar(y, 0, value, { at: x(key) - 0.5, thick: Math.max(1, cell - 3), upright: true, style: "gh-bar gh-chosen" })])));
}

// Scores are signed: orange below zero, blue above. Shares go from the page's colour to deep.
function colourOf(value, step, largest) {
  if (value === null) return "";
  if (step === LAST) return mixed("var(--gh-deep)", value);
  return mixed(value < 0 ? "var(--gh-heat)" : "var(--gh-structure)", Math.abs(value) / largest);
}

function drawCells(panel, { tokens, query, step }, now, { cell, side }, largest) {
  panel.add(
    ...cells(now.cells, { left: LEFT, top: MAP, width: cell, height: cell, columns: tokens.length,
      gap: cell > 6 ? 1 : 0, colour: (value) => colourOf(value, step, largest) }),
    shape("rect", { x: LEFT, y: MAP, width: side, height: side, class: "gh-frame" }),
    shape("rect", { x: LEFT - 1, y: MAP + query * cell - 1, width: side + 1, height: cell + 1, class: "gh-frame gh-chosen" }));
}

// As many names as have room, and the chosen row's always.
function drawNames(panel, { tokens, query }, { cell, side, x, y }) {
  const every = Math.max(1, Math.ceil(13 / cell));
  tokens.forEach((text, at) => {
    const away = Math.abs(at - query);
    if (away === 0 || (at % every === 0 && away >= every)) {
      panel.add(tokenLabel(LEFT - 6, y(at), short(text, 9), `gh-mid gh-end${away ? "" : " gh-head"}`));
    }
    if (at % every === 0) panel.add(turned(tokenLabel(x(at), MAP + side + 8, short(text, 9), "gh-mid gh-end")));
  });
}

function picture(node, page) {
  const { words } = page;
  const panel = new Panel(node, "head-steps");
  const rows = shape("rect", { class: "gh-band" });
  panel.front.append(rows);
  return (state, now, wide) => {
    const places = placesOf(state.tokens.length, Math.min(wide, 620));
    const { side, y } = places;
    const largest = Math.max(1e-9, ...state.scores[state.layer][state.head].flat().map(Math.abs));
    panel.clear(Math.min(wide, 620), MAP + side + BELOW, words.matrix);
    panel.add(label(4, 14, fill(words.row_title, now), "gh-head"), label(4, 32, words[`title_${state.step}`], "gh-note"),
      label(4, MAP - 8, words.query, "gh-note"), label(LEFT + side, MAP + side + BELOW - 6, words.key, "gh-note gh-end"));
    drawRow(panel, state, now, places, largest);
    drawCells(panel, state, now, places, largest);
    drawNames(panel, state, places);
    mark(rows, { x: LEFT, y: MAP, width: side, height: side });
    rows.onclick = (event) => page.change({ query: clamp(Math.round(y.invert(panel.at(event)[1])), 0, state.tokens.length - 1) });
  };
}

export default hero({ numbers, picture });
