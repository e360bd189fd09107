// Metrics of long periods, as S3's of a day, at this machine's Prometheus. No receiver takes points that are a day old, so the
// newest is shown as of now in every pass, as YACE shows it; those of an hour keep their times where they are taken.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfigText } from '../../build/config-file.ts';
import type { FakeAws } from '../../local/fake-aws/fake-aws.ts';
import { type PrometheusServer, startPrometheus } from '../../local/programs/servers.ts';
import { createBridge, eachWithFakeAws } from '../support/bridging.ts';

const directory = mkdtempSync(join(tmpdir(), 'fargaze-long-periods-'));
let fake: FakeAws;
let server: PrometheusServer;
eachWithFakeAws((own) => {
  fake = own;
});
afterAll(() => rmSync(directory, { recursive: true }));
afterEach(async () => {
  delete process.env.FARGAZE_REMOTE_WRITE_URL;
  await server.stop();
});

const day = 86_400;

async function begin(window: string) {
  const configFile = join(directory, 'prometheus.yml');
  writeFileSync(configFile, `storage: { tsdb: { out_of_order_time_window: ${window} } }\n`);
  server = await startPrometheus({ configFile, args: ['--web.enable-remote-write-receiver'] });
  process.env.FARGAZE_REMOTE_WRITE_URL = `${server.url}/api/v1/write`;
  const now = Math.floor(Date.now() / 1000);
  fake.clock.set(now);
  // The last one by which the day before has settled: newer Prometheus take no times that are ten minutes ahead of theirs.
  const midnight = Math.floor((now - 600) / day) * day;
  const arn = 'arn:aws:s3:::pictures';
  fake.model.addResource({ kind: 'other', arn, name: 'pictures', tags: { a: 'b' } });
  const dimensions = { BucketName: 'pictures', StorageType: 'StandardStorage' };
  const points = Array.from(
    { length: 72 },
    (_, hour) => [midnight + hour * 3600 - 2 * day] as const,
  );
  fake.model.addMetric({
    namespace: 'AWS/S3',
    name: 'BucketSizeBytes',
    dimensions,
    resolution: 3600,
    points: points.map(([at]) => [at, 7 + (at < midnight - day ? 1 : 0)]),
  });
}

/** A bridge by a YACE file with metrics of one period, and an expression of it. */
function bridgeOf(period: number) {
  const job = `{ type: AWS/S3, regions: [eu-west-1], period: ${period}, length: ${2 * period}, statistics: [Average],
    metrics: [{ name: BucketSizeBytes }] }`;
  writeFileSync(
    join(directory, 'yace.yml'),
    `{ apiVersion: v1alpha1, discovery: { jobs: [${job}] } }`,
  );
  const expression = `{ name: twice_as_large, expression: 2 * size, period: ${period}s, metrics: [{ id: size,
    namespace: AWS/S3, metric: BucketSizeBytes, statistic: Average,
    dimensions: { BucketName: pictures, StorageType: StandardStorage } }] }`;
  const text = `bridge: { cloudwatch: { yace_file: yace.yml, expressions: [${expression}] } }`;
  const { cloudwatch } = parseConfigText(text, 'fargaze.yml', directory).bridge;
  if (cloudwatch === undefined) throw new Error('no bridge.cloudwatch');
  return createBridge(fake, cloudwatch, 'environment');
}

/** Values of an expression at the time of the fake. */
async function ask(expression: string): Promise<unknown[]> {
  const query = `query=${encodeURIComponent(expression)}&time=${fake.clock.now()}`;
  const answer = await fetch(`${server.url}/api/v1/query?${query}`);
  const { data } = (await answer.json()) as {
    readonly data: { readonly result: readonly { value?: unknown[]; values?: unknown[] }[] };
  };
  return data.result.map(({ value, values }) => value?.[1] ?? values);
}

it.each([
  { window: '4h', period: day },
  { window: '0s', period: 3600 },
])(
  'a period of $period s, a window of $window: the newest value is seen after each pass',
  async ({ period, window }) => {
    await begin(window);
    const bridge = bridgeOf(period);
    for (let pass = 0; pass < 3; pass += 1) {
      const { summary } = await bridge.run();
      expect(summary.cloudwatch).toMatchObject({ rejected: {} });
      expect(await ask('aws_s3_bucket_size_bytes_average')).toEqual(['7']);
      expect(await ask('twice_as_large')).toEqual(['14']);
      fake.clock.advance(300);
    }
  },
);

it('points of an hour keep their times where a window takes them', async () => {
  await begin('4h');
  const { summary } = await bridgeOf(3600).run();
  expect(summary.cloudwatch).toMatchObject({ rejected: {} });
  const [points] = await ask('aws_s3_bucket_size_bytes_average[4h]');
  const hour = Math.floor((fake.clock.now() - 120) / 3600) * 3600;
  expect(points).toContainEqual([hour - 3600, '7']);
});
