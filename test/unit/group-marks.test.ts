// When a group was taken and whose it is; the path that names it; and how both are read back from the Pushgateway's text.
import { groupPath } from '../../layers/core/src/pushgateway/grouping.ts';
import { markOwner, takenOf } from '../../layers/core/src/pushgateway/owner.ts';
import { findSeries } from '../../layers/core/src/pushgateway/stored.ts';
import { type Sample, sample } from '../../layers/core/src/sample.ts';

const grouping = { job: 'j', instance: 'i' };
const group = (...samples: Sample[]) => ({ grouping, samples });
const up = sample('probe_success', {}, 1);

describe('takenOf', () => {
  it.each([
    { name: 'the batch, in seconds, where it has no time', samples: [up], taken: 5 },
    {
      name: 'its latest time',
      samples: [
        sample('fargaze_bridge_timestamp_seconds', {}, 40),
        up,
        sample('fargaze_probe_timestamp_seconds', {}, 30),
      ],
      taken: 40,
    },
    {
      name: 'the batch where its time is no number',
      samples: [sample('fargaze_probe_timestamp_seconds', {}, Number.NaN)],
      taken: 5,
    },
  ])('is $name', ({ samples, taken }) => {
    expect(takenOf(group(...samples), 5000)).toBe(taken);
  });
});

it('a group has one mark, which replaces another', () => {
  const old = sample('fargaze_group_timestamp_seconds', { owner: 'them' }, 1);
  expect(markOwner(group(old, up), 7, 'us')).toEqual({
    grouping,
    samples: [up, sample('fargaze_group_timestamp_seconds', { owner: 'us' }, 7)],
  });
});

it.each([
  { grouping: { job: 'j' }, path: '/metrics/job/j' },
  { grouping: { z: '1', job: 'j', a: '2', m: '3' }, path: '/metrics/job/j/a/2/m/3/z/1' },
  { grouping: { job: 'a/b' }, path: '/metrics/job@base64/YS9i' },
  { grouping: { job: '..', a: '.' }, path: '/metrics/job@base64/Li4/a@base64/Lg' },
  { grouping: { job: 'a..', b: '..a' }, path: '/metrics/job/a../b/..a' },
  { grouping: { job: '...' }, path: '/metrics/job/...' },
  { grouping: { job: '' }, path: '/metrics/job@base64/=' },
  { grouping: { a: 'é' }, path: '/metrics/job@base64/=/a/%C3%A9' },
])('$grouping has the path $path', ({ grouping: keys, path }) => {
  expect(groupPath(keys)).toBe(path);
});

describe('findSeries', () => {
  const names = new Set(['up', 'down']);
  it.each([
    { text: 'up 1', labels: {}, value: 1 },
    { text: 'up{ a = "b", c="d" , } 2 1700', labels: { a: 'b', c: 'd' }, value: 2 },
    { text: 'up{a="x}\\"\\\\ \\n"}   3   1700', labels: { a: 'x}"\\ \n' }, value: 3 },
    { text: 'up\t-Inf', labels: {}, value: Number.NEGATIVE_INFINITY },
  ])('reads $text', ({ labels, text, value }) => {
    expect(findSeries(`# HELP up x\n${text}\nother 5\n`, names)).toEqual([
      { metric: 'up', labels, value },
    ]);
  });

  it('finds nothing in nothing, and the last line without its end', () => {
    expect(findSeries('', names)).toEqual([]);
    expect(findSeries('other 1\ndown 2', names)).toEqual([
      { metric: 'down', labels: {}, value: 2 },
    ]);
  });
});
