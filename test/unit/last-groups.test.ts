// By remote write a series that a run no longer has is ended, once, and only where the run could have had it.
import { LastGroups } from '../../functions/ecs-bridge/ecs/last-groups.ts';
import { type Batch, sample } from '../../layers/core/src/sample.ts';

const cluster = { region: 'r', account_id: '1', cluster: 'c' };
const running = (...names: readonly string[]) =>
  names.map((service) => sample('ecs_service_running_tasks', { service, ...cluster }, 1));

function batchOf(taken: number, groups: Readonly<Record<string, readonly string[]>>): Batch {
  return {
    taken,
    groups: Object.entries(groups).map(([instance, names]) => ({
      grouping: { job: 'fargaze-ecs', instance },
      samples: running(...names),
    })),
  };
}

const last = () => {
  const groups = new LastGroups();
  groups.keep(batchOf(1000, { a: ['x', 'y'], b: ['z'] }), 'all');
  return groups;
};

it('a service that has gone is ended, with the labels and the group that it had', () => {
  const ends = last().endsIn(batchOf(2000, { a: ['x'], b: ['z'] }), 'all');
  const labels = { job: 'fargaze-ecs', instance: 'a', service: 'y', ...cluster };
  expect(ends).toEqual([
    {
      labels: { __name__: 'ecs_service_running_tasks', ...labels },
      points: [{ at: 2000, value: 'stale' }],
    },
  ]);
});

it('a service in another group of its cluster has another series', () => {
  const ends = last().endsIn(batchOf(2000, { a: ['x'], b: ['z', 'y'] }), 'all');
  expect(ends.map(({ labels }) => `${labels.instance} ${labels.service}`)).toEqual(['a y']);
});

it('a group that is missing has gone, unless it may not have been read', () => {
  const names = (extent: 'all' | 'some') =>
    last()
      .endsIn(batchOf(2000, { a: ['x', 'y'] }), extent)
      .map(({ labels }) => labels.service);
  expect([names('all'), names('some')]).toEqual([['z'], []]);
});

it('a group that could not be read for ten minutes is forgotten: its series have ended by themselves', () => {
  const groups = last();
  const later = batchOf(602_000, { a: ['x', 'y'] });
  groups.keep(later, 'some');
  expect(groups.endsIn(batchOf(603_000, { a: ['x', 'y'] }), 'all')).toEqual([]);
});

it('a group that could not be read is ended when it is known to have gone, and what was ended is not again', () => {
  const groups = last();
  groups.keep(batchOf(2000, { a: ['x'] }), 'some');
  const whole = batchOf(3000, { a: ['x'] });
  expect(groups.endsIn(whole, 'all').map(({ labels }) => labels.service)).toEqual(['z']);
  groups.keep(whole, 'all');
  expect(groups.endsIn(batchOf(4000, { a: ['x'] }), 'all')).toEqual([]);
});
