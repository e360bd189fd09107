// Which groups of a Pushgateway may go: only those of this deployment, and of these only what nobody renews.
import { groupKey, type Seconds } from '@fargaze/core/internal';

/** A group as the Pushgateway shows it. */
export type StoredGroup = {
  readonly labels: Readonly<Record<string, string>>;
  /** Who owns it, by our mark; undefined where it has none. */
  readonly owner: string | undefined;
  /** When it was last pushed, by the Pushgateway's clock; seconds since 1970. */
  readonly pushed: Seconds;
  /** Interval that its results are said to come in. */
  readonly interval: Seconds;
};

/** What is judged by. */
export type Rules = {
  readonly owner: string;
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

/** Judges one group. `unconfigured` and `too_old` are to be deleted, everything else stays. */
export function judgeGroup(group: StoredGroup, rules: Rules): Judgement {
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
