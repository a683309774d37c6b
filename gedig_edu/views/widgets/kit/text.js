// Words and numbers as every widget writes them; tokens as a reader sees them: the room they take,
// cut to it, and as words of a sentence.

export function shown(value) {
  if (!Number.isFinite(value)) return "–";
  if (Math.abs(value) < 1e-12) return "0.00";
  const [digits, power] = value.toExponential(2).split("e");
  const exponent = Number(power);
  const plain = exponent >= -4 && exponent <= 6;
  const rounded = Number(`${digits}e${power}`);
  const text = plain ? rounded.toFixed(Math.max(0, 2 - exponent)) : `${digits}e${exponent}`;
  return text.replaceAll("-", "−");
}

export function whole(value) {
  return value === null ? "–" : String(value).replace("-", "−");
}

export function percent(share) {
  return `${(100 * share).toFixed(0)}\u00a0%`;
}

export function pointText([x, y]) {
  return `(${shown(x)}, ${shown(y)})`;
}

export function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function withUnit(text, unit) {
  return unit ? `${text}${unit === "°" ? "" : " "}${unit}` : text;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]|\p{Emoji_Presentation}/u;

/** The room of one letter as a reader sees it: emoji and East Asian characters take two.
  @returns {[string, number][]} */
function lettersOf(text) {
  return Array.from(graphemes.segment(text), ({ segment }) => [segment, WIDE.test(segment) ? 2 : 1]);
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

// A token as a word of a sentence, which keeps its own direction of writing.
export const named = (token) => `\u2068${token}\u2069`;
