import { addDemo, demoCluster } from '../../local/fake-aws/demo.ts';
import { createModel, type Model } from '../../local/fake-aws/model/model.ts';
import {
  begun,
  countRan,
  countTasks,
  desiredCountAt,
  rolloutStateOf,
  statusOf,
  visibleDeployments,
} from '../../local/fake-aws/model/service.ts';
import { isVisible, lastStatusOf } from '../../local/fake-aws/model/task.ts';
import type { Service } from '../../local/fake-aws/model/types.ts';
import { findService } from '../../local/fake-aws/model/world.ts';

const start = 1_800_000_000;

function setUp(options: { desired?: number } = {}) {
  let now = start;
  const model = createModel({ now: () => now });
  model.addCluster({ name: 'prod' });
  model.addService({ cluster: 'prod', name: 'web', desired: options.desired ?? 2 });
  const ref = { cluster: 'prod', service: 'web' };
  return {
    model,
    ref,
    service: () => findService(model.world, ref),
    moveTo: (seconds: number) => {
      now = start + seconds;
      return now;
    },
  };
}

const runningAt = (service: Service, now: number) => countTasks(service.tasks, now).running;

describe('a service', () => {
  it('runs its tasks from the beginning', () => {
    const { service } = setUp({ desired: 3 });
    expect(countTasks(service().tasks, start)).toEqual({ running: 3, pending: 0 });
    expect(visibleDeployments(service(), start).map((item) => rolloutStateOf(item, start))).toEqual(
      ['COMPLETED'],
    );
  });

  it('takes a new task through provisioning and pulling before it counts as running', () => {
    const { model, ref, service, moveTo } = setUp({ desired: 0 });
    model.scaleTo({ ...ref, desired: 1 });
    const statusAt = (seconds: number) => {
      const [task] = service().tasks;
      return task === undefined ? 'none' : lastStatusOf(task, moveTo(seconds));
    };
    expect([0, 5, 19, 20].map(statusAt)).toEqual(['PROVISIONING', 'PENDING', 'PENDING', 'RUNNING']);
  });

  it('stops the newest tasks first when it is scaled in, and remembers the desired count of each time', () => {
    const { model, ref, service } = setUp({ desired: 2 });
    model.scaleTo({ ...ref, desired: 4, at: start });
    model.scaleTo({ ...ref, desired: 1, at: start + 100 });
    const stopped = service().tasks.map((task) => task.stop?.stoppingAt);
    expect(stopped).toEqual([undefined, start + 100, start + 100, start + 100]);
    expect(
      [start - 1, start, start + 99, start + 100].map((at) => desiredCountAt(service(), at)),
    ).toEqual([2, 4, 4, 1]);
  });

  it('shows a stopped task for an hour and then forgets all but that it ran', () => {
    const { model, ref, service, moveTo } = setUp({ desired: 1 });
    model.stopTask({ ...ref, replace: 'no' });
    const [task] = service().tasks;
    const stoppedAt = task?.stop?.stoppedAt ?? 0;
    expect(task && isVisible(task, stoppedAt + 3599)).toBe(true);
    expect(task && isVisible(task, stoppedAt + 3600)).toBe(false);
    moveTo(7200);
    model.scaleTo({ ...ref, desired: 0 });
    expect(service().tasks).toHaveLength(0);
    expect(countRan(service(), start - 60, start)).toBe(1);
    expect(countRan(service(), start + 60, start + 120)).toBe(0);
  });

  it('replaces a task that dies, unless told not to', () => {
    const { model, ref, service } = setUp({ desired: 1 });
    model.stopTask({ ...ref, exits: { web: { exitCode: 137, reason: 'OutOfMemoryError' } } });
    expect([0, 20].map((seconds) => runningAt(service(), start + seconds))).toEqual([0, 1]);
    expect(service().tasks[0]?.stop?.exits.get('web')).toEqual({
      exitCode: 137,
      reason: 'OutOfMemoryError',
    });
  });

  it('drains and then is inactive when it is deleted', () => {
    const { model, ref, service } = setUp();
    model.deleteService(ref);
    expect([-1, 0, 14, 15].map((seconds) => statusOf(service(), start + seconds))).toEqual([
      'ACTIVE',
      'DRAINING',
      'DRAINING',
      'INACTIVE',
    ]);
  });

  it('can be made again after it was deleted and keeps the history of its metrics', () => {
    const { model, ref, service, moveTo } = setUp();
    model.deleteService(ref);
    moveTo(600);
    model.addService({ cluster: 'prod', name: 'web', createdAt: start + 600 });
    expect(runningAt(service(), start + 700)).toBe(1);
    expect(countRan(service(), start - 60, start)).toBe(2);
    expect(() => model.addService({ cluster: 'prod', name: 'web' })).toThrow('already active');
  });

  it.each([
    {
      name: 'an unknown cluster',
      change: (model: Model) => model.addService({ cluster: 'x', name: 'y' }),
    },
    {
      name: 'an unknown service',
      change: (model: Model) => model.scaleTo({ cluster: 'prod', service: 'y', desired: 1 }),
    },
    {
      name: 'a task that is not there',
      change: (model: Model) => model.stopTask({ cluster: 'prod', service: 'web', index: 9 }),
    },
    {
      name: 'an account that is no account',
      change: (model: Model) => model.addAccount({ id: '12' }),
    },
  ])('refuses $name', ({ change }) => {
    expect(() => change(setUp().model)).toThrow(RangeError);
  });
});

