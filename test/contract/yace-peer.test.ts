// The bridge against what YACE itself made of the same cloud by the same file (test/support/record-yace.ts records it):
// the same series, and each of YACE's points with its time and value.
import { readFileSync } from 'node:fs';
import { parseConfigText } from '../../build/config-file.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import {
  cloudWatch,
  createBridge,
  environment,
  job,
  metric,
  sampleValue,
} from '../support/bridging.ts';
import { addPeerScenario } from '../support/peer-scenario.ts';

type Recording = {
  readonly yace: string;
  /** Seconds since 1970 when the recording had ended. */
  readonly until: number;
  readonly keep: readonly string[];
  readonly snake: readonly string[];
};

const recording: Recording = JSON.parse(
  readFileSync('test/fixtures/yace/peer.golden.json', 'utf8'),
);
let fake: FakeAws;

beforeAll(async () => {
  fake = await startFakeAws();
  // Every point that YACE saw has settled by then.
  fake.clock.set(recording.until + 180);
  addPeerScenario(fake);
  Object.assign(process.env, environment, { AWS_ENDPOINT_URL: fake.url });
});

afterAll(async () => {
  for (const name of [...Object.keys(environment), 'AWS_ENDPOINT_URL']) delete process.env[name];
  await fake.close();
});

type Exposed = { readonly series: string; readonly value: number; readonly at: number | undefined };

/** A line of Prometheus text as the receiver calls its series: labels in order, none empty. */
function parseLine(line: string): Exposed {
  const [, name = '', inner = '', value, at] = /^(\w+)\{(.*)\} (\S+)(?: (\d+))?$/.exec(line) ?? [];
  const labels = [...inner.matchAll(/(\w+)="([^"]+)"/g)].map(([, key, text]) => `${key}="${text}"`);
  const series = `${name}{${labels.sort().join(',')}}`;
  return { series, value: Number(value), at: at === undefined ? undefined : Number(at) };
}

describe.each(['keep', 'snake'] as const)('with labels: %s', (labels) => {
  const theirs = recording[labels].map(parseLine);
  let ours: ReadonlyMap<string, ReadonlyMap<number, unknown>>;

  beforeAll(async () => {
    const text = `bridge: { cloudwatch: { yace_file: peer.yml, labels: ${labels} } }`;
    const { cloudwatch } = parseConfigText(text, 'fargaze.yml', 'test/fixtures/yace').bridge;
    if (cloudwatch === undefined) throw new Error('no bridge.cloudwatch');
    const { receiver, run } = createBridge(fake, cloudwatch);
    const { summary } = await run();
    expect(summary.faults).toEqual([]);
    ours = receiver.series;
  });

  it('the series are the same', () => {
    const names = new Set(theirs.map(({ series }) => series));
    const own = [...ours.keys()].filter((key) => !key.startsWith('fargaze_'));
    expect(own.sort()).toEqual([...names].sort());
    expect(names.size).toBeGreaterThan(40);
  });

  it("each of YACE's points is there, with its time and value", () => {
    const timed = theirs.filter(({ at }) => at !== undefined);
    const seen = timed.map(({ at = 0, series }) => ours.get(series)?.get(at));
    expect(seen).toEqual(timed.map(({ value }) => value));
    expect(timed.length).toBeGreaterThan(80);
  });

  it('the series of resources have the value that YACE gives them', () => {
    const infos = theirs.filter(({ series }) => /^\w+_info\{/.test(series));
    const values = infos.map(({ series }) => [...(ours.get(series)?.values() ?? [])]);
    expect(values).toEqual(infos.map(({ value }) => [value]));
  });
});

it('a job that asks for no tags is complete without them; only its resources lack them', async () => {
  fake.faults.add({ api: 'GetResources', kind: 'access-denied' });
  const config = cloudWatch([job('AWS/Lambda', { metrics: [metric('Duration')] })]);
  const { receiver, run } = createBridge(fake, config);
  const { samples, summary } = await run();
  fake.faults.clear();
  expect(summary.faults).toEqual([expect.stringContaining('tag:GetResources')]);
  const own = [...receiver.series.keys()].filter((key) => key.startsWith('aws_lambda_duration'));
  expect(own).toHaveLength(1);
  const at = { api: 'GetResources' };
  expect(sampleValue(samples, 'fargaze_bridge_requests', at)).toBe(1);
  const marks = [...receiver.series.keys()].filter((key) =>
    key.startsWith('fargaze_bridge_watermark'),
  );
  expect(marks).toHaveLength(1);
});
