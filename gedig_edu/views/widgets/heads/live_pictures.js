// The pictures that only the live page has: box plots by layer, the terms of F, and the table.

import { element, label, line, mark, shape } from "../kit/dom.js";
import { kept } from "../kit/kept.js";
import { bar } from "../kit/marks.js";
import { linear } from "../kit/scale.js";
import { mean, shareAbove } from "../kit/sums.js";
import { fill, percent, signed, three, tick } from "../kit/text.js";
import { rangeOf } from "./map.js";
import { fiveNumbers, stepsOf, TERMS } from "./numbers.js";
import { HUBS } from "./pictures.js";
import { FAINT, tokenSpan, withToken } from "./tokens.js";

const LABEL_ROOM = 52;

// The heads of each layer as a box plot, in the rows of the map beside it.
export class BoxPlots {
  constructor(page) {
    this.page = page;
    this.ground = shape("g");
    this.here = shape("circle", { class: "gl-here", r: 4 });
    this.node = element("div", { className: "gl-boxes" }, shape("svg", { "aria-hidden": "true" }, this.ground, this.here));
    this.drawGround = kept((scene) => this.paint(scene), ({ now, width, row }) => [now, width, row]);
  }

  draw(scene) {
    const { now: { values }, about: { heads }, state: { layer, head } } = scene;
    this.drawGround(scene);
    mark(this.here, { cx: this.x(values[layer * heads + head]), cy: this.y(layer) });
  }

  paint({ now: { values, level }, about: { layers, heads }, state, width, row, bottom }) {
    const [low, high] = rangeOf([...values, level]);
    const x = linear([low, high], [8, width - 8]);
    this.x = x;
    this.y = (layer) => bottom - (layer + 0.5) * row;
    const boxes = Array.from({ length: layers }, (_, layer) =>
      this.box(this.y(layer), Math.min(row * 0.6, 16), values.subarray(layer * heads, (layer + 1) * heads)));
    const name = this.page.words[`column_${state.baseline}`];
    const atEnd = x(level) + 7 * name.length > width;
    mark(this.ground.ownerSVGElement, { width, height: bottom + 36 });
    this.ground.replaceChildren(
      ...x.ticks(3, high > low ? 0 : 0.5).flatMap((at) => [
        line(x(at), 3, x(at), bottom, "gh-grid"), label(x(at), bottom + 14, tick(at), "gh-middle")]),
      ...boxes.flat(), line(x(level), -4, x(level), bottom, "gl-level"),
      label(x(level) + (atEnd ? 6 : -6), -8, name, atEnd ? "gh-end" : ""),
      label(width / 2, bottom + 31, this.page.words.by_layer, "gh-note gh-middle"));
  }

  box(y, thick, values) {
    const { x } = this;
    const [least, first, median, third, most] = fiveNumbers(values);
    return [line(x(least), y, x(most), y, "gh-axis"), bar(x, first, third, { at: y, thick, least: 1, style: "gl-box" }),
      line(x(median), y - thick / 2, x(median), y + thick / 2, "gl-median")];
  }
}

// The terms of F as bars that lead to F: this head filled, the baselines in outline.
export class TermBars {
  constructor(page) {
    const { words } = page;
    this.words = words;
    this.svg = shape("svg", { role: "img", "aria-label": words.terms });
    // The formula, each term underlined in the colour of its bars.
    const formula = words.formula.split(/\{(\w+)\}/).map((part, place) => (place % 2 === 0 ? part
      : element("b", { className: `gl-term-${part}`, textContent: words[`quantity_${part}`] })));
    this.node = element("div", {}, element("p", { className: "gl-formula" }, ...formula), this.svg);
    this.draw = kept((scene) => this.paint(scene), ({ now, state, width }) => [now, state.layer, state.head, width]);
  }

