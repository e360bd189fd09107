// One closed schema for the event of every function: what is not understood is refused, and all of it at once.

import { ConfigError } from '../../layers/core/src/errors.ts';
import {
  parseBridgeEvent,
  parseJanitorEvent,
  parseProbeEvent,
  parseQueueEvent,
} from '../../layers/core/src/event/events.ts';
import { fc } from '../support/property.ts';

const parsers = {
  probe: parseProbeEvent,
  tick: parseBridgeEvent,
  janitor: parseJanitorEvent,
  queue: parseQueueEvent,
} as const;

function issuesOf(parse: (event: unknown) => unknown, event: unknown): string[] {
  try {
    parse(event);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  }
}

/** What EventBridge sends by itself. */
const scheduled = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  time: '2026-01-31T12:00:00Z',
  region: 'eu-west-1',
  resources: ['arn:aws:events:eu-west-1:123456789012:rule/tick'],
  detail: {},
};
const time = Date.parse(scheduled.time);

describe('the janitor', () => {
  it.each([
    { event: { dryrun: true }, want: 'dryrun: unknown key; did you mean "dryRun"?' },
    { event: { dry_run: true }, want: 'dry_run: unknown key; did you mean "dryRun"?' },
    { event: { dryRun: 'true' }, want: 'dryRun: got "true", want true or false' },
    { event: { dryRun: 1 }, want: 'dryRun: got 1, want true or false' },
    { event: { Records: [] }, want: 'Records: unknown key, want dryRun' },
    { event: { ['k'.repeat(300)]: 1 }, want: `"${'k'.repeat(57)}...": unknown key, want dryRun` },
    { event: { dryRun: null }, want: 'dryRun: got null, want true or false' },
    { event: [], want: 'got [], want a mapping such as {"dryRun": true}' },
    { event: [{ dryRun: true }], want: 'got [{"dryRun":true}], want a mapping such as' },
    { event: 'dryRun', want: 'got "dryRun", want a mapping such as' },
    { event: true, want: 'got true, want a mapping such as' },
    { event: { ...scheduled, dryRun: true }, want: 'dryRun: unknown key' },
    { event: { ...scheduled, detail: { dryRun: true } }, want: 'detail: got {"dryRun":true}' },
    {
      event: { source: 'shop', time: scheduled.time },
      want: 'source: got "shop", want aws.events',
    },
  ])('deletes nothing for $event', ({ event, want }) => {
    expect(issuesOf(parseJanitorEvent, event)).toEqual([expect.stringContaining(want)]);
  });

  it('deletes on its schedule, and by hand only when the event says so', () => {
    const read = [undefined, null, {}, scheduled, { dryRun: false }, { dryRun: true }];
    expect(read.map((event) => parseJanitorEvent(event).dryRun)).toEqual([
      ...[true, true, true],
      ...[false, false],
      true,
    ]);
  });

  it('never takes any other JSON as leave to delete', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 2 }), (event) => {
        if (issuesOf(parseJanitorEvent, event).length > 0) return;
        const own = JSON.stringify(event);
        const leave = parseJanitorEvent(event).dryRun === false;
        expect(leave).toBe(own === '{"dryRun":false}');
      }),
      { numRuns: 500 },
    );
  });
});

describe('a tick', () => {
  it.each([
    { name: 'of a rule', event: scheduled, want: { schedule: 60, time } },
    {
      name: 'of EventBridge Scheduler',
      event: { ...scheduled, source: 'aws.scheduler', detail: '{}' },
      want: { schedule: 60, time },
    },
    {
      name: 'of an archive that is replayed',
      event: { ...scheduled, 'replay-name': 'again' },
      want: { schedule: 60, time },
    },
    {
      name: 'with an input of its own',
      event: { schedule: '5m', time: '2026-01-31T13:00:00+01:00' },
      want: { schedule: 300, time },
    },
    { name: 'by hand', event: {}, want: {} },
  ])('$name is read', ({ event, want }) => expect(parseBridgeEvent(event)).toEqual(want));

  it.each([
    { given: 'yesterday' },
    { given: '' },
    { given: '1' },
    { given: '2026-02-30T00:00:00Z' },
    { given: '2026-13-01T00:00:00Z' },
    { given: '2026-01-31T12:00:00' },
    { given: '2026-01-31T24:01:00Z' },
    { given: '2026-04-31T00:00:00+01:00' },
    { given: '1970-01-01T00:00:00+01:00' },
    { given: '0000-01-01T00:00:00Z' },
    { given: 1769860800 },
    { given: null },
  ])('at $given is refused, not taken as never due', ({ given }) => {
    const want = [`time: got ${JSON.stringify(given)}, want a time such as 2026-01-31T12:00:00Z`];
    expect(issuesOf(parseProbeEvent, { ...scheduled, time: given })).toEqual(want);
    expect(issuesOf(parseBridgeEvent, { schedule: '1m', time: given })).toEqual(want);
  });

  it('without a time is refused', () => {
    const { time: _, ...untimed } = scheduled;
    expect(issuesOf(parseBridgeEvent, untimed)).toEqual(['time: missing, and it has no default']);
    expect(issuesOf(parseBridgeEvent, { time: scheduled.time })).toEqual([
      'time: given without schedule, want schedule too',
    ]);
  });
});

