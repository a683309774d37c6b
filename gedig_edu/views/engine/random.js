// NumPy's default random numbers, bit for bit: SeedSequence spreads the seed over the state of
// PCG64, a linear congruential generator of 128 bits (O'Neill 2014); each double takes 53 of them.

const WORD = 2 ** 32;
const POOL = 4;
const [M0, M1, M2, M3] = [0x9fccf645, 0x4385df64, 0x1fc65da4, 0x2360ed05]; // multiplier, lowest first

// A whole number as words of 32 bits, lowest first; at least one.
function wordsOf(number) {
  const words = [];
  let rest = number;
  do {
    words.push(rest >>> 0);
    rest = Math.floor(rest / WORD);
  } while (rest > 0);
  return words;
}

const folded = (word) => (word ^ (word >>> 16)) >>> 0;

// A hash whose constant changes with every word that it takes.
function hasher(start, factor) {
  let constant = start;
  return (word) => {
    const mixed = word ^ constant;
    constant = Math.imul(constant, factor);
    return folded(Math.imul(mixed, constant));
  };
}

const mix = (one, other) => folded(Math.imul(one, 0xca01f9dd) - Math.imul(other, 0x4973f715));

// The first `count` words that SeedSequence(seed) generates.
function spread(seed, count) {
  const entropy = seed.flatMap(wordsOf);
  const hash = hasher(0x43b0d7e5, 0x931e8875);
  const pool = Array.from({ length: POOL }, (_, place) => hash(entropy[place] ?? 0));
  for (let from = 0; from < POOL; from += 1) {
    for (let to = 0; to < POOL; to += 1) if (to !== from) pool[to] = mix(pool[to], hash(pool[from]));
  }
  for (const word of entropy.slice(POOL)) {
    for (let to = 0; to < POOL; to += 1) pool[to] = mix(pool[to], hash(word));
  }
  const draw = hasher(0x8b51f9dd, 0x58f38ded);
  return Array.from({ length: count }, (_, place) => draw(pool[place % POOL]));
}

// The upper word of a product of two: the double misses the product by far less than a word.
function high(one, other, low) {
  return Math.round(((one >>> 0) * other - (low >>> 0)) / WORD);
}

// As numpy.random.default_rng(seed), the seed being a list of whole numbers from 0 to 2^53 − 1.
export class Generator {
  constructor(seed) {
    const [s2, s3, s0, s1, i2, i3, i0, i1] = spread(seed, 8);
    this.step = [(i0 << 1) | 1, (i1 << 1) | (i0 >>> 31), (i2 << 1) | (i1 >>> 31), (i3 << 1) | (i2 >>> 31)];
    this.step = this.step.map((word) => word >>> 0);
    let carry = 0;
    this.state = [s0, s1, s2, s3].map((word, place) => {
      const sum = word + this.step[place] + carry;
      carry = Math.floor(sum / WORD);
      return sum >>> 0;
    });
    this.fill(new Float64Array(1));
  }

  // Fills an array with numbers in [0, 1), as Generator.random does.
  fill(numbers) {
    let [s0, s1, s2, s3] = this.state;
    const [i0, i1, i2, i3] = this.step;
    for (let at = 0; at < numbers.length; at += 1) {
      const [p, q, r] = [Math.imul(s0, M0), Math.imul(s0, M1), Math.imul(s1, M0)];
      const [t, u, v] = [Math.imul(s0, M2), Math.imul(s1, M1), Math.imul(s2, M0)];
      const w0 = (p >>> 0) + i0;
      const w1 = high(s0, M0, p) + (q >>> 0) + (r >>> 0) + i1 + Math.floor(w0 / WORD);
      const w2 = high(s0, M1, q) + high(s1, M0, r) + (t >>> 0) + (u >>> 0) + (v >>> 0) + i2 + Math.floor(w1 / WORD);
      const w3 = high(s0, M2, t) + high(s1, M1, u) + high(s2, M0, v) + Math.imul(s0, M3) + Math.imul(s1, M2)
        + Math.imul(s2, M1) + Math.imul(s3, M0) + i3 + Math.floor(w2 / WORD);
      [s0, s1, s2, s3] = [w0 >>> 0, w1 >>> 0, w2 >>> 0, w3 >>> 0];
      const swap = s3 >>> 31;
      const turn = (s3 >>> 26) & 31;
      const [one, other] = swap ? [s2 ^ s0, s3 ^ s1] : [s3 ^ s1, s2 ^ s0];
      const top = (one >>> turn) | ((other << 1) << (31 - turn));
      const rest = (other >>> turn) | ((one << 1) << (31 - turn));
      numbers[at] = ((top >>> 0) * 2 ** 21 + (rest >>> 11)) / 2 ** 53;
    }
    this.state = [s0, s1, s2, s3];
    return numbers;
  }
}
