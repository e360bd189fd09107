// What other ways of watching the same cost, as data with sources, and the sums for so many targets and metrics. Pure. List
// prices in US dollars, us-east-1, without free tiers; none could be asked of the seller here, so look before you rely.

import type { Seconds } from '../layers/core/src/clock.ts';
import { webFunction } from '../layers/core/src/config/compile/capacity.ts';

/** As of when the prices were known. */
export const peerPricesOf = 'August 2026';

/** Days of the month that is priced. */
const month: Seconds = 30 * 86_400;

/** One price. */
export type PeerPrice = { readonly usd: number; readonly unit: string; readonly source: string };

/** Prices of what is compared. */
export const peerPrices = {
  synthetics: {
    usd: 0.0012,
    unit: 'run of a canary; its Lambda, S3 and logs besides',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
  },
  checkly: {
    usd: 2 / 10_000,
    unit: 'run of an API check from one location, above a plan',
    source: 'https://www.checklyhq.com/pricing/',
  },
  route53: {
    usd: 0.75,
    unit: 'health check of an endpoint outside AWS a month (0.50 inside), every 30 s',
    source: 'https://aws.amazon.com/route53/pricing/',
  },
  route53Https: {
    usd: 2,
    unit: 'HTTPS or a string to find, for each a month (1 inside AWS)',
    source: 'https://aws.amazon.com/route53/pricing/',
  },
  cloudWatchPromql: {
    usd: 0.5,
    unit: 'GB that CloudWatch takes in for its PromQL endpoint; queries by API 0.01 a million samples besides',
    source: 'https://aws.amazon.com/cloudwatch/pricing/',
  },
  gbSecond: {
    usd: 0.0000133334,
    unit: 'GB-second of Lambda on ARM64',
    source: 'https://aws.amazon.com/lambda/pricing/',
  },
  invocation: {
    usd: 0.2 / 1e6,
    unit: 'invocation of Lambda',
    source: 'https://aws.amazon.com/lambda/pricing/',
  },
  sqs: {
    usd: 0.4 / 1e6,
    unit: 'request to SQS',
    source: 'https://aws.amazon.com/sqs/pricing/',
  },
} as const satisfies Readonly<Record<string, PeerPrice>>;

/** What is probed. */
export type Probing = {
  readonly targets: number;
  readonly interval: Seconds;
  /** Functions that run at each tick: schedules of each kind and vantage that has probes. */
  readonly functions: number;
  /** How long the slowest target of an ordinary minute takes to answer. */
  readonly latency: Seconds;
};

/** Memory of a function in GB (serverless.yml). */
const memory = 0.5;

/** Seconds of a run besides its probes: reading the event, and handing on the results. */
const overhead: Seconds = 0.1;

/** Messages cost four requests each: sent, looked for, received, deleted. */
const requestsOfMessage = 4;

/** US dollars in 30 days of probing with fargaze: functions and queue, without receivers. */
export function probingCost({ functions, interval, latency, targets }: Probing): number {
  if (targets === 0) return 0;
  const runs = (month / 60) * functions;
  const perMinute = (targets * 60) / interval;
  // What is due is shared among the functions; deliver takes about as long as they do in all.
  const seconds = overhead + latency + (perMinute / functions) * webFunction.work;
  const { gbSecond, invocation, sqs } = peerPrices;
  const delivering = runs * (overhead * memory * gbSecond.usd + invocation.usd);
  return (
    runs * (seconds * memory * gbSecond.usd + invocation.usd + requestsOfMessage * sqs.usd) +
    delivering
  );
}

/** What the bridge reads, and in how many functions. */
export type Bridging = {
  readonly services: number;
  readonly shards: number;
  /** Between two readings of CloudWatch; undefined where it is not read. */
  readonly interval: Seconds | undefined;
};

/**
 * Seconds of a run of the bridge: besides what it reads, and for each service of its shard, of the ECS API and of CloudWatch. From
 * 8 s for 5,000 services, and 14 s with CloudWatch (docs/bridge.md); the first is an estimate.
 */
const bridgeRun = { least: 0.5, service: 8 / 5000, cloudWatch: 6 / 5000 } as const;

/** US dollars in 30 days of the bridge's functions, each of which runs every minute, and of the queue. */
export function bridgingCost({ interval, services, shards }: Bridging): number {
  const { gbSecond, invocation, sqs } = peerPrices;
  const own = services / shards;
  const minutes = month / 60;
  const readings = interval === undefined ? 0 : month / interval;
  const seconds = minutes * (bridgeRun.least + own * bridgeRun.service + overhead);
  const perShard =
    (seconds + readings * own * bridgeRun.cloudWatch) * memory * gbSecond.usd +
    minutes * (2 * invocation.usd + requestsOfMessage * sqs.usd);
  return shards * perShard;
}

/** US dollars in 30 days of the same probes elsewhere. */
export function peerProbingCosts({ interval, targets }: Probing): Readonly<Record<string, number>> {
  const runs = (targets * month) / interval;
  return {
    'CloudWatch Synthetics': runs * peerPrices.synthetics.usd,
    'Checkly API checks': runs * peerPrices.checkly.usd,
    'Route 53 health checks': targets * (peerPrices.route53.usd + peerPrices.route53Https.usd),
  };
}

/** Bytes of one sample as OTLP carries it, with the attributes of a vended metric; an estimate. */
const bytesOfSample = 200;

/** US dollars in 30 days of CloudWatch's own PromQL endpoint for as many metrics, a sample each `period`. */
export function promqlCostPerMonth(metrics: number, period: Seconds): number {
  return ((metrics * month) / period) * bytesOfSample * (peerPrices.cloudWatchPromql.usd / 1e9);
}
