// A graph to edit by clicking nodes: what the edit costs, what it gains, and F.

import { choices } from "./graph_choices.js";
import { COLUMNS, distances, edgePath, edgeShape, joined, missingPairs, placesOf, ROUND, termsOf, toggled, weighed } from "./graph_edit.js";
import { makeNodes } from "./graph_nodes.js";
import { element, label, line, mark, shape } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { pressable, pressButton } from "./kit/keys.js";
import { bar } from "./kit/marks.js";
import { linear, roundStep } from "./kit/scale.js";
import { clamp } from "./kit/sums.js";
import { fill, named, short, three, widest, widthOf } from "./kit/text.js";

function editOf({ names: { length: n }, graphs, graph, edits }) {
  const edges = graphs[graph];
  const after = toggled(edges, edits);
  const there = new Set(edges.map(String));
  const added = after.filter((edge) => !there.has(String(edge)));
  const removed = edges.length + added.length - after.length;
  return { n, edges, after, there, added, removed, steps: [distances(n, edges), distances(n, after)] };
}

export function numbers(state) {
  const { after, added, removed, steps: [start, now] } = editOf(state);
  const terms = termsOf(state, start, now, after);
  return { ...weighed(state, added.length + removed, terms), added: added.length, removed };
}

// Every missing edge on trial; of those within 1e-9 of the lowest F the first.
function searched(state) {
  const { n, after, there, added, removed, steps: [start, now] } = editOf(state);
  const trials = missingPairs(n, after).map((edge) => {
    const count = added.length + removed + (there.has(String(edge)) ? -1 : 1);
    return { edge, F: weighed(state, count, termsOf(state, start, joined(now, edge), [...after, edge])).F };
  });
  const lowest = Math.min(...trials.map(({ F }) => F));
  const best = trials.find(({ F }) => F <= lowest + 1e-9);
  return best ? { ...flip(state, best.edge), found: [...best.edge, trials.length] } : {};
}

// ---- editing ------------------------------------------------------------------------------

function flip(state, edge) {
  const others = state.edits.filter((one) => String(one) !== String(edge));
  const edits = others.length < state.edits.length ? others : [...others, edge];
  return { edits, chosen: -1, found: [] };
}

function picked(state, node) {
  if (state.chosen === -1) return { chosen: node };
  if (state.chosen === node) return { chosen: -1 };
  return flip(state, [Math.min(node, state.chosen), Math.max(node, state.chosen)]);
}

// The edge that an untouched graph offers to try, if it is missing.
function offerOf({ graph, graphs, offers, edits, chosen }) {
  const offer = offers[graph];
  const free = offer && edits.length === 0 && chosen === -1;
  return free && !graphs[graph].some((edge) => String(edge) === String(offer)) ? offer : null;
}

function endsOf({ names }, [a, b]) {
  return { a: names[a], b: names[b] };
}

// ---- the graph ----------------------------------------------------------------------------

// An edge in dashes: pressed, it is there, and the focus goes to its end. Over a row of nodes and
// within a circle there is room for its words; on a grid they stand in the note alone.
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
    const { a, b } = endsOf(state, offer);
    const cut = (name) => named(short(name, MOST_LETTERS));
    text.textContent = places.span || places.centre ? fill(page.words.offer, { a: cut(a), b: cut(b) }) : "";
    const [[x1, y1], [x2, y2]] = offer.map((end) => places.points[end]);
    const slope = (Math.atan((y2 - y1) / (x2 - x1 || 1e-9)) * 180) / Math.PI;
    const half = text.getComputedTextLength() / 2 + 4; // and its halo
    const x = clamp(top.x, half, panel.svg.width.baseVal.value - half);
    mark(text, { y: -10, transform: `translate(${x} ${top.y}) rotate(${slope})` });
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

// On the left half of a circle a name is turned about, so that no name stands on its head.
function longName(name, [x, y], { centre, cell }, most) {
  const cut = (room, letter) => short(name, Math.min(most, Math.floor(room / letter)));
  if (cell) return label(x - GAP / 2, y - GAP, cut(cell - GAP, LETTER_OUT), "ge-token gh-end gh-mid");
  if (!centre) {
    const said = label(x, y + 14, cut(x - 10, LETTER_LEFT), "ge-token gh-end");
    return mark(said, { transform: `rotate(-60 ${x} ${y + 14})` });
  }
  const turn = (Math.atan2(y - centre[1], x - centre[0]) * 180) / Math.PI;
  const left = Math.abs(turn) > 90.1;
  const said = label(left ? -GAP : GAP, 0, short(name, most), `ge-token gh-mid ${left ? "gh-end" : ""}`);
  return mark(said, { transform: `translate(${x} ${y}) rotate(${left ? turn + 180 : turn})` });
}

