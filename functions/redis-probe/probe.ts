// Probes Redis as a client would see it: connect, authenticate, PING, ROLE, and then what the topology asks for: a
// canary at the server, in every shard of a cluster, or at the primary that sentinels name. Every phase is timed.
import {
  type Dialed,
  dialSamples,
  type Failure,
  failure,
  type Phase,
  type Probe,
  type ProbeEnvironment,
  type Reading,
  type RedisAddress,
  type RedisModule,
  readRedisAddress,
  type Sample,
  sample,
  type Target,
} from '@fargaze/core/internal';
import { type Connection, connectTo } from './connection.ts';
import { credentialsOf, type ReadCredentials, sentinelCredentialsOf } from './credentials.ts';
import type { ServerInfo } from './expectations.ts';
import { readHealth } from './health.ts';
import { hideInFailure, hideInSample, hideInText } from './hiding.ts';
import { type Reply, RespError } from './resp.ts';
import { judgeRole, type Role, readRole } from './role.ts';
import { type Answering, passMessages, probeCanary } from './server.ts';
import { demand } from './session.ts';
import { Verdict } from './verdict.ts';
import { attempt, timedPhase, type Visit } from './visit.ts';

/** The Redis probe. */
export const probeRedis: Probe<Target<RedisModule>> = async (target, env): Promise<Reading> => {
  const address = readRedisAddress(target.address);
  if ('fault' in address) {
    const outcome = failure('guard', 'protocol', address.fault);
    return { outcome, samples: dialSamples({ durations: {} }) };
  }
  const visit = beginVisit(target, address, env);
  const { iam, topology } = visit.options;
  const credentials =
    topology === 'sentinel'
      ? sentinelCredentialsOf(visit.options)
      : credentialsOf(address, visit.options, env.clock);
  if (iam !== undefined && !address.tls) {
    visit.failures.push(
      new Verdict('guard', 'tls_wanted', 'tokens are sent over TLS only, want rediss://').outcome,
    );
    return toReading(visit, dialSamples({ durations: {} }));
  }
  // Read before dialling: a missing secret says nothing about the target.
  credentials();
  try {
    await attempt(visit, () => converse(visit, credentials));
  } finally {
    for (const connection of visit.open) connection.close();
  }
  return toReading(visit, []);
};

function beginVisit(
  target: Target<RedisModule>,
  address: RedisAddress,
  env: ProbeEnvironment,
): Visit {
  const visit: Visit = {
    target,
    options: target.module.redis,
    address,
    env: { ...env, trace: (words) => env.trace(hideInText(visit, words)) },
    samples: [],
    failures: [],
    open: new Set(),
    secrets: [],
    echoes: new Set(),
    checks: new Map(),
  };
  return visit;
}

function toReading(visit: Visit, more: Reading['samples']): Reading {
  const { checks, failures } = visit;
  const samples = visit.samples.map((one) => hideInSample(visit, one));
  const [failed] = failures;
  const outcome = failed === undefined ? ({ ok: true } as const) : hideInFailure(visit, failed);
  const supported = [...checks].map(([check, is]) =>
    sample('probe_redis_check_supported', { check }, is ? 1 : 0),
  );
  return { outcome, samples: [...more, ...worst(samples), ...supported] };
}

/** Several primaries behind a sentinel have the same series: the slowest time, and of all else the worst, stands for all. */
function worst(samples: readonly Sample[]): Sample[] {
  const bySeries = new Map<string, Sample>();
  for (const one of samples) {
    const key = JSON.stringify([one.metric, one.labels]);
    const known = bySeries.get(key);
    const isTime = one.metric.endsWith('_seconds');
    if (known === undefined || (isTime ? one.value > known.value : one.value < known.value)) {
      bySeries.set(key, one);
    }
  }
  return [...bySeries.values()];
}

async function converse(visit: Visit, credentials: ReadCredentials): Promise<void> {
  let first = true;
  const connection = await connectTo(visit, {
    place: visit.address,
    credentials,
    // Dialling again belongs to the phase that needs it.
    dialed: (dialed) => {
      if (first) noteDialed(visit, dialed);
      first = false;
    },
    login: (work) => timedPhase(visit, 'auth', work),
  });
  const alive = await attempt(visit, () =>
    timedPhase(visit, 'ping', async () => {
      const reply = await demand(connection, 'ping', ['PING']);
      if (reply !== 'PONG') throw new Verdict('ping', 'protocol', 'PING was not answered by PONG');
    }),
  );
  if (alive) await probeTopology(visit, { connection, credentials });
  else await attempt(visit, () => readHealth(visit, connection));
}

