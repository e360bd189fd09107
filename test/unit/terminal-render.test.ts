// The picture of the running system: what comes first, what is cut, what is said of what is broken.

import type { PartHealth } from '../../local/system/parts.ts';
import { textOf } from '../../local/terminal/line.ts';
import { renderView } from '../../local/terminal/render.ts';
import { cut, cutMiddle, neutralize, padEnd, widthOf } from '../../local/terminal/text.ts';
import type { View } from '../../local/terminal/view.ts';
import { fc } from '../support/property.ts';
import { downProbe, now, probe, result, silentProbe, snapshot, viewOf } from '../support/views.ts';

const lines = (view: View, columns: number, rows: number) =>
  renderView(view, { columns, rows }, now).map(textOf);

const many = (count: number) => Array.from({ length: count }, (_, index) => probe(`p${index}`));

it('shows everything on a terminal that is large enough', () => {
  const view = viewOf(
    snapshot([probe('shop'), downProbe('till')], {
      alerts: [
        { name: 'FargazeSloBurning', severity: 'warning' },
        { name: 'FargazeProbeFailed', severity: 'critical' },
      ],
      objectives: [
        { name: 'fine', left: 0.9999 },
        { name: 'gone', left: -3 },
        { name: 'blind', left: undefined },
        { name: 'scarce', left: 0.201 },
      ],
      services: [
        { cluster: 'c', service: 'web', running: 2, desired: 2 },
        { cluster: 'c', service: 'worker', running: 1, desired: 3 },
      ],
    }),
  );
  expect(lines(view, 100, 24)).toEqual([
    `fargaze  2 probes: 1 down, 1 up${' '.repeat(61)}14:05:10`,
    '',
    'STATE     AGE  PROBE  TARGET                       REASON, PHASES (ms)',
    'DOWN      5s   till   http://127.0.0.1:20000/till  refused in phase connect  resolve 1.2  connect 3…',
    'UP        5s   shop   http://127.0.0.1:20000/shop  resolve 1.2  connect 3.4',
    '',
    'Alerts       2 firing  http://127.0.0.1:20001/alerts  FargazeProbeFailed, FargazeSloBurning',
    'Budget left  gone used up  scarce 20.1%  blind unknown  fine 99.9%',
    'ECS tasks    worker 1/3  web 2/2',
    'Addresses    Prometheus http://127.0.0.1:20001  Web app http://127.0.0.1:20002',
    'Ctrl-C stops everything',
  ]);
});

it('on a narrow terminal the head of a column is shorter, not cut', () => {
  const [, , head] = lines(viewOf(snapshot([probe('shop'), downProbe('till')])), 40, 24);
  expect(head).toBe('STATE     AGE  PROBE  REASON');
});

it('what is down comes first, then what was, then what is not known, then what is up', () => {
  const old = { taken: now - 600_000 };
  const probes = [
    probe('up'),
    silentProbe('never'),
    probe('was-up', { state: 'unknown', last: result(old) }),
    probe('was-down', {
      state: 'unknown',
      last: result({ ...old, verdict: 'down', failure: 'x' }),
    }),
    downProbe('down'),
  ];
  const rows = lines(viewOf(snapshot(probes)), 120, 20).slice(3, 8);
  expect(rows.map((row) => row.slice(0, 25).trimEnd())).toEqual([
    'DOWN      5s   down',
    'WAS DOWN  10m  was-down',
    'UNKNOWN   -    never',
    'WAS UP    10m  was-up',
    'UP        5s   up',
  ]);
  expect(rows[1]).toMatch(/x {2}no result since 13:55:10$/);
});

it.each([
  { name: 'all up', probes: many(32), want: '… 24 more, all up' },
  {
    name: 'several states',
    probes: [...many(22), ...Array.from({ length: 10 }, (_, index) => downProbe(`d${index}`))],
    want: '… 24 more: 2 down, 22 up',
  },
  { name: 'as many as there is room for', probes: many(8), want: undefined },
])('rows that have no room are counted: $name', ({ probes, want }) => {
  const all = lines(viewOf(snapshot(probes)), 80, 14);
  expect(all.length).toBeLessThanOrEqual(14);
  expect(all.find((line) => line.startsWith('…'))).toBe(want);
});

