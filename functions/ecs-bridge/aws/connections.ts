// Connections that are kept between the calls of a run: TLS is agreed on once for each, and not for each call.
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** Connections at once: as many as a run makes calls of one API. */
const maxSockets = 8;

/** The kept connections of a client. */
export class Connections {
  readonly #byProtocol = new Map<string, HttpAgent>();

  /** What keeps connections to `url`. */
  agentFor({ protocol }: URL): HttpAgent {
    const known = this.#byProtocol.get(protocol);
    if (known !== undefined) return known;
    const options = { keepAlive: true, maxSockets };
    const agent = protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options);
    this.#byProtocol.set(protocol, agent);
    return agent;
  }

  close(): void {
    for (const agent of this.#byProtocol.values()) agent.destroy();
  }
}
