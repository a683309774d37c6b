// The likeliest next tokens at one position of a text, and the one that does follow.

import { label, line, shape, tokenLabel } from "./kit/dom.js";
import { hero, Panel } from "./kit/frame.js";
import { bars } from "./kit/marks.js";
import { linear } from "./kit/scale.js";
import { fill, percent, short, widthOf } from "./kit/text.js";

export function numbers({ tokens, likely, shares, said, rank, position }) {
  const atEnd = position + 1 === tokens.length;
  return {
    said: atEnd ? null : Math.exp(said[position]),
    surprise: atEnd ? null : -said[position],
    rank: atEnd ? null : rank[position],
    token: tokens[position],
    best: likely[position][0],
    share: shares[position][0],
    follows: atEnd ? null : tokens[position + 1],
    shares: shares[position],
    message: atEnd ? "sentence_at_end" : "sentence",
  };
}

// ---- the bars -----------------------------------------------------------------------------

const [TOP, ROW, LEFT, ROOM] = [66, 32, 104, 56];
const [LETTER, MOST_LETTERS] = [7.8, 12]; // the width of a letter of 13 px in a monospaced font

function token(x, y, text, style = "") {
  const made = tokenLabel(x, y, text, style);
  made.style.fontSize = "13px";
  return made;
}

// The end of the text so far, as much as fits; the token that asks stands in the accent colour.
function drawText(panel, { tokens, position }, width) {
  let [start, room] = [position, Math.floor((width - 8) / LETTER) - 1 - widthOf(tokens[position])];
  while (start > 0 && widthOf(tokens[start - 1]) < room) {
    start -= 1;
    room -= widthOf(tokens[start]);
  }
  const text = token(4, 34, start > 0 ? "…" : "");
  text.append(...tokens.slice(start, position).map((piece) => shape("tspan", {}, piece)),
    shape("tspan", { class: "gh-head gh-chosen" }, tokens[position]));
  panel.add(text);
}

function drawBars(panel, likely, now, width) {
  const y = (place) => TOP + ROW * place;
  const follows = (place) => now.rank === place + 1 && likely[place] === now.follows;
  panel.add(...bars(now.shares, linear([0, 1], [LEFT, width - ROOM]), {
    at: y, thick: 18, text: percent, bold: follows, style: (place) => (follows(place) ? "gh-bar" : "gh-bar gh-faint"),
  }), ...likely.map((name, place) =>
    token(LEFT - 8, y(place), short(name, MOST_LETTERS), `gh-mid gh-end${follows(place) ? " gh-head" : ""}`)));
}

function picture(node, { words }) {
  const panel = new Panel(node, "next");
  return (state, now, wide) => {
    const width = Math.min(wide, 640);
    const likely = state.likely[state.position];
    const below = TOP + ROW * likely.length + 14;
    panel.clear(width, below + 26, words.bars);
    panel.add(label(4, 14, words.text, "gh-note"));
    drawText(panel, state, width);
    drawBars(panel, likely, now, width);
    panel.add(...(now.follows === null ? [label(4, below, words.end, "gh-mid gh-note")] : [
      line(0, below - 16, width, below - 16, "gh-grid"), label(4, below, fill(words.follows, now), "gh-mid")]));
  };
}

export default hero({ numbers, picture });
