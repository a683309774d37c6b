// The live page in the address of its page, after the #, so that a link shows what its sender saw.

import { BASELINES, CONVENTIONS } from "./names.js";

const NUMBERS = { quantile: [0.01, 0.99], lam: [0, 2], gamma: [0, 2], temperature: [0.25, 4] };
const CHOICES = {
  convention: Object.keys(CONVENTIONS), view: ["arcs", "matrix", "graph"], baseline: BASELINES,
  shown: ["delta", "F", "density", "entropy", "path_gain"],
};
const TEXTS = ["text", "beside"];
const PLACES = ["layer", "head", "query"];

const NAMES = [...TEXTS, ...Object.keys(CHOICES), ...Object.keys(NUMBERS), "matched", ...PLACES];

function meant(name, said) {
  if (TEXTS.includes(name)) return said;
  if (name === "matched") return said === "true";
  if (CHOICES[name]) return CHOICES[name].includes(said) ? said : undefined;
  const number = Number(said);
  if (PLACES.includes(name)) return /^\d{1,4}$/.test(said) ? number : undefined;
  const [low, high] = NUMBERS[name];
  return said.trim() !== "" && number >= low && number <= high ? number : undefined;
}

// Of a slider's steps no more digits than it can be told apart by.
const written = (name, value) => String(NUMBERS[name] ? Number(value.toPrecision(4)) : value);

/** What an address says of the live page; what it could not mean is left out.
  @returns {Record<string, any>} */
export function stateOf(hash) {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  if (!said.has("text")) return {};
  return Object.fromEntries([...said].filter(([name]) => NAMES.includes(name))
    .map(([name, value]) => [name, meant(name, value)]).filter(([, value]) => value !== undefined));
}

/** What an address can say, as it is now. */
export function stateNow(get) {
  return Object.fromEntries(NAMES.map((name) => [name, get(name)]));
}

/** The address of a state: its text, its place, and what differs from `start`. */
export function addressOf(get, start) {
  const said = new URLSearchParams();
  for (const name of NAMES) {
    const value = get(name);
    const always = name === "text" || PLACES.includes(name);
    if (value !== undefined && (always || value !== start[name])) said.set(name, written(name, value));
  }
  return `#${said}`;
}
