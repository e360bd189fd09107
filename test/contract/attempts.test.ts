// A probe that failed is tried again where its module says so, and the first attempt is never hidden; a slow success is degraded.
import type { Socket } from 'node:net';
import { probeRedis } from '../../functions/redis-probe/probe.ts';
import { probeByModule } from '../../functions/web-probe/probers.ts';
import type { RedisModule, WebModule } from '../../layers/core/src/config/modules.ts';
import type { Target } from '../../layers/core/src/config/probes.ts';
import { failure } from '../../layers/core/src/outcome.ts';
import { tryProbe } from '../../layers/core/src/probe/attempts.ts';
import type { Probe } from '../../layers/core/src/probe/probe.ts';
import { freePort } from '../../local/programs/ports.ts';
import { startRedis } from '../../local/programs/servers.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { compileModule, runProbe, verdict } from '../support/probing.ts';
import { answerWith, httpAnswer, type RawServer, startRawServer } from '../support/raw-server.ts';

const servers: RawServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Answers each connection in turn; the last answer is for all that follow. */
async function serveInTurn(...answers: readonly ((socket: Socket) => void)[]): Promise<RawServer> {
  const left = [...answers];
  const server = await startRawServer((socket) => {
    const answer = left.length > 1 ? left.shift() : left[0];
    answer?.(socket);
  });
  servers.push(server);
  return server;
}

const good = answerWith(httpAnswer('200 OK', [], 'ok'));
const bad = answerWith(httpAnswer('503 Service Unavailable'));
const silent = () => undefined;

async function probe(module: object, server: RawServer) {
  const compiled = compileModule({ prober: 'http', timeout: '20s', ...module }) as WebModule;
  return runProbe(probeByModule, compiled, `http://127.0.0.1:${server.port}/`);
}

const counts = ({ samples }: Awaited<ReturnType<typeof probe>>) => [
  samples.probe_attempts,
  samples.probe_first_attempt_success,
  samples.probe_flaky,
];

describe('retries', () => {
  const twice = { retries: 2, retry_wait: '1ms' };

  it.each([
    {
      name: 'a success needs none',
      answers: [good],
      want: 'ok',
      series: [1, 1, 0],
      connections: 1,
    },
    {
      name: 'a failure before a success is flaky',
      answers: [bad, good],
      want: 'ok',
      series: [2, 0, 1],
      connections: 2,
    },
    {
      name: 'failures only are a failure',
      answers: [bad],
      want: 'processing/status',
      series: [3, 0, 0],
      connections: 3,
    },
  ])('$name', async ({ answers, connections, series, want }) => {
    const server = await serveInTurn(...answers);
    const probed = await probe(twice, server);
    expect([verdict(probed), counts(probed), server.connections()]).toEqual([
      want,
      series,
      connections,
    ]);
  });

  it('what failed before a success is in the log', async () => {
    const { trace } = await probe(twice, await serveInTurn(bad, good));
    expect(trace).toContainEqual('attempt 1 failed: processing/status, status 503, want 200-299');
  });

  it('a silent attempt leaves the next its share of the timeout', async () => {
    const server = await serveInTurn(silent, good);
    const probed = await probe({ ...twice, timeout: '3s' }, server);
    expect([verdict(probed), counts(probed)]).toEqual(['ok', [2, 0, 1]]);
  });

  it('a silent target ends at the timeout', async () => {
    const probed = await probe({ ...twice, timeout: '600ms' }, await serveInTurn(silent));
    expect(verdict(probed)).toBe('processing/timeout');
    expect(probed.samples.probe_attempts).toBeGreaterThan(1);
    expect(probed.seconds).toBeLessThan(5);
  });

  it.each([
    { timeout: '1040ms', attempts: 1 },
    { timeout: '1060ms', attempts: 2 },
  ])('within $timeout, of which a second is waited: $attempts', async ({ attempts, timeout }) => {
    const module = compileModule({ prober: 'http', timeout, retries: 1, retry_wait: '1s' });
    const outcome = failure('connect', 'refused', 'refused');
    const tried: Probe<Target<WebModule>> = (target, env) =>
      tryProbe(async () => ({ outcome, samples: [] }), target, env);
    const probed = await runProbe(tried, module as WebModule, 'http://a/', createFakeClock());
    expect(probed.samples.probe_attempts).toBe(attempts);
  });

  it('none are made, and no series of them, where none are asked for', async () => {
    const server = await serveInTurn(bad, good);
    const probed = await probe({}, server);
    expect([counts(probed), server.connections()]).toEqual([[undefined, undefined, undefined], 1]);
  });
});

describe('a module of the Redis probe', () => {
  const probeTried: Probe<Target<RedisModule>> = (target, env) => tryProbe(probeRedis, target, env);
  const asked = (more: object) =>
    compileModule({ prober: 'redis', timeout: '20s', ...more }) as RedisModule;

  it('tries again, and says how often', async () => {
    const module = asked({ retries: 2, retry_wait: '1ms' });
    const probed = await runProbe(probeTried, module, `redis://127.0.0.1:${await freePort()}`);
    expect([verdict(probed), counts(probed)]).toEqual(['connect/refused', [3, 0, 0]]);
  });

  it('calls a phase slow that took longer than it may', async () => {
    const redis = await startRedis();
    try {
      const module = asked({ degraded: { total: '19s', write: '19s' } });
      const { samples } = await runProbe(probeTried, module, redis.url);
      expect(samples).toMatchObject({
        'probe_degraded{phase="total"}': 0,
        'probe_degraded{phase="write"}': 0,
      });
    } finally {
      await redis.stop();
    }
  });

  it('has its own phases', () => {
    expect(() => asked({ degraded: { transfer: '1s' } })).toThrow(/want total or a phase: .*write/);
  });
});

describe('degraded', () => {
  const key = (phase: string) => `probe_degraded{phase="${phase}"}`;
  const limits = { total: '15s', processing: '1ms', tls: '1ms' };

  it('is a success that took longer than its module calls good, phase by phase', async () => {
    const answer = httpAnswer('200 OK', [], 'ok');
    const slow = (socket: Socket) =>
      void socket.once('data', () => setTimeout(() => socket.end(answer), 50));
    const { samples } = await probe({ degraded: limits }, await serveInTurn(slow));
    expect([samples[key('total')], samples[key('processing')], samples[key('tls')]]).toEqual([
      0, 1, 0,
    ]);
  });

  it('is not said of a failure, nor where nobody asks', async () => {
    const failed = await probe({ degraded: limits }, await serveInTurn(bad));
    const unasked = await probe({}, await serveInTurn(good));
    for (const { samples } of [failed, unasked]) {
      expect(Object.keys(samples).filter((name) => name.startsWith('probe_degraded'))).toEqual([]);
    }
  });
});
