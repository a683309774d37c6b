// What the page writes is what gedig_edu/words/numbers.py writes: one table of cases for both.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { fill } from "../../gedig_edu/views/widgets/kit/text.js";

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
