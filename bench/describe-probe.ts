// What the document says of web-probe beside blackbox_exporter.
import { type FleetResult, measureOwnFleet, measureTheirFleet } from './probe-fleet.ts';
import { measureHostile } from './probe-hostile.ts';
import { measurePhases, type PhaseResult } from './probe-phases.ts';
import { openSetting } from './probe-setting.ts';

/** Sizes, and how many in a hundred are silent: 330 silent ones are more than may wait at once. */
const fleetSizes = [10, 100, 1000] as const;
const silences = [0, 10, 33] as const;

const phasePlan = { atOnce: [1, 10, 50], results: 100 } as const;

/** Measures phases and hostile servers, and describes them. */
export async function describeProbe(): Promise<string> {
  const setting = await openSetting();
  try {
    const phases = await measurePhases(setting, phasePlan);
    const hostile = await measureHostile();
    return `## probe: phases and hostile servers, beside blackbox_exporter

How far the phases connect, tls, processing and transfer are from what the targets did (about 0, 20, 40 and 30 ms, by the clock of
the targets for each answer), both warm, about ${phasePlan.results} results each; the targets are a process on the same two cores:

| scheme | at once | prober | median ms | p95 ms |
| --- | ---: | --- | ---: | ---: |
${phases.map(toPhaseRow).join('\n')}

${hostile.seeds} hostile answers one after the other, with \`MALLOC_ARENA_MAX=1\` as in AWS, each with a timeout of 300 ms and mostly
\`body_size_limit: 1GB\`: ${hostile.crashes} of them
without a verdict, the longest ended ${hostile.overrunMs.toFixed(0)} ms after its timeout, and memory rose by ${hostile.megabytes.toFixed(0)} MB at most.
`;
  } finally {
    await setting.close();
  }
}

/** Measures fleets of one scheme beside blackbox_exporter, and describes them. */
export async function describeProbeFleets(scheme: 'http' | 'https'): Promise<string> {
  const setting = await openSetting();
  const results: FleetResult[] = [];
  try {
    for (const targets of fleetSizes) {
      for (const hanging of silences) {
        const fleet = { targets, scheme, hanging };
        results.push(await measureOwnFleet(fleet, setting));
        results.push(await measureTheirFleet(fleet, setting));
      }
    }
  } finally {
    await setting.close();
  }
  return `## probe-${scheme}: fleets of ${scheme} targets, web-probe beside blackbox_exporter

The same targets, a process on the same two cores, for both. web-probe is a cold process of the packaged function, which
writes to a Prometheus; blackbox_exporter is asked by a Prometheus every 10 s, which begins with it. Time is until every target
has a result in Prometheus; CPU is that of prober and Prometheus until then; memory is the prober's peak. Silent targets
cost their timeout of 5 s. Wrong are results that are missing or are not what the target does.

| targets | of which silent | prober | seconds | CPU ms per result | peak MB | wrong |
| ---: | ---: | --- | ---: | ---: | ---: | ---: |
${results.map(toFleetRow).join('\n')}
`;
}

function toFleetRow(one: FleetResult): string {
  const perResult = (one.cpuSeconds / one.targets) * 1000;
  const cells = [one.targets, `${one.hanging} %`, one.name, one.seconds.toFixed(1)];
  return `| ${[...cells, perResult.toFixed(1), one.peakMegabytes.toFixed(0), one.wrong].join(' | ')} |`;
}

function toPhaseRow(one: PhaseResult): string {
  const cells = [one.scheme, one.atOnce, one.name, one.median.toFixed(1), one.p95.toFixed(1)];
  return `| ${cells.join(' | ')} |`;
}
