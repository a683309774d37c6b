// All heads: a map of layers and heads, and its scale.

import { element, label, mark, mixed, shape, turned } from "../kit/dom.js";
import { kept } from "../kit/kept.js";
import { steps } from "../kit/keys.js";
import { clamp, TIE } from "../kit/sums.js";
import { fill, signed, three } from "../kit/text.js";

const INKS = {
  F: "var(--gh-ink)", density: "var(--gh-structure)", entropy: "var(--gh-heat)",
  path_gain: "var(--gh-paths)", previous: "var(--gh-deep)", induction: "var(--gh-deep)",
};

const LEFT = 40; // px, for the numbers of layers
const TALL = 1.8; // the most that a cell is higher than it is wide
const SIDE = 48; // px, the least height: that of the name of its side

// A difference bears its sign.
export const writerOf = (quantity) => (quantity === "delta" ? signed : three);

export function rangeOf(values) {
  return values.reduce(([least, most], value) =>
    [Math.min(least, value), Math.max(most, value)], [Infinity, -Infinity]);
}

// From which value to which the colours run: differences about zero, shares of attention from zero.
// A baseline's level, where there is one, lies on the scale too.
function extentOf(values, quantity, level) {
  const [low, high] = rangeOf(level === undefined ? values : [...values, level]);
  const far = Math.max(-low, high);
  if (quantity === "delta") return [-far, far];
  return [["previous", "induction"].includes(quantity) ? 0 : low, high];
}

function shareOf(value, /** @type {number[]} */ [low, high]) {
  return high - low > TIE ? (value - low) / (high - low) : 0.5;
}

function colourOf(value, extent, quantity) {
  if (quantity !== "delta") return mixed(INKS[quantity], shareOf(value, extent));
  return mixed(value < 0 ? "var(--gh-heat)" : "var(--gh-structure)", extent[1] > 0 ? Math.abs(value) / extent[1] : 0);
}

// Both ends of a scale, with as many digits as tell them apart.
function endsOf(/** @type {number[]} */ [low, high]) {
  const ends = [low, high].map(three);
  if (ends[0] !== ends[1] || high - low <= TIE) return ends;
  let digits = 4;
  while (low.toPrecision(digits) === high.toPrecision(digits)) digits += 1;
  return [low, high].map((value) => value.toPrecision(digits).replace("-", "−"));
}

export function every(count, room, least) {
  return Math.max(1, Math.ceil((least * count) / room));
}

