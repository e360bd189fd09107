// A hash that stays: the same text has the same number in every version, function and region.

/**
 * FNV-1a of the text (https://datatracker.ietf.org/doc/html/draft-eastlake-fnv), its bits mixed once more: the remainder then
 * depends on all of them. A whole number from 0 to 2^32 - 1.
 */
export function hashText(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}
