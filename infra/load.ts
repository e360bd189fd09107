// What a configuration of many probes needs beyond the usual: results by remote write, answers that a queue takes. Figures
// are measured (docs/adr/0020-many-targets.md).
import type { Config } from '../layers/core/src/config/config.ts';
import { servedBy } from '../layers/core/src/config/probes.ts';
import { maxShards, splitByShard } from '../layers/core/src/config/shard.ts';

/** Probes whose results a Pushgateway carries: beyond that, reading and replacing them takes longer than it may. */
const pushedProbes = 500;

/** Targets whose results one answer carries to the queue: 256 KiB, and up to 200 bytes for each, packed. */
const answeredTargets = 1200;

/** Services of which a Pushgateway carries what the ECS API says: some 20 series each, as many as of so many probes. */
export const pushedServices = 500;

/** Seconds between two results beyond which they stay at the Pushgateway, as in `deliver`. */
const shownInterval = 120;

/** What is needed. */
export type Load = {
  /** How results of probes are delivered that come every two minutes or more often, and what the ECS API says. */
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
  const { services = 0, shards } = config.bridge;
  const large = services > pushedServices || shards > 1;
  const results = often.length > pushedProbes || large ? 'remote-write' : 'pushgateway';
  const notes: string[] = [];
  if (large) {
    notes.push(
      `the bridge reads ${services > 0 ? `${services} services` : `in ${shards} shards`}, and a Pushgateway carries ${pushedServices} services: what the ECS API says goes by remote write`,
    );
  }
  if (often.length > pushedProbes) {
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
    const shards = Math.ceil((largest * config.shards) / answeredTargets) + 1;
    notes.push(
      `${largest} web probes of one shard, and an answer carries the results of ${answeredTargets}: ${shards > maxShards ? `want fewer probes, or a second deployment: shards: ${maxShards} are the most` : `want shards: ${shards}`}`,
    );
  }
  return { results, notes };
}

/**
 * What is to be said where functions push by themselves, by `read` of their environment; undefined where they do not, or all
 * gets through. A Pushgateway that checks what it takes compares each push with everything that it holds.
 */
export function findDirectLoad(
  { probes }: Config,
  read: (name: string) => string | undefined,
): string | undefined {
  const sink = read('FARGAZE_SINK') || (read('FARGAZE_PUSHGATEWAY_URL') ? 'pushgateway' : '');
  const each = probes.reduce((sum, { interval }) => sum + 60 / interval, 0);
  if (sink !== 'pushgateway' || each <= pushedProbes) return undefined;
  return `${Math.round(each)} results a minute, and functions that push by themselves get some ${pushedProbes} into a Pushgateway that checks what it takes: want FARGAZE_SINK=remote-write for them, or a Pushgateway with --push.disable-consistency-check`;
}

/** Web probes of the largest shard; where there is no VPC one function runs those of both vantages. */
function largestShard({ modules, probes, shards }: Config): number {
  const web = probes.filter(({ module }) => {
    const { prober } = modules[module] ?? {};
    return prober !== undefined && servedBy[prober] === 'http';
  });
  return Math.max(...splitByShard(web, shards).map(({ length }) => length));
}
