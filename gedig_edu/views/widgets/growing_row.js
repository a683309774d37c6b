// The heat capacity of a row over T as its keys grow in number, one of them or every second one low:
// the hill at this n, and its height and width at every n.

import { axes } from "./kit/axes.js";
import { label, line, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip, slide } from "./kit/grip.js";
import { curve, dots } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { fill, percent, three } from "./kit/text.js";

const [SMALLEST, LARGEST, FAR, ROOM, HALVINGS] = [1, 20, 200, 4, 90];
const [SHALLOW, DEEP] = [0.5, 1.5]; // of Δ
const POWERS = Array.from({ length: LARGEST - SMALLEST + 1 }, (_, at) => SMALLEST + at);
const OF_THREE = 0.762; // no row of three states has a larger C

const softplus = (value) => Math.max(value, 0) + Math.log1p(Math.exp(-Math.abs(value)));
const logCapacity = (x, L) => 2 * Math.log(x) - softplus(x - L) - softplus(L - x);

// Where a function that is positive at `low` and negative at `high` passes zero.
function zeroOf(f, low, high) {
  let [from, to] = [low, high];
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (from + to) / 2;
    if (f(middle) > 0) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}

// The peak where `others` states lie high for each that lies low: Δ/T, C, and width over T.
function peakOf(others) {
  const L = Math.log(others);
  const x = zeroOf((at) => 2 / at - Math.tanh((at - L) / 2), L + 1e-9, L + ROOM);
  const half = logCapacity(x, L) - Math.log(2);
  const cold = zeroOf((at) => logCapacity(at, L) - half, x, L + FAR);
  const hot = zeroOf((at) => half - logCapacity(at, L), 1e-9, x);
  return { x, height: Math.exp(logCapacity(x, L)), width: x / hot - x / cold, hot, cold };
}

const GROWING = POWERS.map((power) => peakOf(2 ** power - 1));
const STILL = POWERS.map(() => peakOf(1));
const peaksOf = ({ half }) => (half ? STILL : GROWING);

export function numbers(state) {
  const { power, delta, half } = state;
  const peaks = peaksOf(state);
  const { x, height, width } = peaks[power - SMALLEST];
  const n = 2 ** power;
  return {
    n, peak: delta / x, height, limit: Math.log(n) ** 2 / 4, limit_peak: delta / Math.log(n), width,
    heights: peaks.map((one) => one.height), widths: peaks.map((one) => one.width),
    message: half ? "sentence_half" : "sentence",
  };
}

// ---- the hill -----------------------------------------------------------------------------

const [HOTTEST, HIGHEST, DOTS, CLEAR] = [0.8, 54, 320, 40]; // CLEAR: pixels that the words beside the peak take
const STILL_HIGHEST = 1; // where every second key fits, no peak needs more
const LINE = 16; // pixels of a line of words

const raised = (power) => `2${[...String(power)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("")}`;

function hillOf({ half, delta }, power, { x, y }) {
  const L = half ? 0 : Math.log(2 ** power - 1);
  return Array.from({ length: DOTS }, (_, at) => {
    const T = (HOTTEST * (at + 1)) / DOTS;
    return [x(T), y(Math.exp(logCapacity(delta / T, L)))];
  });
}

