// The q·k plane: one query and five keys to drag, their weights under each score beside it.

import { softmax } from "./ensemble.js";
import { label, line, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { clamp } from "./kit/sums.js";
import { fill, percent, point, three, tick } from "./kit/text.js";

const LIMIT = 40;
const STEP = 0.1;

function dotOf(a, b) {
  return a[0] * b[0] + a[1] * b[1];
}

function unit(vector) {
  const norm = Math.hypot(...vector);
  return norm > 0 ? vector.map((entry) => entry / norm) : [0, 0];
}

export function numbers({ q, k, chosen, temperature }) {
  const key = k[chosen];
  const dot = dotOf(q, key);
  const [qNorm, kNorm] = [Math.hypot(...q), Math.hypot(...key)];
  const across = Math.abs(q[0] * key[1] - q[1] * key[0]);
  const cosines = k.map((one) => clamp(dotOf(unit(q), unit(one)), -1, 1));
  const weights = (scores) => softmax(scores, temperature);
  return {
    dot,
    cosine: cosines[chosen],
    angle: qNorm && kNorm ? (Math.atan2(across, dot) * 180) / Math.PI : null,
    q_norm: qNorm,
    k_norm: kNorm,
    projection: qNorm ? dot / qNorm : null,
    dot_weights: weights(k.map((one) => dotOf(q, one) / Math.SQRT2)),
    cosine_weights: weights(cosines),
    ngpt_weights: weights(cosines.map((cosine) => cosine * Math.SQRT2)),
  };
}

function facts({ q, k, chosen, temperature }, now) {
  const first = (weights) => `k${weights.indexOf(Math.max(...weights))}`;
  return {
    q: point(q),
    k: point(k[chosen]),
    name: `k${chosen}`,
    T: three(temperature),
    dot: three(now.dot),
    cosine: three(now.cosine),
    angle: three(now.angle),
    share_dot: percent(now.dot_weights[chosen]),
    share_cosine: percent(now.cosine_weights[chosen]),
    first_dot: first(now.dot_weights),
    first_cosine: first(now.cosine_weights),
  };
}

function replaced(k, index, vector) {
  return k.map((one, place) => (place === index ? vector : one));
}

const length = {
  get: ({ k, chosen }) => Math.hypot(...k[chosen]),
  set: ({ k, chosen }, value) => {
    const [x, y] = Math.hypot(...k[chosen]) > 0 ? unit(k[chosen]) : [1, 0];
    return { k: replaced(k, chosen, [x * value, y * value]) };
  },
  reset: ({ k, chosen }, start) => ({ k: replaced(k, chosen, start.k[chosen]) }),
};

// ---- the plane ----------------------------------------------------------------------------

// How far the plane reaches from zero: doubled until every point is inside.
const NEAR = 3.5;

// Where a name may stand, best first: how far from its point, and how far turned around it.
const AROUND = [22, 42].flatMap((away) => [0, 1, -1, 2, -2, 3].map((turn) => [away, turn]));

function extentOf({ q, k }) {
  const far = Math.max(...[q, ...k].flat().map(Math.abs));
  let extent = NEAR;
  while (extent < far) extent *= 2;
  return extent;
}

function drawGround(panel, view, words) {
  const { side, x, y, extent } = view;
  const step = [1, 2, 5, 10, 20].find((size) => extent / size < 4);
  const far = Math.floor(extent / step);
  for (let at = -far * step; at <= far * step; at += step) {
    panel.add(line(x(at), 0, x(at), side, at === 0 ? "gh-axis" : "gh-grid"),
      line(0, y(at), side, y(at), at === 0 ? "gh-axis" : "gh-grid"));
    if (at !== 0) panel.add(label(x(at), y(0) + 14, tick(at), "gh-tick gh-middle"));
  }
  const radius = x(1) - x(0);
  panel.add(shape("circle", { cx: x(0), cy: y(0), r: radius, class: "gh-circle" }));
  if (radius > 36) {
    panel.add(label(x(0) + 5, y(0) + radius + 14, words.norm_one, "gh-tick"));
  }
}

function drawShadow(panel, view, state, now, words) {
  const { x, y, side } = view;
  if (now.projection === null) return;
  const direction = unit(state.q);
  const foot = direction.map((entry) => entry * now.projection);
  const key = state.k[state.chosen];
  panel.add(line(x(key[0]), y(key[1]), x(foot[0]), y(foot[1]), "gh-drop"),
    line(x(0), y(0), x(foot[0]), y(foot[1]), "gh-shadow"));
  panel.add(line(8, side + 12, 28, side + 12, "gh-shadow"),
    label(38, side + 12, fill(words.shadow, { name: `k${state.chosen}` }), "gh-note gh-mid"));
}

function drawAngle(panel, view, { q, k, chosen }, now) {
  if (now.angle === null || now.angle < 1) return;
  const { x, y } = view;
  const from = Math.atan2(q[1], q[0]);
  const key = k[chosen];
  const turn = Math.sign(q[0] * key[1] - q[1] * key[0]) || 1;
  const angle = (turn * now.angle * Math.PI) / 180;
  const spot = (at, r) => [x(0) + r * Math.cos(at), y(0) - r * Math.sin(at)];
  const [start, end] = [spot(from, 26), spot(from + angle, 26)];
  panel.add(shape("path", {
    d: `M${start} A26 26 0 0 ${turn > 0 ? 0 : 1} ${end}`, class: "gh-arc",
  }));
  if (now.angle > 20) panel.add(label(...spot(from + angle / 2, 38), "θ", "gh-middle gh-mid"));
}

// Each name stands beyond its point, or around it where another name is there already.
function spotsOf({ x, y, side }, vectors) {
  const taken = [];
  vectors.forEach(([vx, vy]) => {
    const outward = Math.atan2(vy, vx);
    const around = AROUND.map(([away, turn]) => [
      clamp(x(vx) + away * Math.cos(outward + turn), 10, side - 10),
      clamp(y(vy) - away * Math.sin(outward + turn), 10, side - 8),
    ]);
    const free = ([sx, sy]) => taken.every(([tx, ty]) => Math.abs(sx - tx) > 20 || Math.abs(sy - ty) > 16);
    taken.push(around.find(free) ?? around[0]);
  });
  return taken;
}

// Each vector: a line to its point, its name, its knob on the point.
function drawVector(panel, view, vector, { name, spot, style, title, open, actions, words }) {
  const { x, y } = view;
  const [px, py] = [x(vector[0]), y(vector[1])];
  panel.add(line(x(0), y(0), px, py, style), label(...spot, name, "gh-middle gh-mid gh-name-tag"));
  const text = fill(words.point, { x: three(vector[0]), y: three(vector[1]) });
  panel.place(panel.knob(name, actions), [px, py],
    { name: title, now: vector[0], low: -LIMIT, high: LIMIT, text, open });
}

function moving(view, read, write) {
  const round = (value, digits) => Math.round(value * digits) / digits;
  const inside = (value) => clamp(value, -LIMIT, LIMIT);
  return {
    drag: ([px, py]) => {
      const bound = (value) => round(clamp(value, -view.extent, view.extent), 100);
      write([bound((px - view.side / 2) / view.scale), bound((view.side / 2 - py) / view.scale)]);
    },
    nudge: ([dx, dy]) => {
      const [x, y] = read();
      const next = (value, by) => (by ? round(inside(value + by * STEP), 10) : value);
      write([next(x, dx), next(y, dy)]);
    },
  };
}

// ---- the weights --------------------------------------------------------------------------

function drawWeights(panel, width, height, state, now, { words, change }) {
  const kinds = state.ngpt ? ["dot", "cosine", "ngpt"] : ["dot", "cosine"];
  const [top, left] = [44, 30];
  const row = (height - top) / state.k.length;
  const thick = Math.min(row / 2, 26);
  const column = (width - left) / kinds.length;
  const longest = column - 58;
  panel.clear(width, height, words.weights);
  panel.add(label(0, 12, words.weights_title, "gh-note"));
  kinds.forEach((kind, place) => {
    const x = left + place * column;
    panel.add(label(x, 34, words[`column_${kind}`], "gh-head"));
    now[`${kind}_weights`].forEach((share, key) => {
      const y = top + row * key + row / 2;
      panel.add(
        shape("rect", { x, y: y - thick / 2, width: longest * share, height: thick, class: "gh-bar" }),
        label(x + longest * share + 5, y, percent(share), "gh-mid"));
    });
    panel.add(line(x, top, x, height, "gh-axis"));
  });
  state.k.forEach((_, key) => {
    const y = top + row * key;
    const band = shape("rect", { x: 0, y: y + 2, width, height: row - 4, rx: 4,
      class: key === state.chosen ? "gh-band gh-chosen" : "gh-band" });
    band.addEventListener("click", () => change({ chosen: key }));
    panel.scenery.prepend(band);
    panel.add(label(6, y + row / 2, `k${key}`, "gh-mid gh-name-tag"));
  });
}

// ---- together -----------------------------------------------------------------------------

function picture(node, page) {
  const { words, change, state: read, start } = page;
  const plane = new Panel(node, "plane");
  const weights = new Panel(node, "weights");
  let extent = NEAR;

  return (state, now, width) => {
    const wide = width >= 540;
    const side = Math.min(wide ? width * 0.56 : width, 440);
    const held = [...plane.knobs.values()].some((knob) => knob.held);
    extent = held ? extent : extentOf(state);
    const scale = side / 2 / (extent * 1.08);
    const view = { side, extent, scale, x: (at) => side / 2 + at * scale, y: (at) => side / 2 - at * scale };
    const [querySpot, ...spots] = spotsOf(view, [state.q, ...state.k]);
    plane.clear(side, side + 22, words.plane);
    drawGround(plane, view, words);
    drawShadow(plane, view, state, now, words);
    drawAngle(plane, view, state, now);
    state.k.forEach((key, index) => {
      const name = `k${index}`;
      const write = (vector) => change({ k: replaced(read().k, index, vector) });
      drawVector(plane, view, key, {
        name, words, spot: spots[index], title: fill(words.key, { name }), open: index !== state.chosen,
        style: index === state.chosen ? "gh-vector gh-chosen" : "gh-vector",
        actions: {
          ...moving(view, () => read().k[index], write),
          pick: () => change({ chosen: index }),
          drop: () => page.redraw(),
          reset: () => write(start().k[index]),
        },
      });
    });
    drawVector(plane, view, state.q, {
      name: "q", words, spot: querySpot, title: words.query, open: false, style: "gh-vector gh-query",
      actions: {
        ...moving(view, () => read().q, (q) => change({ q })),
        drop: () => page.redraw(),
        reset: () => change({ q: start().q }),
      },
    });
    drawWeights(weights, wide ? width - side - 20 : width, wide ? side : 214, state, now, page);
  };
}

export default hero({ numbers, facts, picture, derived: { length } });
