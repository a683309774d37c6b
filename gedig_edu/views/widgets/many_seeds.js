// How many seeds until a difference is real? Imagined repeats with their intervals, and the power over n.

import { axes } from "./kit/axes.js";
import { label, line, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip } from "./kit/grip.js";
import { kept } from "./kit/kept.js";
import { curve, dots } from "./kit/marks.js";
import { clamp, sum } from "./kit/sums.js";
import { fill, percent, signed, whole } from "./kit/text.js";
import { designOf } from "./repeats.js";

const [REPEATS, FEWEST, MOST, ENOUGH] = [20, 2, 40, 0.8];
const COUNTS = Array.from({ length: MOST - FEWEST + 1 }, (_, at) => FEWEST + at);

// Box and Muller's pairs from 32-bit xorshift, as in Python.
function normals(seed, count) {
  let state = Math.imul(seed + 1, 2654435761) >>> 0;
  const uniform = Array.from({ length: 4 + count + (count % 2) }, () => {
    state = (state ^ (state << 13)) >>> 0;
    state = (state ^ (state >>> 17)) >>> 0;
    state = (state ^ (state << 5)) >>> 0;
    return (state + 0.5) / 2 ** 32;
  });
  const drawn = [];
  for (let at = 4; at < uniform.length; at += 2) {
    const far = Math.sqrt(-2 * Math.log(uniform[at]));
    const turn = 2 * Math.PI * uniform[at + 1];
    drawn.push(far * Math.cos(turn), far * Math.sin(turn));
  }
  return drawn.slice(0, count);
}

function repeatsOf({ draw, effect }, { error, freedom, far }) {
  const luck = Array.from({ length: REPEATS }, (_, row) => normals(draw * REPEATS + row, freedom + 1));
  return {
    estimates: luck.map(([first]) => effect + error * first),
    halves: luck.map(([, ...rest]) => far * error * Math.sqrt(sum(rest.map((z) => z * z)) / rest.length)),
  };
}

const curvesOf = kept(
  (state) => {
    const designs = COUNTS.map((seeds) => designOf(state, seeds));
    return { power_curve: designs.map((one) => one.power()), equivalence_curve: designs.map((one) => one.equivalence()) };
  },
  ({ effect, spread, shared, margin, critical }) => [effect, spread, shared, margin, critical],
);

export function numbers(state) {
  const now = designOf(state, state.seeds);
  const [gap] = state.published;
  const { estimates, halves } = repeatsOf(state, now);
  const { power_curve, equivalence_curve } = curvesOf(state);
  return {
    estimates, halves, gap,
    beyond: estimates.filter((one) => one >= gap).length,
    excluding: estimates.filter((one, row) => Math.abs(one) > halves[row]).length,
    repeats: REPEATS,
    error: now.error,
    luck: now.luck(gap),
    power: power_curve[state.seeds - FEWEST],
    equivalence: equivalence_curve[state.seeds - FEWEST],
    needed: COUNTS.find((_, at) => power_curve[at] >= ENOUGH) ?? null,
    power_curve, equivalence_curve,
    pairs: state.shared > 0,
  };
}

// ---- the repeats --------------------------------------------------------------------------

const [ROW, END] = [11, 2];

// A difference with its interval, cut where the picture ends; a dot beyond it is not drawn.
function interval(x, y, value, half, style) {
  const [low, high] = [x(clamp(value - half, -END, END)), x(clamp(value + half, -END, END))];
  return [line(low, y, high, y, `ms-bar ${style}`),
    ...(Math.abs(value) <= END ? dots([[x(value), y]], { r: 3.2, style: `ms-dot ${style}` }) : [])];
}

