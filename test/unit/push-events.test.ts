// Events to a Pushgateway whose password cannot be had.
import { pushEvents } from '../../functions/deliver/ecs-events/push-events.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';
import { createFakeClock } from '../support/fake-clock.ts';

it('are not tried again within the run: the messages come again', async () => {
  const clock = createFakeClock();
  const deadline = startDeadline(50, clock);
  const arn = 'arn:aws:ecs:eu-west-1:111122223333:cluster/main';
  const place = {
    ...{ region: 'eu-west-1', account_id: '111122223333' },
    ...{ cluster: 'main', service: 'web', family: '' },
  };
  const about = {
    kind: 'stop',
    stopCode: 'UserInitiated',
    stoppedReason: undefined,
    containers: [],
  } as const;
  const basic = { username: 'u', password: 'env:PUSH_EVENTS_UNSET' } as const;
  const results = await pushEvents([{ id: 'e', time: 1_800_000_000, arn, place, about }], {
    pushgateway: { url: 'http://127.0.0.1:1/', auth: basic },
    ...{ owner: 'o', clock, deadline, settling: { window: 2, margin: 0.5 } },
  });
  deadline.close();
  expect(results.get(arn)?.outcome).toBeUndefined();
  expect(results.get(arn)?.error).toBeInstanceOf(ConfigError);
  expect(clock.slept).toEqual([]);
});
