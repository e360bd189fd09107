// Which groups of a Pushgateway may go: only those of this deployment, and of these only what nobody renews.
import { groupKey, type Seconds, type StoredGroup } from '@fargaze/core/internal';

/** What is judged by. */
export type Rules = {
  readonly owner: string;
  /** By the Pushgateway's clock, as the times of pushes are. */
  readonly now: Seconds;
  /** Job and instance of everything that is configured, by `groupKey`. */
  readonly configured: ReadonlySet<string>;
  /** Jobs whose instances no configuration names. */
  readonly openJobs: ReadonlySet<string>;
  /** Seconds without a push after which a group that is not configured goes. */
  readonly grace: Seconds;
  /** Seconds without a push after which any group of this deployment goes. */
  readonly maxAge: Seconds;
};

/** Why a group goes, or why it stays. */
export type Judgement = 'foreign' | 'configured' | 'renewed' | 'unconfigured' | 'too_old';

/** What is known of a group for judging it. */
export type Judged = Pick<StoredGroup, 'labels' | 'owner' | 'pushed' | 'interval'>;

/** Judges one group. `unconfigured` and `too_old` are stale, everything else stays. */
export function judgeGroup(group: Judged, rules: Rules): Judgement {
  const { instance, job, ...others } = group.labels;
  if (job === undefined || instance === undefined || Object.keys(others).length > 0)
    return 'foreign';
  if (rules.owner === '' || group.owner !== rules.owner) return 'foreign';
  // Ten intervals at least: what comes once a day is not late after a day.
  const silence = rules.now - group.pushed;
  if (silence > Math.max(rules.maxAge, 10 * group.interval)) return 'too_old';
  if (rules.openJobs.has(job) || rules.configured.has(groupKey({ job, instance })))
    return 'configured';
  return silence > Math.max(rules.grace, 3 * group.interval) ? 'unconfigured' : 'renewed';
}
