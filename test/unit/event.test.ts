// What a function may be invoked with, and which probes that selects.

import { runInNewContext } from 'node:vm';
import { parseConfigText } from '../../build/config-file.ts';
import { matchesName } from '../../layers/core/src/config/name-pattern.ts';
import { parseProbeEvent } from '../../layers/core/src/event/events.ts';
import { isDue, selectTargets } from '../../layers/core/src/probe/select.ts';
import { fc } from '../support/property.ts';

const config = parseConfigText(`
modules:
  slow: { prober: http, timeout: 20s }
probes:
  - { name: web-a, module: http_2xx, target: 'http://a/' }
  - { name: web-b, module: slow, target: 'http://u@b/?token=x', interval: 5m, vantage: vpc }
  - { name: store, module: redis, target: '\${STORE_URL}' }
`);

function select(
  event: unknown,
  about: {
    prober?: 'http' | 'redis';
    vantage?: 'internet' | 'vpc';
    now?: number;
    env?: Record<string, string>;
  } = {},
) {
  const { prober = 'http', vantage, now = 0, env = {} } = about;
  const selected = selectTargets(parseProbeEvent(event), {
    config,
    prober,
    vantage,
    now,
    read: (name) => env[name],
  });
  return selected.map(({ target, job, deliver }) => [target.name, target.instance, job, deliver]);
}

const a = ['web-a', 'http://a/', 'fargaze-web', true];
const b = ['web-b', 'http://b/?token=redacted', 'fargaze-web', true];

it.each([undefined, null, {}, ''])('%j means every probe of the kind, due or not', (event) => {
  expect(select(event, { now: 60_000 })).toEqual([a, b]);
});

it('names and patterns choose', () => {
  expect(select({ probes: ['web-b'] })).toEqual([b]);
  expect(select({ probes: ['*-a', 'web-a'] })).toEqual([a]);
});

it.each([
  { name: 'web', pattern: 'web', matches: true },
  { name: 'web', pattern: 'we', matches: false },
  { name: 'web', pattern: '', matches: false },
  { name: 'web', pattern: '*web*', matches: true },
  { name: 'aXa', pattern: 'a*a', matches: true },
  { name: 'a', pattern: 'a*a', matches: false },
  { name: 'ab', pattern: 'a*ab', matches: false },
  { name: 'a.b', pattern: 'a?b*', matches: false },
  { name: 'line\nend', pattern: 'l*end', matches: true },
])('$pattern stands for $name: $matches', ({ name, pattern, matches }) => {
  expect(matchesName(name, pattern)).toBe(matches);
});

it('a pattern stands for the names that a regular expression would find', () => {
  const letters = fc.array(fc.constantFrom('a', 'b', '.', '*'), { maxLength: 7 });
  fc.assert(
    fc.property(letters, letters, (letter, part) => {
      const name = letter.join('').replaceAll('*', '');
      const pattern = part.join('');
      const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*');
      expect(matchesName(name, pattern)).toBe(new RegExp(`^${source}$`).test(name));
    }),
    { numRuns: 500 },
  );
});

it('a pattern of many * is answered at once', () => {
  const match = () => matchesName('a'.repeat(200), `${'*a'.repeat(40)}*b`);
  // Tried in every way, this would not end within anybody's life.
  expect(runInNewContext('match()', { match }, { timeout: 30_000 })).toBe(false);
});

it('a schedule runs what is due', () => {
  const event = { schedule: '1m', probes: ['*'] };
  expect(select(event, { now: 300_000 })).toEqual([a, b]);
  expect(select(event, { now: 360_000 })).toEqual([a]);
});

it("EventBridge's own event is a tick at its time", () => {
  const event = {
    source: 'aws.events',
    'detail-type': 'Scheduled Event',
    time: '2026-01-01T00:05:00Z',
    detail: {},
  };
  expect(select(event, { now: 60_000 })).toEqual([a, b]);
});

it('a vantage keeps probes of another one out', () => {
  expect(select({}, { vantage: 'internet' })).toEqual([a]);
  expect(select({}, { vantage: 'vpc' })).toEqual([b]);
});

it('ad-hoc targets are not delivered, unless a schedule asks', () => {
  const targets = ['http://x/', 'http://x/', 'http://u:p@y/'];
  expect(select({ targets })).toEqual([
    ['http://x/', 'http://x/', 'fargaze-ad-hoc', false],
    ['http://y/', 'http://y/', 'fargaze-ad-hoc', false],
  ]);
  expect(select({ targets: ['http://x/'], module: 'slow', schedule: '1m' })[0]?.slice(2)).toEqual([
    'fargaze-ad-hoc',
    true,
  ]);
});

