// One round of the janitor: a Pushgateway never forgets, so the groups of this deployment that nobody renews any more are deleted.
// Refuses to guess: without an owner's name or with a target that cannot be known, nothing is deleted.
import {
  type Clock,
  type Config,
  ConfigError,
  createLog,
  type Deadline,
  deleteGroup,
  groupKey,
  type InvocationContext,
  type Issue,
  instanceOf,
  interpolate,
  type Log,
  messageOf,
  type Pushgateway,
  parseJanitorEvent,
  readEnv,
  readReceivers,
  startDeadline,
  systemClock,
} from '@fargaze/core/internal';
import { judgeGroup, type Rules, type StoredGroup } from './judge.ts';
import { readGroups } from './stored.ts';

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
  readonly deleted: number;
  /** Whether nothing was deleted because the event asked for it. */
  readonly dryRun: boolean;
};

/** Jobs of fargaze whose instances are not in fargaze.yml: clusters, and the functions themselves. */
const openJobs: ReadonlySet<string> = new Set([
  'fargaze-ecs',
  'fargaze-cloudwatch',
  'fargaze-deliver',
]);

/** A quarter of an hour: longer than a deployment takes to reach every function. */
const grace = 15 * 60;

/** A day: what is silent for longer is reported by alerts that need no group (FargazeProbeNeverSeen). */
const maxAge = 24 * 60 * 60;

/**
 * Deletes what {@link judgeGroup} lets go; with `{"dryRun": true}` only says so.
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
  const nothing = { groups: 0, owned: 0, deleted: 0, dryRun };
  const pushgateway = janitor.pushgateway ?? readPushgateway();
  if (pushgateway === undefined) {
    log('info', 'invocation', { ...nothing, detail: 'no Pushgateway is configured' });
    return nothing;
  }
  const rules = readRules(janitor, clock);
  const deadline = startDeadline(context.getRemainingTimeInMillis() / 1000 - 1, clock);
  try {
    const groups = await readGroups(pushgateway, deadline);
    const round: Round = { pushgateway, rules, deadline, log, dryRun };
    const { deleted, faults } = await sweep(groups, round);
    const owned = groups.filter(({ owner }) => owner === rules.owner).length;
    const summary = { groups: groups.length, owned, deleted, dryRun };
    log('info', 'invocation', { request: context.awsRequestId, ...summary });
    if (faults.length > 0) throw faults[0];
    return summary;
  } finally {
    deadline.close();
  }
}

function readPushgateway(): Pushgateway | undefined {
  return readEnv('FARGAZE_PUSHGATEWAY_URL') === undefined ? undefined : readReceivers().pushgateway;
}

function readRules({ config, owner = readEnv('FARGAZE_OWNER') }: Janitor, clock: Clock): Rules {
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
  const now = clock.now() / 1000;
  return { owner, now, configured: new Set(configured), openJobs, grace, maxAge };
}

type Round = {
  readonly pushgateway: Pushgateway;
  readonly rules: Rules;
  readonly deadline: Deadline;
  readonly log: Log;
  readonly dryRun: boolean;
};

async function sweep(groups: readonly StoredGroup[], round: Round) {
  const { deadline, dryRun, log, pushgateway, rules } = round;
  const faults: unknown[] = [];
  let deleted = 0;
  for (const group of groups) {
    const reason = judgeGroup(group, rules);
    if (reason !== 'unconfigured' && reason !== 'too_old') continue;
    const silentSeconds = Math.round(rules.now - group.pushed);
    const about = { ...group.labels, reason, silentSeconds };
    try {
      if (!dryRun) await deleteGroup(pushgateway, group.labels, deadline);
      if (!dryRun) deleted += 1;
      log('info', dryRun ? 'group would be deleted' : 'group deleted', about);
    } catch (error) {
      faults.push(error);
      log('error', 'group not deleted', { ...about, detail: messageOf(error) });
    }
  }
  return { deleted, faults };
}
