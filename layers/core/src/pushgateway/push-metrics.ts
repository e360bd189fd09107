// For functions of users: pushes what their own prom-client registry holds, by the same push as fargaze's own functions.
// Refuses options that would push elsewhere than meant; callers in plain JavaScript have no compiler to do it.
import { systemClock } from '../clock.ts';
import { showValue } from '../config/explain.ts';
import { type Deadline, DeadlineExceeded, raceDeadline, startDeadline } from '../deadline.ts';
import { ConfigError, DeliveryError, type Issue } from '../errors.ts';
import { findAuthFault, findUrlFault, type Pushgateway, pushGroup } from './push.ts';

/** What {@link pushMetrics} needs. */
export type PushMetricsOptions = Pushgateway & {
  /** Grouping key; `job` is required, `instance` advised. */
  readonly grouping: Readonly<Record<string, string>> & { readonly job: string };
  /** A prom-client registry, or anything that renders Prometheus text. */
  readonly registry: { metrics(): string | Promise<string> };
  /** Bound on rendering and the whole exchange in seconds, more than 0; 5 when unset. */
  readonly seconds?: number;
};

/**
 * Replaces the group at the Pushgateway by the metrics of `registry`.
 * @throws DeliveryError when it was not accepted in time; ConfigError with every issue when the options or the
 * secret are unusable; and what the registry throws.
 */
export async function pushMetrics(options: PushMetricsOptions): Promise<void> {
  const issues = findIssues(options);
  if (issues.length > 0) throw new ConfigError('pushMetrics', issues);
  const { grouping, registry, seconds = 5, ...gateway } = options;
  const deadline = startDeadline(seconds, systemClock);
  try {
    const text = await render(registry, deadline);
    await pushGroup(gateway, { grouping, text }, deadline);
  } finally {
    deadline.close();
  }
}

async function render(
  registry: PushMetricsOptions['registry'],
  deadline: Deadline,
): Promise<string> {
  try {
    return await raceDeadline(Promise.resolve(registry.metrics()), deadline);
  } catch (cause) {
    if (!(cause instanceof DeadlineExceeded)) throw cause;
    const message = `timeout: ${cause.message} while the registry was rendered`;
    throw new DeliveryError(message, { retryable: true, cause });
  }
}

function findIssues({ auth, grouping, registry, seconds = 5, url }: Partial<PushMetricsOptions>) {
  const faults: [path: string, message: string | undefined][] = [
    ['url', findUrlFault(url)],
    ['auth', findAuthFault(auth)],
    [
      'registry',
      typeof registry?.metrics === 'function' ? undefined : 'want a prom-client Registry',
    ],
    [
      'seconds',
      seconds > 0 && Number.isFinite(seconds) ? undefined : seenAndWanted(seconds, 'above 0'),
    ],
  ];
  for (const [name, value] of Object.entries({ job: undefined, ...grouping })) {
    faults.push([`grouping.${name}`, findLabelFault(name, value)]);
  }
  return faults.flatMap(([path, message]): Issue[] =>
    message === undefined ? [] : [{ path, message }],
  );
}

// https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
function findLabelFault(name: string, value: unknown): string | undefined {
  if (!/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) return 'want letters, digits and _ as its name';
  if (name === 'job' && value === '') return seenAndWanted(value, 'text that is not empty');
  return typeof value === 'string' ? undefined : seenAndWanted(value, 'text');
}

function seenAndWanted(seen: unknown, want: string): string {
  return `got ${showValue(seen)}, want ${want}`;
}
