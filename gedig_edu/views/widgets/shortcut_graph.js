// A graph to edit by clicking nodes: what the edit costs, what it gains, and F.

import {
  boundRow, COLUMNS, distances, edgePath, edgeShape, gaugeOf, graphRow, joined, missingPairs,
  namePlace, pairKey, placesOf, pressButton, ROUND, toggled, walkEntropy,
} from "./graph_edit.js";
import { element, label, line, mark, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { pressable, steps } from "./kit/keys.js";
import { clamp } from "./kit/sums.js";
import { fill, named, short, three, whole, widest, widthOf } from "./kit/text.js";

function editOf(state) {
  const n = state.names.length;
  const edges = state.graphs[state.graph];
  const after = toggled(edges, state.edits);
  const there = new Set(edges.map(pairKey));
  const added = after.filter((edge) => !there.has(pairKey(edge)));
  const removed = edges.length + added.length - after.length;
  return { n, edges, after, added, removed };
}

export function numbers(state) {
  const { n, edges, after, added, removed } = editOf(state);
  const start = distances(n, edges);
  return {
    ...gaugeOf(state, {
      n, edges, start, now: distances(n, after), count: added.length + removed,
      change: walkEntropy(n, after) - walkEntropy(n, edges),
    }),
    added: added.length,
    removed,
  };
}

// Every missing edge on trial; of those within 1e-9 of the lowest F the first.
function bestNext(state) {
  const { n, edges, after, added, removed } = editOf(state);
  const [start, steps] = [distances(n, edges), distances(n, after)];
  const [there, before] = [new Set(edges.map(pairKey)), walkEntropy(n, edges)];
  const trials = missingPairs(n, after).map((edge) => ({
    edge,
    F: gaugeOf(state, {
      n, edges, start, now: joined(steps, edge),
      count: added.length + removed + (there.has(pairKey(edge)) ? -1 : 1),
      change: state.walk ? walkEntropy(n, [...after, edge]) - before : 0,
    }).F,
  }));
  const lowest = Math.min(...trials.map(({ F }) => F));
  return { tried: trials.length, ...trials.find(({ F }) => F <= lowest + 1e-9) };
}

function facts(state, now, words) {
  return {
    graph: words[`graph_${state.graph}`],
    added: whole(now.added),
    removed: whole(now.removed),
    lam: three(state.lam),
    gamma: three(state.gamma),
    ...Object.fromEntries(["F", "cost", "entropy", "path", "l_before", "l_after"]
      .map((name) => [name, three(now[name])])),
  };
}

// ---- editing ------------------------------------------------------------------------------

function flip(state, edge) {
  const key = pairKey(edge);
  const others = state.edits.filter((one) => pairKey(one) !== key);
  const edits = others.length < state.edits.length ? others : [...others, edge];
  return { edits, chosen: -1, found: [] };
}

function picked(state, node) {
  if (state.chosen === -1) return { chosen: node };
  if (state.chosen === node) return { chosen: -1 };
  return flip(state, [Math.min(node, state.chosen), Math.max(node, state.chosen)]);
}

function searched(state) {
  const { edge, tried } = bestNext(state);
  return edge ? { ...flip(state, edge), found: [...edge, tried] } : {};
}

// The edge that an untouched graph offers to try, if it is missing.
function offerOf({ graph, graphs, offers, edits, chosen }) {
  const offer = offers[graph];
  const free = offer && edits.length === 0 && chosen === -1;
  return free && !graphs[graph].some((edge) => pairKey(edge) === pairKey(offer)) ? offer : null;
}

// ---- the graph ----------------------------------------------------------------------------

function makeNodes(panel, page) {
  const nodes = page.state().names.map((_, at) => {
    const node = shape("g", { class: "ge-node", role: "button", tabindex: at ? -1 : 0 },
      shape("ellipse", { class: "gh-reach", ry: 16 }), shape("circle", { class: "ge-ring", r: 11 }),
      shape("circle", { class: "ge-dot" }));
    pressable(node, () => page.change(picked(page.state(), at)));
    panel.front.append(node);
    return node;
  });
  const go = (at) => {
    const to = clamp(at, 0, nodes.length - 1);
    nodes.forEach((node, place) => node.setAttribute("tabindex", place === to ? 0 : -1));
    nodes[to].focus({ preventScroll: true });
  };
  nodes.forEach((node, at) => node.addEventListener("keydown", (event) => {
    const move = steps(event);
    const down = page.state().graph === "grid" ? COLUMNS : 1;
    if (move) go(at + move[0] - Math.sign(move[1]) * down);
  }));
  return nodes;
}

// An edge in dashes: pressed, it is there, and the focus goes to its end. Over a row of nodes there
// is room for its words; elsewhere they stand in the note alone.
function makeOffer(panel, page, nodes) {
  const text = label(0, 0, "", "gh-middle gh-head");
  const [dashed, reach] = [shape("path", { class: "ge-edge ge-dashed" }), shape("path", { class: "ge-edge ge-reach" })];
  const node = shape("g", { class: "ge-offer", role: "button", tabindex: 0 }, dashed, reach, text);
  pressable(node, () => {
    const offer = offerOf(page.state());
    if (!offer) return; // a second press before the page was drawn anew
    page.change(flip(page.state(), offer));
    nodes[offer[1]].focus({ preventScroll: true });
  });
  panel.front.prepend(node);
  return (state, places) => {
    const offer = offerOf(state);
    node.style.display = offer ? "" : "none";
    if (!offer) return;
    [dashed, reach].forEach((path) => path.setAttribute("d", edgePath(places, offer)));
    const top = dashed.getPointAtLength(dashed.getTotalLength() / 2);
    const [a, b] = offer.map((at) => state.names[at]);
    const said = fill(page.words.offer, { a: named(a), b: named(b) });
    mark(text, { x: top.x, y: top.y - 10 }).textContent = places.span ? said : "";
    node.setAttribute("aria-label", fill(page.words.offer, { a, b }));
  };
}

// Names of more than two letters stand aslant and end at their node: a letter takes 4 px to the
// left and 7 px down. Around a circle they point away from its centre, and on a grid they stand
// over the edge to the left, a letter taking 7.5 px.
const [LETTER_LEFT, LETTER_DOWN, LETTER_OUT] = [4, 7, 7.5];
const [MOST_LETTERS, MOST_AROUND, GAP] = [14, 10, 14];

function longestName({ names, graph }) {
  const longest = widest(names);
  return longest > 2 ? Math.min(longest, ROUND.includes(graph) ? MOST_AROUND : MOST_LETTERS) : 0;
}

function roomOf(state) {
  const most = longestName(state);
  const reach = state.names.map((name) => (most ? 10 + LETTER_LEFT * Math.min(widthOf(name), most) : 0));
  const room = GAP + LETTER_OUT * most;
  return most ? { reach, around: room, beside: room } : {};
}

function nameAslant(name, [x, y], most) {
  const letters = Math.min(most, Math.floor((x - 10) / LETTER_LEFT));
  return mark(label(x, y, short(name, letters), "ge-token gh-end"), { transform: `rotate(-60 ${x} ${y})` });
}

// On the left half a name is turned about, so that no name stands on its head.
function nameOutward(name, [x, y], [cx, cy], most) {
  const turn = (Math.atan2(y - cy, x - cx) * 180) / Math.PI;
  const left = Math.abs(turn) > 90.1;
  const said = label(left ? -GAP : GAP, 0, short(name, most), `ge-token gh-mid ${left ? "gh-end" : ""}`);
  return mark(said, { transform: `translate(${x} ${y}) rotate(${left ? turn + 180 : turn})` });
}

function nameBeside(name, [x, y], cell, most) {
  const letters = Math.min(most, Math.floor((cell - GAP) / LETTER_OUT));
  return label(x - GAP / 2, y - GAP, short(name, letters), "ge-token gh-end gh-mid");
}

function drawNames(panel, state, places) {
  const most = longestName(state);
  const every = most || !places.step ? 1 : Math.ceil(19 / places.step);
  places.points.forEach((point, at) => {
    if (at % every) return;
    const [x, y] = namePlace(places, point);
    const [name, { centre, cell }] = [state.names[at], places];
    if (!most) panel.add(label(x, y, name, "gh-note gh-middle gh-mid"));
    else if (centre) panel.add(nameOutward(name, point, centre, most));
    else if (cell) panel.add(nameBeside(name, point, cell, most));
    else panel.add(nameAslant(name, [x, y - 8], most));
  });
}

function drawGraph(panel, nodes, state, width, page) {
  const { after, added } = editOf(state);
  const places = placesOf(state, width, roomOf(state));
  const foot = places.span ? 20 + LETTER_DOWN * longestName(state) : 0;
  panel.clear(width, places.height + foot, page.words.picture);
  const [present, fresh] = [new Set(after.map(pairKey)), new Set(added.map(pairKey))];
  const drawn = [...state.graphs[state.graph], ...added].map((edge) => {
    const style = fresh.has(pairKey(edge)) ? "ge-new" : present.has(pairKey(edge)) ? "" : "ge-gone";
    const reach = edgeShape(places, edge, "ge-reach");
    reach.addEventListener("click", () => page.change(flip(page.state(), edge)));
    return [edgeShape(places, edge, style), reach];
  });
  panel.add(...drawn.map(([line]) => line), ...drawn.map(([, reach]) => reach));
  drawNames(panel, state, places);
  const degree = state.names.map((_, at) => after.filter((edge) => edge.includes(at)).length);
  const half = (places.step ?? 24) / 2;
  nodes.forEach((node, at) => {
    mark(node.querySelector(".gh-reach"), { rx: Math.min(half, 16) });
    mark(node.querySelector(".ge-dot"), { r: Math.min(0.75 * half, 6.5) });
    mark(node, {
      transform: `translate(${places.points[at].join(" ")})`,
      "aria-pressed": state.chosen === at,
      "aria-label": fill(page.words.node, { name: state.names[at], at, degree: degree[at] }),
    });
  });
  return places;
}

// ---- the terms ----------------------------------------------------------------------------

// Each term from where the one before it ends, then their sum from 0.
function rowsOf(state, now) {
  const parts = [["cost", now.cost], ["entropy", -state.lam * now.entropy],
    ["path", -state.lam * state.gamma * now.path]];
  let at = 0;
  const rows = parts.map(([name, size]) => { const from = at; at += size; return [name, from, at, size]; });
  return [...rows, ["total", 0, now.F, now.F]];
}

function drawTerms(panel, state, now, width, words) {
  const rows = rowsOf(state, now);
  const offer = offerOf(state);
  const offered = offer ? rowsOf(state, numbers({ ...state, edits: [offer] })) : [];
  const far = Math.max(...[...rows, ...offered].flatMap(([, from, to]) => [Math.abs(from), Math.abs(to)]));
  const limit = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 1000].find((size) => size >= far) ?? far;
  const narrow = width < 380;
  const [left, high, above] = narrow ? [0, 44, 18] : [96, 26, 0];
  const x = (value) => left + 60 + ((value + limit) / (2 * limit)) * (width - left - 120);
  const bar = (row, from, to, style) => shape("rect", { x: x(Math.min(from, to)), y: row * high + above + 4,
    width: Math.max(1, Math.abs(x(to) - x(from))), height: 18, class: style });
  panel.clear(width, rows.length * high + 26, words.terms);
  offered.forEach(([name, from, to], row) => panel.add(bar(row, from, to, `ge-${name} ge-outline`)));
  rows.forEach(([name, from, to, size], row) => {
    const [y, right] = [row * high + above, Math.max(from, to, ...(offered[row] ?? []).slice(1, 3))];
    panel.add(label(0, y + 13 - above, words[`term_${name}`], name === "total" ? "gh-head gh-mid" : "gh-mid"),
      bar(row, from, to, `ge-${name}`),
      label(x(right) + 5, y + 13, three(size), name === "total" ? "gh-head gh-mid" : "gh-mid"));
  });
  const bottom = rows.length * high;
  panel.add(line(x(0), 0, x(0), bottom, "gh-axis"), label(x(0), bottom + 16, "0", "gh-tick gh-middle"),
    label(x(-limit), bottom + 16, words.pays, "gh-tick"),
    label(x(limit), bottom + 16, words.costs, "gh-tick gh-end"));
}

