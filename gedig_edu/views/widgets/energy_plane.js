// A query goes down the energy of a modern Hopfield network in the plane, as gedig_edu.theory.energy
// computes it: E(ξ) = −(1/β) log Σ exp(β x·ξ) + ½‖ξ‖², ξ ← Xᵀ softmax(β X ξ).

import { dot, ensemble } from "./ensemble.js";
import { axes } from "./kit/axes.js";
import { label, line, mixed, shape, tokenLabel } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip, slide } from "./kit/grip.js";
import { kept } from "./kit/kept.js";
import { curve, dots } from "./kit/marks.js";
import { player } from "./kit/play.js";
import { linear } from "./kit/scale.js";
import { firstOf } from "./kit/sums.js";
import { percent, point, short } from "./kit/text.js";

const [EDGE, STEPS, STILL, SETTLING, APART] = [2.8, 40, 0.01, 200, 0.1];

const gap = (one, other) => Math.hypot(one[0] - other[0], one[1] - other[1]);
const read = (stored, beta, state) => ensemble(stored.map((x) => -dot(x, state)), 1 / beta);
const energyAt = (stored, beta, state) => read(stored, beta, state).free_energy + dot(state, state) / 2;

function update(stored, beta, state) {
  const { probabilities } = read(stored, beta, state);
  return [0, 1].map((axis) => dot(probabilities, stored.map((x) => x[axis])));
}

function descend({ stored, query, beta }) {
  const path = [query];
  while (path.length <= STEPS) {
    path.push(update(stored, beta, path.at(-1)));
    if (gap(path.at(-1), path.at(-2)) <= STILL) break;
  }
  return path;
}

// Where the patterns themselves come to rest, each place once.
const restsOf = kept(({ stored, beta }) => {
  const found = [];
  stored.forEach((pattern) => {
    let state = pattern;
    for (let step = 0; step < SETTLING; step += 1) state = update(stored, beta, state);
    if (found.every((one) => gap(one, state) > APART)) found.push(state);
  });
  return found;
}, ({ stored, beta }) => [stored, beta]);

export function numbers(state) {
  const { stored, names, beta } = state;
  const path = descend(state);
  const energies = path.map((one) => energyAt(stored, beta, one));
  const steps = path.length - 1;
  const shown = Math.min(state.step, steps);
  const weights = read(stored, beta, path[shown]).probabilities;
  const most = firstOf(weights);
  const rests = restsOf(state);
  return {
    across: path.map(([x]) => x), up: path.map(([, y]) => y), energies, steps, shown,
    at: path[shown],
    energy: energies[shown],
    fall: shown ? energies[shown] - energies[shown - 1] : null,
    weights,
    token: names[most],
    share: weights[most],
    basins: rests.length,
    rests_across: rests.map(([x]) => x), rests_up: rests.map(([, y]) => y),
    message: shown === steps ? "sentence_rests" : "sentence",
  };
}

// ---- the landscape ------------------------------------------------------------------------

const [CELLS, LEVELS] = [48, 14];
const DOMAIN = [-EDGE, EDGE];

// The part of one cell that lies below a level, as corners in pixels; its sides are crossed in between.
function below(corners, level) {
  return corners.flatMap(([x, y, height], place) => {
    const [nextX, nextY, next] = corners[(place + 1) % 4];
    const inside = height < level ? [[x, y]] : [];
    if (height < level === next < level) return inside;
    const along = (level - height) / (next - height);
    return [...inside, [x + along * (nextX - x), y + along * (nextY - y)]];
  });
}

// All that lies below a level: whole runs of cells at once, cells on its edge by their corners.
function regionBelow(heights, { x, y }, level) {
  const at = linear([0, CELLS], DOMAIN);
  const corner = (row, column) => [x(at(column)), y(at(row)), heights[row][column]];
  const drawn = (corners) => `M${corners.map(([px, py]) => `${px.toFixed(1)} ${py.toFixed(1)}`).join("L")}Z`;
  const parts = [];
  for (let row = 0; row < CELLS; row += 1) {
    for (let from = 0; from < CELLS; from += 1) {
      const whole = (column) => [0, 1].every((up) => [0, 1].every((right) => heights[row + up][column + right] < level));
      let to = from;
      while (to < CELLS && whole(to)) to += 1;
      const box = [corner(row, from), corner(row, Math.max(to, from + 1)), corner(row + 1, Math.max(to, from + 1)), corner(row + 1, from)];
      const corners = to > from ? box : below(box, level);
      if (corners.length) parts.push(drawn(corners));
      from = Math.max(from, to - 1);
    }
  }
  return parts.join("");
}

