// What EventBridge sends where `shards` divide the web probes: by its template, filled in as AWS does it.
import { parseBridgeEvent, parseProbeEvent } from '../../layers/core/src/event/events.ts';
import {
  type Input,
  shareSchedules,
  toInput,
  toInputWithTime,
} from '../../scripts/share-schedules.cjs';

const service = () => ({
  functions: {
    'web-probe': { events: [{ schedule: { rate: ['cron(* * * * ? *)'], enabled: true } }] },
    'ecs-bridge': { events: [{ schedule: { rate: ['cron(* * * * ? *)'] } }] },
    'redis-probe': { events: [{ schedule: { rate: ['cron(* * * * ? *)'] } }] },
  },
});

/** docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html: a variable that is text is put in quoted. */
function fill(input: Input, event: Readonly<Record<string, string>>): unknown {
  if ('input' in input) return input.input;
  const { inputPathsMap, inputTemplate } = input.inputTransformer;
  const text = Object.entries(inputPathsMap).reduce(
    (rest, [name, path]) => rest.replaceAll(`<${name}>`, JSON.stringify(event[path.slice(2)])),
    inputTemplate,
  );
  return JSON.parse(text);
}

const tick = { id: 'x', time: '2026-01-02T03:04:00Z' };

it('each shard has a schedule of its own with the time of the tick, and other functions keep theirs', () => {
  const shared = service();
  shareSchedules(shared, { shards: 3, bridge: { shards: 1 } }, toInputWithTime);
  const schedules = shared.functions['web-probe'].events.map(({ schedule }) => schedule);
  expect(schedules).toHaveLength(3);
  expect(schedules).toEqual(schedules.map(() => expect.objectContaining({ enabled: true })));
  const events = schedules.map((schedule) => fill(schedule as unknown as Input, tick));
  expect(events).toEqual(
    ['1/3', '2/3', '3/3'].map((shard) => ({ schedule: '1m', shard, time: tick.time })),
  );
  expect(events.map(parseProbeEvent)).toEqual(
    [1, 2, 3].map(() => expect.objectContaining({ schedule: 60, time: Date.parse(tick.time) })),
  );
  expect(shared.functions['redis-probe']).toEqual(service().functions['redis-probe']);
});

it('offline there is no template: the shard comes without a time', () => {
  const shared = service();
  shareSchedules(shared, { shards: 2, bridge: { shards: 1 } }, toInput);
  const events = shared.functions['web-probe'].events.map(({ schedule }) =>
    fill(schedule as unknown as Input, tick),
  );
  expect(events).toEqual([
    { schedule: '1m', shard: '1/2' },
    { schedule: '1m', shard: '2/2' },
  ]);
});

it('one shard changes nothing', () => {
  const shared = service();
  shareSchedules(shared, { shards: 1, bridge: { shards: 1 } }, toInputWithTime);
  expect(shared).toEqual(service());
});

it('the bridge has shards of its own number', () => {
  const shared = service();
  shareSchedules(shared, { shards: 1, bridge: { shards: 2 } }, toInputWithTime);
  const events = shared.functions['ecs-bridge'].events.map(({ schedule }) =>
    fill(schedule as unknown as Input, tick),
  );
  expect(events.map(parseBridgeEvent)).toEqual(
    [1, 2].map((index) => ({
      schedule: 60,
      shard: { index, of: 2 },
      time: Date.parse(tick.time),
    })),
  );
  expect(shared.functions['web-probe']).toEqual(service().functions['web-probe']);
});
