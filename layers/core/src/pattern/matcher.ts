// Whether a text of bytes holds a match of a pattern: RE2's meaning, on UTF-8 as Go reads it, in time that grows with the
// text and never with what the text says. The text comes in parts; none of it is kept.
import { Automaton, matched, type State } from './automaton.ts';
import type { Pattern } from './pattern.ts';

/** Instructions after which `scan` returns, though bytes are left; some milliseconds. */
const workInOneGo = 100_000;

/** What a byte that belongs to no character reads as. */
const replacement = 0xfffd;

const automata = new WeakMap<Pattern, Automaton>();

/** Reads one text. */
export class Matcher {
  readonly pattern: Pattern;
  /** Whether a match was found; the rest of the text then changes nothing. */
  matched = false;
  readonly #automaton: Automaton;
  readonly #next: (state: State, kind: number) => State;
  #state: State;
  // A character that has begun: bytes so far, bytes still to come, its value, bounds of its next byte.
  #begun = 0;
  #missing = 0;
  #point = 0;
  #low = 0x80;
  #high = 0xbf;

  constructor(pattern: Pattern) {
    this.pattern = pattern;
    const automaton = automata.get(pattern) ?? new Automaton(pattern);
    automata.set(pattern, automaton);
    if (automaton.full) automaton.makeRoom();
    this.#automaton = automaton;
    this.#state = automaton.start;
    // A text that leads to ever new states is followed without keeping them.
    this.#next = (state, kind) =>
      automaton.full ? follow(automaton, state, kind) : automaton.follow(state, kind);
  }

  /** Reads `bytes` from `from` on, and answers with the place where it stopped: the end, unless it worked for long. */
  scan(bytes: Uint8Array, from = 0): number {
    const { ascii } = this.#automaton.alphabet;
    const limit = this.#automaton.work + workInOneGo;
    for (let at = from; at < bytes.length; at += 1) {
      if (this.matched) return bytes.length;
      const byte = bytes[at] ?? 0;
      if (byte < 0x80 && this.#begun === 0) {
        const kind = ascii[byte] ?? 0;
        const state = this.#state.next[kind];
        if (state === undefined) this.#take(kind);
        else {
          this.#state = state;
          if (state === matched) this.matched = true;
          continue;
        }
      } else this.#readByte(byte);
      if (this.#automaton.work > limit) return at + 1;
    }
    return bytes.length;
  }

  /** Ends the text, and says whether it matched. */
  end(): boolean {
    this.#breakOff();
    if (!this.matched) this.#take(this.#automaton.alphabet.kinds);
    return this.matched;
  }

  #take(kind: number): void {
    const state = this.#state.next[kind] ?? this.#next(this.#state, kind);
    this.#state = state;
    this.matched ||= state === matched;
  }

  #takePoint(point: number): void {
    if (!this.matched) this.#take(this.#automaton.alphabet.kindOf(point));
  }

  #readByte(byte: number): void {
    if (this.#begun > 0 && (byte < this.#low || byte > this.#high)) this.#breakOff();
    if (this.#begun === 0) this.#readFirst(byte);
    else this.#readNext(byte);
  }

  #readNext(byte: number): void {
    this.#begun += 1;
    this.#missing -= 1;
    this.#point = (this.#point << 6) | (byte & 0x3f);
    this.#low = 0x80;
    this.#high = 0xbf;
    if (this.#missing > 0) return;
    this.#begun = 0;
    this.#takePoint(this.#point);
  }

  /** The first byte of a character; RFC 3629, section 4. */
  #readFirst(byte: number): void {
    if (byte < 0xc2 || byte > 0xf4) {
      this.#takePoint(byte < 0x80 ? byte : replacement);
      return;
    }
    this.#begun = 1;
    this.#missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    this.#point = byte & (0x3f >> this.#missing);
    if (byte === 0xe0) this.#low = 0xa0;
    if (byte === 0xed) this.#high = 0x9f;
    if (byte === 0xf0) this.#low = 0x90;
    if (byte === 0xf4) this.#high = 0x8f;
  }

  /** A character that does not go on is as many broken ones as it has bytes. */
  #breakOff(): void {
    for (; this.#begun > 0; this.#begun -= 1) this.#takePoint(replacement);
    this.#low = 0x80;
    this.#high = 0xbf;
  }
}

function follow(automaton: Automaton, state: State, kind: number): State {
  const waiting = automaton.step(state, kind);
  if (waiting === undefined) return matched;
  return { waiting, before: automaton.alphabet.neighbour[kind] ?? 0, next: [] };
}

/** Whether `text`, as UTF-8, holds a match; for short texts. */
export function matches(pattern: Pattern, text: string): boolean {
  const matcher = new Matcher(pattern);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) at = matcher.scan(bytes, at);
  return matcher.end();
}
