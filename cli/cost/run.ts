// `fargaze cost`: the bill as text or JSON.

import { parseConfigText } from '../../build/config-file.ts';
import { peerPrices, peerPricesOf } from '../../build/cost-peers.ts';
import { readingBounds, timeoutBounds } from '../../layers/core/src/config/compile/fields.ts';
import type { Config } from '../../layers/core/src/config/config.ts';
import { formatDuration } from '../../layers/core/src/config/duration.ts';
import { called } from '../command/called.ts';
import { type Call, UsageError, type Values } from '../command/command.ts';
import { configPath, hasConfiguration, readConfiguration } from '../command/configuration.ts';
import { countOf, secondsOf } from '../command/numbers.ts';
import { type Bill, estimate } from './estimate.ts';

/** Prints what it costs. */
export async function run({ io, values }: Call): Promise<number> {
  const given = countOf(values, 'services', { least: 0, usual: undefined });
  const latency = secondsOf(values, 'latency', timeoutBounds) ?? 0.3;
  const { config, from } = readOrAssume(values);
  const services = given ?? config.bridge.services ?? 10;
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
    `\nBesides: Prometheus, Pushgateway and Grafana on Fargate, unless you have your own (${called()} preflight).`,
  );
  return 0;
}

/** What somebody watches who has no file yet. */
const assumed = `probes: [{ name: example, module: http_2xx, target: "https://example.com" }]
bridge:
  cloudwatch:
    interval: 5m
    yace: { discovery: { jobs: [{ type: AWS/ECS, period: 60, length: 300, statistics: [Average, Maximum], metrics: [{ name: CPUUtilization }, { name: MemoryUtilization }] }] } }
`;

function readOrAssume(values: Values): { readonly config: Config; readonly from: string } {
  if (hasConfiguration(values))
    return { config: readConfiguration(values).config, from: `for ${configPath(values).file}` };
  const config = parseConfigText(assumed);
  const one = values.targets === undefined ? 'one target, and ' : '';
  return {
    config,
    from: `no fargaze.yml: ${one}CPU and memory of ECS every ${values.interval ?? '5m'} are assumed`,
  };
}

/** The configuration with other counts of targets and another interval. */
function withAssumed(config: Config, values: Values): Config {
  const interval = secondsOf(values, 'interval', readingBounds);
  const { cloudwatch } = config.bridge;
  if (interval !== undefined && cloudwatch === undefined)
    throw new UsageError(
      '--interval: the configuration does not read CloudWatch',
      'want bridge.cloudwatch in it, or the command without --interval',
    );
  const bridge =
    interval === undefined || cloudwatch === undefined
      ? config.bridge
      : { ...config.bridge, cloudwatch: { ...cloudwatch, interval } };
  const count = countOf(values, 'targets', { least: 0, usual: undefined });
  if (count === undefined) return { ...config, bridge };
  const probes = Array.from({ length: count }, (_, index) => ({
    ...{ name: `target-${index}`, module: 'http_2xx', target: 'https://example.com', interval: 60 },
    ...{ job: 'fargaze-web', vantage: 'internet' as const },
  }));
  return { ...config, bridge, probes };
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
                `  without ${uncountedJobs === 1 ? '1 job' : `${uncountedJobs} jobs`} of other namespaces, whose cost depends on what is found: ${called()} bridge --dry-run`,
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
