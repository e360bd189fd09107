// Events to a Pushgateway that cannot be asked: its password is missing, or it wants to be asked later.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EcsEvent } from '../../functions/deliver/ecs-events/event.ts';
import { pushEvents } from '../../functions/deliver/ecs-events/push-events.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const arnOf = (cluster: string) => `arn:aws:ecs:eu-west-1:111122223333:cluster/${cluster}`;

/** A task that stopped in a cluster. */
function stopIn(cluster: string): EcsEvent {
  const place = {
    ...{ region: 'eu-west-1', account_id: '111122223333' },
    ...{ cluster, service: 'web', family: '' },
  };
  const about = {
    kind: 'stop',
    stopCode: 'UserInitiated',
    stoppedReason: undefined,
    containers: [],
  } as const;
  return { id: 'e', time: 1_800_000_000, arn: arnOf(cluster), place, about };
}

it('are not tried again within the run: the messages come again', async () => {
  const clock = createFakeClock();
  const deadline = startDeadline(50, clock);
  const basic = { username: 'u', password: 'env:PUSH_EVENTS_UNSET' } as const;
  const results = await pushEvents([stopIn('main')], {
    pushgateway: { url: 'http://127.0.0.1:1/', auth: basic },
    ...{ owner: 'o', clock, deadline, settling: { window: 2, margin: 0.5 } },
  });
  deadline.close();
  expect(results.get(arnOf('main'))?.outcome).toBeUndefined();
  expect(results.get(arnOf('main'))?.error).toBeInstanceOf(ConfigError);
  expect(clock.slept).toEqual([]);
});

/** A Pushgateway behind a proxy that refuses puts `times` times with these headers, and keeps what it takes. */
async function startBusy(times: number, headers: () => Readonly<Record<string, string>>) {
  const held: string[] = [];
  let puts = 0;
  const server = createServer(async (request, response) => {
    if (request.method === 'GET') return void response.end(held.join(''));
    puts += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (puts <= times) {
      const status = puts % 2 === 1 ? 503 : 429;
      return void response.writeHead(status, headers()).end('busy');
    }
    // As a Pushgateway shows it: with the labels of the group.
    const [, key = ''] = /instance@base64\/([^/]+)/.exec(request.url ?? '') ?? [];
    const plain = decodeURIComponent(/instance\/([^/]+)/.exec(request.url ?? '')?.[1] ?? '');
    const instance = key === '' ? plain : Buffer.from(key, 'base64url').toString('utf8');
    const labels = `job="fargaze-ecs-events",instance="${instance}",`;
    const text = Buffer.concat(chunks).toString('utf8');
    held.push(text.replaceAll(/^(ecs_event_\w+\{)/gm, `$1${labels}`));
    response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    puts: () => puts,
    stop: () => new Promise((resolve) => server.close(resolve)),
  };
}

describe('at a Pushgateway that is busy', () => {
  const clusters = ['a', 'b', 'c'];
  const push = async (seconds: number, retryAfter: (now: number) => string) => {
    const clock = createFakeClock(Date.now());
    const dateOf = (now: number) => new Date(now).toUTCString();
    // Of one clock: the machine's goes on meanwhile.
    const busy = await startBusy(2, () => ({
      date: dateOf(clock.now()),
      'retry-after': retryAfter(clock.now()),
    }));
    const deadline = startDeadline(seconds, clock);
    const results = await pushEvents(clusters.map(stopIn), {
      pushgateway: { url: busy.url },
      ...{ owner: 'o', clock, deadline, settling: { window: 2, margin: 0.5 } },
    });
    deadline.close();
    await busy.stop();
    const outcomes = clusters.map((cluster) => results.get(arnOf(cluster))?.outcome);
    return { outcomes, waited: clock.slept, puts: busy.puts() };
  };

  it.each([
    { name: 'seconds', retryAfter: () => '7' },
    { name: 'a date', retryAfter: (now: number) => new Date(now + 7900).toUTCString() },
  ])('are pushed again after as long as it asks for, as $name', async ({ retryAfter }) => {
    const { outcomes, waited } = await push(50, retryAfter);
    expect(outcomes).toEqual(clusters.map(() => 'pushed'));
    expect(waited[0]).toBeGreaterThan(5);
    expect(waited[0]).toBeLessThanOrEqual(8);
  });

  it('go back to the queue at once where that is longer than the run has', async () => {
    const { outcomes, puts, waited } = await push(20, () => '30');
    expect(outcomes).toEqual(clusters.map(() => undefined));
    expect(waited).toEqual([]);
    expect(puts).toBeLessThanOrEqual(3);
  });
});
