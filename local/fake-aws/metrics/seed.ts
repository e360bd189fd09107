// Deterministic pseudo-randomness: the same text or numbers always give the same bits. Not for secrets.

/** 32 bits that depend only on `text` (FNV-1a with a final avalanche). */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return avalanche(hash);
}

/** A 32-bit hash of a hash and a number. */
export function mix(hash: number, value: number): number {
  const high = Math.floor(value / 0x1_0000_0000);
  return avalanche(Math.imul(hash ^ value, 0x9e3779b1) + Math.imul(high, 0x85ebca6b));
}

/** A hash as a fraction in [0, 1). */
export function fractionOf(hash: number): number {
  return (hash >>> 0) / 0x1_0000_0000;
}

/** `length` hexadecimal digits that depend only on `text`. */
export function hexOf(text: string, length: number): string {
  let digits = '';
  for (let block = 0; digits.length < length; block++) {
    digits += seedOf(`${block}:${text}`).toString(16).padStart(8, '0');
  }
  return digits.slice(0, length);
}

/** `length` decimal digits that depend only on `text`; the first is not 0. */
export function digitsOf(text: string, length: number): string {
  let digits = '';
  for (let block = 0; digits.length < length; block++) {
    digits += (1_000_000_000 + (seedOf(`${block}:${text}`) % 1_000_000_000)).toString();
  }
  return digits.slice(0, length);
}

/** Murmur3's finaliser: every input bit reaches every output bit. */
function avalanche(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
