// The q·k plane: one query and five keys to drag, their weights under each score beside it.

import { dot as product, softmax } from "./ensemble.js";
import { label, line, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip } from "./kit/grip.js";
import { arc, bars, turn } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { clamp, firstOf } from "./kit/sums.js";
import { fill, percent, point, tick } from "./kit/text.js";

const LIMIT = 40;

function unit(vector) {
  const norm = Math.hypot(...vector);
  return norm > 0 ? vector.map((entry) => entry / norm) : [0, 0];
}

export function numbers({ q, k, chosen, temperature }) {
  const key = k[chosen];
  const dot = product(q, key);
  const [qNorm, kNorm] = [Math.hypot(...q), Math.hypot(...key)];
  const across = Math.abs(q[0] * key[1] - q[1] * key[0]);
  const cosines = k.map((one) => clamp(product(unit(q), unit(one)), -1, 1));
  const weights = (scores) => softmax(scores, temperature);
  const byDot = weights(k.map((one) => product(q, one) / Math.SQRT2));
  const byCosine = weights(cosines);
  return {
    key,
    dot,
    cosine: cosines[chosen],
    angle: qNorm && kNorm ? (Math.atan2(across, dot) * 180) / Math.PI : null,
    q_norm: qNorm,
    k_norm: kNorm,
    projection: qNorm ? dot / qNorm : null,
    dot_weight: byDot[chosen],
    cosine_weight: byCosine[chosen],
    first_dot: firstOf(byDot),
    first_cosine: firstOf(byCosine),
    dot_weights: byDot,
    cosine_weights: byCosine,
    ngpt_weights: weights(cosines.map((cosine) => cosine * Math.SQRT2)),
  };
}

const length = {
  get: ({ k, chosen }) => Math.hypot(...k[chosen]),
  set: ({ k, chosen }, value) => {
    const [x, y] = Math.hypot(...k[chosen]) > 0 ? unit(k[chosen]) : [1, 0];
    return { k: k.with(chosen, [x * value, y * value]) };
  },
  reset: ({ k, chosen }, start) => ({ k: k.with(chosen, start.k[chosen]) }),
};

// ---- the plane ----------------------------------------------------------------------------

// How far the plane reaches from zero: doubled until every point is inside.
const NEAR = 3.5;

// Where a name may stand, best first: how far from its point, and how far turned around it.
const AROUND = [22, 42].flatMap((away) => [0, 1, -1, 2, -2, 3].map((by) => [away, by]));

function extentOf({ q, k }, ratio) {
  const far = Math.max(...[q, ...k].map(([x, y]) => Math.max(Math.abs(x) / ratio, Math.abs(y))));
  return NEAR * 2 ** Math.max(0, Math.ceil(Math.log2(far / NEAR)));
}

// A length is as long across as it is up; there is a margin for a point at the edge.
function viewOf(width, height, extentFor) {
  const edge = 0.04 * height;
  const ratio = (width - 2 * edge) / (height - 2 * edge);
  const extent = extentFor(ratio);
  return {
    width, height, x: linear([-extent * ratio, extent * ratio], [edge, width - edge]),
    y: linear([-extent, extent], [height - edge, edge]),
  };
}

function drawGround(panel, { width, height, x, y }, words) {
  const up = y.ticks(8);
  const across = x.ticks(Infinity, up[1] - up[0]);
  const style = (at) => (at === 0 ? "gh-axis" : "gh-grid");
  panel.add(...up.map((at) => line(0, y(at), width, y(at), style(at))),
    ...across.map((at) => line(x(at), 0, x(at), height, style(at))),
    ...across.map((at) => label(x(at), height + 14, tick(at), "gh-tick gh-middle")));
  const r = x(1) - x(0);
  panel.add(shape("circle", { cx: x(0), cy: y(0), r, class: "gh-circle" }));
  if (r > 36) panel.add(label(x(0) + 5, y(0) + r + 14, words.norm_one, "gh-tick"));
}

function drawShadow(panel, { x, y, height }, state, now, words) {
  if (now.projection === null) return;
  const [fx, fy] = unit(state.q).map((entry) => entry * now.projection);
  panel.add(line(x(now.key[0]), y(now.key[1]), x(fx), y(fy), "gh-drop"),
    line(x(0), y(0), x(fx), y(fy), "gh-shadow"),
    line(8, height + 28, 28, height + 28, "gh-shadow"),
    label(38, height + 28, fill(words.shadow, state), "gh-note gh-mid"));
}

// The angle's name stands where no point covers it.
function drawAngle(panel, { x, y }, { q, k }, { key, angle }) {
  if (angle === null || angle < 1) return;
  const [from, to] = [q, key].map((vector) => Math.atan2(vector[1], vector[0]));
  const middle = from + turn(from, to) / 2;
  const points = [q, ...k].map(([vx, vy]) => [x(vx), y(vy)]);
  const spot = [38, 58, 78].map((r) => [x(0) + r * Math.cos(middle), y(0) - r * Math.sin(middle)])
    .find(([sx, sy]) => points.every(([px, py]) => Math.hypot(px - sx, py - sy) > 16));
  panel.add(arc(x(0), y(0), 26, from, to));
  if (angle > 20 && spot) panel.add(label(...spot, "θ", "gh-middle gh-mid"));
}