describe('the event of a queue', () => {
  const message = { messageId: 'a', body: '{}' };

  it('may hold keys of AWS beside those that are read', () => {
    const records = [{ ...message, receiptHandle: 'x', attributes: { SentTimestamp: '1' } }];
    expect(parseQueueEvent({ Records: records })).toEqual([{ ...message, sent: 1 }]);
    const strange = [
      null,
      7,
      'x',
      {},
      { SentTimestamp: {} },
      { SentTimestamp: 'x' },
      { SentTimestamp: '-1' },
    ];
    const Records = strange.map((attributes) => ({ ...message, attributes }));
    expect(parseQueueEvent({ Records })).toEqual(strange.map(() => message));
    expect(parseQueueEvent({ Records: [] })).toEqual([]);
  });

  it.each([
    { event: undefined, want: ['got nothing, want the event of an SQS queue'] },
    { event: [message], want: ['want the event of an SQS queue'] },
    {
      event: scheduled,
      want: ['Records: missing', ...Object.keys(scheduled).map(() => 'unknown')],
    },
    { event: { records: [message] }, want: ['Records: missing', 'did you mean "Records"?'] },
    { event: { Records: message }, want: ['want a list of messages'] },
    {
      event: { Records: [message, { body: 1 }, null] },
      want: ['Records[1].messageId: missing', 'Records[1].body: got 1', 'Records[2]: got null'],
    },
    { event: { Records: [{ ...message, messageId: '' }] }, want: ['Records[0].messageId: got ""'] },
  ])('$event is refused', ({ event, want }) => {
    expect(issuesOf(parseQueueEvent, event)).toEqual(
      want.map((part) => expect.stringContaining(part)),
    );
  });
});

describe('every event', () => {
  it('has twenty of its problems named, and the others counted', () => {
    const keys = Array.from({ length: 50_000 }, (_, index) => [`k${index}`, 1]);
    expect.assertions(2);
    try {
      parseBridgeEvent(Object.fromEntries(keys));
    } catch (error) {
      const lines = (error as Error).message.split('\n');
      expect(lines).toHaveLength(22);
      expect([lines[0], lines[20], lines[21]]).toEqual([
        'event: 50000 problems',
        '  k19: unknown key, want schedule or time or shard',
        '  and 49980 more',
      ]);
    }
  });

  it('has all its problems named at once', () => {
    const event = JSON.parse(
      '{"shedule":"1m","probe":["web"],"__proto__":{"a":1},"toString":1,"constructor":{},"explain":"yes","probes":[1,""],"module":5,"time":"x"}',
    );
    const wanted = 'want one of schedule, time, probes, targets, module, shard, explain';
    expect(issuesOf(parseProbeEvent, event)).toEqual([
      'time: got "x", want a time such as 2026-01-31T12:00:00Z',
      'probes[0]: got 1, want text',
      'probes[1]: got "", want text',
      'module: got 5, want the name of a module',
      'explain: got "yes", want true or false',
      'shedule: unknown key; did you mean "schedule"?',
      'probe: unknown key; did you mean "probes"?',
      `__proto__: unknown key, ${wanted}`,
      `toString: unknown key, ${wanted}`,
      `constructor: unknown key, ${wanted}`,
      'time: given without schedule, want schedule too',
      'module: given without targets, want targets too',
    ]);
  });

  it('of an address that is longer than any is refused without repeating it', () => {
    const targets = [`http://${'x'.repeat(100_000)}/`];
    expect(issuesOf(parseProbeEvent, { targets })).toEqual([
      expect.stringMatching(
        /^targets\[0\]: got "http:.{1,80}, want text of at most 8192 characters, not 100008$/,
      ),
    ]);
  });

  it('of a hundred thousand targets is refused in one line', () => {
    const targets = Array.from({ length: 100_000 }, (_, at) => at);
    expect(issuesOf(parseProbeEvent, { targets })).toEqual([
      'targets: got [0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,..., want at least one address and at most 1000, not 100000',
    ]);
  });

  it('never shows the user info of an address', () => {
    const secret = 'redis://u:s3/"cr@et@h:1';
    const events = [
      { targets: secret },
      { probes: { a: [secret] } },
      { module: [secret] },
      [secret],
      secret,
    ];
    for (const event of events) {
      const [issue = ''] = issuesOf(parseProbeEvent, event);
      expect(issue).toContain('redis://h:1');
      expect(issue).not.toMatch(/s3|et@/);
    }
  });

  it.each(Object.entries(parsers))('of %s is understood or refused, whatever it is', (_, parse) => {
    const known = [
      'probes',
      'targets',
      'module',
      'schedule',
      'time',
      'source',
      'Records',
      'dryRun',
    ];
    const key = fc.oneof(
      fc.constantFrom(...known, '__proto__', 'constructor', 'toString'),
      fc.string(),
    );
    const value = fc.oneof(
      fc.anything({ maxDepth: 2 }),
      fc.constantFrom('1m', 'aws.events', ['*'], true),
    );
    const mapping = fc
      .array(fc.tuple(key, value), { maxLength: 6 })
      .map((entries) => Object.fromEntries(entries));
    fc.assert(
      fc.property(fc.oneof(mapping, fc.anything()), (event) => {
        for (const issue of issuesOf(parse, event)) expect(issue.length).toBeLessThan(400);
      }),
      { numRuns: 500 },
    );
  });
});
