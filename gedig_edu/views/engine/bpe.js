// Text into tokens, as GPT-2 does (Radford et al. 2019) and the library tokenizers computes it:
// a text falls into words, a word into bytes, and of neighbours the pair merges first that stands
// first in the list of merges. What a token reads like is `gedig_edu.models.tokens`'.

import { bytesOf, characterAt } from "./bytes.js";

// White space is Unicode's; what JavaScript calls \s is another set.
const SPACE = "\\p{White_Space}";
const WORDS = new RegExp(
  `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^${SPACE}\\p{L}\\p{N}]+|${SPACE}+(?!\\P{White_Space})|${SPACE}+`,
  "gu",
);

// The sign of each byte: those that print stand for themselves, the others take U+0100 and on.
function signsOfBytes() {
  const prints = (byte) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(prints(byte) ? byte : next++));
}
const SIGNS = signsOfBytes();
const BYTES = new Map(SIGNS.map((sign, byte) => [sign, byte]));

// Characters as they are; of a character that is not whole each byte, as in \xf0.
function readable(piece) {
  const bytes = Uint8Array.from(piece, (sign) => BYTES.get(sign));
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const { sign, size } = characterAt(bytes, at) ?? { sign: `\\x${bytes[at].toString(16)}`, size: 1 };
    text += sign;
    at += size;
  }
  return text;
}

// Numbers, of which the smallest comes out first.
class Heap {
  #kept = [];

  push(value) {
    const kept = this.#kept;
    let at = kept.length;
    for (let up = (at - 1) >> 1; at > 0 && kept[up] > value; up = (at - 1) >> 1) {
      kept[at] = kept[up];
      at = up;
    }
    kept[at] = value;
  }

  pop() {
    const kept = this.#kept;
    const [first, last] = [kept[0], kept.pop()];
    if (!kept.length) return first;
    let at = 0;
    for (let down = 1; down < kept.length; down = 2 * at + 1) {
      if (kept[down + 1] < kept[down]) down += 1;
      if (kept[down] >= last) break;
      kept[at] = kept[down];
      at = down;
    }
    kept[at] = last;
    return first;
  }
}

const FAR = 2 ** 32; // more than any place in a text

export class Tokenizer {
  #ids;
  #merges = new Map(); // by both ids: the rank of their merge
  #made = []; // by rank: the id of both as one
  #pieces = []; // by id: what the file calls it
  #names = []; // by id: what it reads like, once it was asked for
  #added = new Map();
  #split;

  constructor({ model, normalizer, pre_tokenizer: words, added_tokens: added }) {
    if (model.type !== "BPE" || normalizer || words.type !== "ByteLevel" || words.add_prefix_space)
      throw new Error(`expected a byte-level BPE without a prefix, not ${model.type} after ${words.type}`);
    this.#ids = new Map(Object.entries(model.vocab));
    for (const [piece, id] of this.#ids) this.#pieces[id] = piece;
    model.merges.forEach(([left, right], rank) => {
      this.#merges.set(this.#ids.get(left) * FAR + this.#ids.get(right), rank);
      this.#made.push(this.#ids.get(left + right));
    });
    for (const { id, content } of added) this.#added.set(content, id);
    const either = added.map(({ content }) => content.replace(/[^\w\s]/g, "\\$&")).join("|");
    this.#split = new RegExp(`(${either || "[]"})`);
  }

  // Ids, and the very strings that `AttentionMaps.tokens` holds for that text.
  encode(text) {
    const [ids, tokens] = [[], []];
    for (const part of text.split(this.#split)) {
      if (this.#added.has(part)) {
        ids.push(this.#added.get(part));
        tokens.push(part);
        continue;
      }
      const found = (part.match(WORDS) ?? []).flatMap((word) => this.#merged(word));
      for (const id of found) {
        ids.push(id);
        this.#names[id] ??= readable(this.#pieces[id]);
        tokens.push(this.#names[id]);
      }
    }
    return { ids, tokens };
  }

  // Of all pairs the one of lowest rank merges, the leftmost first, until none is in the list.
  #merged(word) {
    const ids = Array.from(bytesOf(word), (byte) => this.#ids.get(SIGNS[byte]));
    const next = ids.map((_, at) => at + 1);
    const before = ids.map((_, at) => at - 1);
    const waiting = new Heap();
    const rankAt = (at) => this.#merges.get(ids[at] * FAR + ids[next[at]]);
    const wait = (at) => {
      const rank = at < 0 ? undefined : rankAt(at);
      if (rank !== undefined) waiting.push(rank * FAR + at);
    };
    ids.forEach((_, at) => wait(at));
    for (let first = waiting.pop(); first !== undefined; first = waiting.pop()) {
      const at = first % FAR;
      const made = this.#made[(first - at) / FAR];
      if (this.#made[rankAt(at)] !== made) continue; // one of the two has merged meanwhile
      ids[next[at]] = undefined;
      ids[at] = made;
      next[at] = next[next[at]];
      before[next[at]] = at;
      wait(before[at]);
      wait(at);
    }
    return ids.filter((id) => id !== undefined);
  }
}
