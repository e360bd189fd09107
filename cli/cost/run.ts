// `fargaze cost`: the bill as text or JSON.

import { parseConfigText } from '../../build/config-file.ts';
import { peerPrices, peerPricesOf } from '../../build/cost-peers.ts';
import type { Config } from '../../layers/core/src/config/config.ts';
import { formatDuration, parseDuration } from '../../layers/core/src/config/duration.ts';
import { type Call, countOf, textOf, UsageError, type Values } from '../command/command.ts';
import { hasConfiguration, readConfiguration } from '../command/configuration.ts';
import { type Bill, estimate } from './estimate.ts';

/** Prints what it costs. */
export async function run({ io, values }: Call): Promise<number> {
  const services = countOf(values, 'services', { least: 0, usual: 10 });
  const latency = durationOf(values, 'latency') ?? 0.3;
  const { config, from } = readOrAssume(values);
  const bill = estimate(withAssumed(config, values), { services, latency });
  if (values.json === true) {
    io.out(
      JSON.stringify(
        { services, latencySeconds: latency, ...bill, prices: { of: peerPricesOf, ...peerPrices } },
        null,
        2,
      ),
    );
    return 0;
  }
  io.out(
    `US dollars in 30 days, list prices of us-east-1 as of ${peerPricesOf}, without free tiers (${from})`,
  );
  for (const line of renderBill(bill, { services, latency })) io.out(line);
  io.note(
    '\nBesides: Prometheus, Pushgateway and Grafana on Fargate, unless you have your own (fargaze preflight).',
  );
  return 0;
}

/** What somebody watches who has no file yet. */
const assumed = `bridge:
  cloudwatch:
    interval: 5m
    yace: { discovery: { jobs: [{ type: AWS/ECS, period: 60, length: 300, statistics: [Average, Maximum], metrics: [{ name: CPUUtilization }, { name: MemoryUtilization }] }] } }
`;

function readOrAssume(values: Values): { readonly config: Config; readonly from: string } {
  if (hasConfiguration(values))
    return { config: readConfiguration(values).config, from: 'of the configuration' };
  const config = parseConfigText(assumed);
  return { config, from: 'no fargaze.yml: CPU and memory of ECS every 5 minutes are assumed' };
}

/** The configuration with other counts of targets and another interval. */
function withAssumed(config: Config, values: Values): Config {
  const interval = durationOf(values, 'interval');
  const { cloudwatch } = config.bridge;
  const bridge =
    interval === undefined || cloudwatch === undefined
      ? config.bridge
      : { ...config.bridge, cloudwatch: { ...cloudwatch, interval } };
  const fallback = config.probes.length === 0 ? 1 : -1;
  const count = countOf(values, 'targets', { least: 0, usual: fallback });
  if (count < 0) return { ...config, bridge };
  const probes = Array.from({ length: count }, (_, index) => ({
    ...{ name: `target-${index}`, module: 'http_2xx', target: 'https://example.com', interval: 60 },
    ...{ job: 'fargaze-web', vantage: 'internet' as const },
  }));
  return { ...config, bridge, probes };
}

function durationOf(values: Values, name: string): number | undefined {
  const text = textOf(values, name);
  if (text === undefined) return undefined;
  const seconds = parseDuration(text);
  if (seconds !== undefined && seconds > 0) return seconds;
  throw new UsageError(
    `--${name}: got ${JSON.stringify(text)}, want a duration such as 5m or 300ms`,
  );
}

type Assumed = { readonly services: number; readonly latency: number };

/** The lines of a bill. */
function renderBill(bill: Bill, { latency, services }: Assumed): string[] {
  const { bridgeInterval, metrics, probing, reading, targets, uncountedJobs } = bill;
  const targetsOf = targets === 1 ? '1 target' : `${targets} targets`;
  return [
    '',
    `Probes: ${targetsOf}, the slowest answers in ${formatDuration(latency)}`,
    ...rows({ 'fargaze, functions and queue': probing.fargaze, ...probing.peers }),
    '',
    ...(bridgeInterval === undefined
      ? ['Metrics: CloudWatch is not read; the ECS API costs nothing']
      : [
          `Metrics: ${metrics} of ${services} services, points of one minute`,
          ...rows({
            [`fargaze, every ${formatDuration(bridgeInterval)}`]: reading.fargaze,
            ...reading.peers,
          }),
          ...(uncountedJobs === 0
            ? []
            : [
                `  without ${uncountedJobs === 1 ? '1 job' : `${uncountedJobs} jobs`} of other namespaces, whose cost depends on what is found: fargaze bridge --dry-run`,
              ]),
        ]),
    ...rows({ "fargaze, the bridge's functions": reading.functions }),
    '',
    ...rows({ 'fargaze in all': probing.fargaze + reading.fargaze + reading.functions }),
  ];
}

function rows(amounts: Readonly<Record<string, number>>): string[] {
  return Object.entries(amounts).map(
    ([what, usd]) =>
      `  ${what.padEnd(32)} ${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 }).padStart(12)}`,
  );
}