it('of 32 probes the one that is down is seen on the smallest terminal', () => {
  const probes = [...many(31), downProbe('the-last-one')];
  const shown = lines(viewOf(snapshot(probes)), 40, 10);
  expect(shown[2]).toMatch(/^DOWN {6}5s {3}the-l\S+one {2}refused/);
  expect(shown).toContain('… 27 more, all up');
  expect(shown).toContain('Alerts 0  http://127.0.0.1:20001/alerts');
});

const part = (about: Partial<PartHealth>): PartHealth => ({
  ...{ name: 'pushgateway', state: 'up', since: now - 12_000, restarts: 0, last: undefined },
  ...about,
});

const killed = { path: '/bin/p', how: 'signal SIGKILL', lines: 'ready\n', at: now };
const broken = { path: '/bin/p', how: 'exit code 1', lines: 'listening\nport in use\n', at: now };

it.each([
  { name: 'nothing', view: {}, known: {}, want: [] },
  {
    name: 'Prometheus is away',
    known: { fault: 'ECONNREFUSED', answered: now - 12_000 },
    want: ['prometheus has not answered for 12 s (ECONNREFUSED); what it said last is shown'],
  },
  {
    name: 'a scrape fails',
    known: { unscraped: [{ job: 'pushgateway', since: now - 130_000 }] },
    want: ['pushgateway has not answered Prometheus for 2 min'],
  },
  {
    name: 'a part is gone, and so its scrape fails',
    known: { unscraped: [{ job: 'redis', since: now - 5_000 }] },
    view: { parts: [part({ name: 'redis_exporter', state: 'restarting' }), part({})] },
    want: ['redis_exporter ended 12 s ago and is being restarted'],
  },
  {
    name: 'a part was killed',
    view: { parts: [part({ state: 'restarting', restarts: 1, last: killed })] },
    want: ['pushgateway ended (signal SIGKILL) 12 s ago and is being restarted'],
  },
  {
    name: 'a part is back',
    view: { parts: [part({ restarts: 1, last: killed })] },
    want: ['pushgateway ended (signal SIGKILL) and was restarted 12 s ago'],
  },
  {
    name: 'a part has been back for long',
    view: { parts: [part({ restarts: 1, last: killed, since: now - 60_000 })] },
    want: [],
  },
  {
    name: 'a part stays away',
    view: { parts: [part({ state: 'failed', restarts: 3, last: broken })] },
    want: [
      'pushgateway has been down for 12 s: it ended (exit code 1) after 3 restarts; /bin/p: port in use',
    ],
  },
  {
    name: 'a part was stopped',
    view: { parts: [part({ state: 'stopped' })] },
    want: ['pushgateway has been stopped for 12 s'],
  },
])('above the table stands what is broken and since when: $name', ({ known, view, want }) => {
  const all = lines(viewOf(snapshot([probe('a')], known), view), 120, 30);
  expect(all.slice(1, all.indexOf('', 1))).toEqual(want);
});

it.each([
  {
    name: 'before the minute',
    scheduled: now,
    note: 'The first results come after 14:06:00, when the probes run: in 50 s',
    row: 'WAITING   -    a',
    detail: 'first probed at 14:06',
  },
  {
    name: 'while results travel',
    scheduled: now - 15_000,
    note: 'The probes were due at 14:05:00; their results have not come yet',
    row: 'WAITING   -    a',
    detail: 'first probed at 14:05',
  },
  {
    name: 'long after it',
    scheduled: now - 75_000,
    note: 'The probes were due at 14:04:00; their results have not come yet',
    row: 'UNKNOWN   -    a',
    detail: 'no result; due at 14:04',
  },
])('without results it is said for which minute one waits: $name', (expected) => {
  const view = viewOf(snapshot([silentProbe('a')]), { scheduled: expected.scheduled });
  const all = lines(view, 100, 12);
  expect(all).toContain(expected.note);
  const row = all.find((line) => line.startsWith(expected.row));
  expect(row).toMatch(new RegExp(`${expected.detail}$`));
});

