// A message that passes from one connection to another, as subscribers see it.
import { sample } from '@fargaze/core/internal';
import { uniqueText } from './canary.ts';
import { type Connection, connectTo } from './connection.ts';
import type { ReadCredentials } from './credentials.ts';
import type { Reply } from './resp.ts';
import { demand } from './session.ts';
import { explainRefusal, Verdict } from './verdict.ts';
import { timedPhase, type Visit } from './visit.ts';

/** Subscribes on a connection of its own and publishes on `publisher`. @throws Verdict */
export async function passMessage(
  visit: Visit,
  publisher: Connection,
  credentials: ReadCredentials,
): Promise<void> {
  const channel = `${visit.options.keyPrefix}${visit.target.name}:${uniqueText()}`;
  const text = uniqueText();
  let arrived = 0;
  try {
    const subscriber = await connectSubscriber(visit, publisher, credentials);
    const confirmed = await askFor(subscriber, ['SUBSCRIBE', channel]);
    if (!isAnswer(confirmed, ['subscribe', channel])) {
      throw new Verdict('pubsub', 'protocol', 'SUBSCRIBE was not confirmed');
    }
    await timedPhase(visit, 'pubsub', async () => {
      await askFor(publisher, ['PUBLISH', channel, text]);
      const message = await subscriber.receive('pubsub', 'message');
      if (!isAnswer(message, ['message', channel, text])) {
        throw new Verdict('pubsub', 'pubsub', 'another message arrived than was published');
      }
    });
    arrived = 1;
  } finally {
    visit.samples.push(sample('probe_redis_canary_success', { op: 'pubsub' }, arrived));
  }
}

/** The server may take one client and refuse the next. @throws Verdict that names the connection */
async function connectSubscriber(
  visit: Visit,
  { place: { host, port } }: Connection,
  credentials: ReadCredentials,
): Promise<Connection> {
  try {
    return await connectTo(visit, { place: { host, port }, credentials, resp2: true });
  } catch (error) {
    throw error instanceof Verdict ? error.of('a second connection, for SUBSCRIBE') : error;
  }
}

/** A server that knows no channels may close. @throws Verdict */
function askFor(connection: Connection, command: readonly string[]): Promise<Reply> {
  return explainRefusal('want pubsub: false', () => demand(connection, 'pubsub', command));
}

function isAnswer(reply: Reply, begin: readonly string[]): boolean {
  return Array.isArray(reply) && begin.every((part, index) => reply[index] === part);
}
