// What a server says of itself: INFO, LATENCY LATEST, SLOWLOG LEN. A read that is forbidden or unknown is data
// (`probe_redis_check_supported`), unless an expectation needs it.
import { sample } from '@fargaze/core/internal';
import type { Connection } from './connection.ts';
import { expectsInfo, type InfoRead, judgeInfo, type ServerInfo } from './expectations.ts';
import { infoSamples, label, parseInfo } from './info.ts';
import { quoteReply } from './replies.ts';
import { type Reply, RespError } from './resp.ts';
import { timedPhase, type Visit } from './visit.ts';

/** Events of LATENCY LATEST that are reported at most. */
const mostEvents = 20;

/**
 * Reads health where the module asks for it or expects something of it. Of a cluster, `primaries` are judged instead of
 * the server that is asked. @throws Verdict when the server is silent.
 */
export async function readHealth(
  visit: Visit,
  connection: Connection,
  primaries: readonly ServerInfo[] = [],
): Promise<void> {
  const { expect, health } = visit.options;
  if (!health && !expectsInfo(expect)) return;
  await timedPhase(visit, 'health', async () => {
    const read = await readInfo(connection);
    if ('info' in read) visit.samples.push(...infoSamples(read.info));
    judgeInfo(visit, primaries.length > 0 ? primaries : [{ read }]);
    if (!health) return;
    const latest = await connection.askOptional('health', 'latency', ['LATENCY', 'LATEST']);
    visit.samples.push(...latencySamples(latest));
    const length = await connection.askOptional('health', 'slowlog', ['SLOWLOG', 'LEN']);
    if (Number.isFinite(length)) {
      visit.samples.push(sample('probe_redis_slowlog_length', {}, Number(length)));
    }
  });
}

/** INFO of one server. @throws Verdict when it is silent. */
export async function readInfo(connection: Connection): Promise<InfoRead> {
  const reply = await connection.askOptional('health', 'info', ['INFO']);
  if (typeof reply === 'string') return { info: parseInfo(reply, connection.visit.secrets) };
  if (reply instanceof RespError) return { refused: `is refused (${quoteReply(reply.message)})` };
  return { refused: 'is not answered' };
}

/** Each event: name, time, latest and longest spike in milliseconds. */
function latencySamples(reply: Reply | undefined) {
  const events = Array.isArray(reply) ? (reply as readonly Reply[]).slice(0, mostEvents) : [];
  return events.flatMap((event) => {
    const [name, , latest] = Array.isArray(event) ? (event as readonly Reply[]) : [];
    if (typeof name !== 'string' || !Number.isFinite(latest)) return [];
    const seconds = Number(latest) / 1000;
    return [sample('probe_redis_latency_event_seconds', { event: label(name) }, seconds)];
  });
}
