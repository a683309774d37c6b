// A path in the plane of T and one energy, over the heights of ⟨E⟩; beside it heat and work as
// bars that end, on every path, at the same line.

import { ensemble } from "./ensemble.js";
import { axes } from "./kit/axes.js";
import { arrow, label, line, mixed, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip } from "./kit/grip.js";
import { kept } from "./kit/kept.js";
import { bar, cells } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { clamp } from "./kit/sums.js";
import { fill } from "./kit/text.js";

const OTHERS = [0, 0.5, 1, 1.5];
const [COLDEST, HOTTEST] = [0.2, 3];
const LIMIT = 3;

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
    detour: heat - straight.heat,
    straight_heat: straight.heat,
    straight_work: straight.work,
    straight_total: straight.heat + straight.work,
    path_steps: 2 * steps,
  };
}

// ---- the plane ----------------------------------------------------------------------------

const [COLUMNS, ROWS] = [28, 18];
const HEIGHTS = Array.from({ length: COLUMNS * ROWS }, (_, cell) => {
  const T = COLDEST + (((cell % COLUMNS) + 0.5) / COLUMNS) * (HOTTEST - COLDEST);
  const energy = LIMIT - ((Math.floor(cell / COLUMNS) + 0.5) / ROWS) * 2 * LIMIT;
  return stateAt([T, energy]).now.energy;
});
const strength = linear([Math.min(...HEIGHTS), Math.max(...HEIGHTS)], [0, 0.55]);

function drawHeights({ left, top, right, bottom }) {
  return shape("g", {}, ...cells(HEIGHTS, {
    left, top, width: (right - left) / COLUMNS, height: (bottom - top) / ROWS, columns: COLUMNS, gap: -0.6,
    colour: (height) => mixed("var(--gh-deep)", strength(height)),
  }));
}

function drawPlane(panel, width, height, state, page, heights) {
  const { words } = page;
  const view = axes(panel, {
    width, height, title: words.plane, heading: words.plane_title, room: { left: 54, right: 12, top: 28, bottom: 48 },
    x: { domain: [COLDEST, HOTTEST], grid: false, name: words.axis_temperature, apart: 22 },
    y: { domain: [-LIMIT, LIMIT], grid: false, name: words.axis_energy, apart: 14 },
  });
  const spot = (name) => [view.x(state[name][0]), view.y(state[name][1])];
  const [begin, via, finish] = ["begin", "via", "finish"].map(spot);
  panel.add(heights(view), line(...begin, ...finish, "gh-drop gh-inked"), line(...begin, ...via, "gh-leg"),
    arrow(...via, ...finish, "gh-leg"));
  for (const name of ["begin", "via", "finish"]) {
    const [px, py] = spot(name);
    const far = px > (view.left + view.right) / 2;
    panel.add(label(px + (far ? -14 : 14), py < view.top + 16 ? py + 22 : py - 12, words[name],
      far ? "gh-end gh-head" : "gh-head"));
    const [T, energy] = state[name];
    grip(panel, page, name, {
      at: [px, py], along: [view.x, view.y], snap: 0.02, step: 0.05,
      label: words[name], text: fill(words.point, { T, energy }), open: name === "via",
    });
  }
}

// ---- the sums -----------------------------------------------------------------------------

const ROW = 26;

// Heat, then work from where the heat ended, a row each, by the learner's path and by the straight
// one. What a path is called stands at its left, and where the page is narrow above it.
function drawSums(panel, width, now, words) {
  const [left, above] = width < 480 ? [0, 18] : [104, 0];
  const ends = [0, now.heat, now.total, now.change, now.straight_heat, now.straight_total];
  const x = linear([Math.min(...ends), Math.max(0.5, ...ends)], [left + 6, width - 66]);
  const paths = [["own", now.heat, now.work], ["straight", now.straight_heat, now.straight_work]];
  const tall = 2 * ROW + above + 10;
  const [top, floor] = [26, 26 + paths.length * tall];
  const [zero, end] = [x(0), x(now.change)];
  panel.clear(width, floor + 22, words.sums);
  panel.add(label(0, 13, words.sums_title, "gh-note"), line(zero, top, zero, floor, "gh-axis"),
    line(end, top, end, floor, "gh-curve gh-inked"),
    label(clamp(end, left + 40, width - 50), floor + 16, fill(words.change, now), "gh-middle gh-head"));
  if (Math.abs(end - zero) > 62) panel.add(label(zero, floor + 16, "0", "gh-tick gh-middle"));
  const part = (from, to, at, style, text) => panel.add(bar(x, from, to, { at, thick: 20, style }),
    label(x(Math.max(from, to)) + 6, at, text, "gh-mid"));
  paths.forEach(([name, heat, work], place) => {
    const at = top + place * tall + above + ROW / 2 + 2;
    panel.add(label(above ? 12 : 0, above ? at - ROW / 2 - 6 : at, words[name], "gh-head gh-mid"));
    part(0, heat, at, "gh-warm-bar", fill(words.heat, { heat }));
    part(heat, heat + work, at + ROW, "gh-bar", fill(words.work, { work }));
  });
}

function picture(node, page) {
  const plane = new Panel(node, "plane");
  const sums = new Panel(node, "sums");
  const heights = kept(drawHeights, (view) => [view.right]); // five hundred of them
  return (state, now, width) => {
    drawPlane(plane, width, width < 480 ? 320 : 370, state, page, heights);
    drawSums(sums, width, now, page.words);
  };
}

export default hero({ numbers, picture });
