// Words and numbers as every widget writes them, as gedig_edu/words/numbers.py writes them too;
// tokens as a reader sees them: the room they take, cut to it, and as words of a sentence.

import { TIE } from "./sums.js";

export const NONE = "–";
const LARGEST = 1e21; // from here on `toFixed` writes an exponent of its own

// Also of a truth value: it is no number.
const missing = (value) => !Number.isFinite(value);

// `toFixed` rounds half up what it is given exactly, and so a size, never a negative number.
function sized(value, digits) {
  const size = Math.abs(value);
  return size < LARGEST ? size.toFixed(digits) : significant(size);
}

function significant(value) {
  if (missing(value)) return NONE;
  const [digits, power] = value.toExponential(2).split("e");
  const exponent = Number(power);
  const plain = exponent >= -4 && exponent <= 6;
  const rounded = Number(`${digits}e${power}`);
  const text = plain ? rounded.toFixed(Math.max(0, 2 - exponent)) : `${digits}e${exponent}`;
  return text.replaceAll("-", "−");
}

// Three significant digits.
export function three(value) {
  return !missing(value) && Math.abs(value) < TIE ? "0.00" : significant(value);
}

// As `three`, without zeros at its end, and however near to zero.
function trimmed(value) {
  return significant(value).replace(/\.0+(?=e|$)|(\.\d+?)0+(?=e|$)/, "$1");
}

export function signed(value) {
  return `${!missing(value) && value >= TIE ? "+" : ""}${three(value)}`;
}

// Three decimals and the sign, for numbers read against each other.
export function fixed(value) {
  if (missing(value)) return NONE;
  const text = sized(value, 3);
  return Number(text) === 0 ? text : `${value > 0 ? "+" : "−"}${text}`;
}

export function whole(value) {
  if (missing(value)) return NONE;
  const text = sized(value, 0);
  return value < 0 && text !== "0" ? `−${text}` : text;
}

export function percent(share) {
  const text = whole(missing(share) ? NaN : 100 * share);
  return text === NONE ? text : `${text}\u00a0%`;
}

// A number on an axis, as short as it is.
export function tick(value) {
  return String(value).replace("-", "−");
}

export function point(values) {
  return `(${values.map(three).join(", ")})`;
}

// A token as a word of a sentence, which keeps its own direction of writing.
export const named = (token) => (token === null ? NONE : `\u2068${token}\u2069`);

const FORMATS = { three, short: trimmed, signed, fixed, whole, percent, point, token: named };

export function written(value, format) {
  return FORMATS[format](value);
}

// A message with its placeholders written: {name}, or {name:format}. An id that has a word among
// `words` is said by it. As in Python, a name without a value and an unknown format are errors.
export function fill(message, values, words = {}) {
  return message.replace(/\{(\w+)(?::(\w+))?\}/g, (placeholder, name, format) => {
    if (!(name in values) || (format && !(format in FORMATS))) {
      throw new Error(`The message "${message}" cannot write ${placeholder}.`);
    }
    return format ? written(values[name], format) : words[`${name}_${values[name]}`] ?? values[name];
  });
}

// A widget's messages name its state and its numbers; `message` among these is the key of another one.
export function sentenceOf(words, state, now, messages = [words[now.message ?? "sentence"]]) {
  return messages.map((message) => fill(message, { ...state, ...now }, words)).join(" ");
}

export function withUnit(text, unit) {
  return unit ? `${text}${unit === "°" ? "" : " "}${unit}` : text;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]|\p{Emoji_Presentation}/u;

const NAME = /(U\+[0-9A-F]{4,6})/; // of a character that leaves no trace; it stays whole

/** The room of one letter as a reader sees it: emoji and East Asian characters take two.
  @returns {[string, number][]} */
function lettersOf(text) {
  return text.split(NAME).flatMap((part, place) => (place % 2 ? [[part, part.length]]
    : Array.from(graphemes.segment(part), ({ segment }) => [segment, WIDE.test(segment) ? 2 : 1])));
}

export function widthOf(text) {
  return lettersOf(text).reduce((room, [, wide]) => room + wide, 0);
}

export function widest(texts) {
  return Math.max(...texts.map(widthOf));
}

// A label cut to the room of so many letters.
export function short(text, most) {
  const letters = lettersOf(text);
  let room = 0;
  const fits = letters.findIndex(([, wide]) => {
    room += wide;
    return room > most;
  });
  return fits < 0 ? text : `${letters.slice(0, Math.max(fits - 1, 1)).map(([letter]) => letter).join("")}…`;
}