  paint({ now, about, state, width }) {
    const at = state.layer * about.heads + state.head;
    const columns = Object.entries({ real: now.real, ...now.against })
      .map(([name, terms]) => ({ name, ...stepsOf(terms, at, state) }));
    const y = linear(rangeOf([...columns.flatMap(({ bars }) => bars.flat()), 0.001]), [150, 8]);
    const room = width / columns.length;
    const lower = room < LABEL_ROOM ? 48 : 0; // every other label, where there is no room for all in a row
    mark(this.svg, { width, height: 206 + lower }).replaceChildren(line(0, y(0), width, y(0), "gh-axis"),
      ...columns.flatMap((column, place) =>
        this.column(column, { left: place * room, room, y, below: 168 + (place % 2) * lower })));
  }

  column({ name, F, bars }, { left, room, y, below }) {
    const thick = Math.min(room / 6, 12);
    const [start, middle] = [left + (room - 3.6 * thick) / 2, left + room / 2];
    const [outline, style] = name === "real" ? ["", "gx-focus"] : [" gl-outlined", "gh-note"];
    return [
      ...bars.map(([from, to], place) => bar(y, from, to, {
        at: start + place * 1.2 * thick, thick, upright: true, least: 0.5, style: `gl-term gl-term-${TERMS[place] ?? "F"}${outline}`,
      })),
      label(middle, below, three(F), "gh-middle gh-head"),
      ...this.words[`column_${name}`].split("\n").map((text, row) =>
        label(middle, below + 18 + 15 * row, text, `gh-middle ${style}`)),
    ];
  }
}

// ΔF of the chosen head and of all, against every baseline; what just changed is emphasised.
export class DifferenceTable {
  constructor(page) {
    this.words = page.words;
    this.node = element("table", { className: "gl-readout" });
    this.known = new Map();
    this.draw = kept((scene) => this.paint(scene), ({ now, state }) => [now, state.layer, state.head]);
  }

  paint({ now, about, state }) {
    const { words } = this;
    const at = state.layer * about.heads + state.head;
    const heading = (scope, textContent) => mark(element("th", { textContent }), { scope });
    const row = (name, ...texts) => element("tr", {}, heading("row", name),
      ...texts.map((text, place) => this.cell(`${name} ${place}`, text)));
    const rows = Object.entries(now.against).map(([name, { delta }]) => {
      const made = row(words[`baseline_${name}`], signed(delta[at]), signed(mean(delta)), percent(shareAbove(delta)));
      return name === state.baseline ? mark(made, { "aria-current": "true" }) : made;
    });
    const total = mark(row("F", three(now.real.F[at]), three(mean(now.real.F)), ""), { class: "gl-total" });
    const columns = [fill(words.column_this, state), fill(words.column_mean, { count: now.values.length }), words.column_share];
    this.node.replaceChildren(element("caption", { textContent: words.readout }),
      element("thead", {}, element("tr", {}, element("td"), ...columns.map((text) => heading("col", text)))),
      element("tbody", {}, ...rows, total));
  }

  cell(place, text) {
    const changed = this.known.has(place) && this.known.get(place) !== text;
    this.known.set(place, text);
    return element("td", { textContent: text, className: changed ? "gl-changed" : "" });
  }
}

// Where the token in focus looks, and the tokens with the most links.
export class LooksAt {
  constructor(page) {
    this.words = page.words;
    this.node = element("div", { className: "gl-looks" });
    this.draw = kept((scene) => this.paint(scene), ({ graph, focus }) => [graph, focus]);
  }

  paint({ graph, tokens, focus }) {
    const { words } = this;
    const row = graph.row(focus);
    const most = [...row.keys()].sort((a, b) => row[b] - row[a]).slice(0, 4).filter((key) => row[key] >= FAINT);
    const hubs = graph.hubs(HUBS);
    const list = (className, keys, ends) => element("ul", { className },
      ...keys.map((key) => element("li", {}, tokenSpan(tokens[key]), ...ends(key))));
    const length = (key) => mark(element("i"), { style: `--share: ${Math.min(row[key], 1)}` });
    this.node.replaceChildren(
      element("p", {}, ...withToken(words.looks_at, tokens[focus], {})),
      list("gl-bars", most, (key) => [length(key), percent(row[key])]),
      element("p", { textContent: hubs.length ? words.most_linked : graph.links ? "" : words.no_links }),
      list("", hubs, (key) => [fill(words.links, { count: graph.degree[key] })]));
  }
}
