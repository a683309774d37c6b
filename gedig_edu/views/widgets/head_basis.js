// One head in another basis: a row of attention as bars, with the cosines and lengths beside it.

import { dot, ensemble, softmax } from "./ensemble.js";
import { label, line, shape, tokenLabel } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { clamp, mean } from "./kit/sums.js";
import { fill, named, percent, short, three } from "./kit/text.js";

function product(a, b) {
  return a.map((query) => b.map((key) => dot(query, key)));
}

function firstOf(values) {
  return values.indexOf(Math.max(...values));
}

function seenBy(row, count, causal) {
  return causal ? row + 1 : count;
}

function weightsOf(scores, causal) {
  return scores.map((row, at) => softmax(row.slice(0, seenBy(at, row.length, causal))));
}

function sameFirst(scores, cosines, causal) {
  const same = scores.map((row, at) => {
    const seen = seenBy(at, row.length, causal);
    return seen < 2 ? null : Number(firstOf(row.slice(0, seen)) === firstOf(cosines[at].slice(0, seen)));
  }).filter((one) => one !== null);
  return same.length ? mean(same) : null;
}

export function numbers({ q, k, reach, causal, query, evenness }) {
  const stretch = reach.map((log) => Math.exp(evenness * log));
  const queries = q.map((vector) => vector.map((entry, i) => entry * stretch[i]));
  const keys = k.map((vector) => vector.map((entry, i) => entry / stretch[i]));
  const width = Math.sqrt(reach.length);
  const scaled = (a, b) => product(a, b).map((row) => row.map((score) => score / width));
  const scores = scaled(queries, keys);
  const unit = (vector) => {
    const norm = Math.hypot(...vector);
    return vector.map((entry) => (norm > 0 ? entry / norm : 0));
  };
  const cosines = product(queries.map(unit), keys.map(unit))
    .map((row) => row.map((value) => clamp(value, -1, 1)));
  const weights = weightsOf(scores, causal);
  const stored = weightsOf(scaled(q, k), causal);
  const seen = seenBy(query, k.length, causal);
  const row = scores[query].slice(0, seen);
  const lengths = keys.slice(0, seen).map((key) => Math.hypot(...key));
  const middle = mean(row);
  return {
    moved: Math.max(...weights.flatMap((one, at) => one.map((share, j) => Math.abs(share - stored[at][j])))),
    spread: Math.sqrt(mean(row.map((score) => (score - middle) ** 2))),
    entropy: ensemble(row.map((score) => -score), 1).entropy,
    same: sameFirst(scores, cosines, causal),
    ratio: Math.min(...lengths) > 0 ? Math.max(...lengths) / Math.min(...lengths) : null,
    condition: Math.exp(Math.abs(evenness) * (Math.max(...reach) - Math.min(...reach))),
    weights: weights[query],
    cosines: cosines[query].slice(0, seen),
    lengths,
  };
}

function facts({ tokens, query, evenness }, now) {
  const [byDot, byCosine] = [firstOf(now.weights), firstOf(now.cosines)];
  return {
    evenness: three(evenness),
    query: named(tokens[query]),
    by_dot: named(tokens[byDot]),
    share: percent(now.weights[byDot]),
    by_cosine: named(tokens[byCosine]),
    cosine: three(now.cosines[byCosine]),
    moved: three(now.moved),
    same: three(now.same),
    ratio: three(now.ratio),
    condition: three(now.condition),
  };
}

// ---- the row ------------------------------------------------------------------------------

const [TOP, LEFT, LETTERS, ROOM, MOST] = [48, 92, 12, 46, 20];

// The keys that are drawn, in the order of the text: those of most weight where there are many.
function drawnKeys(weights) {
  const heaviest = weights.map((share, key) => [share, key]).sort((a, b) => b[0] - a[0]);
  return heaviest.slice(0, MOST).map(([, key]) => key).sort((a, b) => a - b);
}

function drawBar(panel, { x, y, high, zero, long, text, first }) {
  const [from, to] = [x + Math.min(zero, zero + long), Math.abs(long)];
  panel.add(shape("rect", { x: from, y: y - high * 0.3, width: to, height: high * 0.6, class: "gh-bar" }),
    label(x + Math.max(zero, zero + long) + 4, y, text, first ? "gh-mid gh-head" : "gh-mid"));
}

// Three columns: what stands still, and two that move. The first key of a column is in bold.
function columnsOf(now, keys, column) {
  const room = Math.max(0, column - ROOM);
  const most = (values) => Math.max(...keys.map((key) => values[key]), 1e-300);
  const [heaviest, longest] = [most(now.weights), most(now.lengths)];
  return [
    { name: "weights", values: now.weights, zero: 0, long: (v) => (room * v) / heaviest, text: percent },
    { name: "cosines", values: now.cosines, zero: room / 2, long: (v) => (room / 2) * v, text: (v) => three(v) },
    { name: "lengths", values: now.lengths, zero: 0, long: (v) => (room * v) / longest, text: (v) => three(v) },
  ];
}

function picture(node, { words }) {
  const panel = new Panel(node, "rows");
  return (state, now, wide) => {
    const width = Math.min(wide, 1000);
    const kept = drawnKeys(now.weights);
    const high = kept.length > 12 ? 18 : 24;
    const height = TOP + high * kept.length;
    const column = (width - LEFT) / 3;
    panel.clear(width, height, words.rows);
    panel.add(label(0, 12, fill(words.title, { query: named(state.tokens[state.query]), count: kept.length }), "gh-note"));
    columnsOf(now, kept, column).forEach(({ name, values, zero, long, text }, place) => {
      const x = LEFT + place * column;
      panel.add(label(x, 38, words[`column_${name}`], "gh-head"),
        line(x + zero, TOP, x + zero, height, "gh-axis"));
      kept.forEach((key, at) => drawBar(panel, { x, y: TOP + high * (at + 0.5), high, zero,
        long: long(values[key]), text: text(values[key]), first: key === firstOf(values) }));
    });
    kept.forEach((key, at) => panel.add(
      tokenLabel(4, TOP + high * (at + 0.5), short(state.tokens[key], LETTERS), "gh-mid")));
  };
}

export default hero({ numbers, facts, picture });
