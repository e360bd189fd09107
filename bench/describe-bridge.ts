// What the document says of ecs-bridge beside YACE.
import { type BridgeResult, bridgeNames, measureBridge } from './bridge.ts';

/** Rounds by number of metrics: many metrics take long. */
const plan = [
  { metrics: 10, rounds: 5 },
  { metrics: 100, rounds: 5 },
  { metrics: 1_000, rounds: 3 },
  { metrics: 10_000, rounds: 1 },
] as const;

/** Collections that five minutes of one-minute points take. */
const perFiveMinutes: Readonly<Record<string, number>> = {
  [bridgeNames.own]: 1,
  [bridgeNames.ecsAlone]: 1,
  [bridgeNames.all]: 1,
  [bridgeNames.newest]: 5,
};

/** Measures and describes. */
export async function describeBridge(): Promise<string> {
  const results: BridgeResult[] = [];
  for (const { metrics, rounds } of plan) results.push(...(await measureBridge(metrics, rounds)));
  return `## bridge: ecs-bridge beside YACE

One collection of 1-minute points of two metrics of every service, by a cold process of each in turn, against the same
simulated account (a process on the same two cores, whose answers are most of the wall time of all three). ecs-bridge
reads the same YACE file, rereads ten minutes more for late points, describes all services and tasks by the ECS API
besides, which YACE cannot (the row of the ECS API alone says what that costs), and ends when a real Prometheus has stored everything; YACE ends when its answer has been
fetched. Medians of ${plan.map(({ rounds }) => rounds).join(', ')} rounds by number of metrics. Node's heap is limited as in a function of 512 MB.

| metrics | bridge | wall s | CPU s | peak MB | CloudWatch calls | other calls | points |
| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |
${results.map(toRow).join('\n')}

For every minute's point of five minutes YACE collects five times, or once where \`exportAllDataPoints\` keeps all
points; collections times calls and metrics billed above:

| metrics | bridge | CloudWatch calls per 5 min | metrics billed per 5 min |
| ---: | --- | ---: | ---: |
${results
  .filter(({ name }) => name !== bridgeNames.ecsAlone)
  .map(toBill)
  .join('\n')}
`;
}

function toRow(result: BridgeResult): string {
  const { cloudWatchCalls, cpuSeconds, metrics, name, otherCalls, peakMegabytes, points } = result;
  const wall = result.wallSeconds.toFixed(2);
  return `| ${metrics} | ${name} | ${wall} | ${cpuSeconds.toFixed(2)} | ${Math.round(peakMegabytes)} | ${cloudWatchCalls} | ${otherCalls} | ${points} |`;
}

function toBill({ billed, cloudWatchCalls, metrics, name }: BridgeResult): string {
  const times = perFiveMinutes[name] ?? Number.NaN;
  return `| ${metrics} | ${name} | ${times * cloudWatchCalls} | ${times * billed} |`;
}
