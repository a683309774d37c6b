// What a comparison of two arms can tell, as in gedig_edu/theory/repeats.py; Student's t comes as a table.

import { mean, sum } from "./kit/sums.js";

const [STEPS, REACH] = [120, 9];

// The share of a standard normal below z, by its series; beyond 8 standard deviations nothing is left.
export function normalBelow(z) {
  if (Math.abs(z) > 8) return z > 0 ? 1 : 0;
  let [term, total] = [z, z];
  for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(total); odd += 2) {
    term *= (z * z) / odd;
    total += term;
  }
  return 0.5 + total * Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

// Values of s/σ, s the spread as estimated, with their probabilities.
const known = new Map();
function estimatedSpread(freedom) {
  if (!known.has(freedom)) {
    const wide = REACH / Math.sqrt(2 * freedom);
    const [low, high] = [Math.max(0, 1 - wide), 1 + wide];
    const scale = Array.from({ length: STEPS + 1 }, (_, at) => low + ((high - low) * at) / STEPS);
    const weight = scale.map((s, at) => {
      const simpson = at % STEPS === 0 ? 1 : 2 + 2 * (at % 2);
      return simpson * s ** (freedom - 1) * Math.exp((-freedom * (s * s - 1)) / 2);
    });
    const all = sum(weight);
    known.set(freedom, scale.map((s, at) => [s, weight[at] / all]));
  }
  return known.get(freedom);
}

export function designOf({ effect, spread, shared, margin, critical: [two, one] }, seeds) {
  const error = spread * Math.sqrt((2 * (1 - shared)) / seeds);
  const freedom = shared ? seeds - 1 : 2 * seeds - 2;
  const [far, near] = [two[freedom - 1], one[freedom - 1]];
  const at = effect / error;
  return {
    error, freedom, far,
    luck: (gap) => normalBelow((effect - gap) / error),
    power: () => sum(estimatedSpread(freedom).map(([s, p]) => p * (normalBelow(at - far * s) + normalBelow(-at - far * s)))),
    equivalence: () => sum(estimatedSpread(freedom).map(([s, p]) => {
      const room = margin / error - near * s;
      return room > 0 ? p * (normalBelow(room - at) - normalBelow(-room - at)) : 0;
    })),
  };
}

// The difference of two arms of equally many runs: its mean, and half of its 95 % and 90 % interval.
export function differenceOf(one, other, paired, [far, near]) {
  const apart = one.map((value, run) => value - other[run]);
  const error = Math.sqrt((paired ? variance(apart) : variance(one) + variance(other)) / one.length);
  return { mean: mean(apart), half: far * error, half_90: near * error };
}

function variance(values) {
  const middle = mean(values);
  return sum(values.map((value) => (value - middle) ** 2)) / (values.length - 1);
}
