// Scales: values to pixels, pixels back to values, and the round values in between.

import { clamp } from "./sums.js";

// The smallest of 1, 2 and 5 times a power of ten that is not below `least`.
export function roundStep(least) {
  const power = 10 ** Math.floor(Math.log10(least));
  const size = [1, 2, 5, 10].find((one) => one * power >= least * (1 - 1e-9));
  return size * power;
}

// A number without the last digits that a computation leaves: 0.30000000000000004 is 0.3.
const trimmed = (value) => Number(value.toPrecision(12)) + 0;

function scaleOf(domain, range, place, value, ticks) {
  const [low, high] = domain.map(place);
  const [from, to] = range;
  const scale = (at) => from + ((place(at) - low) / (high - low || 1)) * (to - from);
  const invert = (px) => clamp(value(low + ((px - from) / (to - from)) * (high - low)), ...domain);
  return Object.assign(scale, { domain, range, invert, ticks });
}

// `ticks(most)` are at most so many steps of 1, 2 or 5 times a power of ten, none below `least`.
export function linear(domain, range) {
  const [low, high] = domain;
  const ticks = (most, least = 0) => {
    const step = roundStep(Math.max((high - low) / most, least));
    const first = Math.ceil(low / step - 1e-9);
    const count = Math.max(0, Math.floor(high / step + 1e-9) - first + 1);
    return Array.from({ length: count }, (_, at) => trimmed((first + at) * step));
  };
  return scaleOf(domain, range, Number, Number, ticks);
}

// `ticks(most)` are powers of ten.
export function logarithmic(domain, range) {
  const [low, high] = domain.map(Math.log10);
  const ticks = (most, least = 1) => linear([low, high], range).ticks(most, least).map((power) => trimmed(10 ** power));
  return scaleOf(domain, range, Math.log10, (power) => 10 ** power, ticks);
}
