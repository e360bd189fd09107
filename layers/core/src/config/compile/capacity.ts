// Whether the web probes can run in the time that their function has, known when it is built: what cannot run in time would
// be unknown, minute after minute, in turn.
import type { Seconds } from '../../clock.ts';
import type { Config } from '../config.ts';
import { type ProbeConfig, servedBy, type Vantage } from '../probes.ts';
import { maxShards, splitByShard } from '../shard.ts';

/** What the function of web probes can do; serverless.yml gives it 55 s, of which 10 are kept for delivering. */
export const webFunction = {
  probing: 45 as Seconds,
  /** Probes that may wait for their targets at once (probe/pace.ts). */
  open: 250,
  /** Work of one probe with TLS: some 4 ms of a whole core (docs/benchmarks.md), and a function of 512 MB has 0.3 of one. */
  work: 0.02 as Seconds,
} as const;

/** What is too much, a sentence each; empty when every probe has its time. */
export function findOverload(config: Config): string[] {
  return (['internet', 'vpc'] as const).flatMap((vantage) => overloadOf(config, vantage));
}

function overloadOf(config: Config, vantage: Vantage): string[] {
  const probes = config.probes.filter(
    ({ module, vantage: own }) =>
      own === vantage && servedBy[config.modules[module]?.prober ?? 'redis'] === 'http',
  );
  const timeoutOf = ({ module }: ProbeConfig) => config.modules[module]?.timeout ?? 0;
  const long = probes.filter((probe) => timeoutOf(probe) + webFunction.work > webFunction.probing);
  if (long.length > 0) {
    const names = [...new Set(long.map(({ module }) => module))].join(', ');
    return [
      `timeout of module ${names}: a function probes for ${webFunction.probing}s, want at most ${webFunction.probing - 1}s`,
    ];
  }
  const needs = (of: number) =>
    Math.max(...splitByShard(probes, of).map((share) => secondsFor(share.map(timeoutOf))));
  const now = needs(config.shards);
  if (now <= webFunction.probing) return [];
  // Fewer would not do if the names were spread evenly, and they never are more evenly than that.
  const least = Math.ceil((probes.length * webFunction.work) / webFunction.probing);
  let want = Math.max(config.shards + 1, least);
  while (want <= maxShards && needs(want) > webFunction.probing) want += 1;
  const advice =
    want <= maxShards
      ? `; want shards: ${want}`
      : ` even with shards: ${maxShards}, which is the most; want fewer probes, or a second deployment`;
  return [
    `${probes.length} web probes from ${vantage === 'vpc' ? 'inside the VPC' : 'the internet'} need up to ${Math.ceil(now)}s, ` +
      `and a function probes for ${webFunction.probing}s: some would be unknown in turn${advice}`,
  ];
}

/** Seconds when all are due in the same minute, as they once are, and every target is silent. */
function secondsFor(timeouts: readonly Seconds[]): Seconds {
  const sum = timeouts.reduce((all, one) => all + one, 0);
  // Not spread as arguments: there may be more probes than a call may have.
  const waiting = timeouts.reduce((most, one) => Math.max(most, one), sum / webFunction.open);
  return timeouts.length * webFunction.work + waiting;
}