describe('a deployment', () => {
  it('starts new tasks, drains the old ones and completes', () => {
    const { model, ref, service } = setUp();
    model.deploy({ ...ref, image: 'example/web:2' });
    const view = (seconds: number) =>
      visibleDeployments(service(), start + seconds).map((deployment) => ({
        state: rolloutStateOf(deployment, start + seconds),
        ...countTasks(
          service().tasks.filter((task) => task.deploymentId === deployment.id),
          start + seconds,
        ),
      }));
    expect(view(1)).toEqual([
      { state: 'IN_PROGRESS', running: 0, pending: 2 },
      { state: 'COMPLETED', running: 2, pending: 0 },
    ]);
    expect(view(29)).toEqual([
      { state: 'IN_PROGRESS', running: 2, pending: 0 },
      { state: 'COMPLETED', running: 2, pending: 0 },
    ]);
    expect(view(45)).toEqual([{ state: 'COMPLETED', running: 2, pending: 0 }]);
  });

  it('never has fewer than the desired tasks running', () => {
    const { model, ref, service } = setUp();
    model.deploy(ref);
    for (let seconds = 0; seconds < 120; seconds++) {
      expect(runningAt(service(), start + seconds)).toBeGreaterThanOrEqual(2);
    }
  });

  it('fails after three failed tasks and rolls back when told to', () => {
    const { model, ref, service } = setUp();
    model.deploy({ ...ref, outcome: 'fail', rollback: 'yes' });
    const failing = service().deployments.at(-2);
    expect(failing?.failures).toHaveLength(3);
    const failedAt = failing?.end?.at ?? 0;
    expect(failing && rolloutStateOf(failing, failedAt - 1)).toBe('IN_PROGRESS');
    expect(failing && rolloutStateOf(failing, failedAt)).toBe('FAILED');
    const [primary] = begun(service(), failedAt);
    expect(primary?.rollbackOf).toBe(failing?.id);
    expect(primary?.definition.revision).toBe(1);
    expect(runningAt(service(), failedAt + 300)).toBe(2);
  });

  it('that is overtaken never ends, and what it still had planned does not happen', () => {
    const { model, ref, service, moveTo } = setUp();
    model.deploy({ ...ref, outcome: 'fail', rollback: 'yes' });
    moveTo(30);
    model.deploy({ ...ref, image: 'example/web:3' });
    const [, overtaken, latest] = service().deployments;
    expect(service().deployments).toHaveLength(3);
    expect(overtaken?.end).toBeUndefined();
    expect(latest && rolloutStateOf(latest, start + 300)).toBe('COMPLETED');
    expect(runningAt(service(), start + 300)).toBe(2);
  });

  it('that hangs stays in progress and leaves the old tasks alone', () => {
    const { model, ref, service } = setUp();
    model.deploy({ ...ref, outcome: 'hang' });
    const later = start + 86_400;
    const [primary] = visibleDeployments(service(), later);
    expect(primary && rolloutStateOf(primary, later)).toBe('IN_PROGRESS');
    expect(countTasks(service().tasks, later)).toEqual({ running: 2, pending: 2 });
  });

  it('leaves no exit code on a container that never started', () => {
    const { model, ref, service, moveTo } = setUp({ desired: 1 });
    model.deploy({ ...ref, outcome: 'hang' });
    moveTo(100);
    model.deploy(ref);
    const exits = service().tasks.map((task) => task.stop?.exits.get('web'));
    expect(exits).toEqual([{ exitCode: 0 }, {}, undefined]);
  });

  it('does not keep a task alive that dies before it would be drained', () => {
    const { model, ref, service, moveTo } = setUp({ desired: 1 });
    model.deploy(ref);
    const [old] = service().tasks;
    expect(old?.stop?.stoppingAt).toBe(start + 30);
    moveTo(5);
    model.stopTask({ ...ref, code: 'SpotInterruption', replace: 'no' });
    expect(old?.stop).toMatchObject({ stoppingAt: start + 5, code: 'SpotInterruption' });
    model.deleteService({ ...ref, at: start + 10 });
    expect(old?.stop?.stoppingAt).toBe(start + 5);
  });

  it('cannot be scaled while a rollback is still to come', () => {
    const { model, ref } = setUp();
    model.deploy({ ...ref, outcome: 'fail', rollback: 'yes' });
    expect(() => model.scaleTo({ ...ref, desired: 5 })).toThrow('rolls back at');
  });
});

