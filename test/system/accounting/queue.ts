// A queue of simulated minutes that does what SQS may do: it delays, repeats and shuffles messages, hides those that are being
// read, and sets aside what was read too often.
import { shuffled } from '../../support/seeded.ts';

/** A message with what it holds, for the accounts. */
export type Message = {
  readonly id: string;
  readonly body: string;
};

type Entry = { readonly message: Message; visible: number; receives: number };

/** Reads until a message is a dead letter (infra/queue.yml has more; fewer show it sooner). */
const mostReceives = 3;

/** Minutes for which a message that was read is hidden (infra/queue.yml: 180 s). */
const hidden = 3;

/** The queue and its dead letters. */
export class SimulatedQueue {
  readonly #random: () => number;
  #entries: Entry[] = [];
  #dead: Message[] = [];
  /** Messages that were dead letters at some time. */
  died = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Takes a message that can be read from minute `visible` on. */
  send(message: Message, visible: number): void {
    this.#entries.push({ message, visible, receives: 0 });
  }

  /** Up to `most` messages, hidden until they are deleted or their time has passed. */
  receive(minute: number, most: number): readonly Message[] {
    const due = this.#entries.filter(({ visible }) => visible <= minute);
    const taken = shuffled(due, this.#random).slice(0, most);
    const read: Message[] = [];
    for (const entry of taken) {
      entry.receives += 1;
      entry.visible = minute + hidden;
      if (entry.receives > mostReceives) this.#bury(entry);
      else read.push(entry.message);
    }
    return read;
  }

  #bury(entry: Entry): void {
    this.#entries = this.#entries.filter((one) => one !== entry);
    this.#dead.push(entry.message);
    this.died += 1;
  }

  /** Deletes one copy of each of these. */
  delete(messages: readonly Message[]): void {
    for (const message of messages) {
      const index = this.#entries.findIndex((entry) => entry.message === message);
      if (index >= 0) this.#entries.splice(index, 1);
    }
  }

  /** Puts all dead letters back, as a redrive does. */
  redrive(minute: number): void {
    for (const message of this.#dead.splice(0)) this.send(message, minute);
  }

  /** Ids of what lies among the dead letters now. */
  get dead(): readonly string[] {
    return this.#dead.map(({ id }) => id);
  }

  /** Messages in it, hidden or not, without the dead letters. */
  get length(): number {
    return this.#entries.length;
  }
}