function drawRepeats(panel, state, now, width, page) {
  const { words } = page;
  const [gap, low, high] = state.published;
  const first = 78;
  const height = first + ROW * REPEATS + 36;
  const { x, top, bottom } = axes(panel, {
    width, height, title: words.repeats, room: { left: 64, right: 14, top: 44, bottom: 36 },
    x: { domain: [-END, END], most: 8, text: (value) => (value ? signed(value).replace(/\.?0+$/, "") : "0") },
    y: { domain: [0, 1], ticks: [] },
  });
  const margin = Math.min(state.margin, END);
  const band = shape("rect", { x: x(-margin), y: top, width: x(margin) - x(-margin), height: bottom - top, class: "ms-band" });
  panel.scenery.prepend(band);
  panel.add(label(0, 13, fill(words.repeats_title, now), "gh-head"),
    label(width - 14, height - 2, words.axis, "gh-note gh-end"),
    line(x(0), top, x(0), bottom, "gh-axis"), line(x(gap), top, x(gap), bottom, "gh-drop"),
    label(0, first - 20, words.published, "gh-mid gh-head"),
    ...interval(x, first - 20, gap, (high - low) / 2, "ms-published"),
    ...now.estimates.flatMap((one, row) => interval(x, first + ROW * (row + 0.5), one, now.halves[row],
      `${Math.abs(one) > now.halves[row] ? "ms-beside" : ""} ${one >= gap ? "ms-reach" : ""}`)));
  panel.add(line(x(state.effect), top - 6, x(state.effect), bottom, "gh-now"));
  grip(panel, page, "effect", {
    at: [x(state.effect), top - 12], along: [x, null], low: -1, high: 1, snap: 0.01,
    label: words.effect_knob, text: signed(state.effect),
  });
  panel.add(label(x(state.effect) + 16, top - 12, words.effect_knob, "gh-mid gh-chosen"));
}

// ---- the power ----------------------------------------------------------------------------

function drawPower(panel, state, now, width, page) {
  const { words } = page;
  const { x, y, left, right, bottom } = axes(panel, {
    width, height: 176, title: words.power, heading: words.power_title, room: { left: 64, right: 14, top: 26, bottom: 36 },
    x: { domain: [FEWEST, MOST], ticks: [2, 5, 10, 20, 30, 40] },
    y: { domain: [0, 1], ticks: [0, 0.5, 1], text: percent },
  });
  const points = (values) => values.map((share, at) => [x(COUNTS[at]), y(share)]);
  // Each name stands by the end of its curve, and the second behind the first where both end near.
  const [told, equal] = [now.power_curve, now.equivalence_curve].map((values) => values.at(-1));
  const both = told > 0.5 === equal > 0.5 ? 15 : 0;
  const named = (end, text, style, further) =>
    label(right, end > 0.5 ? y(end) + 14 + further : y(end) - 8 - further, text, `gh-end gh-head ${style}`);
  panel.add(label(right, bottom + 34, words.power_axis, "gh-note gh-end"),
    line(left, y(ENOUGH), right, y(ENOUGH), "gh-drop"), label(left - 6, y(ENOUGH), words.enough, "gh-tick gh-end gh-mid"),
    curve(points(now.equivalence_curve), "ms-equal"), curve(points(now.power_curve), "gh-inked"),
    named(told, words.told, "", both), named(equal, words.equal, "ms-equal", 0),
    line(x(state.seeds), y(1), x(state.seeds), bottom, "gh-now"),
    label(x(state.seeds) + (state.seeds > (FEWEST + MOST) / 2 ? -8 : 8), y(0.25), fill(words.now, state),
      `gh-mid gh-chosen ${state.seeds > (FEWEST + MOST) / 2 ? "gh-end" : ""}`),
    ...dots([[x(state.seeds), y(now.power)], [x(state.seeds), y(now.equivalence)]], { r: 4, style: "gh-now" }));
  grip(panel, page, "seeds", {
    at: [x(state.seeds), bottom], along: [x, null], low: FEWEST, high: MOST, snap: 1,
    label: words.seeds_knob, text: whole(state.seeds),
  });
}

function picture(node, page) {
  const [repeats, power] = [new Panel(node, "repeats"), new Panel(node, "power")];
  return (state, now, width) => {
    drawRepeats(repeats, state, now, width, page);
    drawPower(power, state, now, width, page);
  };
}

export default hero({ numbers, picture });
