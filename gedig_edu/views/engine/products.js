// Products of matrices, C += A·B, row after row in float32: where the network spends its time.
// Rows begin `ofA`, `ofB` and `ofC` numbers apart, so that each may be a part of a wider matrix.

// Four rows of B at a time, so that a row of C is read and written a quarter as often.
export function multiplyPlainly(a, b, c, { rows, inner, columns, ofA, ofB, ofC }) {
  const fours = inner - (inner % 4);
  for (let row = 0; row < rows; row++) {
    const [left, out] = [a.subarray(row * ofA, row * ofA + inner), c.subarray(row * ofC, row * ofC + columns)];
    for (let k = 0; k < fours; k += 4) {
      const [w, x, y, z] = [left[k], left[k + 1], left[k + 2], left[k + 3]];
      for (let j = 0, at = k * ofB; j < columns; j++, at++)
        out[j] += w * b[at] + x * b[at + ofB] + y * b[at + 2 * ofB] + z * b[at + 3 * ofB];
    }
    for (let k = fours; k < inner; k++)
      for (let j = 0, at = k * ofB; j < columns; j++, at++) out[j] += left[k] * b[at];
  }
}

// Where arrays get their room, and what multiplies them.
export function plainProducts(_count) {
  return { room: (count) => new Float32Array(count), multiply: multiplyPlainly };
}
