// The decision gate across a model's layers: which steps one threshold lets through.

import { label, line, mixed, shape, turned } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip } from "./kit/grip.js";
import { cells, dots } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { clamp, mean } from "./kit/sums.js";
import { fill, three, tick } from "./kit/text.js";

const [LOW, HIGH] = [-1, 4];
const KINDS = ["onward", "jumps", "back"];

const kindOf = (from, to) => (to === from + 1 ? "onward" : to > from ? "jumps" : "back");

function stepsOf({ g_min, efficiency }) {
  const table = g_min[efficiency ? "global_efficiency" : "fixed_pairs"];
  return table.flatMap((row, from) => row.map((value, to) => ({ from, to, value, kind: kindOf(from, to) })))
    .filter(({ from, to }) => from !== to);
}

export function numbers(state) {
  const steps = stepsOf(state);
  const found = KINDS.map((kind) => {
    const values = steps.filter((one) => one.kind === kind).map(({ value }) => value);
    return [kind, values.filter((value) => value <= state.theta_dg).length, values];
  });
  return {
    layers: state.g_min.fixed_pairs.length,
    ...Object.fromEntries(found.flatMap(([kind, accepted, values]) => [
      [kind, accepted], [`${kind}_of`, values.length], [`${kind}_mean`, values.length ? mean(values) : null],
    ])),
  };
}

// ---- every step between two layers --------------------------------------------------------

function drawMap(panel, state, now, side, words) {
  const { layers } = now;
  const [left, top] = [46, 26];
  const cell = (side - left) / layers;
  const steps = stepsOf(state);
  const values = steps.map(({ value }) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const x = (to) => left + to * cell;
  const y = (from) => top + (layers - 1 - from) * cell; // layer 0 at the bottom
  panel.clear(side + 2, top + layers * cell + 36, words.map);
  panel.add(label(0, 13, words.map_title, "gh-note"));
  steps.forEach(({ from, to, value }) => {
    const share = 0.08 + (0.92 * (most - value)) / (most - least || 1);
    panel.add(...cells([share], { left: x(to), top: y(from), width: cell, height: cell, columns: 1, gap: 1, colour: (dark) => mixed("var(--gh-deep)", dark) }));
    if (value <= state.theta_dg) panel.add(shape("rect", { x: x(to) + 1, y: y(from) + 1, width: Math.max(1, cell - 3), height: Math.max(1, cell - 3), class: "gh-linked" }));
  });
  panel.add(...dots(steps.filter(({ kind }) => kind === "onward").map(({ from, to }) => [x(to) + cell / 2, y(from) + cell / 2]), { r: clamp(cell / 8, 1.5, 4), style: "ls-onward" }),
    turned(label(12, top + (layers * cell) / 2, words.from, "gh-note gh-middle")));
  const every = Math.ceil(layers / 10);
  Array.from({ length: layers }, (_, at) => at).filter((at) => at % every === 0).forEach((at) => panel.add(
    label(x(at) + cell / 2, top + layers * cell + 14, at, "gh-tick gh-middle"), label(left - 6, y(at) + cell / 2, at, "gh-tick gh-end gh-mid")));
  panel.add(label(left + (layers * cell) / 2, top + layers * cell + 30, words.to, "gh-note gh-middle"));
}

// ---- the three kinds, along F -------------------------------------------------------------

const [TOP, ROW, FOOT] = [34, 66, 46];

function drawLines(panel, page, state, now, width) {
  const { words } = page;
  const x = linear([LOW, HIGH], [8, width - 16]);
  const bottom = TOP + KINDS.length * ROW;
  const steps = stepsOf(state);
  panel.clear(width, bottom + FOOT + 14, words.lines);
  panel.add(label(0, 13, words.lines_title, "gh-note"),
    shape("rect", { x: x(LOW), y: TOP, width: x(state.theta_dg) - x(LOW), height: bottom - TOP, class: "ls-zone" }),
    line(x(state.theta_dg), TOP, x(state.theta_dg), bottom + 10, "gh-now"));
  KINDS.forEach((kind, row) => {
    const middle = TOP + ROW * row + 42;
    const own = steps.filter((one) => one.kind === kind).map(({ value }) => value);
    panel.add(label(8, middle - 22, fill(words[`kind_${kind}`], now), "gh-head"), line(x(LOW), middle, x(HIGH), middle, "gh-grid"),
      ...own.flatMap((value) => dots([[x(clamp(value, LOW, HIGH)), middle]], { r: 4, style: `ls-dot ${value <= state.theta_dg ? "ls-accepted" : ""}` })));
    if (own.length) panel.add(line(x(clamp(mean(own), LOW, HIGH)), middle - 9, x(clamp(mean(own), LOW, HIGH)), middle + 9, "ls-mean"));
  });
  const left = state.theta_dg > (LOW + HIGH) / 2;
  panel.add(line(x(LOW), bottom + 30, x(HIGH), bottom + 30, "gh-axis"),
    label(x(state.theta_dg) + (left ? -20 : 20), bottom + 12, `θ_DG ${three(state.theta_dg)}`, `gh-mid gh-chosen ${left ? "gh-end" : ""}`),
    ...x.ticks(5).map((at) => label(x(at), bottom + 46, tick(at), "gh-tick gh-middle")));
  grip(panel, page, "theta_dg", { at: [x(state.theta_dg), bottom + 10], along: [x, null], snap: 0.05, step: 0.05, label: words.knob });
}

function picture(node, page) {
  const [map, lines] = ["map", "lines"].map((name) => new Panel(node, name));
  return (state, now, width) => {
    const side = width > 520 ? Math.min(330, 0.5 * width) : Math.min(width - 4, 300);
    drawMap(map, state, now, side, page.words);
    drawLines(lines, page, state, now, width > 520 ? width - side - 24 : width);
  };
}

export default hero({ numbers, picture });
