// Scales take values to pixels and back, and know round values in between.

import assert from "node:assert/strict";
import test from "node:test";

import { linear, logarithmic, roundStep } from "../../gedig_edu/views/widgets/kit/scale.js";

test("a linear scale takes the ends of its domain to the ends of its range, and back", () => {
  const x = linear([-2, 3], [40, 240]);
  assert.deepEqual([-2, 0.5, 3].map(x), [40, 140, 240]);
  assert.deepEqual([40, 140, 240].map(x.invert), [-2, 0.5, 3]);
});

test("a pixel beyond the range is the end of the domain", () => {
  const up = linear([0, 1], [200, 20]);
  assert.deepEqual([250, 0].map(up.invert), [0, 1]);
});

test("a logarithmic scale gives every decade the same room", () => {
  const x = logarithmic([0.01, 100], [0, 400]);
  [0.01, 0.1, 1, 10, 100].forEach((value, place) => {
    assert.ok(Math.abs(x(value) - 100 * place) < 1e-9);
    assert.ok(Math.abs(x.invert(100 * place) - value) < 1e-12 * value);
  });
  assert.deepEqual(x.ticks(4), [0.01, 0.1, 1, 10, 100]);
  assert.deepEqual(x.ticks(2), [0.01, 1, 100]);
});

test("a domain of one value is drawn in the middle of nothing, not at NaN", () => {
  assert.equal(linear([3, 3], [0, 10])(3), 0);
});

for (const [domain, most, least, expected] of [
  [[0, 1], 5, 0, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [[0, 1], 4, 0, [0, 0.5, 1]],
  [[-3, 4], 8, 1, [-3, -2, -1, 0, 1, 2, 3, 4]],
  [[0.05, 0.35], 3, 0, [0.1, 0.2, 0.3]],
  [[0, 0.4], 6, 1, [0]],
  [[-1e6, 1e6], 4, 0, [-1e6, -5e5, 0, 5e5, 1e6]],
]) {
  test(`ticks of ${domain} in at most ${most} steps`, () => {
    assert.deepEqual(linear(domain, [0, 1]).ticks(most, least), expected);
  });
}

test("a step is the next of 1, 2 and 5 times a power of ten", () => {
  assert.deepEqual([0.3, 0.5, 1, 1.2, 2, 6, 70].map(roundStep), [0.5, 0.5, 1, 2, 2, 10, 100]);
});
