// The pictures that only the live page has: box plots by layer, the terms of F, and the table.

import { element, label, line, mark, shape } from "../kit/dom.js";
import { kept } from "../kit/kept.js";
import { mean, shareAbove } from "../kit/sums.js";
import { fill, percent, signed, three, tick } from "../kit/text.js";
import { rangeOf } from "./map.js";
import { fiveNumbers, stepsOf, TERMS } from "./numbers.js";
import { HUBS } from "./pictures.js";
import { FAINT, tokenSpan, withToken } from "./tokens.js";

const LABEL_ROOM = 52;

function ticksBetween(low, high, most) {
  const span = high - low || 1;
  const power = 10 ** Math.floor(Math.log10(span / most));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => span / size <= most);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, index) => (first + index) * step);
}

// The heads of each layer as a box plot, in the rows of the map beside it.
export class BoxPlots {
  constructor(page) {
    this.page = page;
    this.ground = shape("g");
    this.here = shape("circle", { class: "gl-here", r: 4 });
    this.svg = shape("svg", { "aria-hidden": "true" }, this.ground, this.here);
    this.node = element("div", { className: "gl-boxes" }, this.svg);
    this.drawGround = kept((scene) => this.paint(scene), ({ now, width, row }) => [now, width, row]);
  }

  draw(scene) {
    const { now: { values }, about: { heads }, state: { layer, head } } = scene;
    this.drawGround(scene);
    mark(this.here, { cx: this.x(values[layer * heads + head]), cy: this.y(layer) });
  }

  paint({ now: { values, level }, about, state, width, row, bottom }) {
    const [low, high] = rangeOf([...values, level]);
    this.row = row;
    this.bottom = bottom;
    this.x = (value) => 8 + ((value - low) / (high - low || 1)) * (width - 16);
    mark(this.svg, { width, height: bottom + 36 });
    this.ground.replaceChildren(
      ...this.scale(ticksBetween(low, high, 3)),
      ...Array.from({ length: about.layers }, (_, layer) =>
        this.box(layer, values.subarray(layer * about.heads, (layer + 1) * about.heads))).flat(),
      ...this.baseline(level, state.baseline, width),
      label(width / 2, bottom + 31, this.page.words.by_layer, "gh-note gh-middle"));
  }

  y(layer) {
    return this.bottom - (layer + 0.5) * this.row;
  }

  scale(ticks) {
    return ticks.flatMap((value) => [
      line(this.x(value), 3, this.x(value), this.bottom, "gh-grid"),
      label(this.x(value), this.bottom + 14, tick(Number(value.toPrecision(3))), "gh-middle"),
    ]);
  }

  box(layer, values) {
    const { x, row } = this;
    const y = this.y(layer);
    const thick = Math.min(row * 0.6, 16);
    const [least, first, median, third, most] = fiveNumbers(values).map((value) => x(value));
    return [
      line(least, y, most, y, "gh-axis"),
      shape("rect", {
        class: "gl-box", x: first, width: Math.max(third - first, 1), y: y - thick / 2, height: thick,
      }),
      line(median, y - thick / 2, median, y + thick / 2, "gl-median"),
    ];
  }

  baseline(level, name, width) {
    const [at, text] = [this.x(level), this.page.words[`column_${name}`]];
    const atEnd = at + 7 * text.length > width;
    return [line(at, -4, at, this.bottom, "gl-level"),
      label(at + (atEnd ? 6 : -6), -8, text, atEnd ? "gh-end" : "")];
  }
}

// The terms of F as bars that lead to F: this head filled, the baselines in outline.
export class TermBars {
  constructor(page) {
    this.page = page;
    this.svg = shape("svg", { role: "img", "aria-label": page.words.terms });
    this.node = element("div", {}, this.formula(page.words), this.svg);
    this.draw = kept((scene) => this.paint(scene),
      ({ now, state, width }) => [now, state.layer, state.head, width]);
  }

  // The formula, each term underlined in the colour of its bars.
  formula(words) {
    const term = (name) =>
      element("b", { className: `gl-term-${name}`, textContent: words[`quantity_${name}`] });
    return element("p", { className: "gl-formula" },
      ...words.formula.split(/\{(\w+)\}/).map((part, place) => (place % 2 ? term(part) : part)));
  }

