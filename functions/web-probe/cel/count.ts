// Counts the values of a JSON text while it comes, before anybody parses it: 10 MB of `{},` are 100 MB of objects, and a
// small body once it is compressed. What is no JSON gets some number.

const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const backslash = 0x5c;
const openBrace = 0x7b;

/** Counts one text. */
export class ValueCount {
  #count = 1;
  #inText = false;
  #escaped = false;

  /** Values so far; an empty list or object counts twice. */
  get count(): number {
    return this.#count;
  }

  /** Reads the next bytes of the text. */
  take(part: Uint8Array): void {
    let inText = this.#inText;
    let escaped = this.#escaped;
    let count = this.#count;
    for (const byte of part) {
      if (escaped) escaped = false;
      else if (byte === quote) inText = !inText;
      else if (inText) escaped = byte === backslash;
      else if (byte === comma || byte === openBracket || byte === openBrace) count += 1;
    }
    this.#inText = inText;
    this.#escaped = escaped;
    this.#count = count;
  }
}
