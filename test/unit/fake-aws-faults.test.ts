import { createAccounting } from '../../local/fake-aws/accounting.ts';
import type { Call } from '../../local/fake-aws/call/context.ts';
import { createFaults, type FaultSpec } from '../../local/fake-aws/faults.ts';

const call: Call = {
  service: 'ecs',
  api: 'ListTasks',
  account: '111122223333',
  region: 'eu-west-1',
  identity: 'arn:aws:iam::111122223333:user/local',
  accessKey: 'AKIAFAKE111122223333',
  input: {},
};

function endsOf(spec: FaultSpec, count: number, other: Partial<Call> = {}) {
  const faults = createFaults();
  faults.add(spec);
  return Array.from({ length: count }, () => faults.treat({ ...call, ...other }, 0).end);
}

describe('a fault', () => {
  it('hits until it is removed', () => {
    const faults = createFaults();
    const id = faults.add({ api: 'ListTasks', kind: 'throttle' });
    expect(faults.treat(call, 0).end).toBe('throttle');
    expect(faults.list()).toEqual([{ api: 'ListTasks', kind: 'throttle', id, hits: 1 }]);
    faults.remove(id);
    expect(faults.treat(call, 0).end).toBeUndefined();
  });

  it('lets some pass and hits some', () => {
    expect(endsOf({ api: '*', kind: 'reset', skip: 2, times: 1 }, 5)).toEqual([
      undefined,
      undefined,
      'reset',
      undefined,
      undefined,
    ]);
  });

  it.each([
    { name: 'another API', other: { api: 'ListServices' } },
    { name: 'another account', other: { account: '444455556666' } },
    { name: 'another region', other: { region: 'us-east-1' } },
  ])('leaves $name alone', ({ other }) => {
    const spec = {
      api: 'ListTasks',
      kind: 'throttle',
      account: call.account,
      region: call.region,
    } as const;
    expect(endsOf(spec, 1)).toEqual(['throttle']);
    expect(endsOf(spec, 1, other)).toEqual([undefined]);
  });

  it('combines with others until one ends the call, and the others then have not seen it', () => {
    const faults = createFaults();
    faults.add({ api: '*', kind: 'slow', afterMs: 20 });
    faults.add({ api: '*', kind: 'page-size', size: 3 });
    faults.add({ api: '*', kind: 'throttle', times: 1 });
    faults.add({ api: '*', kind: 'http-500', times: 1, afterMs: 5 });
    expect(faults.treat(call, 0)).toEqual({
      delayMs: 20,
      end: 'throttle',
      directives: { pageSize: 3 },
    });
    expect(faults.treat(call, 0)).toMatchObject({ delayMs: 25, end: 'http-500' });
    expect(faults.treat(call, 0).end).toBeUndefined();
  });

  it('limits the rate by what it lets through', () => {
    const faults = createFaults();
    faults.add({ api: '*', kind: 'rate-limit', size: 2 });
    const ends = [0, 0.1, 0.2, 0.9, 1.05, 1.06, 1.2].map(
      (second) => faults.treat(call, second).end,
    );
    const limited = 'rate-limit';
    expect(ends).toEqual([undefined, undefined, limited, limited, undefined, limited, undefined]);
  });

  it.each([
    { spec: { api: '*', kind: 'explode' }, message: 'fault kind explode' },
    { spec: { api: '*', kind: 'slow', afterMs: -1 }, message: 'fault afterMs -1' },
    { spec: { api: '*', kind: 'page-size' }, message: 'want at least 1' },
    { spec: { kind: 'slow' }, message: 'fault api undefined' },
  ])('is refused when it cannot be: $message', ({ spec, message }) => {
    expect(() => createFaults().add(spec as FaultSpec)).toThrow(message);
  });
});

describe('the accounting', () => {
  const answer = { status: 200, facts: { queries: 3, billed: 2, points: 10 }, at: 0 };

  it('sums by API and keeps the peak of any one second', () => {
    const accounting = createAccounting();
    for (const second of [0, 0.5, 0.99, 1.2, 1.4, 5]) {
      accounting.arrive(call, second);
      accounting.record(call, answer);
    }
    accounting.arrive(call, 9);
    accounting.record(call, { ...answer, status: 400, facts: {}, error: 'X' });
    expect(accounting.totals()).toEqual({
      ListTasks: { calls: 7, errors: 1, queries: 18, billed: 12, points: 60, peakPerSecond: 4 },
    });
  });

  it('keeps the inputs of the latest calls only, and a bounded log', () => {
    const accounting = createAccounting();
    for (let index = 0; index < 23_000; index++) accounting.record(call, answer);
    const log = accounting.calls();
    expect(log.length).toBeLessThanOrEqual(22_000);
    expect(log.filter(({ input }) => input !== undefined)).toHaveLength(200);
    expect(log.at(-1)?.input).toBeDefined();
    expect(accounting.totals().ListTasks?.billed).toBe(46_000);
  });
});
