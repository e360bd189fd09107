// What canaries that were sent side by side say together.
import { canarySamples } from '../../functions/redis-probe/canary.ts';

it('a shard that could not be asked has not succeeded', () => {
  const canary = { failures: [], durations: {}, seconds: 0 };
  const whole = { ...canary, success: { write: true, read: true, delete: true } };
  const values = (canaries: Parameters<typeof canarySamples>[0]) =>
    canarySamples(canaries).map(({ labels, value }) => [labels.op, value]);
  expect(values([whole, whole])).toEqual([
    ['write', 1],
    ['read', 1],
    ['delete', 1],
  ]);
  expect(values([whole, { ...canary, success: {} }])).toEqual([
    ['write', 0],
    ['read', 0],
    ['delete', 0],
  ]);
  expect(values([{ ...canary, success: { write: false } }])).toEqual([['write', 0]]);
});
