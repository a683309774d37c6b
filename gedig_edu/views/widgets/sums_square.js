// A table of sums a + b that fills as a model learns: those it is told, and those it never was.

import { axes } from "./kit/axes.js";
import { label, line, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip, slide } from "./kit/grip.js";
import { curve, dots } from "./kit/marks.js";
import { player } from "./kit/play.js";
import { linear, logarithmic } from "./kit/scale.js";
import { mean } from "./kit/sums.js";
import { fill, percent } from "./kit/text.js";

const [FIRST, LAST, TIMES, BEAT] = [10, 2000, 100, 90];
const STEPS = Array.from({ length: TIMES + 1 }, (_, time) => Math.round(FIRST * (LAST / FIRST) ** (time / TIMES)));

const isRight = (since, step) => since >= 0 && since <= step;

const KINDS = {
  told: (known, a, b) => known[a][b] > 0,
  held: (known, a, b) => known[a][b] === 0,
  mirrored: (known, a, b) => known[a][b] === 0 && known[b][a] > 0,
  others: (known, a, b) => known[a][b] === 0 && known[b][a] === 0,
};

// The shares that are right at every time, of the sums of a kind.
function sharesOf({ known, since }, kind) {
  const steps = since.flatMap((row, a) => row.filter((_, b) => KINDS[kind](known, a, b)));
  return STEPS.map((step) => (steps.length ? mean(steps.map((one) => Number(isRight(one, step)))) : null));
}

export function numbers(state) {
  const { known, since, time, mirrors, a, b } = state;
  const seen = mirrors ? Object.keys(KINDS) : ["told", "held"];
  const shares = Object.fromEntries(seen.map((kind) => [kind, sharesOf(state, kind)]));
  const at = since[a][b];
  return {
    step: STEPS[time],
    ...Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, shares[kind]?.[time] ?? null])),
    ...Object.fromEntries(seen.map((kind) => [`${kind}_shares`, shares[kind]])),
    p: since.length, answer: (a + b) % since.length, from: at < 0 ? null : at,
    kind: known[a][b] > 0 ? "known" : "unknown",
    message: at < 0 ? "sentence_never" : "sentence",
  };
}

// ---- the table ----------------------------------------------------------------------------

const [LEFT, TOP] = [24, 26];

// All cells of a kind as one shape: a thousand of them are drawn at every step.
const squares = (cells, cell, style) => shape("path", {
  d: cells.map(([a, b]) => `M${(LEFT + b * cell).toFixed(1)},${(TOP + a * cell).toFixed(1)}h${(cell - 1).toFixed(1)}v${(cell - 1).toFixed(1)}h${(1 - cell).toFixed(1)}z`).join(""),
  class: style,
});

function drawSquare(panel, state, now, side, page) {
  const { words } = page;
  const { known, since, a, b } = state;
  const cell = (side - LEFT - 4) / now.p;
  const kinds = { "sq-known": [], "sq-held": [], "sq-mirrored": [], "sq-open": [] };
  since.forEach((row, down) => row.forEach((step, across) => {
    const told = known[down][across] > 0;
    const mirrored = state.mirrors && KINDS.mirrored(known, down, across);
    if (isRight(step, now.step)) kinds[told ? "sq-known" : mirrored ? "sq-mirrored" : "sq-held"].push([down, across]);
    else if (told) kinds["sq-open"].push([down, across]);
  }));
  panel.clear(side, TOP + now.p * cell + 22, words.square);
  panel.add(label(0, 13, fill(words.square_title, now), "gh-note"),
    shape("rect", { x: LEFT - 1, y: TOP - 1, width: now.p * cell + 1, height: now.p * cell + 1, class: "gh-frame" }),
    ...Object.entries(kinds).map(([style, cells]) => squares(cells, cell, style)),
    shape("rect", { x: LEFT + b * cell - 1, y: TOP + a * cell - 1, width: cell + 1, height: cell + 1, class: "sq-chosen" }),
    label(12, TOP + 10, "0", "gh-tick gh-middle"), label(12, TOP + now.p * cell, now.p - 1, "gh-tick gh-middle"),
    label(12, TOP + (now.p * cell) / 2, "a", "gh-note gh-middle"),
    label(LEFT + 4, TOP + now.p * cell + 15, "0", "gh-tick"), label(LEFT + now.p * cell, TOP + now.p * cell + 15, now.p - 1, "gh-tick gh-end"),
    label(LEFT + (now.p * cell) / 2, TOP + now.p * cell + 15, "b", "gh-note gh-middle"));
  const along = (from) => linear([0, now.p - 1], [from + cell / 2, from + (now.p - 0.5) * cell]);
  const [x, y] = [along(LEFT), along(TOP)];
  grip(panel, page, "sum", {
    at: [x(b), y(a)], along: [x, y], snap: 1, small: true, label: words.knob, text: fill(words.sum, { ...state, ...now }),
    get: (given) => [given.b, given.a], set: (_, [across, down]) => ({ a: down, b: across }),
  });
}

