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

export class HeadMap {
  constructor(page) {
    this.page = page;
    this.axes = shape("g", { "aria-hidden": "true" });
    this.grid = shape("g", { role: "grid", tabindex: 0, class: "gx-grid", "aria-label": page.words.map });
    this.pin = shape("rect", { class: "gx-pin", "aria-hidden": "true" });
    this.mark = shape("rect", { class: "gx-mark", "aria-hidden": "true" });
    this.scale = element("div", { className: "gx-scale" });
    this.node = element("div", {}, shape("svg", { class: "gx-map" }, this.axes, this.grid), this.scale);
    this.grid.addEventListener("keydown", (event) => this.move(event));
    this.layOut = kept((scene) => this.build(scene), ({ layers, heads, width }) => [layers, heads, width]);
    this.colour = kept((scene) => this.paint(scene), ({ values, level }) => [values, level, this.cells]);
  }

  move(event) {
    const move = steps(event);
    if (!move) return;
    const { about, state: { layer, head } } = this.page.data();
    this.page.change({
      layer: clamp(layer + move[1], 0, about.layers - 1), head: clamp(head + move[0], 0, about.heads - 1),
    });
  }

  build({ layers, heads, width }) {
    this.left = 40;
    this.cell = (width - this.left - 4) / heads;
    this.row = clamp(264 / layers, 7, clamp(Math.max(this.cell, SIDE / layers), 7, 34));
    this.bottom = 3 + this.row * layers;
    mark(this.grid.ownerSVGElement, { width, height: this.bottom + 36 });
    const rows = Array.from({ length: layers }, (_, layer) =>
      Array.from({ length: heads }, (__, head) => this.makeCell(layer, head)));
    this.cells = rows.flat();
    this.grid.replaceChildren(...rows.map((row) => shape("g", { role: "row" }, ...row)), this.pin, this.mark);
    this.drawAxes(layers, heads);
  }

  makeCell(layer, head) {
    const cell = shape("rect", {
      role: "gridcell", id: `${this.page.id}-${layer}-${head}`, class: "gx-cell", "aria-selected": false,
      ...this.spot(layer, head),
    });
    cell.addEventListener("click", () => this.page.change({ layer, head }));
    return cell;
  }

  spot(layer, head) {
    const { left, cell, row, bottom } = this;
    return { x: left + head * cell, y: bottom - (layer + 1) * row, width: cell, height: row };
  }

  drawAxes(layers, heads) {
    const { left, cell, row, bottom, page: { words } } = this;
    const some = (count, step) => Array.from({ length: Math.ceil(count / step) }, (_, at) => at * step);
    this.axes.replaceChildren(
      ...some(layers, every(layers, row * layers, 14)).map((layer) =>
        label(left - 6, bottom - (layer + 0.5) * row, layer, "gh-end gh-mid")),
      ...some(heads, every(heads, cell * heads, 18)).map((head) =>
        label(left + (head + 0.5) * cell, bottom + 14, head, "gh-middle")),
      turned(label(11, bottom - (row * layers) / 2, words.layers, "gh-note gh-middle")),
      label(left + (cell * heads) / 2, bottom + 31, words.heads, "gh-note gh-middle"));
  }

  // `level` is where a baseline lies, if the map is to be read against one.
  draw({ about, state }, values, width, level) {
    this.layOut({ ...about, width });
    this.colour({ heads: about.heads, quantity: state.quantity, values, level });
    this.chosen?.setAttribute("aria-selected", false);
    this.chosen = mark(this.cells[state.layer * about.heads + state.head], { "aria-selected": true });
    this.grid.setAttribute("aria-activedescendant", this.chosen.id);
    mark(this.mark, this.spot(state.layer, state.head));
    this.pin.style.display = state.pinned.length ? "" : "none";
    if (state.pinned.length) mark(this.pin, this.spot(...state.pinned));
  }

  paint({ heads, quantity, values, level }) {
    const { words } = this.page;
    const extent = values ? extentOf(values, quantity, level) : [0, 0];
    this.cells.forEach((cell, at) => {
      const value = values ? writerOf(quantity)(values[at]) : "–";
      cell.style.fill = values ? colourOf(values[at], extent, quantity) : "";
      cell.setAttribute("aria-label", fill(words.cell, { layer: Math.floor(at / heads), head: at % heads, value }));
    });
    const differs = quantity === "delta";
    const [low, high] = differs
      ? [`${words.below} ${three(extent[0])}`, `${signed(extent[1])} ${words.above}`] : endsOf(extent);
    const colours = differs ? "var(--gh-heat), var(--gh-page), var(--gh-structure)" : `var(--gh-page), ${INKS[quantity]}`;
    const bar = element("i", {});
    bar.style.background = `linear-gradient(in oklab to right, ${colours})`;
    if (level !== undefined) bar.append(element("b", { style: `left: ${100 * shareOf(level, extent)}%` }));
    this.scale.replaceChildren(low, bar, high);
    this.scale.style.visibility = values ? "" : "hidden";
  }
}
