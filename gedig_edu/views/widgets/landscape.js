// Attention as water in a landscape over positions: a row's energies, the parts of U stacked on them,
// and where the water stood at each step before.

import { coupledRun } from "./coupled.js";
import { softmax, surprise } from "./ensemble.js";
import { axes } from "./kit/axes.js";
import { label, line, mixed, shape, tokenLabel, turned } from "./kit/dom.js";
import { hero, makeBand, Panel } from "./kit/frame.js";
import { grip, slide } from "./kit/grip.js";
import { cells, curve, dots } from "./kit/marks.js";
import { player } from "./kit/play.js";
import { linear } from "./kit/scale.js";
import { sum } from "./kit/sums.js";
import { fill, percent, short, signed, three, whole, widest, widthOf } from "./kit/text.js";

const [STEPS, DEEPEST, CEILING] = [24, -4, 6];

const seen = (row) => row.map((one) => (one === Infinity ? null : one));

export function numbers(state) {
  const { scores, tokens, field, time } = state;
  const P = field.map((one) => (state.with_field ? (one >= CEILING ? Infinity : one) : 0));
  const run = coupledRun(scores, {
    P, steps: STEPS, width: state.width, critical: state.critical, gain: state.turned ? -1 : 1,
    w: state.with_track ? state.track : 0, rho: state.with_carry ? state.rho : null,
  });
  const heightOf = ({ U }) => U.map((one, place) => one - scores[place]);
  const now = run[time - 1];
  return {
    P: seen(P)[state.key], E: seen(heightOf(now))[state.key], held: tokens[state.key],
    field: seen(P), wells: now.track, carried: now.carry,
    heights: seen(heightOf(now)),
    lowest: Math.min(...run.flatMap(heightOf)),
    weights: now.weights,
    plain: softmax(scores),
    shares: run.flatMap(({ weights }) => weights),
    visited: run.map(({ visit }) => visit),
    residuals: run.map(({ residual }) => residual),
    jumps: run.map(({ jumped }) => jumped),
    token: tokens[now.visit],
    share: now.weights[now.visit],
    states: Math.exp(sum(now.weights.map(surprise))),
    kept: new Set(run.slice(0, time).map(({ visit }) => visit)).size,
    residual: now.residual,
    message: now.jumped ? "sentence_jumped" : "sentence",
  };
}

// ---- the landscape ------------------------------------------------------------------------

const [LEFT, TOP, HIGH, DEEP, LETTERS] = [34, 34, 318, 96, 9]; // DEEP: pixels of water that holds all attention
const PARTS = [["with_field", "field", "ls-field"], ["with_track", "wells", "ls-track"], ["with_carry", "carried", "ls-carry"]];

// How far up and down the ground goes; the ceiling is above whatever can be dragged there.
function rangeOf({ scores }, { lowest }) {
  const high = Math.max(...scores.map((score) => -score));
  const low = Math.min(...scores.map((score) => DEEPEST - score));
  return [Math.floor(Math.min(low, lowest)) - 0.5, Math.ceil(high + CEILING / 2)];
}

function knobAt(place, { y, top }, { scores, field, with_field }) {
  return field[place] >= CEILING ? top : Math.max(top + 4, y((with_field ? field[place] : 0) - scores[place]));
}

const surfaceOf = (height, { y, top }) => (height === null ? top : Math.max(top, y(height)));

// How deep all attention would stand, so that no water rises to the switches.
function depthOf({ heights, weights }, view) {
  const room = heights.map((height) => surfaceOf(height, view) - view.top - 10);
  return Math.max(4, Math.min(DEEP, ...room.flatMap((one, place) => (weights[place] > 0.001 ? [one / weights[place]] : []))));
}