function noteDialed({ samples }: Visit, { facts }: Dialed): void {
  samples.push(...dialSamples(facts));
  for (const phase of ['resolve', 'connect', 'tls'] as const satisfies readonly Phase[]) {
    const seconds = facts.durations[phase];
    if (seconds !== undefined) {
      samples.push(sample('probe_redis_duration_seconds', { phase }, seconds));
    }
  }
}

type Greeted = Omit<Answering, 'role'>;

async function probeTopology(visit: Visit, greeted: Greeted): Promise<void> {
  const role = await timedPhase(visit, 'role', () => readRole(greeted.connection));
  const server = { ...greeted, role };
  const kind = topologyOf(visit, role, await readMode(visit, greeted.connection, role));
  if (kind === 'sentinel') {
    const { probeSentinel } = await import('./sentinel.ts');
    await probeSentinel(visit, server);
    return;
  }
  await greeted.connection.select();
  const usable = judgeRole(visit, role);
  const cluster = usable && (kind === 'cluster' || (await probeAlone(visit, server)));
  let primaries: readonly ServerInfo[] = [];
  if (cluster) {
    const { probeCluster } = await import('./cluster.ts');
    primaries = await probeCluster(visit, server);
  }
  if (usable) await passMessages(visit, greeted);
  await attempt(visit, () => readHealth(visit, greeted.connection, primaries));
}

/** Sends the canary to one server. Answers whether that showed the node of a cluster, which is to be probed as such. */
async function probeAlone(visit: Visit, server: Answering): Promise<boolean> {
  const { failures, options, samples } = visit;
  const [failed, sampled] = [failures.length, samples.length];
  await probeCanary(visit, server);
  const found = failures.slice(failed);
  if (!found.some(({ reason }) => reason === 'moved')) return false;
  failures.length = failed;
  if (options.topology !== 'auto') {
    failures.push(...found.map(explainMoved));
    return false;
  }
  samples.length = sampled;
  return true;
}

/** Only some keys are moved, so that the probe would be up now and then. */
function explainMoved(found: Failure): Failure {
  if (found.reason !== 'moved') return found;
  return { ...found, detail: `${found.detail}: it is a node of a cluster, want topology: auto` };
}

/** The mode that HELLO gives; where it is not known, that of INFO, or of what answers CLUSTER INFO. */
async function readMode({ options }: Visit, connection: Connection, role: Named) {
  // What a proxy says of the servers behind it must not lead past it.
  if (connection.gathers) return undefined;
  const known = connection.fact('mode');
  const named = role instanceof RespError ? undefined : role?.name;
  const greeted = connection.facts.length > 0;
  if (greeted || options.topology !== 'auto' || named === 'sentinel') return known;
  const info = await connection.askOptional('role', 'info', ['INFO']);
  if (typeof info === 'string') return /^(?:redis|server)_mode:(\w+)/m.exec(info)?.[1];
  const cluster = await connection.askOptional('role', 'cluster_info', ['CLUSTER', 'INFO']);
  return typeof cluster === 'string' ? 'cluster' : undefined;
}

type Named = Role | RespError | undefined;

/** What the target is part of: as the module says, else as the server says. @throws Verdict for a sentinel in disguise. */
function topologyOf(
  { options }: Visit,
  role: Named,
  mode: Reply | undefined,
): 'server' | 'cluster' | 'sentinel' {
  const { topology } = options;
  const named = role instanceof RespError ? undefined : role?.name;
  const sentinel = named === 'sentinel' || mode === 'sentinel';
  if (topology === 'sentinel' && named !== undefined && !sentinel) {
    throw new Verdict('role', 'role', `it is a ${named} and no sentinel, want topology: auto`);
  }
  if (topology === 'sentinel' || (topology === 'auto' && sentinel)) return 'sentinel';
  if (sentinel) {
    const words = `it is a sentinel, want topology: sentinel or auto (got ${topology})`;
    throw new Verdict('role', 'role', words);
  }
  const clustered = topology === 'auto' && mode === 'cluster';
  return topology === 'cluster' || clustered ? 'cluster' : 'server';
}
