// Four pairs of q and k as dials that turn with position, and the score against m − n and
// against a shift of both.

import { arrow, label, line, mark, shape } from "./kit/dom.js";
import { hero, makeBand, Panel } from "./kit/frame.js";
import { clamp, sum } from "./kit/sums.js";
import { fill, three, tick, whole } from "./kit/text.js";
import { rotate, speedsOf } from "./rope.js";

// The state with the speed of each pair, which every score of a drawing shares.
function withSpeeds(state) {
  return { ...state, theta: speedsOf(state.q.length, state.base) };
}

function partsOf(q, k) {
  return q.map((pair, i) => pair[0] * k[i][0] + pair[1] * k[i][1]);
}

function scoreAt({ q, k, theta }, m, n) {
  return sum(partsOf(rotate(q, m, theta), rotate(k, n, theta)));
}

export function numbers(given) {
  const state = withSpeeds(given);
  const { q, k, m, n, shift, theta, pair } = state;
  const [turnedQ, turnedK] = [rotate(q, m + shift, theta), rotate(k, n + shift, theta)];
  const parts = partsOf(turnedQ, turnedK);
  return {
    m: m + shift,
    n: n + shift,
    offset: m - n,
    score: sum(parts),
    unshifted: scoreAt(state, m, n),
    part: parts[pair],
    parts,
    wavelength: (2 * Math.PI) / theta[pair],
    q_norm: Math.hypot(...turnedQ.flat()),
    k_norm: Math.hypot(...turnedK.flat()),
  };
}

function facts({ shift, pair }, now) {
  return {
    m: whole(now.m),
    n: whole(now.n),
    offset: whole(now.offset),
    shift: whole(shift),
    pair: whole(pair),
    score: three(now.score),
    unshifted: three(now.unshifted),
    part: three(now.part),
    wavelength: three(now.wavelength),
    q_norm: three(now.q_norm),
    k_norm: three(now.k_norm),
  };
}

// ---- the dials ----------------------------------------------------------------------------

function arc(cx, cy, r, from, to) {
  const turn = Math.atan2(Math.sin(to - from), Math.cos(to - from));
  const spot = (at) => [cx + r * Math.cos(at), cy - r * Math.sin(at)];
  const [start, end] = [spot(from), spot(from + turn)];
  return shape("path", { d: `M${start} A${r} ${r} 0 0 ${turn > 0 ? 0 : 1} ${end}`, class: "gh-arc" });
}

// Where two names stand beside each other without touching, in radians around the dial.
function apart(one, other, least) {
  const turn = Math.atan2(Math.sin(other - one), Math.cos(other - one));
  if (Math.abs(turn) >= least) return [one, other];
  const middle = one + turn / 2;
  const half = ((turn < 0 ? -1 : 1) * least) / 2;
  return [middle - half, middle + half];
}

function drawHands(dial, cx, cy, r, hands) {
  const far = r + 9;
  const angles = apart(...hands.map(({ vector }) => Math.atan2(vector[1], vector[0])), 15 / far);
  const longest = Math.max(...hands.map(({ vector }) => Math.hypot(...vector)), 1e-9);
  hands.forEach(({ name, vector, style }, index) => {
    const [x, y] = vector.map((entry) => (entry / longest) * (r - 4));
    dial.append(arrow(cx, cy, cx + x, cy - y, style));
    if (Math.hypot(x, y) > 1) {
      const [across, up] = [Math.cos(angles[index]) * far, Math.sin(angles[index]) * far];
      dial.append(label(cx + across, cy - up, name, "gh-middle gh-mid gh-name-tag"));
    }
  });
}

function dialRadius(column) {
  return Math.min(column / 2 - 15, 62);
}

function drawDial({ band, drawn: dial }, column, index, state, turned, now, words) {
  const r = dialRadius(column);
  const [cx, cy] = [column * (index + 0.5), r + 38];
  const theta = state.theta[index];
  const [q, k] = [turned.q[index], turned.k[index]];
  dial.replaceChildren(
    label(cx, 18, fill(words.pair_label, { pair: index }), "gh-middle gh-head"),
    shape("circle", { cx, cy, r, class: "gh-dial" }),
    arc(cx, cy, r * 0.32, Math.atan2(k[1], k[0]), Math.atan2(q[1], q[0])));
  drawHands(dial, cx, cy, r, [
    { name: "k", vector: k, style: "gh-hand gh-key" },
    { name: "q", vector: q, style: "gh-hand gh-query" },
  ]);
  const part = fill(words.part_label, { part: three(now.parts[index]) });
  dial.append(
    label(cx, cy + r + 28, fill(words.theta, { theta: three(theta) }), "gh-middle gh-note"),
    label(cx, cy + r + 46, column > 110 ? part : three(now.parts[index]), "gh-middle gh-head"));
  band.classList.toggle("gh-chosen", index === state.pair);
  mark(band, {
    x: column * index + 3, y: 2, width: column - 6, height: 2 * r + 96, rx: 6,
    "aria-pressed": index === state.pair,
    "aria-label": `${fill(words.pair_label, { pair: index })}, ${fill(words.theta, { theta: three(theta) })}, ${part}`,
  });
}

