// The way to one key in a cluster: commands go to the node that has its slot, follow MOVED and ASK, and wait on TRYAGAIN,
// within bounds.
import type { Clock, Phase } from '@fargaze/core/internal';
import { type Place, showPlace } from './address.ts';
import type { Connection } from './connection.ts';
import { reasonOfReply } from './replies.ts';
import { type Reply, RespError } from './resp.ts';
import { demand } from './session.ts';
import { parseRedirection, type Redirection } from './slots.ts';
import { refusal, Verdict } from './verdict.ts';

/** Redirections that one command may follow. */
const mostRedirections = 5;

/** Times that one command may be asked to try again, and the time before each. */
const mostTries = 10;
const trySeconds = 0.05;

/** How a route connects to where it is sent. */
export type Guide = {
  readonly connect: (to: Redirection['place']) => Promise<Connection>;
  /** Hears of each redirection: the words of the server that may be shown, and where it leads, which may hold a secret. */
  readonly redirected: (words: string, to: Place) => void;
  readonly clock: Clock;
  /** Nodes in the map, where it is known. */
  readonly known: readonly Place[];
};

/** Asks along redirections; a MOVED is remembered for the commands that follow. */
export class Route {
  #home: Connection;
  readonly #guide: Guide;
  readonly #known = new Map<string, Connection>();
  #redirected = false;

  constructor(home: Connection, guide: Guide) {
    this.#home = home;
    this.#guide = guide;
    this.#known.set(home.name, home);
  }

  /** Whether the key lies elsewhere than the map says: those that follow the primary of the map do not have it. */
  get redirected(): boolean {
    return this.#redirected;
  }

  /** The reply of the node that has the key. @throws Verdict */
  async ask(phase: Phase, command: readonly string[]): Promise<Reply> {
    for (let tried = 1; ; tried++) {
      const reply = await this.#follow(phase, command);
      const again = reply instanceof RespError && reply.judgedBy(reasonOfReply) === 'tryagain';
      if (!again || tried === mostTries) return reply;
      await this.#guide.clock.sleep(trySeconds);
    }
  }

  async #follow(phase: Phase, command: readonly string[]): Promise<Reply> {
    const { known } = this.#guide;
    let node = this.#home;
    let reply = await node.ask(phase, command);
    for (let followed = 0; ; followed++) {
      const to = parseRedirection(reply, { place: node.place, known });
      if (to === undefined) return reply;
      if (followed === mostRedirections) {
        const words = `${command[0]}: redirected more than ${mostRedirections} times`;
        throw new Verdict(phase, 'redirects', words);
      }
      this.#guide.redirected(reply instanceof RespError ? reply.message : '', to.place);
      this.#redirected = true;
      node = await this.#connect(to);
      if (to.asking) await allow(node, phase);
      else this.#home = node;
      reply = await node.ask(phase, command);
    }
  }

  async #connect({ place }: Redirection): Promise<Connection> {
    const name = showPlace(place);
    const node = this.#known.get(name) ?? (await this.#guide.connect(place));
    this.#known.set(name, node);
    return node;
  }
}

/** A node that takes a slot over answers for it only after ASKING. */
async function allow(node: Connection, phase: Phase): Promise<void> {
  const reply = await demand(node, phase, ['ASKING']);
  if (reply instanceof RespError) throw refusal(phase, 'ASKING', reply);
}
