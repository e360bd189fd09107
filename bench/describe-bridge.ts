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
  [bridgeNames.first]: 1,
  [bridgeNames.cloudWatchAlone]: 1,
  [bridgeNames.ecsAlone]: 1,
  [bridgeNames.equal]: 1,
  [bridgeNames.all]: 1,
  [bridgeNames.newest]: 5,
};

/** What is no regular collection of the whole. */
const parts: readonly string[] = [
  bridgeNames.first,
  bridgeNames.cloudWatchAlone,
  bridgeNames.ecsAlone,
  bridgeNames.equal,
];

/** Measures and describes. */
export async function describeBridge(): Promise<string> {
  const results: BridgeResult[] = [];
  for (const { metrics, rounds } of plan) results.push(...(await measureBridge(metrics, rounds)));
  return `## bridge: ecs-bridge beside YACE

One collection of 1-minute points of two metrics of every service, by a cold process of each in turn, against the same
simulated account (a process on the same two cores, whose answers are most of the wall time of all of them). ecs-bridge
reads the same YACE file, rereads ten minutes more for late points, describes all services and tasks by the ECS API
besides, and ends when a real Prometheus has stored everything; YACE ends when its answer has been fetched. YACE cannot
read the ECS API: the row of CloudWatch without the rest, which finds its metrics by ListMetrics as YACE does, is like for like, and
the row of only the ECS API says what the other half costs. Since a list may be an
hour old, that row rereads up to three hours of points; the row of YACE after it has a window of as many points of each metric. The first run finds an empty Prometheus and fills three hours;
it is measured once. Medians of ${plan.map(({ rounds }) => rounds).join(', ')} rounds by number of metrics. Node's heap is limited as in a function of
512 MB.

| metrics | bridge | wall s | CPU s | peak MB | CloudWatch calls | other calls | points |
| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |
${results.map(toRow).join('\n')}

For every minute's point of five minutes YACE collects five times, or once where \`exportAllDataPoints\` keeps all
points; collections times calls and metrics billed above:

| metrics | bridge | CloudWatch calls per 5 min | metrics billed per 5 min |
| ---: | --- | ---: | ---: |
${results
  .filter(({ name }) => !parts.includes(name))
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
  const [own, ecs, all] = [of(bridgeNames.own), of(bridgeNames.ecsAlone), of(bridgeNames.all)];
  const [alone, newest] = [of(bridgeNames.cloudWatchAlone), of(bridgeNames.newest)];
  const equal = of(bridgeNames.equal);
  const share = own.billed / (newest.billed * (perFiveMinutes[newest.name] ?? 1));
  const says = (met: unknown) => (met ? 'met' : 'missed');
  const compare = (key: 'wallSeconds' | 'cpuSeconds') => {
    const ratio = alone[key] / equal[key];
    return `${says(ratio <= 1.5)}, ${ratio.toFixed(2)}; against YACE's ${all.points} points ${(alone[key] / all[key]).toFixed(1)}`;
  };
  const whole = own.cpuSeconds / all.cpuSeconds;
  const slope = slopeOf(results, bridgeNames.own);
  return `Aims, at ${most} metrics:
- a fifth of the bill of YACE every 60 s: ${says(share <= 0.2)}, ${share.toFixed(2)};
- fewer CloudWatch calls for the same points: ${says(own.cloudWatchCalls < all.cloudWatchCalls)}, ${own.cloudWatchCalls} against ${all.cloudWatchCalls};
- only CloudWatch, at equal points (${alone.points} and ${equal.points}), at most 1.5 times YACE's wall time: ${compare('wallSeconds')};
- and its CPU: ${compare('cpuSeconds')};
- the whole at most 3 times the CPU of YACE with exportAllDataPoints: ${says(whole <= 3)}, ${whole.toFixed(1)} for ${own.points} points against ${all.points};
- peak memory at most 160 MB: ${says(own.peakMegabytes <= 160)}, ${Math.round(own.peakMegabytes)} MB; only CloudWatch ${Math.round(alone.peakMegabytes)} MB, only the ECS API ${Math.round(ecs.peakMegabytes)} MB, YACE at equal points ${Math.round(equal.peakMegabytes)} MB;
- CPU of a run grows from 100 metrics by a power of 1.05 of their number at most (1 is in proportion): ${says(slope <= 1.05)}, ${slope.toFixed(2)}.

ecs-bridge ends the growth of V8's young generation at 8 MB, which a function of 512 MB would let grow to 96. By that the peak of the
whole fell, measured once by hand, on Node 20 from 206 MB to 142, on 22 from 212 to 152 and on 24 from 229 to 170, for 2, 6 and 0 % more CPU.
Of the CPU of the whole two fifths are V8's other threads, which compile and collect garbage: a cold process pays for both. Of the main
thread (profiles) collecting garbage is a fifth, Node's HTTP client with the kernel's part a fifth for 1,100 requests, encoding and compressing
an eighth, samples of ECS 7 %, naming and comparing points 7 %, finding metrics 5 %, reading JSON 5 %. More than half of the whole are calls
of the ECS API and its 100,000 samples, which YACE does not have.`;
}

/** The power of the number of metrics by which CPU grows, what each run costs by itself included: from 100 to the most. */
function slopeOf(results: readonly BridgeResult[], name: string): number {
  const own = results.filter((one) => one.name === name);
  const small = own.find(({ metrics }) => metrics === 100);
  const most = own.at(-1);
  if (small === undefined || most === undefined) return Number.NaN;
  return Math.log(most.cpuSeconds / small.cpuSeconds) / Math.log(most.metrics / small.metrics);
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
