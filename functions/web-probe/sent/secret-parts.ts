// The parts of a value that somebody might know it by: a server that repeats what it was sent may repeat one of them only.

/** Characters below which a literal value is no secret, and hiding it would hide other words. */
export const shortest = 4;

/** A value as a whole, and what it may consist of: the token after a scheme, each cookie, each field. */
export function partsOf(value: string): string[] {
  const parts = value.split(/[\s;,=&"{}:]+/).filter(({ length }) => length >= 8);
  return [value, ...parts];
}
