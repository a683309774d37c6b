// What the explorer shows of all heads, and in words of the chosen one.

import { fill, named, percent, three } from "../kit/text.js";
import {
  decodeTerms, highest, remembered, rowsByName, sentenceOfToken, TERMS, weigh,
} from "./data.js";

export const QUANTITIES = ["F", "delta", ...TERMS, "previous", "induction"];

export const decodeOverview = remembered(({ names, numbers }) => rowsByName(names, numbers));

// The baseline's terms, if they are here for the present threshold and mask.
function comparison({ against, overview, state }) {
  if (against.reading !== overview.reading) return null;
  const terms = against.terms[`${state.baseline} ${state.matched ? "matched" : "unmasked"}`];
  return terms ? decodeTerms(terms) : null;
}

// The quantity that colours the map, of every head; null while the kernel is being asked.
export function valuesOf(data) {
  const { overview, state } = data;
  const known = decodeOverview(overview);
  if (state.quantity === "F") return weigh(known, state);
  if (state.quantity !== "delta") return known[state.quantity];
  const baseline = comparison(data);
  if (baseline === null) return null;
  const other = weigh(baseline, state);
  return weigh(known, state).map((value, head) => value - other[head]);
}

// What the values come from; they are computed again when one of these has changed.
export const originsOfValues = ({ overview, against, state }) =>
  [overview, against, state.quantity, state.lam, state.gamma, state.baseline, state.matched];

/** @returns {Record<string, number>} */
export function headNumbers({ overview, state }, at) {
  const known = decodeOverview(overview);
  const numbers = Object.fromEntries(Object.entries(known).map(([name, row]) => [name, row[at]]));
  const pathLength = Number.isNaN(numbers.path_length) ? null : numbers.path_length;
  return { ...numbers, F: weigh(known, state)[at], path_length: pathLength };
}

// Heads from the highest value to the lowest; equal ones in the order of layers and heads.
export function sortedHeads(values, lowestFirst) {
  const sign = lowestFirst ? 1 : -1;
  return Array.from(values, (_, at) => at).sort((a, b) => sign * (values[a] - values[b]) || a - b);
}

// ---- words --------------------------------------------------------------------------------

function headWords({ state, about }, now) {
  return {
    layer: state.layer,
    head: state.head,
    model: about.model,
    previous: percent(now.previous),
    own: percent(now.own),
    first: percent(now.first),
    F: three(now.F),
    density: three(now.density),
    path_length: three(now.path_length),
    entropy: three(state.lam * now.entropy),
    path_gain: three(state.lam * state.gamma * now.path_gain),
  };
}

// The text alternative: the head, then as far as its layer is here, its graph and the token.
export function sentenceOf(data, graph, words) {
  const { state, about } = data;
  const now = headNumbers(data, state.layer * about.heads + state.head);
  const facts = headWords(data, now);
  const said = [fill(words.sentence, facts)];
  if (graph) {
    const hub = highest(graph.degree);
    const linked = { links: graph.links, hub: named(about.tokens[hub]), degree: graph.degree[hub] };
    said.push(
      fill(graph.links ? words.sentence_graph : words.sentence_no_graph, { ...facts, ...linked }),
      sentenceOfToken(graph, state.query, about.tokens, words));
  }
  if (state.pinned.length) {
    const [layer, head] = state.pinned;
    const other = headNumbers(data, layer * about.heads + head);
    said.push(fill(words.sentence_pinned,
      { layer, head, F: three(other.F), previous: percent(other.previous) }));
  }
  return said.join(" ");
}
