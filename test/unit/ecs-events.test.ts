// Texts of ECS as the API writes them, and the few words that become labels.
import { isSteady, notableEvents, troubleOf } from '../../functions/ecs-bridge/ecs/events.ts';
import { exitReason } from '../../layers/core/src/exit-reason.ts';

describe('an event of a service', () => {
  // Forms of docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
  it.each([
    ['(service web) has reached a steady state.', undefined],
    ['(service web) has started 2 tasks: (task 0a) (task 0b).', undefined],
    [
      '(service web) (deployment ecs-svc/1) deployment failed: tasks failed to start.',
      'deployment_failed',
    ],
    ['(service web) rolling back to deployment ecs-svc/1.', 'rollback'],
    [
      '(service web) was unable to place a task. Reason: Capacity is unavailable at this time.',
      'placement_failed',
    ],
    [
      '(service web) is unable to consistently start tasks successfully. For more information, see',
      'start_impaired',
    ],
    ['(service web) (task 0a) failed container health checks.', 'unhealthy_container'],
    [
      '(service web) (port 80) is unhealthy in (target-group arn:aws:…) due to (reason Health checks failed)',
      'unhealthy_target',
    ],
    ['(service web) operations are being throttled on elb. Will try again later.', 'throttled'],
  ])('%s', (message, trouble) => {
    expect(troubleOf(message)).toBe(trouble);
    expect(isSteady(message)).toBe(message.includes('steady'));
  });
});

describe('the end of a container', () => {
  it.each([
    ['OutOfMemoryError: Container killed due to memory usage', '', 'oom_killed'],
    [
      'CannotPullContainerError: pull image manifest has been retried 5 time(s)',
      '',
      'cannot_pull_container',
    ],
    ['', 'Task failed container health checks', 'health_check'],
    ['', 'Task failed ELB health checks in (target-group arn:aws:…)', 'health_check'],
    ['', 'Essential container in task exited', 'essential_exited'],
    ['OutOfMemoryError: …', 'Essential container in task exited', 'oom_killed'],
    ['', 'Scaling activity initiated by deployment ecs-svc/1', 'other'],
    ['', '', 'other'],
  ])('%s | %s is %s', (reason, stoppedReason, wanted) => {
    expect(exitReason({ reason }, { stoppedReason })).toBe(wanted);
  });
});

it('of the events of a service the newest of each kind is kept, whatever order they come in', () => {
  const steady = '(service web) has reached a steady state.';
  const rollback = '(service web) rolling back to deployment ecs-svc/1.';
  const notable = notableEvents([
    { createdAt: 40, message: steady },
    { createdAt: 20, message: rollback },
    { createdAt: 30, message: rollback },
    { createdAt: 10, message: steady },
    { message: '(service web) deployment failed: tasks failed to start.' },
  ]);
  expect(notable).toEqual({ steadyAt: 40, troubles: new Map([['rollback', 30]]) });
});
