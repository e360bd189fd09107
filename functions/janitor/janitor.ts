// One round of the janitor: a Pushgateway never forgets, so the groups of this deployment that nobody renews any more are
// deleted, once they were seen stale twice, an hour apart by the Pushgateway's own clock.
// Refuses to guess: without an owner's name or with a target that cannot be known, nothing is deleted.
import {
  type Clock,
  type Config,
  ConfigError,
  createLog,
  DeliveryError,
  groupKey,
  type InvocationContext,
  type Issue,
  instanceOf,
  interpolate,
  type Log,
  type Pushgateway,
  parseJanitorEvent,
  readEnv,
  readGroups,
  readReceivers,
  type StoredGroups,
  startDeadline,
  systemClock,
} from '@fargaze/core/internal';
import { judgeGroup, type Rules } from './judge.ts';
import { findMemory, keepMemory, type Memory, memoryJob, type StaleGroup } from './memory.ts';
import { type Sweep, type Swept, sweepGroups } from './sweep.ts';

/** What a round needs; everything but the configuration has a default, which tests replace. */
export type Janitor = {
  readonly config: Pick<Config, 'probes'>;
  readonly pushgateway?: Pushgateway;
  readonly owner?: string;
  readonly clock?: Clock;
  readonly log?: Log;
};

/** The answer of the function. */
export type JanitorSummary = {
  readonly groups: number;
  /** Groups that carry our mark. */
  readonly owned: number;
  /** Groups of ours that nobody renews. */
  readonly stale: number;
  readonly deleted: number;
  /** Whether nothing was to be deleted: by hand, unless the event says `{"dryRun": false}`. */
  readonly dryRun: boolean;
};

/** Jobs of fargaze whose instances are not in fargaze.yml: clusters, and the functions themselves. */
const openJobs: ReadonlySet<string> = new Set([
  'fargaze-ecs',
  'fargaze-ecs-events',
  'fargaze-cloudwatch',
  'fargaze-deliver',
  memoryJob,
]);

/** Seconds between the first look that finds a group stale and the one that deletes it; an hourly schedule may slip. */
const betweenLooks = 59 * 60;

/** A quarter of an hour: longer than a deployment takes to reach every function. */
const grace = 15 * 60;

/** A day: what is silent for longer is reported by alerts that need no group (FargazeProbeNeverSeen). */
const maxAge = 24 * 60 * 60;

/**
 * Deletes what {@link judgeGroup} calls stale at two rounds; a dry run only says so and remembers nothing.
 * @throws ConfigError when the environment or the event is unusable; DeliveryError when the Pushgateway is.
 */
export async function runJanitor(
  janitor: Janitor,
  event: unknown,
  context: InvocationContext,
): Promise<JanitorSummary> {
  const clock = janitor.clock ?? systemClock;
  const log = janitor.log ?? createLog({ function: 'janitor' });
  const { dryRun } = parseJanitorEvent(event);
  const nothing = { groups: 0, owned: 0, stale: 0, deleted: 0, dryRun };
  const pushgateway = janitor.pushgateway ?? readPushgateway();
  if (pushgateway === undefined) {
    log('info', 'invocation', { ...nothing, detail: 'no Pushgateway is configured' });
    return nothing;
  }
  const known = readKnown(janitor);
  const deadline = startDeadline(context.getRemainingTimeInMillis() / 1000 - 1, clock);
  try {
    const held = await readGroups(pushgateway, deadline);
    const rules: Rules = { ...known, now: timeOf(held), openJobs, grace, maxAge };
    const memory = findMemory(held.groups, rules.owner);
    const stale = findStale(held, rules, memory ?? new Map());
    const remembers = memory !== undefined;
    const round: Round = { pushgateway, clock, deadline, rules, log, dryRun, remembers };
    const deleted = await deleteDue(stale, round);
    const owned = held.groups.filter(({ owner }) => owner === rules.owner).length;
    const summary = { groups: held.groups.length, owned, stale: stale.length, deleted, dryRun };
    log('info', 'invocation', { request: context.awsRequestId, ...summary });
    return summary;
  } finally {
    deadline.close();
  }
}

