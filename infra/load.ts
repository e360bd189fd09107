// What a configuration of many probes needs beyond the usual: results by remote write, answers that a queue takes. Figures
// are measured (docs/adr/0020-many-targets.md).
import type { Config } from '../layers/core/src/config/config.ts';
import { servedBy } from '../layers/core/src/config/probes.ts';
import { splitByShard } from '../layers/core/src/config/shard.ts';

/** Probes whose results a Pushgateway carries: beyond that, reading and replacing them takes longer than it may. */
const pushedProbes = 500;

/** Targets whose results one answer carries to the queue: 256 KiB, and up to 200 bytes for each, packed. */
const answeredTargets = 1200;

/** Seconds between two results beyond which they stay at the Pushgateway, as in `deliver`. */
const shownInterval = 120;

/** What is needed. */
export type Load = {
  /** How the results of probes are delivered that come every two minutes or more often. */
  readonly results: 'pushgateway' | 'remote-write';
  /** What its user should know before deploying, a sentence each. */
  readonly notes: readonly string[];
};

/** What `config` needs. */
export function findLoad(config: Config): Load {
  const { probes } = config;
  const often = probes.filter(({ interval }) => interval <= shownInterval);
  const rarely = probes.reduce(
    (sum, { interval }) => (interval > shownInterval ? sum + 60 / interval : sum),
    0,
  );
  const results = often.length > pushedProbes ? 'remote-write' : 'pushgateway';
  const notes: string[] = [];
  if (results === 'remote-write') {
    notes.push(
      `${often.length} probes run every two minutes or more often, and a Pushgateway carries ${pushedProbes}: their results go by remote write`,
    );
  }
  if (rarely > pushedProbes) {
    notes.push(
      `${Math.round(rarely)} results a minute come too rarely for remote write, and a Pushgateway carries ${pushedProbes}: want longer intervals for them`,
    );
  }
  const largest = largestShard(config);
  if (largest > answeredTargets) {
    notes.push(
      `${largest} web probes of one shard, and an answer carries the results of ${answeredTargets}: want shards: ${Math.ceil((largest * config.shards) / answeredTargets) + 1}`,
    );
  }
  return { results, notes };
}

/** Web probes of the largest shard; where there is no VPC one function runs those of both vantages. */
function largestShard({ modules, probes, shards }: Config): number {
  const web = probes.filter(({ module }) => {
    const { prober } = modules[module] ?? {};
    return prober !== undefined && servedBy[prober] === 'http';
  });
  return Math.max(...splitByShard(web, shards).map(({ length }) => length));
}
