// Why containers ended, in few words: the texts of ECS are free and long, a label must not be.
import type { Container, Task } from './answers.ts';

/** The values of the label `reason` of `ecs_service_container_exits`. */
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

/** The reason of one container of a stopped task: its own words first, then the task's. */
export function exitReason(
  container: Pick<Container, 'reason'>,
  task: Pick<Task, 'stoppedReason'>,
): ExitReason {
  for (const text of [container.reason ?? '', task.stoppedReason ?? '']) {
    const match = byText.find(([pattern]) => pattern.test(text));
    if (match !== undefined) return match[1];
  }
  return 'other';
}