// Layers by heads, layer 0 lowest, and the scale of their colours. `draw` answers where rows lie.
export function makeMap(page, { id = page.id, name = page.words.map } = {}) {
  const { words } = page;
  const hidden = { "aria-hidden": "true" };
  const axes = shape("g", hidden);
  const grid = shape("g", { role: "grid", tabindex: 0, class: "gx-grid", "aria-label": name });
  const [pin, frame, pointed] = ["gx-pin", "gx-mark", "gx-point"].map((name) => shape("rect", { class: name, ...hidden }));
  const svg = shape("svg", { class: "gx-map" }, axes, grid);
  const scale = element("div", { className: "gx-scale" });
  grid.addEventListener("keydown", (event) => {
    const move = steps(event);
    if (!move) return;
    const { about, state: { layer, head } } = page.data();
    page.change({
      layer: clamp(layer + move[1], 0, about.layers - 1), head: clamp(head + move[0], 0, about.heads - 1),
    });
  });
  const layOut = kept(({ layers, heads, width }) => {
    const cell = (width - LEFT - 4) / heads;
    const row = clamp(page.mapHeight / layers, 7, Math.max(clamp(TALL * cell, 7, 34), SIDE / layers));
    const bottom = 3 + row * layers;
    const spot = (layer, head) => ({ x: LEFT + head * cell, y: bottom - (layer + 1) * row, width: cell, height: row });
    const rows = Array.from({ length: layers }, (_, layer) =>
      Array.from({ length: heads }, (__, head) => cellOf(page, `${id}-${layer}-${head}`, { layer, head }, spot(layer, head))));
    mark(svg, { width, height: bottom + 36 });
    grid.replaceChildren(...rows.map((cells) => shape("g", { role: "row" }, ...cells)), pin, frame, pointed);
    axes.replaceChildren(...namesOf({ layers, heads, cell, row, bottom }, words));
    return { cells: rows.flat(), spot, row, bottom };
  }, ({ layers, heads, width }) => [layers, heads, width]);
  const paint = kept(({ cells, heads, quantity, values, level, others = [] }) => {
    const extent = values ? extentOf([...values, ...others], quantity, level) : [0, 0];
    cells.forEach((cell, at) => {
      const value = values ? writerOf(quantity)(values[at]) : "–";
      cell.style.fill = values ? colourOf(values[at], extent, quantity) : "";
      cell.setAttribute("aria-label", fill(words.cell, { layer: Math.floor(at / heads), head: at % heads, value }));
    });
    scale.replaceChildren(...scaleOf(extent, quantity, level, words));
    scale.style.visibility = values ? "" : "hidden";
  }, ({ cells, values, level, others }) => [cells, values, level, others]);
  let [chosen, spotOf] = [null, null];
  // `level` is where a baseline lies, if the map is to be read against one; `others` are the values of
  // a map beside it, on the same scale.
  const draw = ({ about, state }, values, width, level, others) => {
    const { cells, spot, row, bottom } = layOut({ ...about, width });
    spotOf = spot;
    paint({ cells, heads: about.heads, quantity: state.quantity, values, level, others });
    chosen?.setAttribute("aria-selected", false);
    chosen = mark(cells[state.layer * about.heads + state.head], { "aria-selected": true });
    grid.setAttribute("aria-activedescendant", chosen.id);
    mark(frame, spot(state.layer, state.head));
    pin.style.display = state.pinned.length ? "" : "none";
    if (state.pinned.length) mark(pin, spot(...state.pinned));
    return { row, bottom };
  };
  // Marks the head that is pointed at, in this map or in another.
  const point = (place) => {
    pointed.style.display = place ? "" : "none";
    if (place) mark(pointed, spotOf(...place));
  };
  point(null);
  return { node: element("div", {}, svg, scale), scale, draw, point };
}

function cellOf(page, id, { layer, head }, spot) {
  const cell = shape("rect", {
    role: "gridcell", id, class: "gx-cell", "aria-selected": false, "data-layer": layer, "data-head": head, ...spot,
  });
  cell.addEventListener("click", () => page.change({ layer, head }));
  return cell;
}

function namesOf({ layers, heads, cell, row, bottom }, words) {
  const some = (count, step) => Array.from({ length: Math.ceil(count / step) }, (_, at) => at * step);
  return [
    ...some(layers, every(layers, row * layers, 14)).map((layer) =>
      label(LEFT - 6, bottom - (layer + 0.5) * row, layer, "gh-end gh-mid")),
    ...some(heads, every(heads, cell * heads, 18)).map((head) =>
      label(LEFT + (head + 0.5) * cell, bottom + 14, head, "gh-middle")),
    turned(label(11, bottom - (row * layers) / 2, words.layers, "gh-note gh-middle")),
    label(LEFT + (cell * heads) / 2, bottom + 31, words.heads, "gh-note gh-middle"),
  ];
}

function scaleOf(extent, quantity, level, words) {
  const differs = quantity === "delta";
  const [low, high] = differs
    ? [`${words.below} ${three(extent[0])}`, `${signed(extent[1])} ${words.above}`] : endsOf(extent);
  const colours = differs ? "var(--gh-heat), var(--gh-page), var(--gh-structure)" : `var(--gh-page), ${INKS[quantity]}`;
  const bar = element("i", {});
  bar.style.background = `linear-gradient(in oklab to right, ${colours})`;
  if (level !== undefined) bar.append(element("b", { style: `left: ${100 * shareOf(level, extent)}%` }));
  return [low, bar, high];
}
