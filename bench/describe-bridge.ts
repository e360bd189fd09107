// What the document says of ecs-bridge beside YACE.
import { type BridgeResult, bridgeNames, measureBridge } from './bridge.ts';

/** Rounds by number of metrics: many metrics take long. */
const plan = [
  { metrics: 10, rounds: 2 },
  { metrics: 100, rounds: 2 },
  { metrics: 1_000, rounds: 2 },
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
fetched. Medians of ${plan.map(({ rounds }) => rounds).join(', ')} rounds by number of metrics. Node's heap is limited as in a function of 512 MB. A single
round finds an empty Prometheus, so that ecs-bridge fills three hours instead of reading a quarter of one: see its points.

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

${judge(results)}
`;
}

/** The aims, held against the largest measurement. */
function judge(results: readonly BridgeResult[]): string {
  const most = Math.max(...results.map(({ metrics }) => metrics));
  const of = (name: string) => {
    const found = results.find((one) => one.metrics === most && one.name === name);
    if (found === undefined) throw new Error(`no result of ${name} at ${most} metrics`);
    return found;
  };
  const [own, ecs, all] = [bridgeNames.own, bridgeNames.ecsAlone, bridgeNames.all].map(of) as [
    BridgeResult,
    BridgeResult,
    BridgeResult,
  ];
  const newest = of(bridgeNames.newest);
  const share = own.billed / (newest.billed * (perFiveMinutes[newest.name] ?? 1));
  const says = (met: unknown) => (met ? 'met' : 'missed');
  const times = (key: 'wallSeconds' | 'cpuSeconds') => (own[key] / all[key]).toFixed(1);
  const cpu = own.cpuSeconds - ecs.cpuSeconds;
  return `Aims, at ${most} metrics:
- a fifth of the bill of YACE every 60 s: ${says(share <= 0.2)}, ${share.toFixed(2)};
- fewer CloudWatch calls for the same points: ${says(own.cloudWatchCalls < all.cloudWatchCalls)}, ${own.cloudWatchCalls} against ${all.cloudWatchCalls};
- wall time no worse than YACE with exportAllDataPoints: ${says(own.wallSeconds <= all.wallSeconds)}, ${times('wallSeconds')} times as long;
- CPU time no worse: ${says(own.cpuSeconds <= all.cpuSeconds)}, ${times('cpuSeconds')} times as much, of which CloudWatch ${cpu.toFixed(1)} s and ECS ${ecs.cpuSeconds.toFixed(1)} s;
- peak memory under 200 MB: ${says(own.peakMegabytes < 200)}, ${Math.round(own.peakMegabytes)} MB, of which the ECS API alone ${Math.round(ecs.peakMegabytes)} MB.`;
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
