// A number with its noun, in the singular where it is one.

/** Such as `1 service`, `2 services`; of nouns whose plural has an s. */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