// ---- how many are right -------------------------------------------------------------------

function drawShares(panel, state, now, width, height, page) {
  const { words } = page;
  const view = axes(panel, {
    width, height, title: words.shares, heading: words.shares_title, room: { left: 44, right: 10, top: 26, bottom: 40 },
    x: { scale: logarithmic, domain: [FIRST, LAST], ticks: [10, 30, 100, 300, 1000], name: words.axis },
    y: { domain: [0, 1.04], most: 4, text: percent },
  });
  const { x, y, top, bottom, right } = view;
  const draw = (shares, style) => {
    const points = shares.map((share, at) => [x(STEPS[at]), share === null ? NaN : y(share)]);
    const ahead = curve(points.slice(state.time), style);
    ahead.classList.add("sq-still");
    panel.add(ahead, curve(points.slice(0, state.time + 1), style), ...dots(Number.isFinite(points[state.time][1]) ? [points[state.time]] : [], { r: 4.5, style: "gh-now" }));
  };
  panel.add(line(x(now.step), top, x(now.step), bottom, "gh-now"));
  draw(now.told_shares, "sq-known-line");
  for (const [kind, style] of state.mirrors ? [["mirrored", "sq-mirrored-line"], ["others", "sq-held-line"]] : [["held", "sq-held-line"]]) {
    draw(now[`${kind}_shares`], style);
  }
  panel.add(label(x(24), y(0.84), words.told, "sq-known-name gh-head gh-end"), label(right - 4, y(state.mirrors ? 0.12 : 0.3), state.mirrors ? words.others : words.held, "gh-head gh-end"));
  if (state.mirrors) panel.add(label(x(150), y(0.62), words.mirrored, "sq-mirrored-name gh-head gh-end"));
  slide(panel, page, "time", { along: linear([0, TIMES], [x(FIRST), x(LAST)]), snap: Math.round });
}

function drawSum(panel, state, now, width, page) {
  const { words } = page;
  const since = now.from === null ? words.wrong : fill(words.since, now);
  panel.clear(width, 42, words.chosen);
  panel.add(label(0, 14, fill(words.sum, { ...state, ...now }), "gh-name-tag"), label(0, 34, `${words[`kind_${now.kind}`]}; ${since}`, "gh-mid"));
}

function picture(node, page) {
  const [square, shares, sum] = ["square", "shares", "sum"].map((name) => new Panel(node, name));
  const playing = player(page, "time", [0, TIMES], { beat: BEAT });
  node.append(playing.node);
  return (state, now, width) => {
    const beside = width >= 540;
    const side = beside ? Math.min(350, 0.58 * width) : Math.min(width, 330);
    const rest = beside ? width - side - 20 : width;
    drawSquare(square, state, now, side, page);
    drawShares(shares, state, now, rest, beside ? side + 20 : 210, page);
    drawSum(sum, state, now, width, page);
    playing.show();
  };
}

export default hero({ numbers, picture });
