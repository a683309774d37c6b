// What a decoder would say after each layer, token by token; where each token stops, once a layer has
// changed less than ε; and what that costs beside other ways to spend as many layers.

import { axes } from "./kit/axes.js";
import { label, line, mixed, shape, tokenLabel, turned } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip, slide } from "./kit/grip.js";
import { kept } from "./kit/kept.js";
import { curve, dots } from "./kit/marks.js";
import { linear, logarithmic } from "./kit/scale.js";
import { clamp, mean } from "./kit/sums.js";
import { fill, short, three, whole, widest, widthOf } from "./kit/text.js";

const [LEAST, MOST, DECADES] = [0.003, 300, 5];
const LEVELS = Array.from({ length: 20 * DECADES + 1 }, (_, at) => LEAST * 10 ** (at / 20));

function depthsOf(change, epsilon) {
  return change[0].map((_, token) => {
    const first = change.findIndex((row) => row[token] < epsilon);
    return first < 0 ? change.length : first + 1;
  });
}

const stoppedAt = (loss, depths) => mean(depths.map((depth, token) => loss[depth][token]));

function between(values, at) {
  const floor = Math.min(Math.floor(at), values.length - 2);
  return values[floor] + (at - floor) * (values[floor + 1] - values[floor]);
}

const curvesOf = kept(({ change, loss }) => {
  const each = loss.map(mean);
  const levels = LEVELS.map((level) => depthsOf(change, level));
  return {
    curve_depth: levels.map(mean),
    curve_stopped: levels.map((depths) => stoppedAt(loss, depths)),
    curve_random: levels.map((depths) => mean(depths.map((depth) => each[depth]))),
    by_layer: each,
  };
}, ({ change, loss }) => [change, loss]);

export function numbers(state) {
  const { tokens, says, change, left, loss, epsilon, token } = state;
  const curves = curvesOf(state);
  const each = curves.by_layer;
  const depths = depthsOf(change, epsilon);
  const stops = depths[token];
  return {
    depths,
    depth: mean(depths),
    stopped: stoppedAt(loss, depths),
    random: mean(depths.map((depth) => each[depth])),
    fixed: between(each, mean(depths)),
    whole: each.at(-1),
    ...curves,
    layers: each.length - 1,
    stops,
    name: tokens[token],
    said: says[stops][token],
    said_at_last: says.at(-1)[token],
    follows: tokens[token + 1],
    still_to_come: left[stops][token],
  };
}

// ---- every token, after every layer -------------------------------------------------------

const LETTER = 7.3; // pixels of a letter in a cell

// Where the cells of a text lie: state 0, before any layer, at the bottom.
function gridOf({ tokens, says }, width) {
  const [columns, rows] = [tokens.length - 1, says.length];
  const column = Math.min(72, (width - 44) / columns);
  const row = clamp(Math.round(230 / rows), 6, 24);
  const letters = LETTER * Math.min(9, widest(tokens));
  const upright = column >= letters + 4;
  return { columns, rows, column, row, left: 44, top: 22, upright, foot: upright ? 24 : letters + 10, room: Math.floor((column - 4) / LETTER) };
}

function drawCells(panel, { says, left }, now, { columns, rows, column, row, left: start, top, room }) {
  const most = Math.log1p(Math.max(1e-9, ...left.flat()));
  const written = row >= 15 && room >= 4;
  for (let state = 0; state < rows; state += 1) {
    for (let token = 0; token < columns; token += 1) {
      const [x, y] = [start + token * column, top + (rows - 1 - state) * row];
      const runs = state <= now.depths[token];
      const cell = shape("rect", { x, y, width: column - 1, height: row - 1 });
      cell.style.fill = mixed("var(--gh-deep)", (runs ? 0.75 : 0.12) * (Math.log1p(left[state][token]) / most) + 0.03);
      panel.add(cell);
      const said = short(says[state][token], room); // a character's name is never cut
      if (written) panel.add(tokenLabel(x + (column - 1) / 2, y + row / 2, widthOf(said) > room ? "…" : said, `gh-middle gh-mid${runs ? "" : " gh-note ln-unsaid"}`));
    }
  }
}

function drawMap(panel, state, now, width, page) {
  const grid = gridOf(state, width);
  const { columns, rows, column, row, left, top, foot } = grid;
  const { words } = page;
  const bottom = top + rows * row;
  const x = (token) => left + (token + 0.5) * column - 0.5;
  const above = (depth) => top + (rows - 1 - depth) * row - 1;
  const every = Math.ceil(rows / 8);
  panel.clear(width, bottom + foot, words.map);
  panel.add(label(0, 13, words.map_title, "gh-note"));
  drawCells(panel, state, now, grid);
  for (let at = 0; at < rows; at += every) panel.add(label(left - 6, above(at) + row / 2 + 1, whole(at), "gh-tick gh-end gh-mid"));
  panel.add(turned(label(10, (top + bottom) / 2, words.layer, "gh-note gh-middle")),
    shape("path", { d: now.depths.map((depth, token) => `${token ? "L" : "M"}${left + token * column} ${above(depth)}H${left + (token + 1) * column - 1}`).join(""), class: "ln-stop" }),
    shape("rect", { x: left + state.token * column - 1, y: top - 1, width: column + 1, height: bottom - top + 1, class: "ln-chosen" }));
  state.tokens.slice(0, columns).forEach((token, at) => {
    const style = at === state.token ? "gh-head" : "gh-note";
    const text = short(token, 9);
    panel.add(grid.upright ? tokenLabel(x(at), bottom + 15, text, `gh-middle ${style}`)
      : turned(tokenLabel(x(at), bottom + 6, text, `gh-end gh-mid ${style}`)));
  });
  slide(panel, page, "token", { along: linear([0, columns - 1], [x(0), x(columns - 1)]), snap: Math.round });
}

