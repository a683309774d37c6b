// A sweep over α: accuracy of every run, differences from α = 0 with their margin, and what F did.

import { axes } from "./kit/axes.js";
import { label, line, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { slide } from "./kit/grip.js";
import { curve, dots } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { clamp, mean } from "./kit/sums.js";
import { fill, fixed, signed } from "./kit/text.js";
import { differenceOf } from "./repeats.js";

const differs = ({ mean: middle, half }) => Math.abs(middle) > half;

const LEAST = 0.001; // a smaller move of F is called none

function decisionOf({ arm, margin, changed, broken }, found) {
  if (arm === 0) return "itself";
  if (changed[arm] === 0 && !broken) return "unchanged";
  const equal = Math.abs(found.mean) + found.half_90 < margin;
  if (!differs(found)) return equal ? "equal" : "open";
  if (equal) return "equal_apart";
  return found.mean > 0 ? "gain" : "loss";
}

function directionOf(moved) {
  if (Math.abs(moved.mean) + moved.half < LEAST) return "barely";
  if (!differs(moved)) return "none";
  return moved.mean > 0 ? "up" : "down";
}

export function numbers(state) {
  const { labels, accuracy, F, by_sentences, arm, broken, critical } = state;
  const from = (table) => table.map((one) => differenceOf(one, table[0], !broken, critical[broken ? 1 : 0]));
  const gains = from(accuracy).map(({ mean: middle, half, half_90 }, one) => {
    const [far, near] = by_sentences[one];
    return { mean: middle, half: Math.hypot(half, far), half_90: Math.hypot(half_90, near) };
  });
  const moves = from(F);
  const [gain, moved] = [gains[arm], moves[arm]];
  return {
    label: labels[arm].replace("\n", ", α = "),
    mean: mean(accuracy[arm]),
    gain: gain.mean, low: gain.mean - gain.half, high: gain.mean + gain.half,
    moved: moved.mean, moved_half: moved.half,
    decision: decisionOf(state, gain),
    direction: directionOf(moved),
    runs: accuracy[0].length,
    gains: gains.map((one) => one.mean),
    halves: gains.map((one) => one.half),
    halves_90: gains.map((one) => one.half_90),
    moves: moves.map((one) => one.mean),
    move_halves: moves.map((one) => one.half),
  };
}

// ---- the three pictures -------------------------------------------------------------------

const [LEFT, RIGHT, REACH] = [52, 10, 2.5];

function columnsOf({ labels }, width) {
  const wide = (width - LEFT - RIGHT) / labels.length;
  return { wide, at: linear([0, labels.length - 1], [LEFT + wide / 2, width - RIGHT - wide / 2]) };
}

// A picture over the arms: its axis up, the column of the chosen arm, and their names below the last one.
function over(panel, state, width, { height, title, heading, domain, most, text = undefined, names = false }) {
  const { wide, at } = columnsOf(state, width);
  const view = axes(panel, {
    width, height, title, heading, room: { left: LEFT, right: RIGHT, top: 24, bottom: names ? 50 : 8 },
    x: { domain: [0, 1], ticks: [] }, y: { domain, most, text },
  });
  const { top, bottom } = view;
  panel.scenery.prepend(shape("rect", { x: at(state.arm) - wide / 2, y: top - 4, width: wide, height: bottom - top + 8, class: "as-chosen" }));
  if (names) {
    panel.add(...state.labels.flatMap((name, arm) => name.split("\n").map((part, row) =>
      label(at(arm), bottom + 16 + 14 * row, part, `gh-middle ${arm === state.arm ? "gh-chosen gh-head" : ""}`))),
      ...(state.labels.some((name) => name.includes("\n")) ? [label(LEFT - 8, bottom + 30, "α =", "gh-note gh-end")] : []));
  }
  return { ...view, at, wide };
}

function slideArms(panel, page, state, { at }) {
  if (state.labels.length > 1) slide(panel, page, "arm", { along: at, snap: Math.round });
}

function drawRuns(panel, state, now, width, page) {
  const all = state.accuracy.flat();
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = 0.06 * (high - low) + 0.1;
  const view = over(panel, state, width, {
    height: 176, title: page.words.runs, heading: page.words.runs_title, domain: [low - room, high + room], most: 5,
  });
  const { y, at, wide } = view;
  const place = (arm, run) => at(arm) + (now.runs > 1 ? 0.3 * wide * (run / (now.runs - 1) - 0.5) : 0);
  const seeds = state.accuracy[0].map((_, run) => state.accuracy.map((runs, arm) => [place(arm, run), y(runs[run])]));
  if (!state.broken) panel.add(...seeds.map((points) => curve(points.slice(0, state.joined + 1), "gh-faint")));
  panel.add(...state.accuracy.flatMap((runs, arm) => dots(runs.map((value, run) => [place(arm, run), y(value)]), { r: 2.6, style: "as-run" })),
    ...state.accuracy.map((runs, arm) => line(at(arm) - 0.3 * wide, y(mean(runs)), at(arm) + 0.3 * wide, y(mean(runs)), "as-mean")));
  slideArms(panel, page, state, view);
}

// A dot with its 95 % interval, the 90 % interval thick; what lies beyond the picture stands at its edge as a number.
function drawInterval(panel, { y, at, top, bottom }, arm, { value, half, thick = undefined }, style, text) {
  const [low, high] = y.domain;
  const cut = (one) => y(clamp(one, low, high));
  panel.add(line(at(arm), cut(value - half), at(arm), cut(value + half), `as-bar ${style}`));
  if (thick !== undefined) panel.add(line(at(arm), cut(value - thick), at(arm), cut(value + thick), `as-bar as-thick ${style}`));
  if (value >= low && value <= high) panel.add(...dots([[at(arm), y(value)]], { r: 4, style: `as-dot ${style}` }));
  else panel.add(label(at(arm), value < low ? bottom - 6 : top + 12, text(value), "gh-middle gh-head"));
}

function drawGains(panel, state, now, width, page) {
  const { words } = page;
  const view = over(panel, state, width, {
    height: 172, title: words.gains, heading: words.gains_title, domain: [-REACH, REACH], most: 6, text: (value) => (value ? signed(value).replace(/\.?0+$/, "") : "0"),
  });
  const { y, left, right } = view;
  panel.scenery.prepend(shape("rect", { x: left, y: y(state.margin), width: right - left, height: y(-state.margin) - y(state.margin), class: "as-band" }));
  panel.add(line(left, y(0), right, y(0), "gh-axis"));
  now.gains.forEach((gain, arm) => {
    if (arm) drawInterval(panel, view, arm, { value: gain, half: now.halves[arm], thick: now.halves_90[arm] }, Math.abs(gain) > now.halves[arm] ? "as-apart" : "", signed);
  });
  panel.add(label(width - RIGHT, 13, words[`decision_${now.decision}`], "gh-end gh-head"));
  slideArms(panel, page, state, view);
}

function drawMoves(panel, state, now, width, page) {
  const { words } = page;
  const ends = now.moves.flatMap((move, arm) => [move - now.move_halves[arm], move + now.move_halves[arm]]);
  const [low, high] = [Math.min(...ends, -0.001), Math.max(...ends, 0.001)];
  const room = 0.08 * (high - low);
  const view = over(panel, state, width, {
    height: 172, title: words.moves, heading: words.moves_title, domain: [low - room, high + room], most: 4, names: true,
    text: (value) => (value ? fixed(value) : "0"),
  });
  const { y, left, right, bottom } = view;
  panel.add(line(left, y(0), right, y(0), "gh-axis"));
  now.moves.forEach((move, arm) => {
    if (arm) drawInterval(panel, view, arm, { value: move, half: now.move_halves[arm] }, move > 0 ? "as-up" : "as-down", fixed);
  });
  panel.add(label(width - RIGHT, 13, fill(words[`direction_${now.direction}`], now), "gh-end gh-head"),
    label(right, bottom + 47, words.axis, "gh-note gh-end"));
  slideArms(panel, page, state, view);
}

function picture(node, page) {
  const [runs, gains, moves] = ["accuracy", "gains", "moves"].map((name) => new Panel(node, name));
  return (state, now, width) => {
    drawRuns(runs, state, now, width, page);
    drawGains(gains, state, now, width, page);
    drawMoves(moves, state, now, width, page);
  };
}

export default hero({ numbers, picture });
