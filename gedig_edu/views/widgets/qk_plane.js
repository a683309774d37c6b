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

function extentOf({ q, k }) {
  const far = Math.max(...[q, ...k].flat().map(Math.abs));
  return NEAR * 2 ** Math.max(0, Math.ceil(Math.log2(far / NEAR)));
}

function viewOf(side, extent) {
  const edge = (side / 2) * (1 - 1 / 1.08);
  const domain = [-extent, extent];
  return { side, x: linear(domain, [edge, side - edge]), y: linear(domain, [side - edge, edge]) };
}

function drawGround(panel, { side, x, y }, words) {
  x.ticks(8).forEach((at) => {
    const style = at === 0 ? "gh-axis" : "gh-grid";
    panel.add(line(x(at), 0, x(at), side, style), line(0, y(at), side, y(at), style));
    if (at !== 0) panel.add(label(x(at), y(0) + 14, tick(at), "gh-tick gh-middle"));
  });
  const r = x(1) - x(0);
  panel.add(shape("circle", { cx: x(0), cy: y(0), r, class: "gh-circle" }));
  if (r > 36) panel.add(label(x(0) + 5, y(0) + r + 14, words.norm_one, "gh-tick"));
}

function drawShadow(panel, { x, y, side }, state, now, words) {
  if (now.projection === null) return;
  const [fx, fy] = unit(state.q).map((entry) => entry * now.projection);
  panel.add(line(x(now.key[0]), y(now.key[1]), x(fx), y(fy), "gh-drop"),
    line(x(0), y(0), x(fx), y(fy), "gh-shadow"),
    line(8, side + 12, 28, side + 12, "gh-shadow"),
    label(38, side + 12, fill(words.shadow, state), "gh-note gh-mid"));
}

function drawAngle(panel, { x, y }, { q }, { key, angle }) {
  if (angle === null || angle < 1) return;
  const [from, to] = [q, key].map((vector) => Math.atan2(vector[1], vector[0]));
  const middle = from + turn(from, to) / 2;
  panel.add(arc(x(0), y(0), 26, from, to));
  if (angle > 20) {
    panel.add(label(x(0) + 38 * Math.cos(middle), y(0) - 38 * Math.sin(middle), "θ", "gh-middle gh-mid"));
  }
}

// Each name stands beyond its point, or around it where another name is there already.
function spotsOf({ x, y, side }, vectors) {
  const taken = [];
  vectors.forEach(([vx, vy]) => {
    const outward = Math.atan2(vy, vx);
    const around = AROUND.map(([away, by]) => [
      clamp(x(vx) + away * Math.cos(outward + by), 10, side - 10),
      clamp(y(vy) - away * Math.sin(outward + by), 10, side - 8),
    ]);
    const free = ([sx, sy]) => taken.every(([tx, ty]) => Math.abs(sx - tx) > 20 || Math.abs(sy - ty) > 16);
    taken.push(around.find(free) ?? around[0]);
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
    const share = linear([0, 1], [x, x + column - 58]);
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
    const wide = width >= 540;
    const side = Math.min(wide ? width * 0.56 : width, 440);
    extent = plane.held ? extent : extentOf(state);
    const view = viewOf(side, extent);
    plane.clear(side, side + 22, page.words.plane);
    drawGround(plane, view, page.words);
    drawShadow(plane, view, state, now, page.words);
    drawAngle(plane, view, state, now);
    drawVectors(plane, view, state, page);
    drawWeights(weights, wide ? width - side - 20 : width, wide ? side : 214, state, now, page);
  };
}

export default hero({ numbers, picture, derived: { length } });