describe('scheduled changes', () => {
  it('happen in order of their time, each at its own time, also after a long pause', () => {
    const { model, moveTo } = setUp();
    const seen: number[] = [];
    model.schedule(start + 45, (at) => seen.push(at - start));
    model.repeat({ first: start + 10, seconds: 20 }, (at) => seen.push(at - start));
    model.schedule(start + 25, (at) => seen.push(at - start));
    model.settle();
    expect(seen).toEqual([]);
    moveTo(50);
    model.settle();
    expect(seen).toEqual([10, 25, 30, 45, 50]);
    model.settle();
    expect(seen).toHaveLength(5);
  });
});

describe('the demo', () => {
  const demoAt = (begin: number, at: number) => {
    let now = begin;
    const model = createModel({ now: () => now });
    addDemo(model);
    now = at;
    model.settle();
    const worker = findService(model.world, { cluster: demoCluster, service: 'worker' });
    return worker.tasks
      .filter((task) => isVisible(task, at))
      .map((task) => `${task.id} ${lastStatusOf(task, at)}`)
      .sort();
  };

  it('shows the same at an instant whenever it was started', () => {
    const at = start + 4000;
    expect(demoAt(start, at)).toEqual(demoAt(start + 2500, at));
    expect(demoAt(start, at).length).toBeGreaterThan(4);
  });

  it('has rollouts and stopped tasks within an hour, and none that an alert would report', () => {
    let now = start;
    const model = createModel({ now: () => now });
    addDemo(model);
    now = start + 3600 + 600;
    model.settle();
    const worker = findService(model.world, { cluster: demoCluster, service: 'worker' });
    const states = begun(worker, now).map((deployment) => rolloutStateOf(deployment, now));
    expect(new Set(states)).toEqual(new Set(['COMPLETED']));
    expect(states.length).toBeGreaterThan(3);
    const stops = worker.tasks.flatMap((task) => task.stop ?? []);
    const codes = new Set(stops.map(({ code }) => code));
    const crashes = stops.filter(({ code }) => code === 'EssentialContainerExited');
    expect(crashes.length).toBeLessThan(3);
    expect(codes.size).toBeGreaterThan(2);
  });
});