function drawLandscape({ state: { stored, beta }, view }) {
  const at = linear([0, CELLS], DOMAIN);
  const all = Array.from({ length: CELLS + 1 }, (_, place) => at(place));
  const heights = all.map((up) => all.map((across) => energyAt(stored, beta, [across, up])));
  const [low, high] = [Math.min(...heights.flat()), Math.max(...heights.flat())];
  return shape("g", {}, ...Array.from({ length: LEVELS }, (_, place) => {
    const share = (LEVELS - place) / LEVELS; // from the highest level down, each on top of the last
    const region = shape("path", { d: regionBelow(heights, view, low + (high - low) * share ** 2) });
    region.style.fill = mixed("var(--gh-deep)", 0.78 * (1 - share) + 0.03);
    return region;
  }));
}

// A name beside a pattern, on the side away from the middle of the plane.
function nameOf({ x, y }, [across, up], text) {
  const right = across >= 0;
  return tokenLabel(x(across) + (right ? 10 : -10), y(up) + (up >= 0 ? -9 : 12), text, `gh-head gh-mid${right ? "" : " gh-end"}`);
}

function drawPlane(panel, landscape, state, now, side, page, playing) {
  const { words } = page;
  const { stored, names, query } = state;
  const [x, y] = [linear(DOMAIN, [1, side - 1]), linear(DOMAIN, [side + 19, 21])];
  const spot = ([across, up]) => [x(across), y(up)];
  const path = now.across.map((across, place) => spot([across, now.up[place]]));
  const [from, to] = [path[now.shown], path[Math.min(now.shown + 1, now.steps)]];
  const way = path.slice(0, now.shown + 1);
  panel.clear(side, side + 22, words.plane);
  panel.add(label(0, 13, words.plane_title, "gh-note"), landscape({ state, view: { x, y }, side }),
    shape("rect", { x: 1, y: 21, width: side - 2, height: side - 2, class: "gh-frame" }),
    ...now.rests_across.map((across, place) => shape("circle", { cx: x(across), cy: y(now.rests_up[place]), r: 12, class: "ep-rest" })),
    ...stored.map((pattern, place) => {
      const made = line(...from, ...spot(pattern), "ep-read");
      made.style.strokeWidth = `${9 * now.weights[place]}`;
      return made;
    }),
    ...dots(stored.map(spot), { r: 5, style: "ep-pattern" }),
    ...stored.map((pattern, place) => nameOf({ x, y }, pattern, `${short(names[place], 8)} ${percent(now.weights[place])}`)),
    curve(way, "ep-halo"), curve(way, "ep-way"),
    ...dots([to], { r: 5, style: "ep-next" }), ...dots([from], { r: 6, style: "ep-state" }));
  grip(panel, page, "query", {
    at: spot(query), along: [x, y], snap: 0.05, step: 0.1, label: words.query_knob, text: point(query), holds: [query[0], ...DOMAIN],
    set: (_, value) => ({ query: value, step: 0 }), reset: (start) => ({ query: start.query, step: start.step }),
    pick: () => {}, drop: playing.run,
  });
}

// ---- the energy ---------------------------------------------------------------------------

function drawEnergy(panel, now, { width, height }, page) {
  const { words } = page;
  const [low, high] = [Math.min(...now.energies), Math.max(...now.energies)];
  const room = Math.max(0.1, high - low);
  const { x, y, top, bottom, right } = axes(panel, {
    width, height, title: words.curve, heading: words.curve_title, room: { left: 40, right: 10, top: 26, bottom: 36 },
    x: { domain: [0, Math.max(6, now.steps)], most: 5, least: 1 }, y: { domain: [low - 0.08 * room, high + 0.08 * room], most: 5 },
  });
  const points = now.energies.map((value, step) => [x(step), y(value)]);
  panel.add(line(x(now.shown), top, x(now.shown), bottom, "gh-now"), curve(points, "gh-faint"),
    curve(points.slice(0, now.shown + 1), "gh-warm"), ...dots(points, { r: 2.5, style: "gh-warm-bar" }),
    ...dots([points[now.shown]], { r: 5, style: "ep-state" }), label(right, bottom + 31, words.axis, "gh-note gh-end"));
  slide(panel, page, "step", { along: linear([0, now.steps], [x(0), x(now.steps)]), snap: Math.round });
}

// ---- together -----------------------------------------------------------------------------

function picture(node, page) {
  const [plane, energy] = [new Panel(node, "plane"), new Panel(node, "energy")];
  const playing = player(page, "step", [0, () => descend(page.state()).length - 1]);
  node.append(playing.node);
  const landscape = kept(drawLandscape, ({ state: { stored, beta }, side }) => [stored, beta, side]);
  return (state, now, width) => {
    const beside = width >= 520;
    const side = beside ? Math.min(420, Math.round(0.66 * width)) : width - 4;
    drawPlane(plane, landscape, state, now, side, page, playing);
    playing.show();
    drawEnergy(energy, now, beside ? { width: width - side - 24, height: side + 22 } : { width, height: 150 }, page);
  };
}

export default hero({ numbers, picture });
