// Four pairs of q and k as dials that turn with position, and the score against m − n and
// against a shift of both.

import { axes } from "./kit/axes.js";
import { arrow, label, line, mark, shape } from "./kit/dom.js";
import { hero, makeBand, Panel } from "./kit/frame.js";
import { grip } from "./kit/grip.js";
import { arc, curve, turn } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { clamp, sum } from "./kit/sums.js";
import { fill, three, whole } from "./kit/text.js";
import { rotate, speedsOf } from "./rope.js";

function partsOf(q, k) {
  return q.map((pair, i) => pair[0] * k[i][0] + pair[1] * k[i][1]);
}

// The score at positions m and n, whose speeds all positions share.
function scoresOf({ q, k, base }) {
  const theta = speedsOf(q.length, base);
  return (m, n) => sum(partsOf(rotate(q, m, theta), rotate(k, n, theta)));
}

export function numbers(state) {
  const { q, k, m, n, shift, pair, base } = state;
  const theta = speedsOf(q.length, base);
  const [turnedQ, turnedK] = [rotate(q, m + shift, theta), rotate(k, n + shift, theta)];
  const parts = partsOf(turnedQ, turnedK);
  return {
    m: m + shift,
    n: n + shift,
    offset: m - n,
    score: sum(parts),
    unshifted: scoresOf(state)(m, n),
    part: parts[pair],
    parts,
    wavelength: (2 * Math.PI) / theta[pair],
    q_norm: Math.hypot(...turnedQ.flat()),
    k_norm: Math.hypot(...turnedK.flat()),
  };
}

const FARTHEST = 100;
const SHIFT = 1000;

// ---- the dials ----------------------------------------------------------------------------

// Where two names stand beside each other without touching, in radians around the dial.
function apart(one, other, least) {
  const between = turn(one, other);
  if (Math.abs(between) >= least) return [one, other];
  const middle = one + between / 2;
  const half = ((between < 0 ? -1 : 1) * least) / 2;
  return [middle - half, middle + half];
}

const HANDS = [["k", "n", "gh-key"], ["q", "m", "gh-query"]];

// The hands of one dial: an arrow each, and where the handle that turns it stands, on the rim.
function handsOf({ cx, cy, r }, vectors) {
  const far = r + 10;
  const angles = vectors.map(([x, y]) => Math.atan2(y, x));
  const rims = apart(...angles, 20 / far);
  const longest = Math.max(...vectors.map((vector) => Math.hypot(...vector)), 1e-9);
  return HANDS.map(([name, position, style], at) => {
    const [x, y] = vectors[at].map((entry) => (entry / longest) * (r - 4));
    return {
      name, position, angle: angles[at], seen: Math.hypot(x, y) > 1,
      rim: [cx + far * Math.cos(rims[at]), cy - far * Math.sin(rims[at])],
      drawn: arrow(cx, cy, cx + x, cy - y, `gh-hand ${style}`),
    };
  });
}

// A hand is taken at its handle or anywhere along it, and turns its position: to where it comes
// nearest to the pointer. Those of the chosen dial show their handles.
function takeHand(panel, page, { pair, cx, cy, theta }, { name, position, angle, seen, rim }) {
  const state = page.state();
  const chosen = pair === state.pair;
  const knob = grip(panel, page, `${name}${pair}`, {
    at: rim, along: [linear([0, FARTHEST], [0, 1]), null], snap: 1, text: whole(state[position]),
    label: fill(page.words[`hand_${name}`], { pair }), pick: () => page.change({ pair }),
    get: (now) => now[position], set: (_, place) => ({ [position]: place }),
  });
  knob.actions.drag = ([px, py]) => {
    const by = turn(angle, Math.atan2(cy - py, px - cx)) / theta;
    page.change({ [position]: clamp(Math.round(state[position] + by), 0, FARTHEST) });
  };
  knob.node.querySelector(".gh-shaft")?.remove();
  knob.node.prepend(line(0, 0, cx - rim[0], cy - rim[1], "gh-shaft"));
  if (!knob.node.querySelector("text")) knob.node.append(label(0, 0, name, "gh-middle gh-mid gh-name-tag"));
  knob.node.classList.toggle("gh-quiet", !chosen);
  knob.node.style.display = seen ? "" : "none";
  mark(knob.node, { tabindex: chosen ? 0 : -1 });
}

