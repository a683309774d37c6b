// One head in another basis: a row of attention as bars, with the cosines and lengths beside it.

import { dot, ensemble, softmax } from "./ensemble.js";
import { label, line, tokenLabel } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { bars } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { clamp, firstOf, mean } from "./kit/sums.js";
import { fill, percent, short, three, widest } from "./kit/text.js";

// Every query with the keys that it sees.
function products(queries, keys, causal) {
  return queries.map((query, row) => keys.slice(0, causal ? row + 1 : keys.length).map((key) => dot(query, key)));
}

function unit(vector) {
  const norm = Math.hypot(...vector);
  return vector.map((entry) => (norm > 0 ? entry / norm : 0));
}

// The share of rows in which both put the same key first; a row of one key ranks nothing.
function sameFirst(scores, cosines) {
  const same = scores.flatMap((row, at) => (row.length > 1 ? [Number(firstOf(row) === firstOf(cosines[at]))] : []));
  return same.length ? mean(same) : null;
}

export function numbers({ tokens, q, k, reach, causal, query, evenness }) {
  const stretch = reach.map((log) => Math.exp(evenness * log));
  const queries = q.map((vector) => vector.map((entry, i) => entry * stretch[i]));
  const keys = k.map((vector) => vector.map((entry, i) => entry / stretch[i]));
  const width = Math.sqrt(reach.length);
  const weightsOf = (scores) => scores.map((row) => softmax(row, width));
  const scores = products(queries, keys, causal);
  const cosines = products(queries.map(unit), keys.map(unit), causal).map((row) => row.map((one) => clamp(one, -1, 1)));
  const [weights, stored] = [weightsOf(scores), weightsOf(products(q, k, causal))];
  const row = scores[query].map((score) => score / width);
  const lengths = keys.slice(0, row.length).map((key) => Math.hypot(...key));
  const [byDot, byCosine] = [firstOf(weights[query]), firstOf(cosines[query])];
  return {
    moved: Math.max(...weights.flatMap((one, at) => one.map((share, j) => Math.abs(share - stored[at][j])))),
    spread: Math.sqrt(mean(row.map((score) => (score - mean(row)) ** 2))),
    entropy: ensemble(row.map((score) => -score), 1).entropy,
    same: sameFirst(scores, cosines),
    ratio: Math.min(...lengths) > 0 ? Math.max(...lengths) / Math.min(...lengths) : null,
    condition: Math.exp(Math.abs(evenness) * (Math.max(...reach) - Math.min(...reach))),
    asking: tokens[query],
    by_dot: tokens[byDot],
    share: weights[query][byDot],
    by_cosine: tokens[byCosine],
    cosine: cosines[query][byCosine],
    weights: weights[query],
    cosines: cosines[query],
    lengths,
  };
}

// ---- the row ------------------------------------------------------------------------------

const [TOP, LETTER, ROOM] = [48, 7.4, 48];

// The keys that are drawn, in the order of the text: those of most weight where there are many.
function drawnKeys(weights, most) {
  const heaviest = [...weights.keys()].sort((one, other) => weights[other] - weights[one]);
  return heaviest.slice(0, most).sort((one, other) => one - other);
}

// Three columns: what stands still, and two that move.
function columnsOf(now, keys) {
  const upTo = (values) => [0, Math.max(...keys.map((key) => values[key]), 1e-300)];
  return [
    { name: "weights", domain: upTo(now.weights), text: percent },
    { name: "cosines", domain: [-1, 1], text: three },
    { name: "lengths", domain: upTo(now.lengths), text: three },
  ];
}

function picture(node, { words }) {
  const panel = new Panel(node, "rows");
  return (state, now, wide) => {
    const width = Math.min(wide, 1000);
    const above = width < 500; // names stand above their bars, which have the width to themselves
    const keys = drawnKeys(now.weights, above ? 12 : 20);
    const row = above ? 36 : clamp(400 / keys.length, 18, 44);
    const thick = above ? 14 : Math.min(22, 0.6 * row);
    const height = TOP + row * keys.length;
    const letters = above ? 24 : Math.min(12, widest(keys.map((key) => state.tokens[key])));
    const from = above ? 0 : 12 + LETTER * letters;
    const column = (width - from) / 3;
    const y = (place) => TOP + row * (place + (above ? 0.72 : 0.5));
    panel.clear(width, height, words.rows);
    panel.add(label(0, 12, fill(words.title, { ...now, count: keys.length }), "gh-note"));
    columnsOf(now, keys).forEach(({ name, domain, text }, place) => {
      const left = from + place * column;
      const x = linear(domain, [left, left + Math.max(0, column - ROOM)]);
      const first = keys.indexOf(firstOf(now[name]));
      panel.add(label(left, 38, words[`column_${name}`], "gh-head"), line(x(0), TOP, x(0), height, "gh-axis"),
        ...bars(keys.map((key) => now[name][key]), x, { from: 0, at: y, thick, text, bold: (at) => at === first }));
    });
    keys.forEach((key, at) =>
      panel.add(tokenLabel(above ? 6 : 4, y(at) - (above ? 16 : 0), short(state.tokens[key], letters), "gh-mid")));
  };
}

export default hero({ numbers, picture });
