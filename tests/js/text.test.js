// What the page writes is what gedig_edu/words/numbers.py writes: one table of cases for both.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { fill, short, widthOf } from "../../gedig_edu/views/widgets/kit/text.js";

const SPECIAL = { "-0": -0, NaN, Infinity, "-Infinity": -Infinity };
const meant = (value) => (Array.isArray(value) ? value.map(meant) : SPECIAL[value] ?? value);
const cases = JSON.parse(readFileSync(new URL("numbers.json", import.meta.url)));

for (const message of ["{T:four}", "{S:three}", "{S}"]) {
  test(`${message} is refused where there is only T`, () => {
    assert.throws(() => fill(message, { T: 1 }), /cannot write \{/);
  });
}

for (const [format, given, text] of cases) {
  test(`${format} of ${JSON.stringify(given)}`, () => {
    const value = meant(given);
    assert.equal(fill(`a {value:${format}} b {plain}`, { value, plain: 7 }), `a ${text} b 7`);
  });
}

// Letters as a reader sees them: a flag, a family and an accent are one each.
for (const [text, most, cut] of [
  ["🇯🇵🇩🇪🇫🇷", 4, "🇯🇵…"], ["🇯🇵🇩🇪", 4, "🇯🇵🇩🇪"], ["👩‍🔬👩‍🔬👩‍🔬", 5, "👩‍🔬…"], ["e\u0301e\u0301e\u0301", 2, "e\u0301…"],
  ["U+200B", 4, "U+200B…"], ["abU+200Bcd", 9, "abU+200B…"],
]) {
  test(`${text} in the room of ${most}`, () => assert.equal(short(text, most), cut));
}

test("a character that leaves no trace takes the room of its name", () => assert.equal(widthOf("aU+200B"), 7));
