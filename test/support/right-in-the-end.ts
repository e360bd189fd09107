// Histories of the bridge in which everything may happen, and what must be stored afterwards: what CloudWatch shows at last.
// Points come late and are revised for nine minutes; functions start cold, are killed between two writes or run twice at
// once; the receiver fails.
import type { FakeAws } from '../../local/fake-aws/fake-aws.ts';
import {
  cloudWatch,
  cpuOfServices,
  createBridge,
  job,
  metric,
  type TestBridge,
} from './bridging.ts';
import { createRandom } from './random.ts';
import { createReceiver, type Receiver, type Stored } from './receiver.ts';

/** A receiver that can be away. */
export type Target = Pick<Receiver, 'answers' | 'write' | 'query' | 'setState'>;

const errors = metric('Errors', { statistics: ['Sum'], nilToZero: true, period: 300, length: 300 });
const requests = metric('Invocations', { statistics: ['Sum'] });
const jobs = [cpuOfServices, job('AWS/Lambda', { metrics: [errors, requests] })];

/** Minutes of a history; in the second half nothing happens any more. */
const minutes = 80;

/** How long a history takes, in seconds: a receiver that takes nothing from the future must have been started after it. */
export const historySeconds = minutes * 60;

/** How CloudWatch behaves: points are revised for nine minutes, and one in five may come eight minutes late. */
export const behaviours = {
  revised: { lagSeconds: 60, settleSeconds: 540, revisions: 'on' },
  'revised and late': {
    lagSeconds: 60,
    settleSeconds: 540,
    revisions: 'on',
    stragglers: { oneIn: 5, seconds: 480 },
  },
} as const;

/** Two services and a function, whose points begin ten minutes before `start`. */
export function addCloud(
  fake: FakeAws,
  start: number,
  behaviour: keyof typeof behaviours = 'revised and late',
): void {
  fake.clock.set(start - 600);
  fake.model.addCluster({ name: 'prod' });
  fake.model.addService({ cluster: 'prod', name: 'web', desired: 2 });
  fake.model.addService({ cluster: 'prod', name: 'fine', desired: 1, resolution: 20 });
  fake.model.addResource({
    kind: 'other',
    service: 'lambda',
    name: 'function:shop',
    tags: { a: 'b' },
  });
  const dimensions = { FunctionName: 'shop' };
  const declared = { namespace: 'AWS/Lambda', dimensions };
  fake.model.addMetric({ ...declared, name: 'Errors', everySeconds: 900 });
  fake.model.addMetric({ ...declared, name: 'Invocations' });
  fake.clock.set(start);
  fake.setVisibility(behaviours[behaviour]);
}

/** A receiver that takes `writes` more writes and then is down, as when the function is killed there. */
function killAfter(receiver: Target, writes: number): Target {
  let left = writes;
  return {
    ...receiver,
    write: async (...args) => {
      if (left <= 0) receiver.setState('down');
      left -= 1;
      return receiver.write(...args);
    },
  };
}

/** What a history depends on; `settle` is the configuration's, 120 s when unset. */
export type History = { readonly seed: number; readonly settle?: number | undefined };

/** Forty minutes in which everything may happen, by `seed`, and forty in which nothing does. */
export async function live(
  fake: FakeAws,
  receiver: Target,
  { seed, settle = 120 }: History,
): Promise<void> {
  const random = createRandom(seed);
  const config = cloudWatch(jobs, { settle });
  let bridge = createBridge(fake, config, receiver);
  const tryRun = async (one: TestBridge) => {
    await one.run().catch((error: unknown) => {
      if (!/receiver is down/.test(String(error))) throw error;
    });
    receiver.setState('up');
  };
  for (let minute = 0; minute < minutes; minute += 5) {
    fake.clock.advance(290 + Math.floor(20 * random()));
    const event = minute < minutes / 2 ? random() : 1;
    if (event < 0.15) receiver.setState('down');
    if (event >= 0.15 && event < 0.35) {
      await tryRun(createBridge(fake, config, killAfter(receiver, Math.floor(6 * random()))));
      continue;
    }
    if (event >= 0.35 && event < 0.5) bridge = createBridge(fake, config, receiver);
    if (event >= 0.5 && event < 0.6) await tryRun(createBridge(fake, config, receiver));
    await tryRun(bridge);
  }
}

/** Sorted points by series. */
export type Table = ReadonlyMap<string, readonly (readonly [number, unknown])[]>;

/** Points of the CloudWatch series in [from, until), in seconds. */
export function pointsOf(
  series: ReadonlyMap<string, Stored | readonly (readonly [number, unknown])[]>,
  { from, until }: { readonly from: number; readonly until: number },
): Table {
  return new Map(
    [...series]
      .filter(([key]) => /^aws_(?:ecs_cpu|lambda_(?:errors|invocations))/.test(key))
      .map(([key, points]): [string, [number, unknown][]] => [
        key,
        [...points]
          .map(([at, value]): [number, unknown] => [at, value])
          .filter(([at]) => at >= from * 1000 && at < until * 1000)
          .sort(([a], [b]) => a - b),
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** What CloudWatch shows when nothing comes or changes any more. */
export async function truth(
  fake: FakeAws,
  span: { readonly from: number; readonly until: number },
): Promise<Table> {
  fake.setVisibility({ ...behaviours.revised, revisions: 'off', stragglers: undefined });
  const receiver = createReceiver();
  await createBridge(fake, cloudWatch(jobs), receiver).run();
  return pointsOf(receiver.series, span);
}

/** What differs by more than `tolerance` of the value, a line for each series and time with both values. */
export function differences(stored: Table, wanted: Table, tolerance = 0): string[] {
  const keys = [...new Set([...stored.keys(), ...wanted.keys()])].sort();
  return keys.flatMap((key) => {
    const [have, want] = [stored, wanted].map((table) => byTime(table.get(key) ?? []));
    const times = [...new Set([...(have?.keys() ?? []), ...(want?.keys() ?? [])])].sort();
    return times.flatMap((at) => {
      const [seen, right] = [have?.get(at) ?? 'nothing', want?.get(at) ?? 'nothing'];
      return seen === right || Math.abs(Number(seen) / Number(right) - 1) < tolerance
        ? []
        : [`${key} ${new Date(at).toISOString()}: ${seen}, want ${right}`];
    });
  });
}

/** Values by time; of several, all of them. */
function byTime(points: readonly (readonly [number, unknown])[]): Map<number, string> {
  const values = new Map<number, string>();
  for (const [at, value] of points) {
    const before = values.get(at);
    values.set(at, before === undefined ? String(value) : `${before} and ${value}`);
  }
  return values;
}
