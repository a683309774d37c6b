// One row of attention as bars, a row of bars per key: q·k/√d, cosine, and nGPT's score.

import { softmax } from "./ensemble.js";
import { label, line, tokenLabel } from "./kit/dom.js";
import { hero, makeBand, Panel } from "./kit/frame.js";
import { bar, bars } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { clamp } from "./kit/sums.js";
import { fill, percent, short, widest } from "./kit/text.js";

export function numbers({ tokens, dot, cosine, width, chosen, growth, temperature }) {
  const grown = dot.with(chosen, dot[chosen] * growth);
  const weights = {
    dot: softmax(grown), cosine: softmax(cosine, temperature), ngpt: softmax(cosine.map((score) => score * width)),
  };
  return {
    token: tokens[chosen],
    score: grown[chosen],
    cosine: cosine[chosen],
    before: softmax(dot)[chosen],
    dot_weight: weights.dot[chosen],
    cosine_weight: weights.cosine[chosen],
    ngpt_weight: weights.ngpt[chosen],
    dot_weights: weights.dot,
    cosine_weights: weights.cosine,
    ngpt_weights: weights.ngpt,
  };
}

const [TOP, LETTER, ROOM] = [48, 7.4, 50];

// The scale of each score's bars, beside names of so many letters.
function scalesAt(width, letters) {
  const left = 12 + LETTER * letters;
  const column = (width - left) / 3;
  return ["dot", "cosine", "ngpt"].map((kind, place) => {
    const x = left + place * column;
    return { kind, x, share: linear([0, 1], [x, x + Math.max(0, column - ROOM)]) };
  });
}

// A bar for each score, and around that of q·k/√d, in dashes, the weight before the key grew.
function rowBars(scales, weights, before, style, at, thick) {
  return scales.flatMap(({ kind, share }) => [
    ...(kind === "dot" && before !== undefined ? [bar(share, 0, before, { at, thick: thick + 6, style: "gh-before" })] : []),
    ...bars([weights[kind]], share, { at: () => at, thick, text: percent, style: () => style }),
  ]);
}

function picture(node, { words, change, state: read }) {
  const panel = new Panel(node, "rows");
  const rows = read().tokens.map((_, chosen) => makeBand(panel.front, () => change({ chosen })));
  return (state, now, wide) => {
    const width = Math.min(wide, 1000);
    const narrow = width < 500;
    const high = clamp(500 / rows.length, 18, narrow ? 24 : 44); // few rows on a wide page are easier to hit
    const bottom = TOP + high * rows.length;
    const letters = Math.min(widest(state.tokens), narrow ? 8 : 12);
    const scales = scalesAt(width, letters);
    const before = state.growth === 1 ? undefined : softmax(state.dot);
    panel.clear(width, bottom, words.rows);
    panel.add(label(0, 12, before ? words.title_grown : words.title, "gh-note"),
      ...scales.flatMap(({ kind, x }) => [
        label(x, 38, words[`column_${kind}`], "gh-head"), line(x, TOP, x, bottom, "gh-axis")]));
    rows.forEach((put, key) => {
      const [chosen, token, y] = [key === state.chosen, state.tokens[key], TOP + high * (key + 0.5)];
      const weights = { dot: now.dot_weights[key], cosine: now.cosine_weights[key], ngpt: now.ngpt_weights[key] };
      put({ x: 0, y: y - high / 2 + 1, width, height: high - 2, rx: 4 },
        { chosen, name: fill(words.row_label, { token, ...weights }) },
        tokenLabel(4, y, short(token, letters), chosen ? "gh-mid gh-head" : "gh-mid"),
        ...rowBars(scales, weights, before?.[key], chosen ? "gh-bar gh-chosen" : "gh-bar", y, Math.min(22, high * 0.56)));
    });
  };
}

export default hero({ numbers, picture });
