// One row of attention as bars, a row of bars per key: q·k/√d, cosine, and nGPT's score.

import { softmax } from "./ensemble.js";
import { label, line, mark, shape, tokenLabel } from "./kit/dom.js";
import { hero, makeBand, Panel } from "./kit/frame.js";
import { fill, named, percent, short, three } from "./kit/text.js";

export function numbers({ dot, cosine, width, chosen, growth, temperature }) {
  const grown = dot.map((score, key) => (key === chosen ? score * growth : score));
  const dotWeights = softmax(grown);
  const cosineWeights = softmax(cosine, temperature);
  const ngptWeights = softmax(cosine.map((score) => score * width));
  return {
    score: grown[chosen],
    cosine: cosine[chosen],
    before: softmax(dot)[chosen],
    dot_weight: dotWeights[chosen],
    cosine_weight: cosineWeights[chosen],
    ngpt_weight: ngptWeights[chosen],
    dot_weights: dotWeights,
    cosine_weights: cosineWeights,
    ngpt_weights: ngptWeights,
  };
}

function facts({ tokens, chosen, growth, temperature }, now) {
  return {
    token: named(tokens[chosen]),
    growth: three(growth),
    T: three(temperature),
    score: three(now.score),
    cosine: three(now.cosine),
    before: percent(now.before),
    dot_weight: percent(now.dot_weight),
    cosine_weight: percent(now.cosine_weight),
    ngpt_weight: percent(now.ngpt_weight),
  };
}

// ---- the rows -----------------------------------------------------------------------------

const [TOP, LEFT, LETTERS, ROOM] = [48, 92, 12, 52];

// The readout still says what nGPT does where there is no room for its bars.
function kindsAt(width) {
  return width < 400 ? ["dot", "cosine"] : ["dot", "cosine", "ngpt"];
}

// Where few keys stand on a wide page, rows are easier to hit.
function rowOf(width, count) {
  return width < 540 || count > 10 ? 24 : 32;
}

// A bar for each score, and around that of q·k/√d, in dashes, the weight before the key grew.
function drawBars(row, key, { width, tall, y }, state, now) {
  const kinds = kindsAt(width);
  const column = (width - LEFT) / kinds.length;
  kinds.forEach((kind, place) => {
    const share = now[`${kind}_weights`][key];
    const x = LEFT + place * column;
    const long = Math.max(0, column - ROOM) * share;
    const bar = shape("rect", { x, y: y - tall / 2, width: long, height: tall, class: "gh-bar" });
    if (key === state.chosen) bar.style.fill = "var(--gh-accent)";
    if (kind === "dot" && state.growth !== 1) {
      const before = Math.max(0, column - ROOM) * softmax(state.dot)[key];
      row.append(shape("rect", { x, y: y - tall / 2 - 3, width: before, height: tall + 6, class: "gh-before" }));
    }
    row.append(bar, label(x + long + 4, y, percent(share), "gh-mid"));
  });
}

function drawRow({ band, drawn }, key, width, state, now, words) {
  const chosen = key === state.chosen;
  const high = rowOf(width, state.tokens.length);
  const y = TOP + high * key;
  const name = short(state.tokens[key], LETTERS);
  drawn.replaceChildren(tokenLabel(4, y + high / 2, name, chosen ? "gh-mid gh-head" : "gh-mid"));
  drawBars(drawn, key, { width, tall: high * 0.56, y: y + high / 2 }, state, now);
  band.classList.toggle("gh-chosen", chosen);
  mark(band, {
    x: 0, y: y + 1, width, height: high - 2, rx: 4,
    "aria-pressed": chosen,
    "aria-label": fill(words.row_label, { token: state.tokens[key],
      dot: percent(now.dot_weights[key]), cosine: percent(now.cosine_weights[key]),
      ngpt: percent(now.ngpt_weights[key]) }),
  });
}

function picture(node, { words, change, state: read }) {
  const panel = new Panel(node, "rows");
  const rows = read().tokens.map((_, chosen) =>
    makeBand(panel.front, () => change({ chosen })));
  return (state, now, wide) => {
    const width = Math.min(wide, 1000);
    const height = TOP + rowOf(width, rows.length) * rows.length;
    panel.clear(width, height, words.rows);
    panel.add(label(0, 12, state.growth === 1 ? words.title : words.title_grown, "gh-note"));
    const kinds = kindsAt(width);
    const column = (width - LEFT) / kinds.length;
    kinds.forEach((kind, place) => {
      panel.add(label(LEFT + place * column, 38, words[`column_${kind}`], "gh-head"),
        line(LEFT + place * column, TOP, LEFT + place * column, height, "gh-axis"));
    });
    rows.forEach((row, key) => drawRow(row, key, width, state, now, words));
  };
}

export default hero({ numbers, facts, picture });
