// The likeliest next tokens at one position of a text, and the one that does follow.

import { label, line, shape, tokenLabel } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { fill, named, percent, short, three, whole, widthOf } from "./kit/text.js";

export function numbers({ tokens, shares, said, rank, position }) {
  const atEnd = position + 1 === tokens.length;
  return {
    said: atEnd ? null : Math.exp(said[position]),
    surprise: atEnd ? null : -said[position],
    rank: atEnd ? null : rank[position],
    shares: shares[position],
  };
}

function facts({ tokens, likely, shares, position }, now) {
  const atEnd = now.said === null;
  return {
    token: named(tokens[position]),
    position: whole(position),
    best: named(likely[position][0]),
    share: percent(shares[position][0]),
    follows: atEnd ? "–" : named(tokens[position + 1]),
    said: three(now.said),
    surprise: three(now.surprise),
    rank: atEnd ? "–" : whole(now.rank),
  };
}

// ---- the bars -----------------------------------------------------------------------------

const [TOP, ROW, LEFT, ROOM] = [64, 26, 104, 56];
const [LETTER, MOST_LETTERS] = [7.8, 12]; // the width of a letter of 13 px in a monospaced font

function token(x, y, text, style) {
  const made = tokenLabel(x, y, text, style);
  made.style.fontSize = "13px";
  return made;
}

// The end of the text so far, as much as fits; the token that asks stands in the accent colour.
function drawText(panel, { tokens, position }, width, words) {
  panel.add(label(4, 14, words.text, "gh-note"));
  const room = Math.floor((width - 8) / LETTER);
  let [start, letters] = [position, widthOf(tokens[position])];
  while (start > 0 && letters + widthOf(tokens[start - 1]) < room - 1) {
    start -= 1;
    letters += widthOf(tokens[start]);
  }
  const text = token(4, 34, start > 0 ? "…" : "", "");
  tokens.slice(start, position + 1).forEach((piece, place) => {
    const part = shape("tspan", {}, piece);
    if (start + place === position) {
      part.setAttribute("style", "fill: var(--gh-accent); font-weight: 700");
    }
    text.append(part);
  });
  panel.add(text);
}

function drawBar(panel, { y, width, name, share, follows }) {
  const long = Math.max(1, (width - LEFT - ROOM) * share);
  const bar = shape("rect", { x: LEFT, y: y - 8, width: long, height: 16, class: "gh-bar" });
  if (!follows) bar.style.fill = "var(--gh-soft)";
  panel.add(token(LEFT - 8, y, short(name, MOST_LETTERS), `gh-mid gh-end${follows ? " gh-head" : ""}`), bar,
    label(LEFT + long + 6, y, percent(share), follows ? "gh-mid gh-head" : "gh-mid"));
}

function drawFollowing(panel, state, now, { y, width }, words) {
  const { tokens, position } = state;
  if (now.said === null) {
    panel.add(label(4, y, words.end, "gh-mid gh-note"));
    return;
  }
  const values = { token: named(tokens[position + 1]), said: three(now.said) };
  panel.add(line(0, y - 16, width, y - 16, "gh-grid"),
    label(4, y, fill(words.follows, values), "gh-mid"));
}

function picture(node, { words }) {
  const panel = new Panel(node, "next");
  return (state, now, wide) => {
    const width = Math.min(wide, 640);
    const likely = state.likely[state.position];
    const next = state.tokens[state.position + 1];
    panel.clear(width, TOP + ROW * likely.length + 40, words.bars);
    drawText(panel, state, width, words);
    likely.forEach((name, place) => drawBar(panel, {
      y: TOP + ROW * place, width, name, share: now.shares[place],
      follows: now.rank === place + 1 && name === next,
    }));
    drawFollowing(panel, state, now, { y: TOP + ROW * likely.length + 14, width }, words);
  };
}

export default hero({ numbers, facts, picture });