/** When the groups were read, by the Pushgateway's clock; the last push is the least that it can be. */
function timeOf({ groups, now }: StoredGroups): number {
  if (now !== undefined) return now / 1000;
  return Math.max(0, ...groups.map(({ pushed }) => pushed).filter(Number.isFinite));
}

function readPushgateway(): Pushgateway | undefined {
  return readEnv('FARGAZE_PUSHGATEWAY_URL') === undefined ? undefined : readReceivers().pushgateway;
}

function readKnown({
  config,
  owner = readEnv('FARGAZE_OWNER'),
}: Janitor): Pick<Rules, 'owner' | 'configured'> {
  const issues: Issue[] = [];
  if (owner === undefined) {
    const message = 'is unset, so no group can be known as one of this deployment';
    issues.push({ path: 'FARGAZE_OWNER', message });
  }
  const configured = config.probes.map(({ instance, job, name, target }) => {
    const { text, unset } = interpolate(target, readEnv);
    for (const variable of unset) {
      const message = `variable ${variable} of its target is unset, so its group is not known`;
      issues.push({ path: `probe ${name}`, message });
    }
    return groupKey({ job, instance: instanceOf({ instance }, text) });
  });
  if (owner === undefined || issues.length > 0) throw new ConfigError('environment', issues);
  return { owner, configured: new Set(configured) };
}

/** What is stale, and since when: by the last round unless the group was pushed after it. */
function findStale({ groups }: StoredGroups, rules: Rules, memory: Memory): StaleGroup[] {
  return groups.flatMap((group) => {
    const reason = judgeGroup(group, rules);
    if (reason !== 'unconfigured' && reason !== 'too_old') return [];
    const { instance = '', job = '' } = group.labels;
    // What it remembers itself is written anew at the end of every round.
    if (job === memoryJob && instance === rules.owner) return [];
    const since = memory.get(groupKey({ job, instance })) ?? rules.now;
    return { group, reason, since: since > group.pushed && since <= rules.now ? since : rules.now };
  });
}

type Round = Sweep & {
  readonly rules: Rules;
  readonly log: Log;
  readonly dryRun: boolean;
  /** Whether the Pushgateway holds the memory of a round before: then it is written anew, empty or not. */
  readonly remembers: boolean;
};

/**
 * Deletes what has been stale for long enough, and remembers the rest.
 * @returns how many groups were deleted. @throws DeliveryError when one could not be.
 */
async function deleteDue(stale: readonly StaleGroup[], round: Round) {
  const { deadline, dryRun, log, pushgateway, remembers, rules } = round;
  const about = ({ group, reason, since }: StaleGroup) => ({
    ...group.labels,
    reason,
    silentSeconds: Math.round(rules.now - group.pushed),
    staleSeconds: Math.round(rules.now - since),
  });
  const due = stale.filter(({ since }) => rules.now - since >= betweenLooks);
  for (const one of stale) {
    const what = due.includes(one) ? 'group would be deleted' : 'group is stale';
    if (dryRun || !due.includes(one)) log('info', what, about(one));
  }
  if (dryRun) return 0;
  const swept = await sweepGroups(due, round);
  for (const one of swept) {
    const detail = one.why === undefined ? {} : { detail: one.why };
    log(one.outcome === 'failed' ? 'error' : 'info', said[one.outcome], {
      ...about(one),
      ...detail,
    });
  }
  const left = swept.filter(({ outcome }) => outcome === 'failed');
  const kept = [...stale.filter((one) => !due.includes(one)), ...left];
  if (remembers || kept.length > 0) {
    await keepMemory(pushgateway, { owner: rules.owner, now: rules.now, stale: kept }, deadline);
  }
  throwFailed(left);
  return swept.filter(({ outcome }) => outcome === 'deleted').length;
}

const said = {
  deleted: 'group deleted',
  renewed: 'group was pushed meanwhile',
  failed: 'group not deleted',
} as const;

function throwFailed([first, ...others]: readonly Swept[]): void {
  if (first === undefined) return;
  const { instance, job } = first.group.labels;
  const message = `${1 + others.length} groups not deleted, the first ${job} ${instance}: ${first.why}`;
  throw new DeliveryError(message, { retryable: true });
}
