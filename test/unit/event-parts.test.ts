// Events part by part: what stands in the answer, and what does not where the event had none.
import { ConfigError } from '../../layers/core/src/errors.ts';
import {
  parseBridgeEvent,
  parseProbeEvent,
  parseQueueEvent,
} from '../../layers/core/src/event/events.ts';

const faultOf = (parse: () => unknown): string => {
  try {
    return `no fault: ${JSON.stringify(parse())}`;
  } catch (error) {
    return error instanceof ConfigError ? error.message : `no ConfigError: ${error}`;
  }
};

it.each([
  { event: {}, parts: { explain: false, probes: ['*'] } },
  { event: { explain: true }, parts: { explain: true, probes: ['*'] } },
  {
    event: { shard: '2/3' },
    parts: { explain: false, probes: ['*'], shard: { index: 2, count: 3 } },
  },
  {
    event: { targets: ['http://a/'], module: 'm' },
    parts: { explain: false, probes: [], adHoc: { targets: ['http://a/'], module: 'm' } },
  },
])('$event', ({ event, parts }) => {
  const { shard, ...read } = parseProbeEvent(event);
  const { shard: wanted, ...others } = parts as typeof parts & { readonly shard?: unknown };
  expect(read).toEqual(others);
  expect(shard !== undefined).toBe(wanted !== undefined);
});

it('a schedule without a time, and a time with its schedule, have no further key', () => {
  expect(Object.keys(parseBridgeEvent({ schedule: '1m' }))).toEqual(['schedule']);
  expect(Object.keys(parseBridgeEvent({ schedule: '1m', time: '2026-01-02T03:04:00Z' }))).toEqual([
    'schedule',
    'time',
  ]);
  expect(Object.keys(parseBridgeEvent({}))).toEqual([]);
});

it.each(['0/3', '4/3', '1/0', 'x', '1', '', '1/3/5', '1/51', '1/999'])(
  'the shard %j is refused',
  (shard) => {
    const want = `event: 1 problem\n  shard: got ${JSON.stringify(shard)}, want a shard such as 1/3, of at most 50`;
    expect(faultOf(() => parseProbeEvent({ shard }))).toBe(want);
    expect(faultOf(() => parseBridgeEvent({ shard }))).toBe(want);
  },
);

it.each([
  { time: '2026-13-01T00:00:00Z' },
  { time: '2026-02-30T00:00:00Z' },
  { time: '-01-01T00:00:00Z' },
  { time: '2026--01T00:00:00Z' },
  { time: '' },
])('the time $time is refused', ({ time }) => {
  expect(faultOf(() => parseBridgeEvent({ schedule: '1m', time }))).toMatch(
    /^event: [\s\S]*time: /,
  );
});

it.each([['a'], 'text', 7, [], true])('the event %j is refused with what is wanted', (event) => {
  expect(faultOf(() => parseBridgeEvent(event))).toMatch(
    /^event: [\s\S]*want a mapping such as \{"schedule"/,
  );
});

it.each([
  { attributes: undefined, known: {} },
  {
    attributes: { ApproximateReceiveCount: '3', SentTimestamp: '5' },
    known: { receives: 3, sent: 5 },
  },
  { attributes: { ApproximateReceiveCount: '0', SentTimestamp: '0' }, known: {} },
  { attributes: { ApproximateReceiveCount: 'many', SentTimestamp: '-1' }, known: {} },
])('of a message with $attributes is known $known', ({ attributes, known }) => {
  const record = { messageId: 'm', body: 'b', ...(attributes !== undefined && { attributes }) };
  expect(parseQueueEvent({ Records: [record] })).toStrictEqual([
    { messageId: 'm', body: 'b', ...known },
  ]);
});

it.each([
  '{"toString":1}',
  '["5"]',
  '1e999',
  '"1e999"',
  '"0x1.5"',
  '8640000000000001',
  '-5',
  '"1.5"',
])('a message whose time and count are %s is delivered without both', (value) => {
  const attributes = `{"SentTimestamp":${value},"ApproximateReceiveCount":${value}}`;
  const event = `{"Records":[{"messageId":"m","body":"b","attributes":${attributes}}]}`;
  expect(parseQueueEvent(JSON.parse(event))).toEqual([{ messageId: 'm', body: 'b' }]);
});
