// The pictures that only the live page has: box plots by layer, the terms of F, and the table.

import { element, explain, label, line, mark, shape } from "../kit/dom.js";
import { kept } from "../kit/kept.js";
import { bar } from "../kit/marks.js";
import { linear } from "../kit/scale.js";
import { mean, shareAbove } from "../kit/sums.js";
import { fill, NONE, percent, signed, three, tick, whole } from "../kit/text.js";
import { rangeOf } from "./map.js";
import { fiveNumbers, stepsOf, TERMS } from "./numbers.js";
import { HUBS, whyNoLinks } from "./pictures.js";
import { FAINT, tokenSpan, withToken } from "./tokens.js";

const LABEL_ROOM = 50; // px, for the name of a column
const AWAITED = { F: null, bars: [] }; // of a baseline that is not here yet
const [HIGH, LOW] = [6, 70]; // px, between which the bars of the terms stand

// The heads of each layer as a box plot, in the rows of the map beside it.
export function makeBoxPlots({ words }) {
  const ground = shape("g");
  const here = shape("circle", { class: "gl-here", r: 4 });
  const svg = shape("svg", { "aria-hidden": "true" }, ground, here);
  const paint = kept(({ values, level, about: { layers, heads }, state, width, row, bottom }) => {
    const [low, high] = rangeOf(level === undefined ? values : [...values, level]);
    const x = linear([low, high], [8, width - 8]);
    const y = (layer) => bottom - (layer + 0.5) * row;
    const boxes = Array.from({ length: layers }, (_, layer) =>
      boxOf(x, y(layer), Math.min(row * 0.6, 16), values.subarray(layer * heads, (layer + 1) * heads)));
    mark(svg, { width, height: bottom + 36 });
    ground.replaceChildren(
      ...x.ticks(3, high > low ? 0 : 0.5).flatMap((at) => [
        line(x(at), 3, x(at), bottom, "gh-grid"), label(x(at), bottom + 14, tick(at), "gh-middle")]),
      ...boxes.flat(), ...(level === undefined ? [] : levelOf(x(level), words[`column_${state.baseline}`], { width, bottom })),
      label(width / 2, bottom + 31, words.by_layer, "gh-note gh-middle"));
    return { x, y };
  }, ({ values, level, state, width, row }) => [values, level, state.baseline, width, row]);
  const draw = (scene) => {
    const { values, about: { heads }, state: { layer, head } } = scene;
    svg.style.visibility = values ? "" : "hidden";
    if (!values) return;
    const { x, y } = paint(scene);
    mark(here, { cx: x(values[layer * heads + head]), cy: y(layer) });
  };
  return { node: element("div", { className: "gl-boxes" }, svg), draw };
}

// Where the baseline lies, under its name.
function levelOf(x, name, { width, bottom }) {
  const atEnd = x + 7 * name.length > width;
  return [line(x, -4, x, bottom, "gl-level"), label(x + (atEnd ? 6 : -6), -8, name, atEnd ? "gh-end" : "")];
}

function boxOf(x, y, thick, values) {
  const [least, first, median, third, most] = fiveNumbers(values);
  return [line(x(least), y, x(most), y, "gh-axis"), bar(x, first, third, { at: y, thick, least: 1, style: "gl-box" }),
    line(x(median), y - thick / 2, x(median), y + thick / 2, "gl-median")];
}

// The terms of F as bars that lead to F: this head filled, the baselines in outline. In the formula
// above, each term is underlined in the colour of its bars.
export function makeTermBars({ words }) {
  const svg = shape("svg", { role: "img", "aria-label": words.terms });
  const formula = words.formula.split(/\{(\w+)\}/).map((part, place) => (place % 2 === 0 ? part
    : element("b", { className: `gl-term-${part}`, textContent: words[`quantity_${part}`] })));
  const draw = kept(({ now, two, second, about, state, at, width }) => {
    const others = two ? [["second", second?.real]] : about.names.map((name) => [name, now.against[name]]);
    const columns = [[two ? "first" : "real", now.real], ...others].map(([name, terms]) => (
      { own: two || terms === now.real, text: words[`column_${name}`], ...(terms ? stepsOf(terms, at, state) : AWAITED) }));
    const y = linear(rangeOf([...columns.flatMap(({ bars }) => bars.flat()), 0.001]), [LOW, HIGH]);
    const room = width / columns.length;
    const lower = room < LABEL_ROOM ? 48 : 0; // every other label, where there is no room for all in a row
    mark(svg, { width, height: LOW + 50 + lower }).replaceChildren(line(0, y(0), width, y(0), "gh-axis"),
      ...columns.flatMap((column, place) =>
        columnOf(column, { left: place * room, room, y, below: LOW + 16 + (place % 2) * lower })));
  }, ({ now, two, second, at, width }) => [now, two, second, at, width]);
  return { node: element("div", {}, element("p", { className: "gl-formula" }, ...formula), svg), draw };
}