// Under a row, outside a circle, beside a node of a grid.
function shortName(name, [x, y], { centre, span }) {
  const write = (left, top) => label(left, top, name, "gh-note gh-middle gh-mid");
  if (span) return write(x, y + 22);
  if (!centre) return write(x - 15, y - 13);
  const [dx, dy] = [x - centre[0], y - centre[1]];
  const far = 1 + 19 / Math.hypot(dx, dy);
  return write(centre[0] + dx * far, centre[1] + dy * far);
}

function drawNames(panel, { names, graph }, places) {
  const most = longestName({ names, graph });
  const every = most || !places.step ? 1 : Math.ceil(19 / places.step);
  panel.add(...places.points.flatMap((point, at) => (at % every ? []
    : [most ? longName(names[at], point, places, most) : shortName(names[at], point, places)])));
}

function drawGraph(panel, nodes, state, width, page) {
  const { edges, after, added } = editOf(state);
  const places = placesOf(state, width, roomOf(state));
  const foot = places.span ? 20 + LETTER_DOWN * longestName(state) : 0;
  panel.clear(width, places.height + foot, page.words.picture);
  const present = new Set(after.map(String));
  const shown = (edge) => edgeShape(places, edge, present.has(String(edge)) ? "" : "ge-gone");
  const reach = (edge) => {
    const made = edgeShape(places, edge, "ge-reach");
    made.addEventListener("click", () => page.change(flip(page.state(), edge)));
    return made;
  };
  panel.add(...edges.map(shown), ...added.map((edge) => edgeShape(places, edge, "ge-new")),
    ...[...edges, ...added].map(reach));
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
function termsAlong({ lam }, { F, cost, entropy }) {
  const between = cost - lam * entropy;
  return [
    { name: "cost", from: 0, to: cost }, { name: "entropy", from: cost, to: between },
    { name: "path", from: between, to: F }, { name: "total", from: 0, to: F },
  ];
}

function drawTerms(panel, state, now, width, words) {
  const rows = termsAlong(state, now);
  const offer = offerOf(state);
  const offered = offer ? termsAlong(state, numbers({ ...state, edits: [offer] })) : rows;
  const ends = [...rows, ...offered].map(({ to }) => to);
  const reach = (sign) => roundStep(Math.max(0.1, ...ends.map((end) => sign * end)));
  const [left, high, above] = width < 480 ? [0, 44, 18] : [112, 26, 0];
  const x = linear([-reach(-1), reach(1)], [left + 8, width - 54]);
  const bottom = rows.length * high;
  const box = ({ name, from, to }, row, style) =>
    bar(x, from, to, { at: row * high + above + 13, thick: 18, least: 1, style: `ge-${name} ${style}` });
  panel.clear(width, bottom + 26, words.terms);
  if (offer) panel.add(...offered.map((one, row) => box(one, row, "ge-outline")));
  rows.forEach(({ name, from, to }, row) => {
    const [y, style] = [row * high + 13, name === "total" ? "gh-head gh-mid" : "gh-mid"];
    const right = Math.max(from, to, offered[row].from, offered[row].to);
    panel.add(label(0, y, words[`term_${name}`], style), box(rows[row], row, ""),
      label(x(right) + 5, y + above, three(to - from), style));
  });
  panel.add(line(x(0), 0, x(0), bottom, "gh-axis"), label(x(0), bottom + 16, "0", "gh-tick gh-middle"),
    label(x(0) - 16, bottom + 16, words.pays, "gh-tick gh-end"), label(x(0) + 16, bottom + 16, words.costs, "gh-tick"));
}

// ---- together -----------------------------------------------------------------------------

function foundText(state, now, words) {
  const { found, edits } = state;
  if (found.length) return fill(words.found, { ...endsOf(state, found), tried: found[2], F: now.F });
  const offer = offerOf(state);
  if (offer) return fill(words.offered, endsOf(state, offer));
  return edits.length ? fill(words.edited, now) : words.empty;
}

function picture(node, page) {
  const { words, change, state: read } = page;
  const cleared = { edits: [], chosen: -1, found: [] };
  const rows = choices(node, page, cleared);
  const panel = new Panel(node, "graph");
  const nodes = makeNodes(panel, read().names.length, {
    pick: (at) => change(picked(read(), at)), down: () => (read().graph === "grid" ? COLUMNS : 1),
  });
  const showOffer = makeOffer(panel, page, nodes);
  const note = element("p", { className: "ge-note" });
  note.setAttribute("aria-live", "polite");
  node.append(element("div", { className: "ge-choice" },
    pressButton(words.search, () => change(searched(read()))),
    pressButton(words.clear, () => change(cleared)), note));
  const terms = new Panel(node, "terms");
  node.append(rows.below);
  return (state, now, width) => {
    rows.show();
    showOffer(state, drawGraph(panel, nodes, state, width, page));
    drawTerms(terms, state, now, width, words);
    note.textContent = foundText(state, now, words);
  };
}

export default hero({ numbers, picture });
