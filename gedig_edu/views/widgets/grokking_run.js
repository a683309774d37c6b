// One run of a model that learns sums, in one time: its right answers, its heat capacity, its weights.
// A learner places onset and peak; then the rule does.

import { axes } from "./kit/axes.js";
import { label, line, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip, slide } from "./kit/grip.js";
import { curve, dots } from "./kit/marks.js";
import { player } from "./kit/play.js";
import { logarithmic } from "./kit/scale.js";
import { fill, percent, whole } from "./kit/text.js";

const [FIRST, LAST, NEVER, BEAT] = [10, 6000, -1, 60];
const TICKS = [10, 30, 100, 300, 1000, 3000];
const MARKS = ["memorised", "onset", "last", "peak", "norm_peak"];

export function numbers({ names, steps, curves, marks, run, time, own_onset, own_peak, ruled }) {
  const now = (name) => curves[name][run][time];
  const at = Object.fromEntries(MARKS.map((name) => [name, marks[name][run] === NEVER ? null : marks[name][run]]));
  const known = at.onset !== null && at.peak !== null;
  return {
    name: names[run], number: run + 1, step: steps[time],
    train: now("train"), held: now("held"), capacity: now("C"), weight: now("norm"),
    ratio: own_peak / own_onset,
    ...at,
    rule_ratio: known ? at.peak / at.onset : null,
    before: known ? at.peak < at.onset : null,
    message: ruled ? (known ? "sentence_ruled" : "sentence_never") : "sentence",
  };
}

// ---- what the three pictures share --------------------------------------------------------

// A picture over the steps; what is still to come is faint.
function over(panel, state, page, { width, height, title, heading, domain, most, text = undefined, name = undefined }) {
  const view = axes(panel, {
    width, height, title, heading, room: { left: 46, right: 14, top: 26, bottom: name ? 36 : 8 },
    x: { scale: logarithmic, domain: [FIRST, LAST], ticks: TICKS, text: name ? undefined : () => "", name: undefined },
    y: { domain, most, text },
  });
  const { x, y, top, bottom, right } = view;
  const { steps, time } = state;
  if (name) panel.add(label(right, bottom + 31, name, "gh-note gh-end"));
  const draw = (values, style) => {
    const points = values.map((value, at) => [x(steps[at]), y(value)]);
    const faint = curve(points.slice(time), style);
    faint.classList.add("gk-still");
    panel.add(faint, curve(points.slice(0, time + 1), style));
  };
  const finish = () => panel.add(line(x(steps[time]), top, x(steps[time]), bottom, "gk-time"));
  slide(panel, page, "time", { along: { invert: (px) => nearest(steps, x.invert(px)), domain: [0, steps.length - 1] } });
  return { ...view, draw, finish };
}

// The reading nearest to a step, on the axis.
function nearest(steps, step) {
  const apart = steps.map((one) => Math.abs(Math.log(one / step)));
  return apart.indexOf(Math.min(...apart));
}

const upright = ({ x, top, bottom }, step, style) => line(x(step), top, x(step), bottom, style);

// A knob for a step that the learner places.
function place(panel, page, trait, at, { x }, text) {
  grip(panel, page, trait, {
    at, along: [x, null], low: FIRST, high: LAST, snap: 10, label: text, text: whole(page.state()[trait]),
  });
}

// ---- right answers ------------------------------------------------------------------------

function drawShares(panel, state, now, width, page) {
  const { words } = page;
  const { curves, run, ruled, own_onset } = state;
  const view = over(panel, state, page, {
    width, height: 166, title: words.shares, heading: undefined, domain: [0, 1.04], most: 4, text: percent,
  });
  const { x, y, left, right } = view;
  panel.add(label(0, 13, now.name, "gh-head"), line(left, y(0.5), right, y(0.5), "gh-drop"));
  if (width > 420) panel.add(label(right, 13, words.shares_title, "gh-note gh-end"));
  view.draw(curves.train[run], "gk-told");
  view.draw(curves.held[run], "gk-held");
  panel.add(upright(view, own_onset, "gk-own"), label(x(34), y(0.86), words.told, "gk-told gh-head gh-end"),
    label(right - 4, y(0.27), words.held, "gh-head gh-end"));
  if (ruled && now.onset !== null) {
    panel.add(upright(view, now.onset, "gk-rule"), label(x(now.onset) + 6, y(0.06), fill(words.rule_onset, now), "gh-head"));
  }
  if (ruled && now.onset === null) panel.add(label(right - 4, y(0.06), words.rule_no_onset, "gh-head gh-end"));
  view.finish();
  place(panel, page, "own_onset", [x(own_onset), y(0.5)], view, words.onset_knob);
}

// ---- the heat capacity --------------------------------------------------------------------

function drawCapacity(panel, state, now, width, page) {
  const { words } = page;
  const { steps, curves, run, ruled, own_onset, own_peak } = state;
  const most = 1.12 * Math.max(...curves.C.map((values) => Math.max(...values)));
  const view = over(panel, state, page, { width, height: 176, title: words.capacity, heading: words.capacity_title, domain: [0, most], most: 4 });
  const { x, y, top, bottom, right } = view;
  if (ruled && now.memorised !== null && now.last !== null) {
    panel.scenery.prepend(shape("rect", { x: x(now.memorised), y: top, width: x(now.last) - x(now.memorised), height: bottom - top, class: "gk-window" }));
    panel.add(label(x(now.memorised) + 5, bottom - 8, words.window, "gh-tick"));
  }
  view.draw(curves.C[run], "gh-warm");
  panel.add(upright(view, own_onset, "gk-own"));
  const height = (step) => y(curves.C[run][nearest(steps, step)]);
  if (ruled && now.onset !== null) panel.add(upright(view, now.onset, "gk-rule"));
  if (ruled && now.peak !== null) {
    panel.add(...dots([[x(now.peak), height(now.peak)]], { r: 11, style: "gk-rule" }),
      label(x(now.peak) + 4, height(now.peak) - 18, fill(words.rule_peak, now), "gh-head gh-middle"));
    if (now.onset !== null) panel.add(label(right, 13, fill(words.verdict, { before: words[`before_${now.before}`] }), "gh-end gh-head"));
  }
  view.finish();
  place(panel, page, "own_peak", [x(own_peak), height(own_peak)], view, words.peak_knob);
}

// ---- the weights --------------------------------------------------------------------------

function drawNorm(panel, state, now, width, page) {
  const { words } = page;
  const { curves, run, ruled } = state;
  const most = 1.15 * Math.max(...curves.norm.map((values) => Math.max(...values)));
  const view = over(panel, state, page, {
    width, height: 136, title: words.norm, heading: words.norm_title, domain: [0, most], most: 3, name: words.axis,
  });
  const { x, top } = view;
  view.draw(curves.norm[run], "gk-norm");
  if (ruled && now.norm_peak !== null) {
    panel.add(upright(view, now.norm_peak, "gk-rule"), label(x(now.norm_peak) + 6, top + 8, fill(words.rule_norm, now), "gh-head"));
  }
  view.finish();
}

function picture(node, page) {
  const [shares, capacity, norm] = ["shares", "C", "norm"].map((name) => new Panel(node, name));
  const playing = player(page, "time", [0, page.state().steps.length - 1], { beat: BEAT });
  node.append(playing.node);
  return (state, now, width) => {
    drawShares(shares, state, now, width, page);
    drawCapacity(capacity, state, now, width, page);
    drawNorm(norm, state, now, width, page);
    playing.show();
  };
}

export default hero({ numbers, picture });
