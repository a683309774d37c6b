// A gauge with a gradient: soft links over hard ones, where training on F pushes, and the mean path over β.

import { axes } from "./kit/axes.js";
import { label, mixed, shape, tokenLabel } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip } from "./kit/grip.js";
import { kept } from "./kit/kept.js";
import { cells, curve, level } from "./kit/marks.js";
import { logarithmic } from "./kit/scale.js";
import { clamp, sum } from "./kit/sums.js";
import { fill, short, tick, widest } from "./kit/text.js";
import { largest, readHard, readSoft, walks } from "./soft_walks.js";

const [LOWEST, HIGHEST, PLACES] = [2.5, 30, 41];
const BETAS = Array.from({ length: PLACES }, (_, at) => LOWEST * (HIGHEST / LOWEST) ** (at / (PLACES - 1)));

const size = (push) => Math.sqrt(sum(push.flat().map((value) => value * value)));
const along = (links, members) => BETAS.map((beta) => walks(links, members, beta).length);
const hardOf = kept(({ hard }) => {
  const component = largest(hard);
  return { ...component, curve: along(hard, component.members) };
}, ({ hard }) => [hard]);
const curveOf = kept(({ links, members }) => along(links, members), ({ from }) => from);

export function numbers(state) {
  const { weights, hard, softness, beta, paths } = state;
  const component = hardOf(state);
  const soft = readSoft(weights, component.members, softness, beta);
  const rigid = readHard(hard, soft.entropy, component);
  const push = paths ? soft.byPaths : soft.byPaths.map((row, i) => row.map((value, j) => value + soft.byEntropy[i][j]));
  return {
    F: soft.F, hard_F: rigid.F,
    length: soft.length, hard_length: rigid.length,
    entropy: soft.entropy,
    links: soft.links.flat(),
    push: push.flat(),
    share: size(soft.byPaths) / (size(soft.byPaths) + size(soft.byEntropy)),
    curve: curveOf({ links: soft.links, members: component.members, from: [weights, hard, softness] }),
    hard_curve: component.curve,
  };
}

// ---- two maps -----------------------------------------------------------------------------

const [TOP, LETTER] = [44, 7.6];

// Cells of what a token sees, with the tokens at the left and numbers of places above.
function drawMap(panel, state, width, { title, heading, note, colour, outlined = (_i, _j) => false }) {
  const n = state.tokens.length;
  const left = 6 + LETTER * Math.min(9, widest(state.tokens));
  const side = Math.min((width - left - 4) / n, 27);
  panel.clear(width, TOP + side * n + 4, title);
  panel.add(label(0, 13, heading, "gh-head"), label(0, 31, note, "gh-note"),
    ...state.tokens.map((token, i) => tokenLabel(left - 5, TOP + side * (i + 0.5), short(token, 9), "gh-mid gh-end")),
    ...cells(state.weights.flatMap((row, i) => row.map((_, j) => (j > i ? null : i * n + j))), {
      left, top: TOP, width: side, height: side, columns: n, gap: 1, colour: (at) => (at === null ? null : colour(at)),
    }),
    ...state.hard.flatMap((row, i) => row.flatMap((_, j) => (outlined(i, j)
      ? [shape("rect", { x: left + j * side + 1, y: TOP + i * side + 1, width: side - 3, height: side - 3, class: "sg-hard" })] : []))));
}

function drawPush(panel, state, now, width, words) {
  const most = Math.max(...now.push.map(Math.abs)) || 1;
  drawMap(panel, state, width, {
    title: words.push, heading: words[state.paths ? "push_paths" : "push_all"], note: words.push_note,
    colour: (at) => mixed(now.push[at] > 0 ? "var(--gh-structure)" : "var(--gh-heat)", Math.abs(now.push[at]) / most),
  });
}

// ---- the mean path over β -----------------------------------------------------------------

function drawLengths(panel, state, now, width, page) {
  const { words } = page;
  const every = [...now.curve, ...now.hard_curve, now.hard_length];
  const [low, high] = [Math.min(...every), Math.max(...every)];
  const room = 0.16 * (high - low) + 0.02;
  const view = axes(panel, {
    width, height: 196, title: words.lengths, heading: words.lengths_title, room: { left: 40, right: 14, top: 28, bottom: 38 },
    x: { scale: logarithmic, domain: [LOWEST, HIGHEST], ticks: [2.5, 5, 10, 20, 30], text: tick },
    y: { domain: [low - room, high + room], most: 5 },
  });
  const { x, y, right, bottom } = view;
  const points = (values) => values.map((value, at) => [x(BETAS[at]), y(value)]);
  const end = (values, text, below) => label(right, clamp(y(values.at(-1)) + (below ? 15 : -7), 36, bottom - 4), text, "gh-end gh-head");
  const above = now.curve.at(-1) > now.hard_curve.at(-1);
  panel.add(...level(view, now.hard_length, words.hard_level),
    curve(points(now.hard_curve), "sg-hard-links"), curve(points(now.curve), "sg-soft-links"),
    end(now.hard_curve, words.hard_links, above), end(now.curve, fill(words.soft_links, state), !above),
    label(right, bottom + 34, words.axis, "gh-note gh-end"));
  grip(panel, page, "beta", {
    at: [x(state.beta), y(now.length)], along: [x, null], low: LOWEST, high: HIGHEST, snap: 0.1, step: 0.5, label: words.beta_knob,
  });
}

function picture(node, page) {
  const { words } = page;
  const [links, push, lengths] = ["links", "push", "lengths"].map((name) => new Panel(node, name));
  return (state, now, width) => {
    const half = width < 480 ? width : (width - 20) / 2;
    drawMap(links, state, half, {
      title: words.links, heading: words.links_title, note: words.links_note,
      colour: (at) => mixed("var(--gh-deep)", now.links[at]), outlined: (i, j) => state.hard[i][j] > 0,
    });
    drawPush(push, state, now, half, words);
    drawLengths(lengths, state, now, width, page);
  };
}

export default hero({ numbers, picture });
