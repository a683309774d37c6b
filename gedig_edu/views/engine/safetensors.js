// Weights out of a file of safetensors: eight bytes that say how long the header is, the header
// in JSON, and then the numbers of every tensor, of which it says kind, shape and place.

const HALF = new Float32Array(65536);
for (let bits = 0; bits < HALF.length; bits++) {
  const [exponent, mantissa] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent ? (1 + mantissa / 1024) * 2 ** (exponent - 15) : mantissa * 2 ** -24;
  const value = exponent < 31 ? size : mantissa ? NaN : Infinity;
  HALF[bits] = bits < 32768 ? value : -value;
}

function fromHalf(bits) {
  const numbers = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) numbers[i] = HALF[bits[i]];
  return numbers;
}

// From a copy of the tensor's bytes, which so begins where its numbers may begin.
const KINDS = {
  F16: (copied) => fromHalf(new Uint16Array(copied)),
  F32: (copied) => new Float32Array(copied),
};

export function readSafetensors(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  const tensors = {};
  for (const [name, { dtype, shape, data_offsets: place }] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    if (!KINDS[dtype]) throw new Error(`expected numbers of kind F16 or F32, and ${name} is of kind ${dtype}`);
    const [begin, end] = place.map((byte) => 8 + length + byte);
    tensors[name] = { shape, data: KINDS[dtype](buffer.slice(begin, end)) };
  }
  return tensors;
}
