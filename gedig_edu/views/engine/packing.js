// Attention in few bytes, byte for byte as gedig_edu.views.packing makes them: one layer's weights
// as a picture, and its edges as bits.

const FULL = 255;
const UNIT = 2 ** 23; // from here on a float32 has no fraction, and rounding to it is half to even

// A byte for each weight, relative to the largest of its row, and that largest. Of a causal layer
// the rows come up to the diagonal only. Reckoned in float32, as the weights are.
export function packPicture(weights, { heads, length, causal }) {
  const size = causal ? (length * (length + 1)) / 2 : length * length;
  const cells = new Uint8Array(heads * size);
  const peaks = new Float32Array(heads * length);
  let place = 0;
  for (let line = 0; line < heads * length; line += 1) {
    const row = weights.subarray(line * length, (line + 1) * length);
    const peak = row.reduce((most, weight) => Math.max(most, weight));
    const scale = peak > 0 ? Math.fround(FULL / peak) : 0;
    const end = causal ? (line % length) + 1 : length;
    for (let key = 0; key < end; key += 1) {
      const whole = Math.fround(Math.fround(row[key] * scale) + UNIT) - UNIT;
      cells[place] = row[key] === peak ? FULL : Math.min(whole, FULL - 1);
      place += 1;
    }
    peaks[line] = peak;
  }
  return { cells, peaks };
}

// Where weights exceed their head's threshold, a bit each, the lowest first, every row on whole
// bytes.
export function packEdges(weights, thresholds, { heads, length }) {
  const stride = (length + 7) >> 3;
  const bits = new Uint8Array(heads * length * stride);
  for (let line = 0; line < heads * length; line += 1) {
    const threshold = thresholds[Math.floor(line / length)];
    for (let key = 0; key < length; key += 1) {
      if (weights[line * length + key] > threshold) bits[line * stride + (key >> 3)] |= 1 << (key & 7);
    }
  }
  return bits;
}