function columnOf({ own, text, F, bars }, { left, room, y, below }) {
  const thick = Math.min(room / 6, 12);
  const [start, middle] = [left + (room - 3.6 * thick) / 2, left + room / 2];
  return [
    ...bars.map(([from, to], place) => bar(y, from, to, {
      at: start + place * 1.2 * thick, thick, upright: true, least: 0.5,
      style: `gl-term gl-term-${TERMS[place] ?? "F"}${own ? "" : " gl-outlined"}`,
    })),
    label(middle, below, three(F), `gh-middle ${own ? "gh-head" : ""}`),
    ...text.split("\n").map((part, row) =>
      label(middle, below + 16 + 14 * row, part, `gh-middle ${own ? "gx-focus" : "gh-note"}`)),
  ];
}

// ΔF of the chosen head and of all, against every baseline; what just changed is emphasised.
export function makeDifferences({ words }) {
  const node = element("table", { className: "gl-readout" });
  const known = new Map();
  const cell = (place, text) => {
    const changed = text !== NONE && known.has(place) && known.get(place) !== text;
    if (text !== NONE) known.set(place, text);
    return element("td", { textContent: text, className: changed ? "gl-changed" : "" });
  };
  const heading = (scope, textContent) => mark(element("th", { textContent }), { scope });
  const row = (name, ...texts) => element("tr", {}, heading("row", name),
    ...texts.map((text, place) => cell(`${name} ${place}`, text)));
  const draw = kept(({ now, about, state, at }) => {
    const rows = about.names.map((name) => {
      const delta = now.against[name]?.delta;
      const texts = delta ? [signed(delta[at]), signed(mean(delta)), percent(shareAbove(delta))] : [NONE, NONE, NONE];
      const made = row(words[`column_${name}`].replace("\n", " "), ...texts);
      explain(made.firstChild, words[`why_${name}`]);
      return name === state.baseline ? mark(made, { "aria-current": "true" }) : made;
    });
    const columns = [fill(words.column_this, state), fill(words.column_mean, { count: now.real.F.length }), words.column_share];
    const headings = columns.map((text) => heading("col", text));
    explain(headings.at(-1), words.why_share);
    node.replaceChildren(element("caption", { textContent: words.readout }),
      element("thead", {}, element("tr", {}, element("td"), ...headings)),
      element("tbody", {}, ...rows));
  }, ({ now, at }) => [now, at]);
  return { node, draw };
}

// Where the token in focus looks, and the tokens with the most links.
export function makeLooks({ words }) {
  const node = element("div", { className: "gl-looks" });
  const draw = kept(({ graph, tokens, focus }) => {
    const row = graph.row(focus);
    const most = [...row.keys()].sort((a, b) => row[b] - row[a]).slice(0, 4).filter((key) => row[key] >= FAINT);
    const hubs = graph.hubs(HUBS);
    const list = (className, keys, ends) => element("ul", { className },
      ...keys.map((key) => element("li", {}, tokenSpan(tokens[key]), ...ends(key))));
    const length = (key) => mark(element("i"), { style: `--share: ${Math.min(row[key], 1)}` });
    node.replaceChildren(
      element("p", {}, ...withToken(words.looks_at, tokens[focus], {})),
      list("gl-bars", most, (key) => [percent(row[key]), length(key)]),
      ...(graph.links ? [element("p", { textContent: hubs.length ? words.most_linked : "", title: words.why_hubs }),
        list("gl-hubs", hubs, (key) => [whole(graph.degree[key])])]
        : [element("p", { className: "gl-why", textContent: whyNoLinks(words, graph) })]));
  }, ({ graph, focus }) => [graph, focus]);
  return { node, draw };
}