function makeDials(panel, { change, state }) {
  return state().q.slice(0, state().q.length / 2).map((_, pair) =>
    makeBand(panel.front, () => change({ pair })));
}

// ---- the strips ---------------------------------------------------------------------------

const FARTHEST = 100;
const SHIFT = 1000;

// Both strips share one scale, which moves with the base alone: the largest score there can
// be, and half or all of it below zero.
function scaleOfScores(state) {
  const pairs = [rotate(state.q, 0, state.theta), rotate(state.k, 0, state.theta)];
  const size = sum(pairs[0].map((pair, i) => Math.hypot(...pair) * Math.hypot(...pairs[1][i])));
  const distances = Array.from({ length: 2 * FARTHEST + 1 }, (_, at) => at - FARTHEST);
  const lowest = Math.min(...distances.map((at) => scoreAt(state, at, 0)));
  const high = Math.max(size, 1e-9);
  return [lowest < -high / 2 ? -high : -high / 2, high];
}

// A curve over whole positions from low to high, and the present point to drag along it.
function drawStrip(panel, strip, width, height, /** @type {number[]} */ [low, high]) {
  const [left, right, top, bottom] = [20, 20, 42, 20];
  const x = (at) => left + ((at - strip.low) / (strip.high - strip.low)) * (width - left - right);
  const y = (score) => top + ((high - score) / (high - low)) * (height - top - bottom);
  const present = strip.score(strip.now);
  panel.clear(width, height, strip.label);
  panel.add(label(0, 13, strip.title, "gh-note"), line(left, y(0), width - right, y(0), "gh-axis"),
    label(left - 6, y(0), "0", "gh-tick gh-end gh-mid"));
  strip.ticks.forEach((at) => panel.add(line(x(at), y(0) - 3, x(at), y(0) + 3, "gh-axis"),
    label(x(at), height - 4, tick(at), "gh-tick gh-middle")));
  const points = Array.from({ length: Math.ceil(width - left - right) + 1 }, (_, pixel) => {
    const at = strip.low + (pixel / (width - left - right)) * (strip.high - strip.low);
    return `${(left + pixel).toFixed(1)},${y(strip.score(at)).toFixed(2)}`;
  });
  panel.add(shape("polyline", { points: points.join(" "), class: "gh-curve" }),
    line(x(strip.now), y(0), x(strip.now), y(present), "gh-drop"),
    label(clamp(x(strip.now), 24, width - 24), y(present) + (present < 0 ? 25 : -14),
      three(present), "gh-middle gh-name-tag"));
  const set = (at) => strip.set(clamp(Math.round(at), strip.low, strip.high));
  const along = (px) => strip.low + ((px - left) / (width - left - right)) * (strip.high - strip.low);
  const knob = panel.knob("now", {
    drag: ([px]) => set(along(px)),
    nudge: ([dx, dy]) => set(strip.now + dx + dy),
    reset: strip.reset,
  });
  panel.place(knob, [x(strip.now), y(present)],
    { name: strip.knob, now: strip.now, low: strip.low, high: strip.high, text: whole(strip.now) });
}

// The distance moves m; where m would leave its range, n gives way.
function atDistance({ n }, distance) {
  const m = clamp(n + distance, 0, FARTHEST);
  return { m, n: m - distance };
}

function offsetStrip(state, { words, change, state: read, start }) {
  return {
    label: words.offset_strip, title: words.offset_title, knob: words.offset_knob,
    low: -FARTHEST, high: FARTHEST, ticks: [-100, -50, 0, 50, 100], now: state.m - state.n,
    score: (at) => scoreAt(state, at, 0),
    set: (at) => change(atDistance(read(), at)),
    reset: () => change({ m: start().m, n: start().n }),
  };
}

function shiftStrip(state, now, { words, change, start }) {
  return {
    label: words.shift_strip, title: fill(words.shift_title, { m: now.m, n: now.n }),
    knob: words.shift_knob, low: 0, high: SHIFT, ticks: [0, 250, 500, 750, 1000], now: state.shift,
    score: (at) => scoreAt(state, state.m + at, state.n + at),
    set: (at) => change({ shift: at }),
    reset: () => change({ shift: start().shift }),
  };
}

// ---- together -----------------------------------------------------------------------------

function picture(node, page) {
  const panels = ["dials", "offset", "shift"].map((name) => new Panel(node, name));
  const dials = makeDials(panels[0], page);
  return (given, now, width) => {
    const state = withSpeeds(given);
    const column = width / dials.length;
    const turned = { q: rotate(state.q, now.m, state.theta), k: rotate(state.k, now.n, state.theta) };
    panels[0].clear(width, 2 * dialRadius(column) + 102, page.words.dials);
    dials.forEach((dial, index) => drawDial(dial, column, index, state, turned, now, page.words));
    const range = scaleOfScores(state);
    drawStrip(panels[1], offsetStrip(state, page), width, 180, range);
    drawStrip(panels[2], shiftStrip(state, now, page), width, 134, range);
  };
}

export default hero({ numbers, facts, picture });
