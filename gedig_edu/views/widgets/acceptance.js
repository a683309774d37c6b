// Ways to accept what is said: precision over recall, and in pairs of a world at one share for all.

import { axes } from "./kit/axes.js";
import { label, line } from "./kit/dom.js";
import { hero, makeBand, Panel } from "./kit/frame.js";
import { kept } from "./kit/kept.js";
import { curve, dots } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { mean } from "./kit/sums.js";
import { fill, percent, signed, tick } from "./kit/text.js";
import { differenceOf } from "./repeats.js";

const SHARES = Array.from({ length: 39 }, (_, at) => (at + 2) / 40);

// Each world's points, accepted and accepted and true, from nothing to everything.
const pointsOf = kept(({ ways, base }) => Object.fromEntries(Object.entries(ways).map(([name, rows]) =>
  [name, rows.map((row, world) => {
    const half = row.length / 2;
    const points = row.slice(0, half).map((accepted, at) => [accepted, row[half + at]]);
    return [[0, 0], ...points, [1, base[world]]].sort(([a, x], [b, y]) => a - b || x - y);
  })])), ({ ways, base }) => [ways, base]);

function trueAt(points, share) {
  const next = points.findIndex(([accepted]) => accepted > share);
  const [[a, x], [b, y]] = [points[next - 1], points[next]];
  return x + ((y - x) / (b - a)) * (share - a);
}

function precisionsAt(state, name, share) {
  return pointsOf(state)[name].map((points) => (share < 1 ? trueAt(points, share) : points.at(-1)[1]) / share);
}

function recallOf(precisions, { base, share }) {
  return mean(precisions.map((one, world) => (one * share) / base[world]));
}

// Precision and recall of every way along the shares, as means over the worlds.
const curvesOf = kept((state) => Object.keys(state.ways).map((name) => SHARES.map((share) => {
  const precisions = precisionsAt(state, name, share);
  return [recallOf(precisions, { ...state, share }), mean(precisions)];
})), ({ ways, base }) => [ways, base]);

export function numbers(state) {
  const { ways, base, critical, way, share } = state;
  const names = Object.keys(ways);
  const at = names.map((name) => precisionsAt(state, name, share));
  const gaps = at.map((one) => differenceOf(one, at[way], true, critical));
  const told = (sign) => gaps.filter(({ mean: gap, half }) => Math.abs(gap) > half && sign * gap > 0).length;
  return {
    name: names[way], precision: mean(at[way]), recall: recallOf(at[way], state),
    chance: mean(base), above: told(1), below: told(-1), worlds: base.length,
    gaps: gaps.map((one) => one.mean), halves: gaps.map((one) => one.half), precisions: at.map(mean),
    recalls: at.map((one) => recallOf(one, state)),
    curve: curvesOf(state)[way].map(([, precision]) => precision),
  };
}

// ---- the curves ---------------------------------------------------------------------------

const named = (words, name) => words[`name_${name}`] ?? name;

function drawCurves(panel, page, state, now, width) {
  const { words } = page;
  const [curves, names] = [curvesOf(state), Object.keys(state.ways)];
  const heights = curves.flat().map(([, precision]) => precision);
  const [lowest, highest] = [Math.floor(20 * Math.min(...heights)) / 20, Math.ceil(20 * Math.max(...heights)) / 20];
  const most = Math.max(highest, lowest + 0.1);
  const view = axes(panel, {
    width, height: 296, title: words.curves, heading: words.precision, room: { left: 46, right: 22, top: 26, bottom: 40 },
    x: { domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1], text: percent, name: words.recall, grid: false },
    y: { domain: [lowest, most], most: 6, text: percent },
  });
  const { x, y } = view;
  const line_ = (way) => curves[way].map(([recall, precision]) => [x(recall), y(precision)]);
  const choose = (way) => page.change({ way });
  names.forEach((_, way) => { if (way !== state.way) panel.add(curve(line_(way), "ac-way")); });
  panel.add(curve(line_(state.way), "ac-way ac-own"));
  names.forEach((_, way) => {
    const reach = curve(line_(way), "ac-reach");
    reach.addEventListener("pointerenter", () => choose(way));
    reach.addEventListener("click", () => choose(way));
    panel.add(reach);
  });
  const spots = names.map((_, way) => [x(now.recalls[way]), y(now.precisions[way])]);
  const across = [...spots].sort(([, one], [, other]) => one - other);
  panel.add(curve(across, "ac-across"),
    ...spots.flatMap((spot, way) => dots([spot], { r: way === state.way ? 6 : 3.5, style: `ac-dot ${way === state.way ? "ac-own" : ""}` })),
    label(x(1), 13, fill(words.at_share, state), "gh-end gh-note"),
    label(x(1), y(most) + 14, named(words, now.name), "gh-end gh-name-tag gh-chosen"));
}

// ---- in pairs of a world ------------------------------------------------------------------

const [ROW, HEAD, NAMES] = [25, 22, 168];

function makeRows(panel, page) {
  return Object.keys(page.state().ways).map((_, way) => makeBand(panel.front, () => page.change({ way })));
}

function drawGaps(panel, rows, page, state, now, width) {
  const { words } = page;
  const names = Object.keys(state.ways);
  const ends = now.gaps.flatMap((gap, way) => [gap - now.halves[way], gap + now.halves[way]]);
  const [low, high] = [Math.min(...ends, -0.02), Math.max(...ends, 0.02)];
  const left = Math.min(NAMES, 0.42 * width);
  const x = linear([low, high], [left + 8, width - 56]);
  const height = HEAD + ROW * names.length;
  panel.clear(width, height + 22, words.gaps);
  panel.add(label(0, 13, fill(words.gaps_title, { own: named(words, now.name) }), "gh-note"));
  x.ticks(width < 480 ? 3 : 5).forEach((at) => panel.add(line(x(at), HEAD, x(at), height, "gh-grid"), label(x(at), height + 15, tick(at), "gh-tick gh-middle")));
  panel.add(line(x(0), HEAD, x(0), height, "gh-axis"));
  rows.forEach((row, way) => {
    const [middle, gap, half] = [HEAD + ROW * (way + 0.5), now.gaps[way], now.halves[way]];
    const own = way === state.way;
    const style = own ? "ac-own" : Math.abs(gap) > half ? "ac-apart" : "";
    row({ x: 0, y: HEAD + ROW * way, width, height: ROW }, { chosen: own, name: named(words, names[way]) },
      label(0, middle, named(words, names[way]), `gh-mid ${own ? "gh-head gh-chosen" : ""}`),
      ...(own ? [] : [line(x(gap - half), middle, x(gap + half), middle, `ac-bar ${style}`)]),
      ...dots([[x(gap), middle]], { r: 4, style: `ac-gap ${style}` }),
      label(width, middle, own ? "" : signed(gap), "gh-mid gh-end"));
  });
}

function picture(node, page) {
  const [curves, gaps] = ["curves", "gaps"].map((name) => new Panel(node, name));
  const rows = makeRows(gaps, page);
  return (state, now, width) => {
    drawCurves(curves, page, state, now, width);
    drawGaps(gaps, rows, page, state, now, width);
  };
}

export default hero({ numbers, picture });
