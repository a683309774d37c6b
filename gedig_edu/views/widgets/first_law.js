// A path in the plane of T and one energy, over the heights of ⟨E⟩; beside it heat and work as
// bars that end, on every path, at the same line.

import { ensemble } from "./ensemble.js";
import { arrow, label, line, mixed, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { kept } from "./kit/kept.js";
import { clamp } from "./kit/sums.js";
import { fill, point, three, tick, whole } from "./kit/text.js";

const OTHERS = [0, 0.5, 1, 1.5];
const [COLDEST, HOTTEST] = [0.2, 3];
const LIMIT = 3;
const STEP = 0.05;
const SHOWN = ["heat", "work", "total", "change", "error", "straight_heat", "straight_work"];

function stateAt([T, energy]) {
  return { T, energy, now: ensemble([energy, ...OTHERS], T) };
}

function between(begin, finish, share) {
  return begin.map((from, at) => from + share * (finish[at] - from));
}

// Heat Σ T ΔS, work Σ p ΔE and the change of ⟨E⟩ along a straight line, by trapezoids.
function along(begin, finish, steps) {
  let [heat, work] = [0, 0];
  let last = stateAt(begin);
  const first = last;
  for (let step = 1; step <= steps; step += 1) {
    const next = stateAt(between(begin, finish, step / steps));
    const [p, before] = [next.now.probabilities[0], last.now.probabilities[0]];
    heat += 0.5 * (next.T + last.T) * (next.now.entropy - last.now.entropy);
    work += 0.5 * (p + before) * (next.energy - last.energy);
    last = next;
  }
  return { heat, work, change: last.now.energy - first.now.energy };
}

export function numbers({ begin, via, finish, steps }) {
  const [first, second] = [along(begin, via, steps), along(via, finish, steps)];
  const straight = along(begin, finish, 2 * steps);
  const both = (name) => first[name] + second[name];
  const [heat, work, change] = ["heat", "work", "change"].map(both);
  return {
    heat, work, total: heat + work, change, error: heat + work - change,
    straight_heat: straight.heat,
    straight_work: straight.work,
    straight_total: straight.heat + straight.work,
  };
}

function facts({ begin, via, finish, steps }, now) {
  return {
    steps: whole(2 * steps),
    begin: point(begin),
    via: point(via),
    finish: point(finish),
    ...Object.fromEntries(SHOWN.map((name) => [name, three(now[name])])),
  };
}

// ---- the plane ----------------------------------------------------------------------------

const [COLUMNS, ROWS] = [28, 18];
const HEIGHTS = Array.from({ length: COLUMNS * ROWS }, (_, cell) => {
  const T = COLDEST + (((cell % COLUMNS) + 0.5) / COLUMNS) * (HOTTEST - COLDEST);
  const energy = LIMIT - ((Math.floor(cell / COLUMNS) + 0.5) / ROWS) * 2 * LIMIT;
  return stateAt([T, energy]).now.energy;
});
const [LOWEST, HIGHEST] = [Math.min(...HEIGHTS), Math.max(...HEIGHTS)];

function drawHeights({ left, top, right, bottom }) {
  const [wide, high] = [(right - left) / COLUMNS, (bottom - top) / ROWS];
  return shape("g", {}, ...HEIGHTS.map((height, cell) => {
    const rect = shape("rect", {
      x: left + (cell % COLUMNS) * wide, y: top + Math.floor(cell / COLUMNS) * high,
      width: wide + 0.6, height: high + 0.6,
    });
    const share = (height - LOWEST) / (HIGHEST - LOWEST);
    rect.style.fill = mixed("var(--gh-deep)", 0.55 * share);
    return rect;
  }));
}

function drawGround(panel, view, words, cells) {
  const { x, y, left, right, bottom, top, width, height } = view;
  panel.clear(width, height, words.plane);
  panel.add(label(0, 13, words.plane_title, "gh-note"));
  panel.add(cells);
  [0.5, 1, 1.5, 2, 2.5, 3].forEach((T) =>
    panel.add(label(x(T), bottom + 15, String(T), "gh-tick gh-middle")));
  [-3, -2, -1, 0, 1, 2, 3].forEach((energy) =>
    panel.add(label(left - 6, y(energy), tick(energy), "gh-tick gh-end gh-mid")));
  const turned = label(10, (top + bottom) / 2, words.axis_energy, "gh-note gh-middle");
  turned.setAttribute("transform", `rotate(-90 10 ${(top + bottom) / 2})`);
  panel.add(turned, label((left + right) / 2, height - 4, words.axis_temperature, "gh-note gh-middle"));
}

function viewOf(width, height) {
  const [left, right, top, bottom] = [46, width - 12, 26, height - 40];
  return {
    width, height, left, right, top, bottom,
    x: (T) => left + ((T - COLDEST) / (HOTTEST - COLDEST)) * (right - left),
    y: (energy) => top + ((LIMIT - energy) / (2 * LIMIT)) * (bottom - top),
    back: ([px, py]) => [
      COLDEST + ((px - left) / (right - left)) * (HOTTEST - COLDEST),
      LIMIT - ((py - top) / (bottom - top)) * 2 * LIMIT],
  };
}

function inside([T, energy], digits) {
  const round = (value) => Math.round(value * digits) / digits;
  return [clamp(round(T), COLDEST, HOTTEST), clamp(round(energy), -LIMIT, LIMIT)];
}

function drawPlane(panel, view, cells, state, { words, change, state: read, start }) {
  const spot = ([T, energy]) => [view.x(T), view.y(energy)];
  drawGround(panel, view, words, cells);
  const [begin, via, finish] = [state.begin, state.via, state.finish].map(spot);
  panel.add(line(...begin, ...finish, "gh-drop gh-inked"), line(...begin, ...via, "gh-leg"),
    arrow(...via, ...finish, "gh-leg"));
  for (const name of ["begin", "via", "finish"]) {
    const [px, py] = spot(state[name]);
    const right = px > (view.left + view.right) / 2;
    panel.add(label(px + (right ? -14 : 14), py < view.top + 16 ? py + 22 : py - 12, words[name], right ? "gh-end gh-head" : "gh-head"));
    const knob = panel.knob(name, {
      drag: (at) => change({ [name]: inside(view.back(at), 50) }),
      nudge: ([dx, dy]) => {
        const [T, energy] = read()[name];
        const by = (many) => (Number.isFinite(many) ? many * STEP : many);
        change({ [name]: inside([dx ? T + by(dx) : T, dy ? energy + by(dy) : energy], 100) });
      },
      reset: () => change({ [name]: start()[name] }),
    });
    const text = fill(words.point, { T: three(state[name][0]), energy: three(state[name][1]) });
    panel.place(knob, [px, py],
      { name: words[name], now: state[name][0], low: COLDEST, high: HOTTEST, text, open: name === "via" });
  }
}

// ---- the sums -----------------------------------------------------------------------------

function drawPart(panel, { x, y, from, by, style, name }) {
  const [low, high] = [Math.min(from, from + by), Math.max(from, from + by)];
  panel.add(shape("rect", { x: x(low), y, width: x(high) - x(low), height: 20, class: style }),
    label(x(low), y + 34, `${name} ${three(by)}`, "gh-tick"));
}

function drawSums(panel, width, height, now, words) {
  const ends = [0, now.heat, now.total, now.change, now.straight_heat, now.straight_total];
  const [low, high] = [Math.min(-0.5, ...ends), Math.max(0.5, ...ends)];
  const x = (value) => 10 + ((value - low) / (high - low)) * (width - 60);
  panel.clear(width, height, words.sums);
  panel.add(label(0, 13, words.sums_title, "gh-note"), line(x(0), 26, x(0), height - 24, "gh-axis"));
  if (Math.abs(x(now.change) - x(0)) > 56) panel.add(label(x(0), height - 8, "0", "gh-tick gh-middle"));
  const end = x(now.change);
  panel.add(line(end, 26, end, height - 24, "gh-curve gh-inked"),
    label(clamp(end, 40, width - 60), height - 8, fill(words.change, { value: three(now.change) }), "gh-middle gh-head"));
  [["own", now.heat, now.work], ["straight", now.straight_heat, now.straight_work]]
    .forEach(([name, heat, work], at) => {
      const top = 38 + 124 * at;
      panel.add(label(0, top, words[name], "gh-head"));
      drawPart(panel, { x, y: top + 8, from: 0, by: heat, style: "gh-warm-bar", name: words.heat });
      drawPart(panel, { x, y: top + 54, from: heat, by: work, style: "gh-bar", name: words.work });
    });
}

function picture(node, page) {
  const plane = new Panel(node, "plane");
  const sums = new Panel(node, "sums");
  const cellsOf = kept(drawHeights, (view) => [view.width]); // five hundred of them
  return (state, now, width) => {
    const wide = width >= 600;
    const view = viewOf(wide ? width * 0.58 : width, 330);
    drawPlane(plane, view, cellsOf(view), state, page);
    drawSums(sums, wide ? width * 0.42 - 24 : width, 320, now, page.words);
  };
}

export default hero({ numbers, facts, picture });
