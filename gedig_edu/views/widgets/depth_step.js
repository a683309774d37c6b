// F by layer with its intervals, and a break that can be dragged to where it seems to step up.

import { axes } from "./kit/axes.js";
import { label, line, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip } from "./kit/grip.js";
import { curve, dots } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { mean } from "./kit/sums.js";
import { fill, fixed } from "./kit/text.js";

// Which interval belongs to what is drawn anew: texts, heads, both.
function wayOf({ by_text, by_head }) {
  return by_text || by_head ? Number(by_head) + Number(by_text && by_head) : null;
}

const placeOf = ({ paper, long, untrained }) => 4 * paper + 2 * long + Number(untrained);

export function numbers(state) {
  const { levels, ranks, chances, cut } = state;
  const [at, start, way] = [placeOf(state), Number(state.later), wayOf(state)];
  const of = ranks[at][start];
  const stands = cut > start;
  const [before, after] = stands ? [mean(levels[at].slice(start, cut)), mean(levels[at].slice(cut))] : [null, null];
  const [named, searched] = chances[at][start].map((row) => (stands ? row[cut] : null));
  return {
    rank: of[0],
    low: way === null ? null : of[1 + 2 * way],
    high: way === null ? null : of[2 + 2 * way],
    before, after,
    rise: stands ? after - before : null,
    named, searched,
    layers: levels[at].length,
    shown: levels[at],
    message: stands ? "sentence" : "sentence_plain",
  };
}

// The lowest and the highest F of one formula, so that only the formula changes the scale.
function domainOf({ levels, ends, paper }) {
  const mine = [0, 1, 2, 3].map((at) => 4 * Number(paper) + at);
  const all = mine.flatMap((at) => [...levels[at], ...ends[at].flat(2)]);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return [low - 0.05 * (high - low), high + 0.12 * (high - low)];
}

const HIGH = { narrow: 300, wide: 500 };

function draw(panel, page, state, now, width) {
  const { words } = page;
  const [at, start, way] = [placeOf(state), Number(state.later), wayOf(state)];
  const { layers, shown } = now;
  const { x, y, left, right, top, bottom } = axes(panel, {
    width, height: width < 480 ? HIGH.narrow : HIGH.wide, title: words.layers, heading: words.layers, room: { left: 50, top: 44 },
    x: { domain: [-0.5, layers - 0.5], ticks: everyFew(layers, width), name: words.layer, grid: false },
    y: { domain: domainOf(state), most: 6 },
  });
  const spot = shown.map((value, layer) => [x(layer), y(value)]);
  if (way !== null) {
    state.ends[at][way].forEach(([low, high], layer) => {
      const whisker = line(x(layer), y(low), x(layer), y(high), "gh-vector");
      if (layer < start) whisker.style.opacity = "0.35";
      panel.add(whisker);
    });
  }
  panel.add(curve(spot.slice(start), "gh-inked"),
    ...dots(spot, { r: 5, colour: (layer) => (layer < start ? "var(--gh-line)" : "var(--gh-ink)") }));
  const edge = x(state.cut - 0.5);
  if (now.rise !== null) {
    panel.add(line(edge, top, edge, bottom, "gh-now"), level(x(start - 0.5), edge, y(now.before)),
      level(edge, right, y(now.after)),
      label(Math.min(edge + 10, right - 130), top - 8, fill(words.rise, now), "gh-head"));
  }
  grip(panel, page, "cut", {
    at: [state.cut ? edge : left, bottom - 22], along: [linear([0, layers - 1], [x(-0.5), x(layers - 1.5)]), null],
    snap: 1, label: words.grip, text: fill(words.grip_text, { ...state, rise: fixed(now.rise) }), open: now.rise === null,
  });
}

// A mean of layers, as a dashed line over them.
function level(from, to, at) {
  const mark = shape("line", { x1: from, y1: at, x2: to, y2: at });
  Object.assign(mark.style, { stroke: "var(--gh-deep)", strokeWidth: "2", strokeDasharray: "6 4" });
  return mark;
}

// Numbers of layers with room for each.
function everyFew(layers, width) {
  const step = Math.ceil(layers / (width < 480 ? 10 : 16));
  return Array.from({ length: Math.ceil(layers / step) }, (_, place) => place * step);
}

function picture(node, page) {
  const panel = new Panel(node, "layers");
  return (state, now, width) => draw(panel, page, state, now, width);
}

export default hero({ numbers, picture });
