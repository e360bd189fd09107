// Right in the end at real receivers: one suite for each of them.
import type { SeriesWriter } from '../../layers/core/src/delivery/series-writer.ts';
import { createSeriesWriter } from '../../layers/core/src/delivery/series-writer.ts';
import { DeliveryError } from '../../layers/core/src/errors.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import type { Server } from '../../local/programs/servers.ts';
import { environment } from './bridging.ts';
import { keyOf } from './receiver.ts';
import {
  addCloud,
  type behaviours,
  differences,
  historySeconds,
  live,
  pointsOf,
  type Table,
  type Target,
  truth,
} from './right-in-the-end.ts';

/** A real receiver to be right at. */
export type RightReceiver = {
  readonly name: string;
  readonly start: () => Promise<Pick<Server, 'url' | 'stop'>>;
  readonly seeds: readonly number[];
  readonly behaviour: keyof typeof behaviours;
  /** The configuration's; its default when unset. */
  readonly settle?: number;
  /** Whether it may go on to show an old value of a changed point: then only nothing may be missing. */
  readonly mayShowOld?: boolean;
  /** Path that makes it show what was written, as the minutes between two runs do in life. */
  readonly flush?: string;
  /** By what part of a value the stored one may differ; 0 when unset. */
  readonly tolerance?: number;
};

const own = ['AWS_ENDPOINT_URL', 'FARGAZE_REMOTE_WRITE_URL'];

/** Describes what `receivers` hold after a history. */
export function describeRight(receivers: readonly RightReceiver[]): void {
  const all = receivers.flatMap(({ seeds, ...rest }) => seeds.map((seed) => ({ ...rest, seed })));
  let fake: FakeAws;
  let server: Pick<Server, 'url' | 'stop'>;
  beforeEach(async () => {
    fake = await startFakeAws();
    Object.assign(process.env, environment, { AWS_ENDPOINT_URL: fake.url });
  });
  afterEach(async () => {
    for (const name of [...Object.keys(environment), ...own]) delete process.env[name];
    await Promise.all([fake.close(), server.stop()]);
  });

  it.each(all)(
    '$name, history $seed',
    async ({ behaviour, flush = '', seed, mayShowOld = false, settle, start, tolerance }) => {
      server = await start();
      process.env.FARGAZE_REMOTE_WRITE_URL = `${server.url}/api/v1/write`;
      const from = Math.floor(Date.now() / 60_000) * 60 - historySeconds - 120;
      addCloud(fake, from, behaviour);
      const target = targetOf(flush === '' ? undefined : server.url + flush);
      await live(fake, target, { seed, settle });
      const span = { from, until: fake.clock.now() - 25 * 60 };
      const found = await stored(server.url, fake.clock.now());
      const wanted = await truth(fake, span);
      expect(wanted.size).toBe(4);
      const different = differences(pointsOf(found, span), wanted, tolerance);
      const wrong = mayShowOld ? different.filter((line) => line.includes('nothing')) : different;
      expect(wrong.slice(0, 20)).toEqual([]);
    },
  );
}

/** The receiver of the environment, which may be away for a while. */
function targetOf(flush: string | undefined): Target {
  const writer: SeriesWriter = createSeriesWriter({
    name: 'memory',
    series: 'refused',
    write: async () => undefined,
  });
  let down = false;
  const check = () => {
    if (down) throw new DeliveryError('receiver is down', { retryable: true });
  };
  return {
    answers: writer.answers,
    setState: (state) => {
      down = state === 'down';
    },
    write: async (...args) => {
      check();
      const result = await writer.write(...args);
      if (flush !== undefined) await fetch(flush);
      return result;
    },
    query: async (...args) => {
      check();
      return writer.query(...args);
    },
  };
}

/** Raw samples of the three hours before `now`; what is stored twice with one value counts once. */
async function stored(url: string, now: number): Promise<Table> {
  const query = encodeURIComponent('{__name__=~"aws_.+"}[3h]');
  const answer = await fetch(`${url}/api/v1/query?time=${now}&query=${query}`);
  const { data } = (await answer.json()) as {
    readonly data: {
      readonly result: readonly {
        readonly metric: Record<string, string>;
        readonly values: readonly [number, string][];
      }[];
    };
  };
  return new Map(
    data.result.map(({ metric, values }) => {
      const distinct = new Map(
        values.map(([at, value]) => [`${at} ${value}`, [at, value]] as const),
      );
      const points = [...distinct.values()].map(
        ([at, value]) => [at * 1000, Number(value)] as const,
      );
      return [keyOf(metric), points];
    }),
  );
}
