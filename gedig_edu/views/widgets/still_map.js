// A map without a model: each token keeps a share for itself and spreads the rest evenly. Its F by
// the paper's formula at every share, beside F of the heads of a real model.

import { readMaps } from "../engine/gauge.js";
import { CONVENTIONS } from "../engine/names.js";
import { axes } from "./kit/axes.js";
import { element, label, line, mixed, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { grip } from "./kit/grip.js";
import { kept } from "./kit/kept.js";
import { cells, curve, dots } from "./kit/marks.js";
import { clamp, TIE } from "./kit/sums.js";
import { fill, percent, whole } from "./kit/text.js";

const [SHARES, QUANTILE] = [101, 0.9];

// The maps of every share, one after the other, row by row.
function mapsOf(length, shares) {
  const maps = new Float64Array(shares.length * length * length);
  shares.forEach((share, at) => {
    for (let query = 0; query < length; query += 1) {
      const row = (at * length + query) * length;
      maps.fill((1 - share) / (query + 1), row, row + query + 1);
      maps[row + query] += share;
    }
  });
  return maps;
}

// F and its terms at every share, and the threshold of its links, read once for a length.
const readings = kept(({ length }) => {
  const settings = CONVENTIONS.paper;
  const shares = Array.from({ length: SHARES }, (_, at) => at / 100);
  const read = readMaps(mapsOf(length, shares), { ...settings, length, causal: true, quantile: QUANTILE });
  return shares.map((_, at) => {
    const [density, entropy, path_gain] = [read.density[at], read.entropy[at], read.pathGain[at]];
    return { F: density - settings.lam * (entropy + settings.gamma * path_gain), density, entropy, path_gain, threshold: read.threshold[at] };
  });
}, ({ length }) => [length]);

// The places of the links between two tokens: each token's link to itself is left out.
function linksOf(weights, length, threshold) {
  return [...weights].flatMap((weight, place) => {
    const itself = place % (length + 1) === 0;
    return weight > threshold && !itself ? [place] : [];
  });
}

export function numbers(state) {
  const { heads, length, own } = state;
  const all = heads.flat();
  const read = readings(state);
  const { threshold, ...terms } = read[own];
  const best = Math.max(...all);
  const place = all.indexOf(best);
  return {
    ...terms,
    links: linksOf(mapsOf(length, [own / 100]), length, threshold).length,
    beaten: all.filter((F) => terms.F - F > TIE).length,
    count: all.length,
    best,
    best_layer: Math.floor(place / heads[0].length),
    best_head: place % heads[0].length,
    curve: read.map(({ F }) => F),
  };
}

// ---- the map ------------------------------------------------------------------------------

const [SIDE, TOP, HIGH, STRIP, NARROW] = [240, 34, 330, 126, 560];

function drawMap(panel, state, now, side, words) {
  const { length, own } = state;
  const cell = side / length;
  const weights = mapsOf(length, [own / 100]);
  const links = linksOf(weights, length, readings(state)[own].threshold);
  panel.clear(side + 2, TOP + side + 24, words.map);
  panel.add(label(0, 13, words.map, "gh-head"), label(0, TOP - 6, words.looks, "gh-note"),
    label(side, TOP - 6, words.looked, "gh-note gh-end"),
    ...cells([...weights], { left: 0, top: TOP, width: cell, height: cell, columns: length, gap: cell > 6 ? 1 : 0,
      colour: (weight) => (weight > 0 ? mixed("var(--gh-deep)", weight) : "") }),
    shape("rect", { x: 0, y: TOP, width: side, height: side, class: "gh-frame" }),
    ...links.map((place) => shape("rect", { x: (place % length) * cell, y: TOP + Math.floor(place / length) * cell,
      width: cell, height: cell, class: "gh-linked" })),
    label(0, TOP + side + 17, fill(words.links, now), "gh-note"));
}

// ---- F at every share, and the heads --------------------------------------------------------

// Dots of one column beside each other where they would cover one another.
function spread(heights, r) {
  const laid = [];
  return heights.map((at) => {
    let column = 0;
    while (laid.some((one) => one.column === column && Math.abs(one.at - at) < 2 * r)) column += 1;
    laid.push({ at, column });
    return column;
  });
}

function drawHeads(panel, { heads }, now, { y, left, right, end }, words) {
  const all = heads.flat();
  const r = 3.5;
  const columns = spread(all.map((F) => y(F)), r + 0.5);
  panel.add(line(left, y(now.best), end, y(now.best), "gh-drop"),
    label(left + 4, y(now.best) - 6, fill(words.best, now), "gh-tick"), label(end, 13, words.heads, "gh-head gh-end"),
    ...dots(all.map((F, at) => [right + 24 + columns[at] * (2 * r + 1), y(F)]),
      { r, colour: (at) => (now.F - all[at] > TIE ? "var(--gh-soft)" : "var(--gh-ink)") }));
}

function drawLine(panel, state, now, width, page) {
  const { words } = page;
  const all = [...state.heads.flat(), ...now.curve];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = 0.1 * (high - low);
  const view = axes(panel, {
    width, height: HIGH, title: words.line, heading: words.title,
    room: { left: 42, right: STRIP, top: TOP, bottom: 40 },
    x: { domain: [0, 100], ticks: [0, 25, 50, 75, 100], text: (own) => percent(own / 100), grid: false },
    y: { domain: [low - room, high + room], most: 6 },
  });
  const { x, y, left, right, bottom } = view;
  panel.add(label(left, bottom + 33, words.alike, "gh-note"), label(right, bottom + 33, words.alone, "gh-note gh-end"));
  drawHeads(panel, state, now, { ...view, end: width }, words);
  panel.add(curve(now.curve.map((F, own) => [x(own), y(F)]), "gh-inked"),
    line(x(state.own), y(now.F), width, y(now.F), "gh-now"),
    label(left + 4, TOP + 12, fill(words.beats, now), "gh-name-tag gh-chosen"));
  grip(panel, page, "own", { at: [x(state.own), y(now.F)], along: [x, null], snap: 1, label: words.knob, text: `${whole(state.own)} %` });
}

function picture(node, page) {
  const map = new Panel(node, "map");
  const panel = new Panel(node, "line");
  const { text } = page.state();
  if (text) node.append(element("p", { className: "gh-note", textContent: fill(page.words.read, page.state()) }));
  return (state, now, width) => {
    const side = clamp(0.3 * width, 204, SIDE);
    drawMap(map, state, now, side, page.words);
    drawLine(panel, state, now, width < NARROW ? width : Math.min(width - side - 24, 640), page);
  };
}

export default hero({ numbers, picture });
