// Bytes out of text, and characters out of bytes that may break off anywhere.

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

// A half of a surrogate pair becomes U+FFFD.
export function bytesOf(text) {
  return encoder.encode(text);
}

// The character whose bytes begin at `at`, with their number; null where none is whole.
export function characterAt(bytes, at) {
  const lead = bytes[at];
  if (lead < 0x80) return { sign: String.fromCharCode(lead), size: 1 };
  const size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  const part = bytes.subarray(at, at + size);
  const sign = decoder.decode(part);
  const same = bytesOf(sign);
  const whole = same.length === part.length && same.every((byte, i) => byte === part[i]);
  return whole ? { sign, size } : null;
}

// A loop, because of eight megabytes a function called for each takes a second.
export function fromBase64(text) {
  const signs = atob(text);
  const bytes = new Uint8Array(signs.length);
  for (let at = 0; at < signs.length; at++) bytes[at] = signs.charCodeAt(at);
  return bytes;
}