function drawDials(panel, dials, width, state, now, page) {
  const { words } = page;
  const column = width / dials.length;
  const r = Math.min(column / 2 - 20, 62);
  const theta = speedsOf(state.q.length, state.base);
  const [queries, keys] = [rotate(state.q, now.m, theta), rotate(state.k, now.n, theta)];
  panel.clear(width, 2 * r + 112, words.dials);
  dials.forEach((put, pair) => {
    const dial = { pair, cx: column * (pair + 0.5), cy: r + 48, r, theta: theta[pair] };
    const { cx, cy } = dial;
    const hands = handsOf(dial, [keys[pair], queries[pair]]);
    const one = { pair, theta: theta[pair], part: now.parts[pair] };
    put({ x: column * pair + 3, y: 2, width: column - 6, height: 2 * r + 108, rx: 6 },
      { chosen: pair === state.pair, name: fill(words.dial, one) },
      label(cx, 18, fill(words.pair_label, one), "gh-middle gh-head"),
      shape("circle", { cx, cy, r, class: "gh-dial" }), arc(cx, cy, r * 0.32, ...hands.map(({ angle }) => angle)),
      ...hands.map(({ drawn }) => drawn),
      label(cx, cy + r + 36, fill(words.theta, one), "gh-middle gh-note"),
      label(cx, cy + r + 54, column > 110 ? fill(words.part_label, one) : three(one.part), "gh-middle gh-head"));
    hands.forEach((hand) => takeHand(panel, page, dial, hand));
  });
}

// ---- the strips ---------------------------------------------------------------------------

// Both strips share one range, which moves with the base alone: the largest score there can
// be, and half or all of it below zero.
function rangeOf({ q, k, base }) {
  const still = speedsOf(q.length, base);
  const score = scoresOf({ q, k, base });
  const norms = [q, k].map((one) => rotate(one, 0, still).map((pair) => Math.hypot(...pair)));
  const high = Math.max(sum(norms[0].map((norm, i) => norm * norms[1][i])), 1e-9);
  const distances = Array.from({ length: 2 * FARTHEST + 1 }, (_, at) => at - FARTHEST);
  const lowest = Math.min(...distances.map((at) => score(at, 0)));
  return [lowest < -high / 2 ? -high : -high / 2, high];
}

// The score over positions from low to high, and the present point to drag along its curve.
function drawStrip(panel, page, { width, height, range, title, heading, low, high, score, now, name, ...knob }) {
  const { x, y, left, right } = axes(panel, {
    width, height, title, heading, room: { left: 20, right: 20, top: 42 },
    x: { domain: [low, high], most: 5, grid: false, on: 0 }, y: { domain: range, ticks: [0], grid: false },
  });
  const present = score(now);
  x.ticks(5).forEach((at) => panel.add(line(x(at), y(0) - 3, x(at), y(0) + 3, "gh-axis")));
  const pixels = Array.from({ length: Math.ceil(right - left) + 1 }, (_, pixel) => Math.min(left + pixel, right));
  panel.add(curve(pixels.map((px) => [px, y(score(x.invert(px)))])), line(x(now), y(0), x(now), y(present), "gh-drop"),
    label(clamp(x(now), 24, width - 24), y(present) + (present < 0 ? 25 : -14), three(present), "gh-middle gh-name-tag"));
  return grip(panel, page, name, { ...knob, at: [x(now), y(present)], along: [x, null], low, high, snap: 1, text: whole(now) });
}

// The distance moves m; where m would leave its range, n gives way.
function atDistance({ n }, distance) {
  const m = clamp(n + distance, 0, FARTHEST);
  return { m, n: m - distance };
}

function picture(node, page) {
  const { words, state: read, start } = page;
  const [turning, offset, shift] = ["dials", "offset", "shift"].map((name) => new Panel(node, name));
  const dials = Array.from({ length: read().q.length / 2 }, (_, pair) =>
    makeBand(turning.front, () => page.change({ pair })));
  return (state, now, width) => {
    const [score, range] = [scoresOf(state), rangeOf(state)];
    drawDials(turning, dials, width, state, now, page);
    drawStrip(offset, page, {
      width, height: 180, range, title: words.offset_strip, heading: words.offset_title, label: words.offset_knob,
      name: "offset", now: now.offset, low: -FARTHEST, high: FARTHEST, score: (at) => score(at, 0),
      get: ({ m, n }) => m - n, set: atDistance,
    }).actions.reset = () => page.change({ m: start().m, n: start().n });
    drawStrip(shift, page, {
      width, height: 134, range, title: words.shift_strip, heading: fill(words.shift_title, now), label: words.shift_knob,
      name: "shift", now: state.shift, low: 0, high: SHIFT, score: (at) => score(state.m + at, state.n + at),
    });
  };
}

export default hero({ numbers, picture });
