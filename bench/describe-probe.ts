// What the document says of web-probe beside blackbox_exporter.
import { type FleetResult, measureOwnFleet, measureTheirFleet } from './probe-fleet.ts';
import { measureHostile } from './probe-hostile.ts';
import { measurePhases, type PhaseResult } from './probe-phases.ts';
import { openSetting } from './probe-setting.ts';

/** A third hangs in the worst case; 330 silent ones are more than may wait at once. */
const fleets = [
  { targets: 10, scheme: 'http', hanging: 0 },
  { targets: 100, scheme: 'http', hanging: 10 },
  { targets: 300, scheme: 'http', hanging: 33 },
  { targets: 1000, scheme: 'http', hanging: 0 },
  { targets: 1000, scheme: 'https', hanging: 33 },
] as const;

const phasePlan = { atOnce: [1, 10, 50], results: 100 } as const;

/** Measures and describes. */
export async function describeProbe(): Promise<string> {
  const setting = await openSetting();
  try {
    const phases = await measurePhases(setting, phasePlan);
    const results: FleetResult[] = [];
    for (const fleet of fleets) {
      results.push(await measureOwnFleet(fleet, setting));
      results.push(await measureTheirFleet(fleet, setting));
    }
    const hostile = await measureHostile();
    return `## probe: web-probe beside blackbox_exporter

The same targets, a process on the same two cores, for both. web-probe is a cold process of the packaged function, which
writes to a Prometheus; blackbox_exporter is asked by a Prometheus every 10 s, which begins with it. Time is until every target
has a result in Prometheus; CPU is that of prober and Prometheus until then; memory is the prober's peak. Silent targets
cost their timeout of 5 s. Wrong are results that are missing or are not what the target does.

| targets | of which silent | scheme | prober | seconds | CPU ms per result | peak MB | wrong |
| ---: | ---: | --- | --- | ---: | ---: | ---: | ---: |
${results.map(toFleetRow).join('\n')}

How far the phases connect, tls, processing and transfer are from what the targets did (0, 20, 40 and 30 ms), both warm,
about ${phasePlan.results} results each:

| scheme | at once | prober | median ms | p95 ms |
| --- | ---: | --- | ---: | ---: |
${phases.map(toPhaseRow).join('\n')}

${hostile.seeds} hostile answers one after the other, each with a timeout of 300 ms and mostly \`body_size_limit: 1GB\`: ${hostile.crashes} of them
without a verdict, the longest ended ${hostile.overrunMs.toFixed(0)} ms after its timeout, and memory rose by ${hostile.megabytes.toFixed(0)} MB at most.
`;
  } finally {
    await setting.close();
  }
}

function toFleetRow(one: FleetResult): string {
  const perResult = (one.cpuSeconds / one.targets) * 1000;
  const cells = [one.targets, `${one.hanging} %`, one.scheme, one.name, one.seconds.toFixed(1)];
  return `| ${[...cells, perResult.toFixed(1), one.peakMegabytes.toFixed(0), one.wrong].join(' | ')} |`;
}

function toPhaseRow(one: PhaseResult): string {
  const cells = [one.scheme, one.atOnce, one.name, one.median.toFixed(1), one.p95.toFixed(1)];
  return `| ${cells.join(' | ')} |`;
}
