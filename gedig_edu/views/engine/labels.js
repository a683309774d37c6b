// Labels of tokens that survive spaces, line breaks, long words, emoji and what no eye can see,
// as `gedig_edu.views.labels` makes them. `words` is the section views.token of the messages.

import { characterAt } from "./bytes.js";

const SIGNS = { " ": "␣", "\n": "⏎", "\r": "⏎", "\t": "⇥" };
const UNSEEN = /^(?:\u034f|[\ufe00-\ufe0f]|[\p{C}\p{Z}\u115f\u1160\u2800\u3164\uffa0])/u;
const ATTACHED = /^[\u200c-\u200d\p{M}\p{Emoji_Modifier}\u{e0020}-\u{e007f}]/u;
const FLAG = /^[\u{1f1e6}-\u{1f1ff}]$/u; // one of the letters that make a flag two by two
const LONGEST = 10; // code points of a character that is shown
const BYTES = /((?:\\x[0-9a-f]{2})+)/; // as the tokens of a text write what is no character

// The kit's `fill` would bring every format of a number into the worker; these messages have none.
const fill = (message, values) => message.replace(/\{(\w+)(?::token)?\}/g, (_, name) => values[name]);

// What a reader takes for one character each: marks, tones, tags and joiners stay with the
// character before them, and the two letters of a flag together.
function clusters(text) {
  const pieces = [];
  for (const sign of text) {
    const last = pieces.at(-1) ?? "";
    const joined = ATTACHED.test(sign) || last.endsWith("\u200d") || (FLAG.test(last) && FLAG.test(sign));
    if (last && joined) pieces.push(pieces.pop() + sign);
    else pieces.push(sign);
  }
  return pieces;
}

// Whether Unicode gives a sign a combining class: then U+0345, of the highest, gives way to it.
// Three signs of Tibetan have none and are made of others that have.
function combining(sign) {
  if (/[\u0f73\u0f75\u0f81]/.test(sign)) return false;
  return sign === "\u0345" || !`\u0345${sign}`.normalize("NFD").startsWith("\u0345");
}

function shown(cluster, words) {
  const [first, ...others] = cluster;
  let rest = others.join("");
  if (others.length >= LONGEST) rest = others.slice(0, LONGEST - 1).join("").replace(/\u200d+$/, "");
  if (first in SIGNS) return SIGNS[first] + rest;
  if (first === "\ufffd") return words.some_byte;
  if (UNSEEN.test(first)) return `U+${first.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}${rest}`;
  return (combining(first) ? "◌" : "") + first + rest;
}

// What a label shows, piece by piece: characters, signs and names.
function piecesOf(token, words) {
  return token.split(BYTES).flatMap((part, place) => {
    if (place % 2 === 0) return clusters(part).map((cluster) => shown(cluster, words));
    const codes = part.slice(2).replaceAll("\\x", " ").toUpperCase();
    return [fill(codes.includes(" ") ? words.bytes : words.byte, { codes })];
  });
}

function tokenLabel(token, words, width) {
  const pieces = piecesOf(token, words);
  if (!pieces.length) return "∅";
  const rooms = pieces.map((piece) => clusters(piece).length);
  if (rooms.reduce((sum, room) => sum + room) <= width) return pieces.join("");
  let fits = 0;
  for (let taken = rooms[0]; taken < width; taken += rooms[fits]) fits += 1;
  fits = Math.max(fits, Object.values(SIGNS).includes(pieces[0]) ? 2 : 1);
  return pieces.slice(0, fits).join("") + (fits < pieces.length ? "…" : "");
}

export function tokenLabels(tokens, words, width = 12) {
  return tokens.map((token) => tokenLabel(token, words, width));
}

// The bytes of a text that are no character in their tokens, run by run, each with its token.
function runsOf(tokens) {
  const runs = [[]];
  tokens.forEach((token, place) => {
    token.split(BYTES).forEach((part, at) => {
      if (at % 2) for (const code of part.slice(2).split("\\x")) runs.at(-1).push({ place, byte: parseInt(code, 16) });
      else if (part) runs.push([]);
    });
  });
  return runs;
}

// Of each token what its label cannot say: of which characters it is a part.
export function tokenNotes(tokens, words) {
  const notes = tokens.map(() => []);
  for (const run of runsOf(tokens)) {
    const bytes = Uint8Array.from(run, ({ byte }) => byte);
    for (let at = 0; at < run.length; ) {
      const { sign, size } = characterAt(bytes, at) ?? { sign: "", size: 1 };
      const places = run.slice(at, at + size).map(({ place }) => place);
      for (const place of size > 1 ? new Set(places) : []) {
        const count = places.filter((other) => other === place).length;
        notes[place].push(fill(words.part, { count, size, sign: `\u2068${sign}\u2069` }));
      }
      at += size;
    }
  }
  return notes.map((said) => said.join("; "));
}