it('a probe of five minutes is due at its own time', () => {
  const slow = { ...silentProbe('slow'), interval: 300 };
  const all = lines(viewOf(snapshot([slow, probe('a')]), { scheduled: now }), 100, 12);
  expect(all.join('\n')).toMatch(/^WAITING +- +slow .*first probed at 14:10$/m);
});

it('services stay with the time at which they were known', () => {
  const view = viewOf(snapshot([probe('a')], { servicesRead: now - 60_000 }));
  expect(lines(view, 100, 12)).toContain('ECS tasks    at 14:04:10:  web 2/2');
});

it('names of several clusters are told apart, and what has no room is counted', () => {
  const services = ['a', 'b', 'c', 'd', 'e', 'f'].map((cluster) => ({
    ...{ cluster, service: 'web', running: 1, desired: 1 },
  }));
  const view = viewOf(snapshot([probe('a')], { services }));
  expect(lines(view, 60, 12)).toContain('ECS tasks    a/web 1/1  b/web 1/1  c/web 1/1  … 3 more');
});

/** Names as people and attackers choose them. */
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    'bücher',
    '本屋さん',
    '🛒 shop',
    '👩‍👩‍👧',
    'e\u0301',
    '\u001b[2J',
    'a\nb',
    '\u202egnp',
    '\u009b31m',
  ),
);

const anyProbe = fc
  .record({ name: anyText, failure: anyText, kind: fc.nat(3) })
  .map(({ failure, kind, name }) =>
    kind === 0
      ? downProbe(name, failure)
      : kind === 1
        ? silentProbe(name)
        : probe(name, { instance: failure, state: kind === 2 ? 'up' : 'unknown' }),
  );

const anyView = fc
  .record({
    probes: fc.array(anyProbe, { maxLength: 60 }),
    names: fc.array(anyText, { maxLength: 8 }),
    broken: fc.array(anyText, { maxLength: 12 }),
  })
  .map(({ broken, names, probes }) =>
    viewOf(
      snapshot(probes, {
        alerts: names.map((name) => ({ name, severity: 'critical' })),
        objectives: names.map((name, index) => ({ name, left: index / 4 })),
        services: names.map((name) => ({ cluster: name, service: name, running: 0, desired: 1 })),
        fault: names[0],
      }),
      { parts: broken.map((name) => part({ name, state: 'failed' })) },
    ),
  );

it('no line is wider and no picture higher than the terminal, whatever the names', () => {
  const sizes = [fc.integer({ min: 40, max: 300 }), fc.integer({ min: 10, max: 90 })] as const;
  fc.assert(
    fc.property(anyView, ...sizes, (view, columns, rows) => {
      const all = lines(view, columns, rows);
      expect(all.length).toBeLessThanOrEqual(rows);
      for (const line of all) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      expect(all.join('')).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
    }),
    { numRuns: 150 },
  );
});

it.each([
  { text: 'shop', width: 4 },
  { text: '本屋', width: 4 },
  { text: '🛒', width: 2 },
  { text: 'e\u0301', width: 1 },
  { text: '…', width: 1 },
])('$text takes $width columns', ({ text, width }) => {
  expect(widthOf(text)).toBe(width);
  expect(widthOf(padEnd(text, 9))).toBe(9);
});

it.each([
  { text: 'abcdef', columns: 6, end: 'abcdef', middle: 'abcdef' },
  { text: 'abcdefgh', columns: 6, end: 'abcde…', middle: 'abc…gh' },
  { text: '本屋さん', columns: 6, end: '本屋…', middle: '本…ん' },
  { text: 'abcdef', columns: 3, end: 'ab…', middle: 'ab…' },
  { text: 'abc', columns: 0, end: '', middle: '' },
])('$text in $columns columns is $end or $middle', ({ columns, end, middle, text }) => {
  expect([cut(text, columns), cutMiddle(text, columns)]).toEqual([end, middle]);
});

it('what could control the terminal is replaced', () => {
  expect(neutralize('a\u001b[31mb\r\n\u202ec\u0085\ud800')).toBe(
    'a\ufffd[31mb\ufffd\ufffd\ufffdc\ufffd\ufffd',
  );
});