// How far a spot lies from the line to a point.
/** @param {number[]} spot @param {number[]} from @param {number[]} to */
function awayFrom([sx, sy], [fromX, fromY], [toX, toY]) {
  const [dx, dy] = [toX - fromX, toY - fromY];
  const share = clamp(((sx - fromX) * dx + (sy - fromY) * dy) / (dx * dx + dy * dy || 1), 0, 1);
  return Math.hypot(sx - fromX - share * dx, sy - fromY - share * dy);
}

// Each name stands beyond its point, or around it where another name or a line is there already.
function spotsOf({ x, y, width, height }, vectors) {
  const [zero, ends] = [[x(0), y(0)], vectors.map(([vx, vy]) => [x(vx), y(vy)])];
  const taken = [];
  vectors.forEach(([vx, vy]) => {
    const outward = Math.atan2(vy, vx);
    const around = AROUND.map(([away, by]) => [
      clamp(x(vx) + away * Math.cos(outward + by), 10, width - 10),
      clamp(y(vy) - away * Math.sin(outward + by), 10, height - 8),
    ]);
    const free = ([sx, sy]) => taken.every(([tx, ty]) => Math.abs(sx - tx) > 20 || Math.abs(sy - ty) > 16);
    const clear = (spot) => free(spot) && ends.every((end) => awayFrom(spot, zero, end) > 14);
    taken.push(around.find(clear) ?? around.find(free) ?? around[0]);
  });
  return taken;
}

// Each vector: a line to its point, its name, its knob on the point.
function drawVectors(panel, view, state, page) {
  const { x, y } = view;
  const { words } = page;
  const [querySpot, ...spots] = spotsOf(view, [state.q, ...state.k]);
  const draw = (name, [vx, vy], spot, style, knob) => {
    const at = [x(vx), y(vy)];
    panel.add(line(x(0), y(0), ...at, `gh-vector ${style}`), label(...spot, name, "gh-middle gh-mid gh-name-tag"));
    grip(panel, page, name, {
      at, along: [x, y], low: -LIMIT, high: LIMIT, snap: 0.01, step: 0.1, text: point([vx, vy]),
      drop: () => page.redraw(), ...knob,
    });
  };
  state.k.forEach((key, index) => {
    const [name, chosen] = [`k${index}`, index === state.chosen];
    draw(name, key, spots[index], chosen ? "gh-chosen" : "", {
      label: fill(words.key, { name }), open: !chosen, pick: () => page.change({ chosen: index }),
      get: ({ k }) => k[index], set: ({ k }, vector) => ({ k: k.with(index, vector) }),
    });
  });
  draw("q", state.q, querySpot, "gh-query", { label: words.query });
}

// ---- the weights --------------------------------------------------------------------------

function drawWeights(panel, width, height, state, now, { words, change }) {
  const kinds = state.ngpt ? ["dot", "cosine", "ngpt"] : ["dot", "cosine"];
  const [top, left] = [44, 30];
  const row = (height - top) / state.k.length;
  const column = (width - left) / kinds.length;
  const at = (key) => top + row * (key + 0.5);
  panel.clear(width, height, words.weights);
  state.k.forEach((_, key) => {
    const band = shape("rect", { x: 0, y: top + row * key + 2, width, height: row - 4, rx: 4, class: "gh-band" });
    band.classList.toggle("gh-chosen", key === state.chosen);
    band.addEventListener("click", () => change({ chosen: key }));
    panel.add(band, label(6, at(key), `k${key}`, "gh-mid gh-name-tag"));
  });
  panel.add(label(0, 12, words.weights_title, "gh-note"));
  kinds.forEach((kind, place) => {
    const x = left + place * column;
    const share = linear([0, 1], [x, x + column - 46]);
    panel.add(label(x, 34, words[`column_${kind}`], "gh-head"),
      ...bars(now[`${kind}_weights`], share, { at, thick: Math.min(row / 2, 26), text: percent }),
      line(x, top, x, height, "gh-axis"));
  });
}

// ---- together -----------------------------------------------------------------------------

function picture(node, page) {
  const plane = new Panel(node, "plane");
  const weights = new Panel(node, "weights");
  let extent = NEAR;
  return (state, now, width) => {
    const beside = width >= 800;
    const [wide, tall] = beside ? [width * 0.5, 440] : [width, width < 480 ? 330 : 350];
    const view = viewOf(wide, tall, (ratio) => { extent = plane.held ? extent : extentOf(state, ratio); return extent; });
    plane.clear(wide, tall + 38, page.words.plane);
    drawGround(plane, view, page.words);
    drawShadow(plane, view, state, now, page.words);
    drawAngle(plane, view, state, now);
    drawVectors(plane, view, state, page);
    drawWeights(weights, beside ? width - wide - 20 : width, beside ? tall : 184, state, now, page);
  };
}

export default hero({ numbers, picture, derived: { length } });
