// One head, step by step: every query against every key, and the chosen row above its columns.

import { softmax } from "./ensemble.js";
import { label, line, mark, mixed, shape, tokenLabel } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { clamp, sum } from "./kit/sums.js";
import { fill, named, percent, short, three, whole } from "./kit/text.js";

const LAST = 3;

// Shares of one query; keys behind the mask have none.
function sharesOf(row, query, causal) {
  const seen = causal ? query + 1 : row.length;
  return [...softmax(row.slice(0, seen)), ...new Array(row.length - seen).fill(0)];
}

export function numbers({ scores, causal, layer, head, query, step }) {
  const shares = scores[layer][head].map((row, at) => sharesOf(row, at, causal));
  const values = step < LAST ? scores[layer][head] : shares;
  const cells = values.map((row, at) =>
    row.map((value, key) => (step > 1 && causal && key > at ? null : value)));
  const row = shares[query];
  return {
    sum: sum(row),
    self: row[query],
    previous: query > 0 ? row[query - 1] : null,
    first: row[0],
    row: cells[query],
    cells: cells.flat(),
  };
}

function facts(state, now) {
  const { tokens, scores, causal, layer, head, query, step } = state;
  const shares = sharesOf(scores[layer][head][query], query, causal);
  const best = shares.indexOf(Math.max(...shares));
  return {
    step: whole(step),
    layer: whole(layer),
    head: whole(head),
    token: named(tokens[query]),
    best: named(tokens[best]),
    share: percent(shares[best]),
    self: percent(now.self),
    previous: now.previous === null ? "–" : percent(now.previous),
    first: percent(now.first),
    score: three(scores[layer][head][query][best]),
  };
}

// ---- the map ------------------------------------------------------------------------------

const BARS = 84;
const [TOP, BELOW] = [44, 96];

// Scores are signed: orange below zero, blue above. Shares go from the page's colour to deep.
function colour(value, { step, largest }) {
  if (value === null) return "none";
  const signed = value < 0 ? "var(--gh-heat)" : "var(--gh-structure)";
  const end = step < LAST ? signed : "var(--gh-deep)";
  const part = step < LAST ? Math.abs(value) / largest : value;
  return mixed(end, part);
}

function every(cell) {
  return Math.max(1, Math.ceil(13 / cell));
}

function drawCells(panel, state, now, { left, cell, top, largest }) {
  const count = state.tokens.length;
  const gap = cell > 6 ? 1 : 0;
  now.cells.forEach((value, place) => {
    const [at, key] = [Math.floor(place / count), place % count];
    const box = shape("rect", { x: left + key * cell, y: top + at * cell,
      width: cell - gap, height: cell - gap });
    box.style.fill = colour(value, { step: state.step, largest });
    panel.add(box);
  });
  const frame = shape("rect", { x: left, y: top, width: count * cell, height: count * cell, fill: "none" });
  frame.style.stroke = "var(--gh-line)";
  const chosen = shape("rect", { x: left - 1, y: top + state.query * cell - 1, fill: "none",
    width: count * cell + 1, height: cell + 1, "stroke-width": 2.5 });
  chosen.style.stroke = "var(--gh-accent)";
  panel.add(frame, chosen);
}

// The chosen row as bars that stand on their columns; scores below zero hang.
function drawRow(panel, state, now, { left, cell, largest }, words) {
  const signed = state.step < LAST;
  const zero = signed ? TOP + BARS / 2 : TOP + BARS;
  const room = signed ? BARS / 2 - 4 : BARS - 4;
  const width = cell * state.tokens.length;
  panel.add(label(4, 14, fill(words.row_title, { token: named(state.tokens[state.query]) }), "gh-head"),
    line(left, zero, left + width, zero, "gh-axis"));
  const top = signed ? three(largest) : percent(1);
  panel.add(label(left - 6, TOP + 6, top, "gh-tick gh-end gh-mid"),
    label(left - 6, zero, signed ? "0" : percent(0), "gh-tick gh-end gh-mid"));
  now.row.forEach((value, key) => {
    if (value === null) return;
    const tall = (Math.abs(value) / (signed ? largest : 1)) * room;
    const box = shape("rect", { x: left + key * cell + 1, width: Math.max(1, cell - 3),
      y: value < 0 ? zero : zero - tall, height: Math.max(0.5, tall) });
    box.style.fill = "var(--gh-accent)";
    panel.add(box);
  });
}

function drawLabels(panel, state, { left, cell, top, side }, words) {
  const step = every(cell);
  state.tokens.forEach((text, at) => {
    const away = Math.abs(at - state.query);
    if (away === 0 || (at % step === 0 && away >= step)) {
      const middle = top + (at + 0.5) * cell;
      const style = away === 0 ? "gh-mid gh-end gh-head" : "gh-mid gh-end";
      panel.add(tokenLabel(left - 6, middle, short(text, 9), style));
    }
    if (at % step) return;
    const x = left + (at + 0.5) * cell;
    const turned = tokenLabel(x, top + side + 8, short(text, 9), "gh-mid gh-end");
    turned.setAttribute("transform", `rotate(-90 ${x} ${top + side + 8})`);
    panel.add(turned);
  });
  panel.add(label(4, top - 8, words.query, "gh-note"),
    label(left + side, top + side + BELOW - 6, words.key, "gh-note gh-end"));
}

function makeGrip(panel, page) {
  const grip = shape("rect", { fill: "transparent", class: "gh-pick" });
  grip.style.cursor = "pointer";
  grip.addEventListener("click", (event) => {
    const box = grip.getBoundingClientRect();
    const count = page.state().tokens.length;
    const at = Math.floor(((event.clientY - box.top) / box.height) * count);
    page.change({ query: clamp(at, 0, count - 1) });
  });
  panel.front.append(grip);
  return grip;
}

function picture(node, page) {
  const { words } = page;
  const panel = new Panel(node, "head-steps");
  const grip = makeGrip(panel, page);
  return (state, now, wide) => {
    const width = Math.min(wide, 620);
    const count = state.tokens.length;
    const left = 82;
    const cell = Math.min(44, (width - left - 6) / count);
    const [side, top] = [cell * count, TOP + BARS + 44];
    const largest = Math.max(1e-9, ...state.scores[state.layer][state.head].flat().map(Math.abs));
    const place = { left, cell, side, top, largest };
    panel.clear(width, top + side + BELOW, words.matrix);
    const titles = [words.title_scores, words.title_mask, words.title_shares];
    panel.add(label(4, 32, titles[state.step - 1], "gh-note"));
    drawRow(panel, state, now, place, words);
    drawCells(panel, state, now, place);
    drawLabels(panel, state, place, words);
    mark(grip, { x: left, y: top, width: side, height: side });
  };
}

export default hero({ numbers, facts, picture });
