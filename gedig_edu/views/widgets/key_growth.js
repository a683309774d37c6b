// One row of attention as bars, a row of bars per key: q·k/√d, cosine, and nGPT's score.

import { softmax } from "./ensemble.js";
import { label, line, tokenLabel } from "./kit/dom.js";
import { hero, makeBand, Panel } from "./kit/frame.js";
import { bar, bars } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { fill, percent, short } from "./kit/text.js";

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

const [TOP, LEFT, LETTERS, ROOM] = [48, 92, 12, 52];

// The scale of each score's bars. The readout still says what nGPT does where its bars have no room.
function scalesAt(width) {
  const kinds = width < 400 ? ["dot", "cosine"] : ["dot", "cosine", "ngpt"];
  const column = (width - LEFT) / kinds.length;
  return kinds.map((kind, place) => {
    const x = LEFT + place * column;
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
    const high = width < 540 || rows.length > 10 ? 24 : 32; // few rows on a wide page are easier to hit
    const bottom = TOP + high * rows.length;
    const scales = scalesAt(width);
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
        tokenLabel(4, y, short(token, LETTERS), chosen ? "gh-mid gh-head" : "gh-mid"),
        ...rowBars(scales, weights, before?.[key], chosen ? "gh-bar gh-chosen" : "gh-bar", y, high * 0.56));
    });
  };
}

export default hero({ numbers, picture });