// ---- the chosen token ---------------------------------------------------------------------

// ε by its place among the levels.
const placeOf = (epsilon) => clamp(Math.round(20 * Math.log10(epsilon / LEAST)), 0, LEVELS.length - 1);

function drawProfile(panel, state, now, width, page) {
  const { words } = page;
  const { change, token, epsilon } = state;
  const layers = change.length;
  const { x, y, top, bottom, right } = axes(panel, {
    width, height: 252, title: words.profile, heading: fill(words.profile_title, now), room: { left: 40, right: 14, top: 26, bottom: 40 },
    x: { scale: logarithmic, domain: [LEAST, MOST], ticks: [0.01, 0.1, 1, 10, 100], apart: 30, on: null },
    y: { domain: [0.4, layers + 0.6], most: 6, least: 1, grid: false },
  });
  /** @returns {[number, number]} */
  const at = (layer) => [x(clamp(change[layer - 1][token], LEAST, MOST)), y(layer)];
  const all = Array.from({ length: layers }, (_, place) => place + 1);
  const [here, last] = [at(now.stops), at(layers)];
  // What is said stands beside its dot, on the side where there is room.
  const said = ([px, py], text) => label(px > 0.55 * width ? px - 9 : px + 9, py, text, `gh-mid gh-head${px > 0.55 * width ? " gh-end" : ""}`);
  const apart = Math.abs(here[1] - last[1]) > 13;
  panel.add(shape("rect", { x: x(LEAST), y: top, width: x(epsilon) - x(LEAST), height: bottom - top, class: "ln-left" }),
    line(x(epsilon), top, x(epsilon), bottom + 10, "gh-now"), line(x(LEAST), bottom, right, bottom, "gh-axis"),
    curve(all.map(at), "gh-faint"), ...dots(all.map(at), { r: 4, style: "gh-warm-bar" }),
    shape("circle", { cx: here[0], cy: here[1], r: 7, class: "ln-stop" }),
    said(here, fill(words.stops_here, now)), ...(apart ? [said(last, fill(words.ends_here, now))] : []));
  grip(panel, page, "epsilon", {
    at: [x(epsilon), bottom + 12], along: [linear([0, LEVELS.length - 1], [x(LEAST), x(MOST)]), null], snap: 1,
    get: (held) => placeOf(held.epsilon), set: (_, place) => ({ epsilon: LEVELS[place] }),
    label: words.epsilon_knob, text: three(epsilon), holds: [epsilon, LEAST, MOST],
  });
}

// ---- the cost -----------------------------------------------------------------------------

function drawCost(panel, now, width, page) {
  const { words } = page;
  const { layers, by_layer } = now;
  const fixed = by_layer.slice(1);
  const all = [...fixed, ...now.curve_stopped, ...now.curve_random];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = Math.max(0.1, high - low);
  const { x, y, top, bottom, right } = axes(panel, {
    width, height: 252, title: words.curve, heading: words.curve_title, room: { left: 34, right: 12, top: 26, bottom: 40 },
    x: { domain: [1, Math.max(2, layers)], most: 6, least: 1 }, y: { domain: [low - 0.08 * room, high + 0.08 * room], most: 5 },
  });
  const along = (values) => now.curve_depth.map((depth, at) => [x(depth), y(values[at])]);
  panel.add(line(x(now.depth), top, x(now.depth), bottom, "gh-now"),
    curve(fixed.map((value, at) => [x(at + 1), y(value)]), "ln-fixed"), curve(along(now.curve_random), "gh-warm"),
    curve(along(now.curve_stopped), "ln-settled"),
    ...dots([[x(now.depth), y(now.random)]], { r: 4, style: "gh-warm-bar" }), ...dots([[x(now.depth), y(now.stopped)]], { r: 5, style: "gh-now" }),
    label(0, bottom + 31, words.fixed, "gh-note"), label(right, bottom + 31, words.depth_axis, "gh-note gh-end"));
}

// ---- together -----------------------------------------------------------------------------

function picture(node, page) {
  const [map, profile, cost] = ["map", "profile", "cost"].map((name) => new Panel(node, name));
  return (state, now, width) => {
    const beside = width >= 520;
    const half = beside ? Math.floor((width - 20) / 2) : width;
    drawMap(map, state, now, width, page);
    drawProfile(profile, state, now, half, page);
    drawCost(cost, now, half, page);
  };
}

export default hero({ numbers, picture });