it.each([
  {
    event: { probes: ['web-x'] },
    want: 'probes[0]: got "web-x", want a configured http probe; did you mean "web-a"?',
  },
  { event: { probes: [] }, want: 'probes: got [], want at least one name or pattern' },
  {
    event: { targets: ['http://x/'], module: 'slwo' },
    want: 'module: got "slwo", no http module; did you mean "slow"?',
  },
  {
    event: { targets: ['http://x/'], module: 'redis' },
    want: 'module: got "redis", no http module, want one of http_2xx, slow',
  },
  {
    event: { probes: ['*'], targets: ['http://x/'] },
    want: 'targets: given beside probes, want one of them',
  },
  { event: { module: 'slow' }, want: 'module: given without targets, want targets too' },
  { event: { shedule: '1m' }, want: 'shedule: unknown key; did you mean "schedule"?' },
  { event: { schedule: 'often' }, want: 'schedule: got "often", want a duration from 1s to 1y' },
  { event: { schedule: '999ms' }, want: 'schedule: got "999ms", want a duration from 1s to 1y' },
  { event: { schedule: '1y1s' }, want: 'schedule: got "1y1s", want a duration from 1s to 1y' },
  { event: { schedule: '99999y' }, want: 'schedule: got "99999y", want a duration from 1s to 1y' },
  { event: 'all', want: 'got "all", want a mapping' },
  { event: [1], want: 'got [1], want a mapping' },
])('$event is refused: $want', ({ event, want }) => {
  expect(() => select(event)).toThrow(want);
});

it('an unset variable of a target is named; a set one fills it in', () => {
  expect(() => select({}, { prober: 'redis' })).toThrow(
    'probe store: variable STORE_URL of its target is unset',
  );
  expect(select({}, { prober: 'redis', env: { STORE_URL: 'redis://u:p@h:1/0' } })).toEqual([
    ['store', 'redis://h:1/0', 'fargaze-redis', true],
  ]);
});

it('two targets that would overwrite each other are refused', () => {
  const twice = parseConfigText(`
probes:
  - { name: one, module: http_2xx, target: '\${A:-http://a/}' }
  - { name: two, module: http_2xx, target: 'http://a/' }
`);
  const run = () =>
    selectTargets(parseProbeEvent({}), {
      config: twice,
      prober: 'http',
      vantage: undefined,
      now: 0,
      read: () => undefined,
    });
  expect(run).toThrow(
    'probe two: has job fargaze-web and instance http://a/ in common with one, want another job',
  );
});

it.each(['1s', '1m', '365d', '1y'])('a schedule of %s is understood', (schedule) => {
  expect(() => parseProbeEvent({ schedule })).not.toThrow();
});

it.each([
  { interval: 60, schedule: 60, at: 61, due: true },
  { interval: 300, schedule: 60, at: 329.9, due: true },
  { interval: 300, schedule: 60, at: 330, due: false },
  { interval: 300, schedule: 60, at: 300, due: true },
  { interval: 300, schedule: 60, at: 360, due: false },
  { interval: 300, schedule: 60, at: 569, due: false },
  { interval: 300, schedule: 60, at: 599, due: true },
  { interval: 300, schedule: 60, at: 601, due: true },
  { interval: 60, schedule: 300, at: 900, due: true },
])(
  'an interval of $interval s at second $at of a $schedule s schedule: due $due',
  ({ interval, schedule, at, due }) => {
    expect(isDue(interval, { schedule, time: at * 1000 })).toBe(due);
  },
);

describe('a week of ticks that arrive at 59.5 s, a second earlier or later', () => {
  const week = 7 * 24 * 60;
  const fiveMinutes = parseConfigText(
    "probes: [{ name: p, module: http_2xx, target: 'http://a/', interval: 5m }]",
  );
  /** How often each slot of five minutes is probed, where `eventOf` says what a tick at that second brings. */
  function countSlots(eventOf: (arrival: number, scheduled: number) => unknown): number[] {
    const slots = new Array<number>(week / 5 + 1).fill(0);
    let seed = 1;
    for (let minute = 1; minute <= week; minute += 1) {
      seed = (seed * 48271) % 2147483647;
      const scheduled = minute * 60;
      const arrival = scheduled - 0.5 + (seed / 2147483647) * 2 - 1;
      const due = selectTargets(parseProbeEvent(eventOf(arrival, scheduled)), {
        config: fiveMinutes,
        prober: 'http',
        vantage: undefined,
        now: arrival * 1000,
        read: () => undefined,
      });
      const slot = Math.round(minute / 5);
      slots[slot] = (slots[slot] ?? 0) + due.length;
    }
    return slots.slice(1);
  }

  const rule = (time: number) => ({
    ...{ version: '0', id: 'i', account: '1', region: 'r', resources: ['arn'], detail: {} },
    ...{ source: 'aws.events', 'detail-type': 'Scheduled Event' },
    time: `${new Date(Math.floor(time) * 1000).toISOString().slice(0, 19)}Z`,
  });

  it.each([
    {
      name: 'the time of the schedule',
      eventOf: (_: number, scheduled: number) => rule(scheduled),
    },
    { name: 'a time that moves with them', eventOf: (arrival: number) => rule(arrival) },
    { name: 'no time', eventOf: () => ({ schedule: '1m', probes: ['*'] }) },
  ])('miss no slot and probe none twice with $name in the event', ({ eventOf }) => {
    const slots = countSlots(eventOf);
    const missed = slots.filter((count) => count === 0).length;
    const repeated = slots.filter((count) => count > 1).length;
    expect({ slots: slots.length, missed, repeated }).toEqual({
      slots: 2016,
      missed: 0,
      repeated: 0,
    });
  });
});
