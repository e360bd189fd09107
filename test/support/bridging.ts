// Runs the bridge in this process against a fake cloud, with configuration by parts and time that tests own.

import type { BridgeSummary } from '../../functions/ecs-bridge/answer.ts';
import { runBridge } from '../../functions/ecs-bridge/bridge.ts';
import { Memory } from '../../functions/ecs-bridge/cloudwatch/memory.ts';
import type {
  CloudWatchConfig,
  CloudWatchExpression,
  CloudWatchJob,
  CloudWatchMetric,
  EcsConfig,
} from '../../layers/core/src/config/bridge.ts';
import { namespaces } from '../../layers/core/src/config/compile/yace-namespaces.ts';
import type { SeriesWriter } from '../../layers/core/src/delivery/series-writer.ts';
import type { Batch, Group, Sample } from '../../layers/core/src/sample.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import { withCalendar } from './fake-clock.ts';
import { createReceiver, type Receiver } from './receiver.ts';

/** The region and account of the fakes. */
export const region = 'eu-west-1';
/** The default account of a fake. */
export const account = '111122223333';

/** What the function finds in its environment. */
export const environment = {
  AWS_ACCESS_KEY_ID: `AKIAFAKE${account}`,
  AWS_SECRET_ACCESS_KEY: 'not-a-secret',
  AWS_REGION: region,
};

/** Starts a fake cloud before each test, in the environment, and closes it behind it. */
export function eachWithFakeAws(use: (fake: FakeAws) => void): void {
  let fake: FakeAws;
  beforeEach(async () => {
    fake = await startFakeAws();
    fake.clock.set(1_800_000_000);
    Object.assign(process.env, environment, { AWS_ENDPOINT_URL: fake.url });
    use(fake);
  });
  afterEach(async () => {
    for (const name of [...Object.keys(environment), 'AWS_ENDPOINT_URL']) delete process.env[name];
    await fake.close();
  });
}

/** A metric with the defaults of a minute's resolution. */
export function metric(name: string, more: Partial<CloudWatchMetric> = {}): CloudWatchMetric {
  return {
    name,
    statistics: ['Average'],
    period: 60,
    length: 300,
    delay: 0,
    nilToZero: false,
    addCloudwatchTimestamp: true,
    exportAllDataPoints: true,
    ...more,
  };
}

/** A discovery job for a namespace, all of its resources. */
export function job(namespace: string, more: Partial<CloudWatchJob> = {}): CloudWatchJob {
  const discovers = (more.kind ?? 'discovery') === 'discovery';
  const association = discovers ? namespaces.get(namespace)?.association : undefined;
  return {
    kind: 'discovery',
    name: namespace,
    namespace,
    regions: [],
    roles: [undefined],
    searchTags: [],
    exportedTags: [],
    customTags: [],
    dimensionNameRequirements: [],
    dimensions: [],
    recentlyActiveOnly: false,
    linkedAccounts: [],
    contextOnInfo: false,
    metrics: [],
    ...(association !== undefined && { association }),
    ...more,
  };
}

/** CPU of services only. */
export const cpuOfServices = job('AWS/ECS', {
  dimensionNameRequirements: ['ClusterName', 'ServiceName'],
  metrics: [metric('CPUUtilization')],
});

/** CloudWatch every five minutes, with defaults. */
export function cloudWatch(
  jobs: readonly CloudWatchJob[],
  more: Partial<CloudWatchConfig> = {},
): CloudWatchConfig {
  const expressions: readonly CloudWatchExpression[] = [];
  return {
    interval: 300,
    settle: 120,
    backfill: 10_800,
    naming: 'yace',
    labels: 'keep',
    jobs,
    expressions,
    ...more,
  };
}

/** What a run gave. */
export type BridgeRun = {
  readonly summary: BridgeSummary;
  readonly samples: readonly Sample[];
  readonly groups: readonly Group[];
  readonly lines: readonly string[];
};

/** A bridge between a fake cloud and a receiver. */
export type TestBridge = {
  readonly receiver: Receiver;
  /** Samples of the latest run, also of one that failed. */
  samples(): readonly Sample[];
  /** One run at the fake's time; by hand, so CloudWatch is due, unless a schedule's tick is given. */
  run(event?: object, seconds?: number): Promise<BridgeRun>;
  /** As at a cold start. */
  forget(): void;
};

function isReceiver(writer: SeriesWriter | 'environment'): writer is Receiver {
  return writer !== 'environment' && 'series' in writer;
}

/** Builds a bridge; the environment must name the fake, and with `environment` the receiver. */
export function createBridge(
  fake: FakeAws,
  config: CloudWatchConfig,
  writer: SeriesWriter | Receiver | 'environment' = createReceiver(),
  filters: Partial<EcsConfig> = {},
): TestBridge {
  const receiver = isReceiver(writer) ? writer : createReceiver();
  let memory = new Memory();
  let batches: Batch[] = [];
  const groups = () => batches.flatMap((batch) => batch.groups);
  const samples = () => groups().flatMap((group) => group.samples);
  return {
    receiver,
    samples,
    forget: () => {
      memory = new Memory();
    },
    run: async (event = {}, seconds = 30) => {
      const lines: string[] = [];
      batches = [];
      const summary = await runBridge(
        {
          config: {
            ecs: { clusters: ['*'], services: ['*'], tags: [], exportedTags: [], ...filters },
            cloudwatch: config,
          },
          memory,
          sink: {
            name: 'memory',
            series: 'refused',
            write: async (batch) => void batches.push(batch),
          },
          ...(writer !== 'environment' && { writer }),
          clock: withCalendar(() => fake.clock.now() * 1000),
          log: (level, message, fields) =>
            void lines.push(`${level} ${message} ${JSON.stringify(fields)}`),
        },
        event,
        { getRemainingTimeInMillis: () => seconds * 1000 },
      );
      return { summary, samples: samples(), groups: groups(), lines };
    },
  };
}

/** The value of a sample by metric and labels; undefined when it is not there. */
export function sampleValue(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  return samples.find(
    (one) =>
      one.metric === name &&
      Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  )?.value;
}
