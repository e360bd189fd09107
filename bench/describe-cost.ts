// What the document says of cost: measured billed durations, and computed curves beside peers.
import { peerPrices, peerPricesOf } from '../build/cost-peers.ts';
import { type Billed, type BilledResult, measureBilled, targetLatencyMs } from './billed.ts';
import { findNodes } from './nodes.ts';
import { openSetting } from './probe-setting.ts';
import { openShare } from './share.ts';

const megabytes = 512;
const counts = [1, 20, 100] as const;
const plan = { processes: 3, invocations: 5 } as const;

/** Runs in 30 days, and of these cold ones: Lambda renews what runs every minute some times a day. */
const runs = { all: 43_200, cold: 30 * 12 } as const;

/** Measures and describes. */
export async function describeCost(): Promise<string> {
  const nodes = await findNodes();
  const setting = await openSetting();
  const share = openShare(megabytes);
  try {
    const rows: string[] = [];
    for (const targets of counts) {
      for (const [name, node] of Object.entries(nodes)) {
        const result = await measureBilled({ node, targets, ...plan }, share, setting);
        rows.push(toRow(name, result, 'cold'), toRow(name, result, 'warm'));
      }
    }
    return `## cost: what Lambda bills, and what others cost

web-probe as it is packaged, in a process that a control group holds to ${share.cores.toFixed(2)} of a core, which Lambda gives a function of
${megabytes} MB. Targets answer over TLS after ${targetLatencyMs} ms. Billed is a whole number of milliseconds from the first line of the handler, and cold
from the start of the process, because initialization is billed; the median of ${plan.processes} processes, warm of ${plan.processes * plan.invocations} invocations, with the
least and the most. This processor is not Lambda's: the ratio of warm to cold, and of versions of Node.js, carries over, not the
milliseconds. A month is ${runs.all.toLocaleString('en-US')} runs, ${runs.cold} of them cold, at the prices of ${peerPricesOf}, without queue and receivers.

| targets | | | billed ms | from – to | CPU ms | peak MB | GB-seconds per 1,000 results | USD a month |
| ---: | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}

Computed from the same list prices (\`build/cost-peers.ts\`, \`npm run generate\` draws them):

![US dollars a month by targets, for fargaze, Route 53, Checkly and CloudWatch Synthetics](cost-targets.svg)

![US dollars a month by metrics, for fargaze, YACE, Metric Streams and CloudWatch's PromQL](cost-metrics.svg)

![US dollars a month by services, each with a target and two metrics](cost-services.svg)

What we lose at: CloudWatch's own PromQL endpoint is cheaper than reading metrics by GetMetricData, where its metrics are enough;
Metric Streams are cheaper than reading more often than every 200 seconds; for a few targets the receivers on Fargate, which are in
none of these curves, cost more than any of the others would. The curves count 20 ms for each target, more than was measured above.
`;
  } finally {
    share.close();
    await setting.close();
  }
}

function toRow(name: string, result: BilledResult, kind: 'cold' | 'warm'): string {
  const one = result[kind];
  const gbSeconds = (gbSecondsOf(one) / result.targets) * 1000;
  const cells = [
    result.targets,
    name,
    kind,
    one.billedMs,
    `${one.from} – ${one.to}`,
    one.cpuMs.toFixed(0),
    result.peakMegabytes.toFixed(0),
    gbSeconds.toFixed(2),
    kind === 'warm' ? monthOf(result).toFixed(2) : '',
  ];
  return `| ${cells.join(' | ')} |`;
}

function gbSecondsOf({ billedMs }: Billed): number {
  return (billedMs / 1000) * (megabytes / 1024);
}

function monthOf({ cold, warm }: BilledResult): number {
  const seconds = gbSecondsOf(cold) * runs.cold + gbSecondsOf(warm) * (runs.all - runs.cold);
  return seconds * peerPrices.gbSecond.usd + runs.all * peerPrices.invocation.usd;
}