function drawHill(panel, state, now, width, page) {
  const { words } = page;
  const { power, delta } = state;
  const view = axes(panel, {
    width, height: 318, title: words.hill, heading: words.hill_title, room: { left: 44, right: 12, top: 30, bottom: 42 },
    x: { domain: [0, HOTTEST], most: 6, name: words.axis_temperature }, y: { domain: [0, state.half ? STILL_HIGHEST : HIGHEST], most: 6, name: words.axis_capacity },
  });
  const { x, y, bottom } = view;
  const peaks = peaksOf(state);
  const { height, hot, cold } = peaks[power - SMALLEST];
  const points = hillOf(state, power, view);
  const [from, to] = [x(delta / cold), Math.min(x(delta / hot), x(HOTTEST))];
  const above = y(OF_THREE) - LINE; // clear of the words of the line for three keys
  const beside = Math.abs(y(height) - y(OF_THREE)) < LINE ? above : y(height);
  const turned = now.peak > HOTTEST / 2; // then all words stand left of the peak
  const [across, end] = turned ? [x(now.peak) - 16, "gh-end"] : [x(now.peak) + 16, ""];
  panel.add(line(view.left, y(OF_THREE), view.right, y(OF_THREE), "gh-drop"), label(...(turned ? [view.left + 4, y(OF_THREE) - 6, words.of_three, "gh-tick"] : [view.right, y(OF_THREE) - 6, words.of_three, "gh-tick gh-end"])));
  POWERS.filter((one) => one % 4 === 0 && one < power && !state.half).forEach((one) => {
    const [px, py] = [x(delta / peaks[one - SMALLEST].x), y(peaks[one - SMALLEST].height)];
    panel.add(curve(hillOf(state, one, view), "gh-faint"));
    if (py > y(height) + CLEAR) panel.add(label(px + 7, py - 4, raised(one), "gh-tick"));
  });
  panel.add(shape("polygon", { points: [[x(0), bottom], ...points, [x(HOTTEST), bottom]].map((corner) => corner.join()).join(" "), class: "gr-hill" }),
    curve(points, "gh-warm"), line(from, y(height / 2), to, y(height / 2), "gr-width"),
    label(across, beside - 6, fill(words.width_here, { width: now.width }), `gh-mid gh-note ${end}`),
    label(across, beside - 6 - LINE, fill(words.here, { n: raised(power), height }), `gh-head gh-mid ${end}`));
  grip(panel, page, "delta", {
    at: [x(now.peak), y(height)], along: [linear([SHALLOW, DEEP], [SHALLOW, DEEP].map((one) => x(one / peaks[power - SMALLEST].x))), null],
    snap: 0.05, label: words.delta_knob, text: three(delta),
  });
}

// ---- at every n ---------------------------------------------------------------------------

function drawOver(panel, state, values, page, { width, title, heading, domain, text, rest = (_view) => [] }) {
  const view = axes(panel, {
    width, height: 170, title, heading, room: { left: 44, right: 12, top: 28, bottom: 42 },
    x: { domain: [SMALLEST, LARGEST], ticks: [1, 4, 8, 12, 16, 20], text: raised, name: page.words.axis_n },
    y: { domain, most: 3, text },
  });
  const { x, y, top, bottom } = view;
  const points = POWERS.map((power, at) => [x(power), y(values[at])]);
  panel.add(...rest(view), curve(points.slice(0, state.power), "gh-warm"), ...dots(points.slice(0, state.power), { r: 2, style: "gh-warm-bar" }),
    line(x(state.power), top, x(state.power), bottom, "gh-now"), ...dots([points[state.power - SMALLEST]], { r: 5, style: "gh-now" }));
  slide(panel, page, "power", { along: linear([SMALLEST, LARGEST], [x(SMALLEST), x(LARGEST)]), snap: Math.round });
}

function drawHeights(panel, state, now, width, page) {
  const { words } = page;
  drawOver(panel, state, now.heights, page, {
    width, title: words.heights, heading: words.heights_title, domain: [0, HIGHEST], text: undefined,
    rest: ({ x, y }) => [curve(POWERS.map((power) => [x(power), y(Math.log(2 ** power) ** 2 / 4)]), "gh-faint"),
      label(x(SMALLEST) + 8, y(HIGHEST * 0.82), words.limit, "gh-tick")],
  });
}

function drawWidths(panel, state, now, width, page) {
  const { words } = page;
  drawOver(panel, state, now.widths, page, {
    width, title: words.widths, heading: words.widths_title, domain: [0, 1.8], text: percent,
  });
}

function picture(node, page) {
  const [hill, heights, widths] = ["hill", "heights", "widths"].map((name) => new Panel(node, name));
  return (state, now, width) => {
    drawHill(hill, state, now, width, page);
    const each = width < 520 ? width : (width - 20) / 2;
    drawHeights(heights, state, now, each, page);
    drawWidths(widths, state, now, each, page);
  };
}

export default hero({ numbers, picture });
