// Why containers of ECS stopped, as one of a few words: ECS writes long free texts, which make bad labels.

/** The values of the label `reason` of container exits. */
export type ExitReason =
  | 'oom_killed'
  | 'cannot_pull_container'
  | 'health_check'
  | 'essential_exited'
  | 'other';

// docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
const byText: readonly (readonly [RegExp, ExitReason])[] = [
  [/OutOfMemory/i, 'oom_killed'],
  [/CannotPull|pull image/i, 'cannot_pull_container'],
  [/health check/i, 'health_check'],
  [/Essential container/i, 'essential_exited'],
];

/** The reason of one container of a stopped task: its own text first, then the task's. */
export function exitReason(
  container: { readonly reason?: string | undefined },
  task: { readonly stoppedReason?: string | undefined },
): ExitReason {
  for (const text of [container.reason ?? '', task.stoppedReason ?? '']) {
    const match = byText.find(([pattern]) => pattern.test(text));
    if (match !== undefined) return match[1];
  }
  return 'other';
}
