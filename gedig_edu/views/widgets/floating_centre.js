// A path of states, a centre that floats after it, and the tension between the two.

import { axes } from "./kit/axes.js";
import { label, line, shape, tokenLabel } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip, slide } from "./kit/grip.js";
import { curve, dots } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { mean, sum } from "./kit/sums.js";
import { short, three, widthOf } from "./kit/text.js";

const apart = (one, other) => Math.sqrt(sum(one.map((entry, place) => (entry - other[place]) ** 2)));

function centresOf(states, alpha) {
  const centres = [states[0]];
  for (const state of states.slice(0, -1)) {
    const last = centres.at(-1);
    centres.push(last.map((entry, place) => entry + alpha * (state[place] - entry)));
  }
  return centres;
}

export function numbers({ states, tokens, alpha, step }) {
  const centres = centresOf(states, alpha);
  const tensions = states.map((state, at) => apart(state, centres[at]));
  return {
    across: centres.map(([x]) => x), up: centres.map(([, y]) => y), tensions,
    tension: tensions[step],
    kinetic: tensions[step] ** 2 / 2,
    mean: mean(tensions.slice(1)),
    memory: 1 / alpha,
    token: tokens[step],
  };
}

// ---- the path -----------------------------------------------------------------------------

const HIGH = 330;

// A domain in which one unit is as long across as up.
function square(states, width, height) {
  const ends = [0, 1].map((axis) => states.map((state) => state[axis])).map((all) => [Math.min(...all), Math.max(...all)]);
  const unit = Math.max((ends[0][1] - ends[0][0]) / width, (ends[1][1] - ends[1][0]) / height, 1e-9) * 1.12;
  return ends.map(([low, high], axis) => {
    const half = (unit * [width, height][axis]) / 2;
    return [(low + high) / 2 - half, (low + high) / 2 + half];
  });
}

// Names of the states about the chosen one and of some others, none under the knob or another name.
function namesOf({ tokens, step }, spot, [kx, ky], taken) {
  return tokens.flatMap((token, at) => {
    const away = Math.abs(at - step);
    const [x, y] = spot(at);
    const text = short(token, 10);
    const covered = Math.abs(ky - (y - 11)) < 18 && kx > x - 8 && kx < x + 22 + 7.4 * widthOf(text);
    const end = x + 8 + 7.4 * widthOf(text);
    const meets = taken.some(([left, right, high]) => Math.abs(high - (y - 11)) < 14 && right > x && left < end);
    if (covered || (meets && away) || (away > 1 && at % Math.ceil(tokens.length / 8))) return [];
    taken.push([x, end, y - 11]);
    return [tokenLabel(x + 8, y - 7, text, away ? "gh-note" : "gh-head")];
  });
}

function drawPath(panel, state, now, width, page) {
  const { words } = page;
  const { states, step, alpha } = state;
  const [across, up] = square(states, width - 60, HIGH - 60);
  const [x, y] = [linear(across, [10, width - 60]), linear(up, [HIGH - 14, 30])];
  panel.clear(width, HIGH, words.path);
  const spot = (at) => [x(states[at][0]), y(states[at][1])];
  const centre = (at) => [x(now.across[at]), y(now.up[at])];
  const all = states.map((_, at) => at);
  const [from, to] = [centre(step), spot(step)];
  /** @type {[number, number]} */
  const at = [from[0] + alpha * (to[0] - from[0]), from[1] + alpha * (to[1] - from[1])];
  panel.add(label(0, 13, words.path_title, "gh-note"), shape("rect", { x: 1, y: 20, width: width - 2, height: HIGH - 22, class: "gh-frame" }),
    curve(all.map(spot), "gh-faint"), curve(all.slice(0, step + 1).map(spot), "gh-inked"),
    curve(all.slice(0, step + 1).map(centre), "fc-centre"),
    ...dots(all.map(spot), { r: 3, style: "fc-state" }), ...namesOf(state, spot, at, [[from[0] - 64, from[0] - 12, from[1] + 20]]),
    line(...from, ...to, "fc-tension"),
    ...dots([from], { r: 5, style: "fc-dot" }), ...dots([to], { r: 5, style: "fc-now" }),
    label(from[0] - 12, from[1] + 24, words.centre, "fc-named gh-head gh-end"));
  // Along the tension the centre goes a share α; the longer side of the line leads the hand.
  const wide = Math.abs(to[0] - from[0]) >= Math.abs(to[1] - from[1]);
  // Where there is no tension there is no line: a hand of 100 pixels takes its place.
  const still = Math.hypot(to[0] - from[0], to[1] - from[1]) < 1;
  const along = linear([0, 1], still ? [from[0], from[0] + 100] : wide ? [from[0], to[0]] : [from[1], to[1]]);
  const knob = grip(panel, page, "alpha", {
    at, along: wide ? [along, null] : [null, along], low: 0.02, high: 1, snap: 0.02, label: words.alpha_knob, text: three(alpha),
  });
  knob.node.classList.toggle("fc-still", still);
}

// ---- the tension --------------------------------------------------------------------------

function drawTension(panel, { states, step }, now, width, page) {
  const { words } = page;
  const most = Math.max(1e-9, ...now.tensions) * 1.1;
  const { x, y, top, bottom, right } = axes(panel, {
    width, height: 150, title: words.tension, heading: words.tension_title, room: { left: 40, right: 10, top: 26, bottom: 34 },
    x: { domain: [-0.3, states.length - 0.7], most: 8, least: 1 }, y: { domain: [0, most], most: 3 },
  });
  const points = now.tensions.map((value, at) => [x(at), y(value)]);
  panel.add(curve(points, "gh-warm"), ...dots(points, { r: 2.5, style: "gh-warm-bar" }),
    line(x(step), top, x(step), bottom, "gh-now"), ...dots([points[step]], { r: 4.5, style: "gh-now" }),
    label(right, bottom + 31, words.axis, "gh-note gh-end"));
  slide(panel, page, "step", { along: linear([0, states.length - 1], [x(0), x(states.length - 1)]), snap: Math.round });
}

function picture(node, page) {
  const [path, tension] = [new Panel(node, "path"), new Panel(node, "tension")];
  return (state, now, width) => {
    drawPath(path, state, now, width, page);
    drawTension(tension, state, now, width, page);
  };
}

export default hero({ numbers, picture });
