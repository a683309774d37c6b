// Products of matrices, C += A·B, row after row in float32: where the network spends its time.
// Rows begin `ofA`, `ofB` and `ofC` numbers apart, so that each may be a part of a wider matrix.
// The kernel of products.wat takes rows by fours and columns by eights.

import { fromBase64 } from "./bytes.js";
import { KERNEL } from "./products_bytes.js";

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

// Both give room for numbers, `count` of them in all, and what multiplies them.
export function plainProducts(_count) {
  return { room: (count) => new Float32Array(count), multiply: multiplyPlainly };
}

// Room is a part of the kernel's memory, which must never grow: that would detach every array.
function kernelProducts(kernel, count) {
  const memory = new WebAssembly.Memory({ initial: Math.ceil((4 * count) / 65536) });
  const { exports } = new WebAssembly.Instance(kernel, { products: { memory } });
  const inBytes = /** @type {Function} */ (exports.multiply);
  let taken = 0;
  const room = (size) => {
    taken += size;
    return new Float32Array(memory.buffer, 4 * (taken - size), size);
  };
  const multiply = (a, b, c, { rows, inner, columns, ofA, ofB, ofC }) =>
    inBytes(a.byteOffset, b.byteOffset, c.byteOffset, rows, inner, columns, 4 * ofA, 4 * ofB, 4 * ofC);
  return { room, multiply };
}

// Null where there is no WebAssembly with SIMD, or the page around allows none.
function kernelOf(bytes) {
  if (!globalThis.WebAssembly?.validate(bytes)) return null;
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError) return null;
    throw error;
  }
}

export function fastestProducts(count) {
  const kernel = kernelOf(fromBase64(KERNEL));
  return kernel ? kernelProducts(kernel, count) : plainProducts(count);
}