// ---- together -----------------------------------------------------------------------------

function foundText(state, now, words) {
  const { found, names, edits } = state;
  if (found.length === 0) {
    if (edits.length) return "";
    const [a, b] = (offerOf(state) ?? []).map((at) => named(names[at]));
    return a ? fill(words.offered, { a, b }) : words.empty;
  }
  const [i, j, tried] = found;
  return fill(words.found, { a: named(names[i]), b: named(names[j]), tried: whole(tried), F: three(now.F) });
}

function picture(node, page) {
  const { words, change, state: read } = page;
  const cleared = { edits: [], chosen: -1, found: [] };
  const graphs = graphRow(page, cleared);
  if (Object.keys(page.start().graphs).length > 1) node.append(graphs.node);
  const panel = new Panel(node, "graph");
  const nodes = makeNodes(panel, page);
  const showOffer = makeOffer(panel, page, nodes);
  const note = element("p", { className: "ge-note" });
  note.setAttribute("aria-live", "polite");
  node.append(element("div", { className: "ge-choice" },
    pressButton(words.search, () => change(searched(read()))),
    pressButton(words.clear, () => change(cleared)), note));
  const terms = new Panel(node, "terms");
  const bounds = boundRow(page);
  node.append(bounds.node);
  return (state, now, width) => {
    [graphs, bounds].forEach((row) => row.show());
    showOffer(state, drawGraph(panel, nodes, state, width, page));
    drawTerms(terms, state, now, width, words);
    note.textContent = foundText(state, now, words);
  };
}

export default hero({ numbers, facts, picture });
