// Whether the answer on the first stream of an HTTP/2 connection has come to its end. Node ends a stream that was reset
// without an error as if it were complete, so the frames are looked at (RFC 9113, 4.1 and 8.1); their contents are not.

const headLength = 9;
const endStream = 0x1;
const types = { data: 0, headers: 1 } as const;

/** Reads the bytes that a server sends. */
export class AnswerFrames {
  #head: number[] = [];
  /** Bytes that are left of the frame's contents. */
  #left = 0;
  #ended = false;
  #hasData = false;

  /** Whether a frame has said that it is the last of the answer. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Whether the answer has ended and has no body, not even an empty one. */
  get endsWithHead(): boolean {
    return this.#ended && !this.#hasData;
  }

  /** Takes the next bytes. */
  take(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.#ended; ) {
      if (this.#left > 0) {
        const skipped = Math.min(this.#left, bytes.length - at);
        this.#left -= skipped;
        at += skipped;
        continue;
      }
      this.#head.push(bytes[at] ?? 0);
      at += 1;
      if (this.#head.length === headLength) this.#begin();
    }
  }

  #begin(): void {
    const [high = 0, middle = 0, low = 0, type, flags = 0, ...id] = this.#head;
    this.#head = [];
    this.#left = (high << 16) | (middle << 8) | low;
    const isAnswer = type === types.data || type === types.headers;
    // The first bit of the number is reserved.
    const isFirst = ((id[0] ?? 0) & 0x7f) === 0 && id.slice(1).join() === '0,0,1';
    if (!isAnswer || !isFirst) return;
    if (type === types.data) this.#hasData = true;
    if ((flags & endStream) !== 0) this.#ended = true;
  }
}
