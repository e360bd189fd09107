// The section about whole fleets, from what was measured.
import { type FleetResult, measureFleet, type Path } from './fleet.ts';

/** Paths and sizes, with the minutes that each is measured for at most. */
const plan: readonly (readonly [path: Path, targets: number, minutes: number])[] = [
  ['Pushgateway', 10, 2],
  ['Pushgateway', 100, 2],
  ['Pushgateway', 500, 2],
  ['remote write', 10, 2],
  ['remote write', 100, 2],
  ['remote write', 1_000, 2],
  ['remote write', 5_000, 10],
];

/** Measures all and describes it. */
export async function describeFleet(): Promise<string> {
  const results: FleetResult[] = [];
  for (const [path, targets, minutes] of plan) {
    results.push(await measureFleet(path, targets, minutes));
  }
  return `## fleet: every target of a fleet, minute after minute

Web targets on loopback that answer at once, through the whole local path: two web-probe at once with up to 500 targets each, their
answers as messages, two deliver at once, a Pushgateway that Prometheus scrapes or remote write to Prometheus. Functions are warm
processes of their bundles with the heap of 512 MB. Minutes follow each other without a pause, ten of the
largest fleet unless they take longer than four minutes together. Worst CPU: of all processes in the
worst minute, which must be less than the 60 s that one processor has. Late: results that were not made in their minute; backlog: most
messages left when a minute ended; stored: targets whose last result Prometheus has.

| path | targets | minutes | probe s | deliver s | worst CPU s | late | backlog | stored |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${results.map(describeTime).join('\n')}

CPU in milliseconds per result, medians of minutes; stores are Pushgateway and Prometheus together. Growth is the sum against that
of 10 targets, where what each run costs by itself weighs most. Memory is the largest of the first and of the last third of minutes.

| path | targets | probe | deliver | stores | growth | web-probe MB | deliver MB |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${results.map((result) => describeCost(result, results)).join('\n')}

${results.flatMap(judge).join('\n')}
`;
}

function describeTime(result: FleetResult): string {
  const { backlog, deliverSeconds, late, minutes, path, probeSeconds, stored, targets, worstCpu } =
    result;
  const times = [probeSeconds, deliverSeconds, worstCpu].map((one) => one.toFixed(1));
  return `| ${path} | ${targets} | ${minutes} | ${times.join(' | ')} | ${late} | ${backlog} | ${stored} |`;
}

const costOf = ({ deliverCpu, probeCpu, storeCpu, targets }: FleetResult) =>
  (probeCpu + deliverCpu + storeCpu) / targets;

function describeCost(result: FleetResult, all: readonly FleetResult[]): string {
  const { deliverCpu, deliverMegabytes, path, probeCpu, probeMegabytes, storeCpu, targets } =
    result;
  const costs = [probeCpu, deliverCpu, storeCpu].map((one) => ((one * 1000) / targets).toFixed(2));
  const first = all.find((one) => one.path === path) ?? result;
  const growth = (costOf(result) / costOf(first)).toFixed(2);
  const memory = [probeMegabytes, deliverMegabytes].map((two) =>
    two.map((one) => one.toFixed(0)).join(' → '),
  );
  return `| ${path} | ${targets} | ${costs.join(' | ')} | ${growth} | ${memory.join(' | ')} |`;
}

/** What was aimed at, of the largest fleet. */
function judge(result: FleetResult): string[] {
  const { backlog, late, minutes, path, stored, targets, worstCpu } = result;
  if (targets !== 5_000) return [];
  return [
    `- ${targets} targets a minute by ${path}: the worst of ${minutes} minutes took ${worstCpu.toFixed(1)} s of CPU, of 60 that one processor has; ${late} results
  late, ${backlog} messages left, ${stored} targets stored.`,
  ];
}