function columnOf(panel, place, { x, y, bottom, top, wide, depth }, state, now) {
  const [left, ground] = [x(place) - wide / 2, -state.scores[place]];
  const height = now.heights[place];
  const surface = surfaceOf(height, { y, top });
  const box = (at, high, style) => shape("rect", { x: left, y: at, width: wide, height: Math.max(0, high), class: style });
  panel.add(box(surface, bottom - surface, height === null ? "ls-wall" : "ls-earth"));
  const water = depth * now.weights[place];
  panel.add(box(surface - water, water, "ls-water"),
    line(left, y(ground), left + wide, y(ground), "ls-bare"));
  const thick = Math.max(3, Math.min(7, wide / 5));
  let from = ground;
  PARTS.forEach(([, name, style], at) => {
    const size = now[name][place];
    if (size === null || from === null) { from = null; return; }
    const [one, other] = [Math.max(top, y(from)), Math.max(top, y(from + size))];
    if (Math.abs(other - one) > 0.5) {
      panel.add(shape("rect", { x: x(place) + (at - 1.5) * (thick + 1), y: Math.min(one, other), width: thick, height: Math.abs(other - one), class: style }));
    }
    from += size;
  });
  if (height === null) panel.add(label(x(place), top + 44, "∞", "gh-middle gh-mid gh-head ls-sign"));
  if (now.weights[place] >= 0.045) {
    const knob = knobAt(place, { y, top }, state);
    const above = Math.abs(surface - water - 10 - knob) < 16 ? knob - 13 : surface - water - 6;
    panel.add(label(x(place), above, percent(now.weights[place]), "gh-middle gh-head"));
  }
}

// What is dragged is P alone: the ground before anything is remembered.
function grab(panel, place, { x, y, top, wide }, state, page) {
  const ground = -state.scores[place];
  const value = state.field[place];
  grip(panel, page, `ground${place}`, {
    at: [x(place), knobAt(place, { y, top }, state)],
    along: [null, linear([DEEPEST, CEILING], [y(ground + DEEPEST), Math.max(top, y(ground + CEILING))])],
    snap: 0.1, small: wide < 34, text: value >= CEILING ? page.words.infinite : signed(value),
    label: fill(page.words.ground_knob, { token: state.tokens[place] }),
    get: ({ field }) => field[place], pick: () => page.change({ key: place }),
    set: ({ field }, given) => {
      const open = field.some((one, at) => at !== place && one < CEILING);
      return { key: place, field: field.with(place, open ? given : Math.min(given, CEILING - 0.1)), with_field: true };
    },
  });
}

// A switch has a knob, at the left for off; where the page is narrow all three have a row of their own.
function drawSwitches(bands, state, narrow, words) {
  const [wide, gap] = [36, 8];
  const y = narrow ? 38 : 13;
  let left = narrow ? 2 : 112;
  PARTS.forEach(([trait, , style], at) => {
    const [on, from] = [state[trait], left];
    const width = wide + 7.4 * widthOf(words[trait]) + 4;
    bands[at]({ x: from, y: y - 12, width, height: 24, rx: 4 }, { chosen: on, name: words[trait] },
      shape("rect", { x: from, y: y - 12, width, height: 24, rx: 4, class: "gh-frame" }),
      shape("rect", { x: from + 6, y: y - 7, width: 24, height: 14, rx: 7, class: on ? style : "ls-off" }),
      shape("circle", { cx: from + (on ? 23 : 13), cy: y, r: 5, class: "ls-pin" }),
      label(from + wide, y, words[trait], `gh-mid${on ? " gh-head" : " gh-note"}`));
    left += width + gap;
  });
  return label(2, 13, words.ground, "gh-note gh-mid");
}

function drawGround(panel, bands, state, now, { width, range }, page) {
  const { words } = page;
  const count = state.scores.length;
  const lies = (width - LEFT) / count > 7.4 * Math.min(LETTERS, widest(state.tokens)); // its names have room
  const narrow = width < 520;
  const view = axes(panel, {
    width, height: HIGH, title: words.landscape, room: { left: LEFT, top: narrow ? TOP + 28 : TOP, bottom: lies ? 26 : 78, right: 4 },
    x: { domain: [-0.5, count - 0.5], ticks: [], on: null }, y: { domain: range, most: 6, least: 1, apart: 8 },
  });
  const wide = (view.right - view.left) / count - 3;
  const places = { ...view, wide, depth: depthOf(now, view) };
  const named = (place) => {
    const style = place === now.visited[state.time - 1] ? "gh-head" : "gh-note";
    const text = short(state.tokens[place], LETTERS);
    return lies ? tokenLabel(view.x(place), HIGH - 8, text, `gh-middle ${style}`)
      : turned(tokenLabel(view.x(place), view.bottom + 8, text, `gh-end gh-mid ${style}`));
  };
  panel.add(drawSwitches(bands, state, narrow, words));
  state.tokens.forEach((_, place) => {
    columnOf(panel, place, places, state, now);
    panel.add(named(place));
    grab(panel, place, places, state, page);
  });
  drawHeld(panel, places, state, now);
}

