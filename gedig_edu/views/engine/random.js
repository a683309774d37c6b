// NumPy's default random numbers, bit for bit: SeedSequence spreads the seed over the state of
// PCG64, a linear congruential generator of 128 bits (O'Neill 2014); each double takes 53 of them.

const HALF = 2 ** 16;
const WORD = 2 ** 32;
const POOL = 4;
const [M0, M1, M2, M3, M4, M5, M6, M7] = [ // the multiplier by 16 bits, lowest first
  0xf645, 0x9fcc, 0xdf64, 0x4385, 0x5da4, 0x1fc6, 0xed05, 0x2360,
];

// A whole number below 2^53 as words of 32 bits, lowest first.
const wordsOf = (number) => (number < WORD ? [number] : [number >>> 0, Math.floor(number / WORD)]);

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

// The halves of the state XORed and turned right by its top six bits; the upper 53 bits of that.
function drawn(s0, s1, s2, s3) {
  const turn = s3 >>> 26;
  const one = turn & 32 ? s2 ^ s0 : s3 ^ s1;
  const other = turn & 32 ? s3 ^ s1 : s2 ^ s0;
  const upper = (one >>> turn) | ((other << 1) << (31 - turn)); // a shift counts modulo 32
  const lower = (other >>> turn) | ((one << 1) << (31 - turn));
  return ((upper >>> 0) * 2 ** 21 + (lower >>> 11)) / 2 ** 53;
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

  // Fills an array with numbers in [0, 1), as Generator.random does. The state is four words of 32
  // bits, lowest first; a word times 16 bits of the multiplier is exact in a double.
  fill(numbers) {
    let [s0, s1, s2, s3] = this.state;
    const [i0, i1, i2, i3] = this.step;
    for (let at = 0; at < numbers.length; at += 1) {
      const odd1 = s0 * M1;
      const odd3 = s0 * M3 + s1 * M1;
      const odd5 = s0 * M5 + s1 * M3 + s2 * M1;
      const odd7 = s0 * M7 + s1 * M5 + s2 * M3 + s3 * M1;
      const up1 = Math.floor(odd1 / HALF);
      const up3 = Math.floor(odd3 / HALF);
      const up5 = Math.floor(odd5 / HALF);
      const up7 = Math.floor(odd7 / HALF);
      const w0 = s0 * M0 + (odd1 - up1 * HALF) * HALF + i0;
      const c0 = Math.floor(w0 / WORD);
      const w1 = s0 * M2 + s1 * M0 + up1 + (odd3 - up3 * HALF) * HALF + i1 + c0;
      const c1 = Math.floor(w1 / WORD);
      const w2 = s0 * M4 + s1 * M2 + s2 * M0 + up3 + (odd5 - up5 * HALF) * HALF + i2 + c1;
      const c2 = Math.floor(w2 / WORD);
      const w3 = s0 * M6 + s1 * M4 + s2 * M2 + s3 * M0 + up5 + (odd7 - up7 * HALF) * HALF + i3 + c2;
      s0 = w0 - c0 * WORD;
      s1 = w1 - c1 * WORD;
      s2 = w2 - c2 * WORD;
      s3 = w3 - Math.floor(w3 / WORD) * WORD;
      numbers[at] = drawn(s0, s1, s2, s3);
    }
    this.state = [s0, s1, s2, s3];
    return numbers;
  }
}
