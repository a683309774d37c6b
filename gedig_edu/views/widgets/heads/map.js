// All heads: a map of layers and heads, and its scale.

import { element, label, mark, mixed, shape } from "../kit/dom.js";
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
function extentOfValues(values, quantity, level) {
  const [low, high] = rangeOf(level === undefined ? values : [...values, level]);
  if (quantity === "delta") {
    const far = Math.max(-low, high);
    return [-far, far];
  }
  return [["previous", "induction"].includes(quantity) ? 0 : low, high];
}

function colourOf(value, /** @type {number[]} */ [low, high], quantity) {
  if (quantity === "delta") {
    const share = high > 0 ? Math.abs(value) / high : 0;
    return mixed(value < 0 ? "var(--gh-heat)" : "var(--gh-structure)", share);
  }
  return mixed(INKS[quantity], placeOf(value, low, high));
}

function placeOf(value, low, high) {
  return high - low > TIE ? (value - low) / (high - low) : 0.5;
}

// Both ends of a scale, with as many digits as tell them apart.
function endsOf(low, high) {
  const ends = [low, high].map(three);
  if (ends[0] !== ends[1] || high - low <= TIE) return ends;
  const digits = [4, 5, 6, 7, 8, 9, 10, 11, 12].find((count) => low.toPrecision(count) !== high.toPrecision(count));
  return [low, high].map((value) => value.toPrecision(digits).replace("-", "−"));
}

export function every(count, room, least) {
  return Math.max(1, Math.ceil((least * count) / room));
}

export class HeadMap {
  constructor(page) {
    this.page = page;
    this.svg = shape("svg", { class: "gx-map" });
    this.scale = element("div", { className: "gx-scale" });
    this.node = element("div", {}, this.svg, this.scale);
    this.grid = shape("g", {
      role: "grid", tabindex: 0, class: "gx-grid", "aria-label": page.words.map,
    });
    this.grid.addEventListener("keydown", (event) => this.move(event));
    this.axes = shape("g", { "aria-hidden": "true" });
    this.pin = shape("rect", { class: "gx-pin", "aria-hidden": "true" });
    this.mark = shape("rect", { class: "gx-mark", "aria-hidden": "true" });
    this.svg.append(this.axes, this.grid);
  }

  move(event) {
    const move = steps(event);
    if (!move) return;
    const { about, state: { layer, head } } = this.page.data();
    this.page.change({
      layer: clamp(layer + move[1], 0, about.layers - 1),
      head: clamp(head + move[0], 0, about.heads - 1),
    });
  }

  build({ layers, heads }, width) {
    if (width === this.width && layers === this.layers && heads === this.heads) return;
    this.width = width;
    this.layers = layers;
    this.heads = heads;
    this.values = undefined;
    this.left = 40;
    this.cell = (width - this.left - 4) / heads;
    this.row = clamp(264 / layers, 7, clamp(Math.max(this.cell, SIDE / layers), 7, 34));
    this.bottom = 3 + this.row * layers;
    mark(this.svg, { width, height: this.bottom + 36 });
    this.cells = [];
    this.grid.replaceChildren(...Array.from({ length: layers }, (_, layer) =>
      shape("g", { role: "row" }, ...Array.from({ length: heads }, (__, head) =>
        this.makeCell(layer, head)))), this.pin, this.mark);
    this.drawAxes(layers, heads);
  }

  makeCell(layer, head) {
    const cell = shape("rect", {
      role: "gridcell", id: `${this.page.id}-${layer}-${head}`, class: "gx-cell", "aria-selected": false,
      ...this.spot(layer, head),
    });
    cell.addEventListener("click", () => this.page.change({ layer, head }));
    this.cells.push(cell);
    return cell;
  }

  spot(layer, head) {
    return {
      x: this.left + head * this.cell, y: this.bottom - (layer + 1) * this.row,
      width: this.cell, height: this.row,
    };
  }

  drawAxes(layers, heads) {
    const { left, cell, row, bottom, page: { words } } = this;
    this.axes.replaceChildren();
    for (let layer = 0; layer < layers; layer += every(layers, row * layers, 14)) {
      this.axes.append(label(left - 6, bottom - (layer + 0.5) * row, layer, "gh-end gh-mid"));
    }
    for (let head = 0; head < heads; head += every(heads, cell * heads, 18)) {
      this.axes.append(label(left + (head + 0.5) * cell, bottom + 14, head, "gh-middle"));
    }
    const middle = bottom - (row * layers) / 2;
    const side = label(0, 0, words.layers, "gh-note gh-middle");
    side.setAttribute("transform", `translate(11 ${middle}) rotate(-90)`);
    this.axes.append(side, label(left + (cell * heads) / 2, bottom + 31, words.heads, "gh-note gh-middle"));
  }

  // `level` is where a baseline lies, if the map is to be read against one.
  draw({ about, state }, values, width, level) {
    this.build(about, width);
    if (values !== this.values || level !== this.level) this.colour(about, state.quantity, values, level);
    this.values = values;
    this.level = level;
    const chosen = this.cells[state.layer * about.heads + state.head];
    this.chosen?.setAttribute("aria-selected", false);
    chosen.setAttribute("aria-selected", true);
    this.chosen = chosen;
    this.grid.setAttribute("aria-activedescendant", chosen.id);
    mark(this.mark, this.spot(state.layer, state.head));
    this.pin.style.display = state.pinned.length ? "" : "none";
    if (state.pinned.length) mark(this.pin, this.spot(...state.pinned));
  }

  colour({ heads }, quantity, values, level) {
    const extent = values ? extentOfValues(values, quantity, level) : [0, 0];
    this.cells.forEach((cell, at) => {
      const value = values ? writerOf(quantity)(values[at]) : "–";
      cell.style.fill = values ? colourOf(values[at], extent, quantity) : "";
      cell.setAttribute("aria-label",
        fill(this.page.words.cell, { layer: Math.floor(at / heads), head: at % heads, value }));
    });
    this.drawScale(extent, quantity, level);
    this.scale.style.visibility = values ? "" : "hidden";
  }

  drawScale(/** @type {number[]} */ [low, high], quantity, level) {
    const { words } = this.page;
    const ends = quantity === "delta"
      ? [`${words.below} ${three(low)}`, `${signed(high)} ${words.above}`]
      : endsOf(low, high);
    const colours = quantity === "delta"
      ? "var(--gh-heat), var(--gh-page), var(--gh-structure)" : `var(--gh-page), ${INKS[quantity]}`;
    const bar = element("i", {});
    bar.style.background = `linear-gradient(in oklab to right, ${colours})`;
    if (level !== undefined) bar.append(element("b", { style: `left: ${100 * placeOf(level, low, high)}%` }));
    this.scale.replaceChildren(ends[0], bar, ends[1]);
  }
}
