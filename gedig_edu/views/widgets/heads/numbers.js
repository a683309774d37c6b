// The numbers of all heads: exact terms as the kernel sends them, weighed with λ and γ.

import { mean, TIE } from "../kit/sums.js";
import { aligned, remembered } from "./data.js";

export const TERMS = ["density", "entropy", "path_gain"];
export const QUANTITIES = ["F", "delta", ...TERMS, "previous", "induction"];

function rowsByName(names, view) {
  const all = aligned(view, Float64Array);
  const count = all.length / names.length;
  return Object.fromEntries(names.map((name, row) => [name, all.subarray(row * count, (row + 1) * count)]));
}

export const decodeOverview = remembered(({ names, numbers }) => rowsByName(names, numbers));
const decodeTerms = remembered((terms) => rowsByName(TERMS, terms));

const maskOf = ({ matched }) => (matched ? "matched" : "unmasked");

// F = density − λ(entropy + γ·path gain) of every head, beside its terms.
function weighed(terms, { lam, gamma }) {
  const { density, entropy, path_gain: pathGain } = terms;
  return { ...terms, F: density.map((cost, head) => cost - lam * (entropy[head] + gamma * pathGain[head])) };
}

/** The numbers of one head, with what its gains weigh in F.
  @returns {Record<string, number>} */
export function ofHead(rows, at, { lam, gamma }) {
  const now = Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, row[at]]));
  return { ...now, weighed_entropy: lam * now.entropy, weighed_path_gain: lam * gamma * now.path_gain };
}

// ---- the explorer -------------------------------------------------------------------------

// The quantity that colours the map, of every head; null while the kernel is being asked for the
// baseline's terms at the present threshold and mask.
export function valuesOf({ overview, against, state }) {
  const known = weighed(decodeOverview(overview), state);
  if (state.quantity !== "delta") return known[state.quantity];
  const terms = against.reading === overview.reading && against.terms[`${state.baseline} ${maskOf(state)}`];
  if (!terms) return null;
  const other = weighed(decodeTerms(terms), state).F;
  return known.F.map((value, head) => value - other[head]);
}

// What the values come from; they are computed again when one of these has changed.
export const originsOfValues = ({ overview, against, state }) =>
  [overview, against, state.quantity, state.lam, state.gamma, state.baseline, state.matched];

export function headNumbers({ overview, state }, at) {
  const now = ofHead(weighed(decodeOverview(overview), state), at, state);
  return { ...now, path_length: Number.isNaN(now.path_length) ? null : now.path_length };
}

// Heads from the highest value to the lowest; equal ones in the order of layers and heads.
export function sortedHeads(values, lowestFirst) {
  const sign = lowestFirst ? 1 : -1;
  return Array.from(values.keys()).sort((a, b) => sign * (values[a] - values[b]) || a - b);
}

// ---- the live page ------------------------------------------------------------------------

// A difference that rounding alone can leave is none, as in the statistics of the laboratory.
const less = (one, other) => (Math.abs(one - other) <= TIE ? 0 : one - other);

// Of the heads (`real`) and of each baseline the terms and F; F of all heads on average (`meanF`);
// what colours the map (`values`), and where the chosen baseline lies on that scale (`level`). An
// engine sends the heads first: of a baseline that is not here yet (`awaited`) there is nothing.
export function numbersOf({ about, state }) {
  const real = weighed(decodeTerms(about.terms), state);
  const { names, baselines } = about;
  const isHere = (name) => baselines[name] !== undefined;
  const against = Object.fromEntries(names.filter(isHere).map((name) => {
    const level = weighed(decodeTerms(baselines[name][maskOf(state)]), state);
    return [name, { ...level, delta: real.F.map((value, head) => less(value, level.F[head])) }];
  }));
  const wanted = names.includes(state.baseline) ? state.baseline : names[0];
  const chosen = against[wanted];
  const differs = state.quantity === "delta";
  return {
    real, against, chosen, meanF: mean(real.F),
    awaited: [wanted, ...names].find((name) => !isHere(name)),
    values: differs ? chosen?.delta : real[state.quantity],
    level: differs ? 0 : chosen ? mean(chosen[state.quantity]) : undefined,
  };
}

export const originsOfNumbers = ({ about, state }) =>
  [about, state.lam, state.gamma, state.matched, state.baseline, state.quantity];

// What colours a map. Until its baseline is here, what coloured it last stays.
export function heldColours() {
  let last = null;
  return ({ about: { layers, heads }, state: { quantity } }, { values, level }) => {
    const kind = [quantity, layers, heads].join();
    if (values) last = { kind, values, level };
    return last?.kind === kind ? last : { values, level };
  };
}

// Least, quartiles and most, as a box plot shows them.
export function fiveNumbers(values) {
  const sorted = Float64Array.from(values).sort();
  return [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const place = share * (sorted.length - 1);
    const [below, above] = [Math.floor(place), Math.ceil(place)];
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  });
}

// How F of one head comes about: from where to where each term takes it, and F itself.
export function stepsOf(rows, at, state) {
  const { density, weighed_entropy: entropy, F } = ofHead(rows, at, state);
  const held = density - entropy;
  return { F, bars: [[0, density], [density, held], [held, F], [0, F]] };
}
