// The numbers of the live page: every head and every baseline at the present λ, γ and mask.

import { mean, shareAbove, TIE } from "../kit/sums.js";
import { fill, percent, signed, three } from "../kit/text.js";
import { decodeTerms, sentenceOfToken, TERMS, weigh } from "./data.js";

function quantileOf(sorted, share) {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

// Least, quartiles and most, as a box plot shows them.
export function fiveNumbers(values) {
  const sorted = Float64Array.from(values).sort();
  return [0, 0.25, 0.5, 0.75, 1].map((share) => quantileOf(sorted, share));
}

function weighed(bytes, state) {
  const terms = decodeTerms(bytes);
  return { ...terms, F: weigh(terms, state) };
}

// A difference that rounding alone can leave is none, as in the statistics of the laboratory.
const less = (one, other) => (Math.abs(one - other) <= TIE ? 0 : one - other);

// Of the heads (`real`) and of each baseline the terms and F; what colours the map (`values`), and
// where the chosen baseline lies on that scale (`level`).
export function numbersOf({ about, state }) {
  const real = weighed(about.terms, state);
  const against = Object.fromEntries(about.names.map((name) => {
    const level = weighed(about.baselines[name][state.matched ? "matched" : "unmasked"], state);
    return [name, { ...level, delta: real.F.map((value, head) => less(value, level.F[head])) }];
  }));
  const chosen = against[state.baseline] ?? Object.values(against)[0];
  const differs = state.quantity === "delta";
  return {
    real, against, chosen,
    values: differs ? chosen.delta : real[state.quantity],
    level: differs ? 0 : mean(chosen[state.quantity]),
  };
}

export const originsOfNumbers = ({ about, state }) =>
  [about, state.lam, state.gamma, state.matched, state.baseline, state.quantity];

// How F of one head comes about: from where to where each term takes it, and F itself.
export function stepsOf(weighedTerms, at, { lam, gamma }) {
  const [density, entropy, pathGain] = TERMS.map((name) => weighedTerms[name][at]);
  const held = density - lam * entropy;
  const F = held - lam * gamma * pathGain;
  return { F, bars: [[0, density], [density, held], [held, F], [0, F]] };
}

// The text alternative: the chosen head, what it is compared with, and the chosen token.
export function summaryOf({ about, state }, now, graph, words) {
  const at = state.layer * about.heads + state.head;
  const [density, entropy, pathGain] = TERMS.map((name) => now.real[name][at]);
  const said = [fill(words.summary, {
    layer: state.layer, head: state.head, model: about.model, F: three(now.real.F[at]),
    density: three(density), entropy: three(state.lam * entropy),
    path_gain: three(state.lam * state.gamma * pathGain),
    baseline: words[`baseline_${state.baseline}`], delta: signed(now.chosen.delta[at]),
    count: now.values.length, mean: signed(mean(now.chosen.delta)),
    share: percent(shareAbove(now.chosen.delta)),
  })];
  const shuffled = now.against.row_shuffled;
  if (shuffled) said.push(fill(words.summary_shuffle, { delta: signed(shuffled.delta[at]) }));
  if (graph) said.push(sentenceOfToken(graph, state.query, about.tokens, words));
  return said.join(" ");
}
