// What is asked of a single server, or of the primary that a sentinel names: canary, replicas, a message, health.
import { type Canary, canaryKey, canarySamples, sendCanary } from './canary.ts';
import type { Connection } from './connection.ts';
import type { ReadCredentials } from './credentials.ts';
import { readHealth } from './health.ts';
import { chooseReplicas, watchReplicas } from './replicas.ts';
import { RespError } from './resp.ts';
import { judgeFollowers, judgeRole, type Role } from './role.ts';
import { Verdict } from './verdict.ts';
import { attempt, noteExpectation, type Visit } from './visit.ts';

/** A server that answers PING. */
export type Answering = {
  readonly connection: Connection;
  readonly credentials: ReadCredentials;
  readonly role: Role | RespError | undefined;
};

/** Asks all that is asked of a server that is no node of a cluster; failures are kept in the visit. */
export async function probeServer(visit: Visit, server: Answering): Promise<void> {
  if (judgeRole(visit, server.role)) {
    await probeCanary(visit, server);
    await passMessages(visit, server);
  }
  await attempt(visit, () => readHealth(visit, server.connection));
}

/** Passes a message through the server where the module asks for it. */
export async function passMessages(visit: Visit, server: Omit<Answering, 'role'>): Promise<void> {
  if (!visit.options.pubsub) return;
  const { passMessage } = await import('./pubsub.ts');
  await attempt(visit, () => passMessage(visit, server.connection, server.credentials));
}

/** Sends the canary; failures are kept in the visit. */
export async function probeCanary(visit: Visit, server: Answering): Promise<void> {
  judgeFollowers(visit, server.role);
  await attempt(visit, async () => {
    const { connection, credentials, role } = server;
    const watchers = await watchReplicas(visit, replicasOf(visit, role), {
      credentials,
      clustered: false,
    });
    const canary = await sendCanary(visit, {
      ask: (phase, command) => connection.ask(phase, command),
      key: canaryKey(visit),
      watchers: () => watchers,
    });
    visit.samples.push(...canarySamples([canary]));
    visit.failures.push(...canary.failures);
    noteVisibility(visit, [canary]);
  });
}

/** Whether every replica that was looked at showed its write in time, as one expectation. */
export function noteVisibility(visit: Visit, canaries: readonly Canary[]): void {
  const seen = canaries.flatMap(({ visible }) => visible ?? []);
  if (seen.length > 0) noteExpectation(visit, 'visibility', { met: seen.every(Boolean) });
}

function replicasOf(visit: Visit, role: Answering['role']) {
  const known = role === undefined || role instanceof RespError ? undefined : role.replicas;
  if (known === undefined && visit.options.replicas === 'discover') {
    const wanted = role === undefined ? 'a list' : 'a list or +role';
    throw new Verdict('role', 'unsupported', `replicas: discover needs ROLE, want ${wanted}`);
  }
  return chooseReplicas(visit, known ?? []);
}