// What the key that was held last says: P, and E, its height as it stands.
// It stands under its knob, or where the share stands there, in the ground, or above the knob.
function drawHeld(panel, { x, y, top, bottom, left, right, depth }, state, now) {
  const knob = knobAt(state.key, { y, top }, state);
  const at = Math.max(left + 30, Math.min(right - 30, x(state.key)));
  const surface = surfaceOf(now.heights[state.key], { y, top });
  const [weight, under] = [now.weights[state.key], Math.min(knob + 24, bottom - 20)];
  const met = weight >= 0.045 && Math.abs(surface - depth * weight - 6 - under - 7) < 24;
  const below = !met ? under : surface + 36 < bottom ? surface + 18 : knob - 32;
  const text = (value) => (value === null ? "∞" : signed(value));
  panel.add(label(at, below, `P ${text(now.P)}`, "gh-middle gh-head"), label(at, below + 15, `E ${text(now.E)}`, "gh-middle gh-head"));
}

// ---- the steps ----------------------------------------------------------------------------

const [ROWS, GAP, CURVE, BELOW] = [84, 12, 76, 32];

function drawSteps(panel, state, now, width, page) {
  const { words } = page;
  const most = Math.max(1, state.critical, ...now.residuals) * 1.08;
  const height = 18 + ROWS + GAP + CURVE + BELOW;
  const { x, y, left, right, bottom } = axes(panel, {
    width, height, title: words.steps, room: { left: LEFT, top: 18 + ROWS + GAP, bottom: BELOW, right: 4 },
    x: { domain: [-0.5, STEPS - 0.5], ticks: [0, 5, 11, 17, 23], text: (at) => whole(at + 1), grid: false },
    y: { domain: [0, most], most: 3, least: 0.5, apart: 8 },
  });
  const [column, row] = [(right - left) / STEPS, ROWS / state.tokens.length];
  const all = Array.from({ length: STEPS }, (_, at) => at);
  const come = (at) => (at < state.time ? 1 : 0.3); // what is still to come is faint
  all.forEach((at) => panel.add(...cells(now.shares.slice(at * state.tokens.length, (at + 1) * state.tokens.length), {
    left: x(at) - column / 2, top: 18, width: column, height: row, columns: 1, gap: 1,
    colour: (weight) => mixed("var(--gh-deep)", come(at) * Math.max(0.04, weight)),
  })));
  const points = all.map((at) => [x(at), y(now.residuals[at])]);
  const past = points.slice(0, state.time);
  panel.add(label(0, 11, words.steps_title, "gh-note"), label(right, bottom + 30, words.axis, "gh-note gh-end"),
    shape("rect", { x: left, y: 18, width: right - left, height: ROWS, class: "gh-frame" }),
    line(left, y(state.critical), right, y(state.critical), "gh-drop"),
    label(right - 18, y(state.critical) + 14, words.critical, "gh-tick gh-end"),
    line(x(state.time - 1), 18, x(state.time - 1), bottom, "gh-now"),
    curve(points, "gh-faint"), curve(past, "gh-warm"), ...dots(past, { r: 2.5, style: "ls-carry" }),
    ...all.flatMap((at) => (now.jumps[at]
      ? [label(Math.min(x(at), right - 15), 18 + ROWS + GAP - 1, words.jump, at < state.time ? "gh-middle gh-head" : "gh-middle gh-tick")] : [])));
  grip(panel, page, "critical", {
    at: [right - 8, y(state.critical)], along: [null, y], low: 0.1, high: 6, snap: 0.1,
    label: words.critical_knob, text: three(state.critical), small: true,
  });
  slide(panel, page, "time", { along: linear([1, STEPS], [x(0), x(STEPS - 1)]), snap: Math.round });
}

// ---- together -----------------------------------------------------------------------------

function picture(node, page) {
  const ground = new Panel(node, "ground");
  const playing = player(page, "time", [1, STEPS]);
  node.append(playing.node);
  const steps = new Panel(node, "steps");
  const bands = PARTS.map(([trait]) => makeBand(ground.front, () => page.change({ [trait]: !page.state()[trait] })));
  let range = rangeOf(page.state(), numbers(page.state()));
  return (state, now, width) => {
    range = ground.held ? range : rangeOf(state, now);
    drawGround(ground, bands, state, now, { width, range }, page);
    playing.show();
    drawSteps(steps, state, now, width, page);
  };
}

export default hero({ numbers, picture });