  paint({ now, about, state, width }) {
    const at = state.layer * about.heads + state.head;
    const columns = Object.entries({ real: now.real, ...now.against })
      .map(([name, terms]) => ({ name, ...stepsOf(terms, at, state) }));
    const ends = columns.flatMap(({ bars }) => bars.flat());
    const [low, high] = rangeOf([...ends, 0.001]);
    const y = (value) => 8 + ((high - value) / (high - low)) * 142;
    const room = width / columns.length;
    const lower = room < LABEL_ROOM ? 48 : 0; // every other label, where there is no room for all in a row
    mark(this.svg, { width, height: 206 + lower }).replaceChildren(line(0, y(0), width, y(0), "gh-axis"),
      ...columns.flatMap((column, place) =>
        this.column(column, { left: place * room, room, y, below: 168 + (place % 2) * lower })));
  }

  column({ name, F, bars }, { left, room, y, below }) {
    const thick = Math.min(room / 6, 12);
    const [start, middle] = [left + (room - 4.6 * thick) / 2, left + room / 2];
    const own = name === "real";
    return [
      ...bars.map(([from, to], place) => shape("rect", {
        class: `gl-term gl-term-${TERMS[place] ?? "F"}${own ? "" : " gl-outlined"}`,
        x: start + place * 1.2 * thick, width: thick,
        y: Math.min(y(from), y(to)), height: Math.max(Math.abs(y(from) - y(to)), 0.5),
      })),
      label(middle, below, three(F), "gh-middle gh-head"),
      ...this.page.words[`column_${name}`].split("\n").map((text, row) =>
        label(middle, below + 18 + 15 * row, text, `gh-middle ${own ? "gx-focus" : "gh-note"}`)),
    ];
  }
}

// ΔF of the chosen head and of all, against every baseline; what just changed is emphasised.
export class DifferenceTable {
  constructor(page) {
    this.page = page;
    this.node = element("table", { className: "gl-readout" });
    this.known = new Map();
    this.draw = kept((scene) => this.paint(scene), ({ now, state }) => [now, state.layer, state.head]);
  }

  paint({ now, about, state }) {
    const { words } = this.page;
    const at = state.layer * about.heads + state.head;
    const column = (text) => mark(element("th", { textContent: text }), { scope: "col" });
    const rows = Object.entries(now.against).map(([name, { delta }]) =>
      this.row(words[`baseline_${name}`], name === state.baseline,
        [signed(delta[at]), signed(mean(delta)), percent(shareAbove(delta))]));
    const total = this.row("F", false, [three(now.real.F[at]), three(mean(now.real.F)), ""]);
    total.className = "gl-total";
    this.node.replaceChildren(
      element("caption", { textContent: words.readout }),
      element("thead", {}, element("tr", {}, element("td"),
        column(fill(words.column_this, state)), column(fill(words.column_mean, { count: now.values.length })),
        column(words.column_share))),
      element("tbody", {}, ...rows, total));
  }

  row(name, chosen, texts) {
    const row = element("tr", {}, mark(element("th", { textContent: name }), { scope: "row" }),
      ...texts.map((text, place) => this.cell(`${name} ${place}`, text)));
    return chosen ? mark(row, { "aria-current": "true" }) : row;
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
    this.page = page;
    this.node = element("div", { className: "gl-looks" });
    this.draw = kept((scene) => this.paint(scene), ({ graph, focus }) => [graph, focus]);
  }

  paint({ graph, tokens, focus }) {
    const { words } = this.page;
    const row = graph.row(focus);
    const most = [...row.keys()].sort((a, b) => row[b] - row[a]).slice(0, 4).filter((key) => row[key] >= FAINT);
    const hubs = graph.hubs(HUBS);
    const list = (style, tokensShown, ends) => element("ul", { className: style },
      ...tokensShown.map((key) => element("li", {}, tokenSpan(tokens[key]), ...ends(key))));
    this.node.replaceChildren(
      element("p", {}, ...withToken(words.looks_at, tokens[focus], {})),
      list("gl-bars", most, (key) => [this.bar(row[key]), percent(row[key])]),
      element("p", { textContent: hubs.length ? words.most_linked : graph.links ? "" : words.no_links }),
      list("", hubs, (key) => [fill(words.links, { count: graph.degree[key] })]));
  }

  bar(share) {
    return mark(element("i"), { style: `--share: ${Math.min(share, 1)}` });
  }
}
