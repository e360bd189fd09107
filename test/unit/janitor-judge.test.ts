// What the janitor may delete: only what is ours, and only what nobody renews in the time that its interval allows.
import { type Judged, judgeGroup, type Rules } from '../../functions/janitor/judge.ts';

const minute = 60;
const hour = 60 * minute;
const rules: Rules = {
  owner: 'us',
  now: 1_000_000,
  configured: new Set([JSON.stringify(['j', 'configured'])]),
  openJobs: new Set(['open']),
  grace: 15 * minute,
  maxAge: 24 * hour,
};
const group = (silent: number, more: Partial<Judged> = {}): Judged => ({
  labels: { job: 'j', instance: 'removed' },
  owner: 'us',
  pushed: rules.now - silent,
  interval: minute,
  ...more,
});

it.each([
  { name: 'within the grace', group: group(15 * minute), verdict: 'renewed' },
  { name: 'beyond the grace', group: group(15 * minute + 1), verdict: 'unconfigured' },
  {
    name: 'of a slow probe, within three of its intervals',
    group: group(3 * hour, { interval: hour }),
    verdict: 'renewed',
  },
  {
    name: 'of a slow probe, beyond three of its intervals',
    group: group(3 * hour + 1, { interval: hour }),
    verdict: 'unconfigured',
  },
  {
    name: 'that is configured, within a day',
    group: group(24 * hour, { labels: { job: 'j', instance: 'configured' } }),
    verdict: 'configured',
  },
  {
    name: 'that is configured, beyond a day',
    group: group(24 * hour + 1, { labels: { job: 'j', instance: 'configured' } }),
    verdict: 'too_old',
  },
  {
    name: 'that comes once in twelve hours, within ten of them',
    group: group(5 * 24 * hour, { interval: 12 * hour, labels: { job: 'open', instance: 'c' } }),
    verdict: 'configured',
  },
  { name: 'of somebody else', group: group(99 * hour, { owner: 'them' }), verdict: 'foreign' },
  { name: 'of nobody', group: group(99 * hour, { owner: undefined }), verdict: 'foreign' },
  {
    name: 'without an instance, whoever marked it',
    group: group(99 * hour, { labels: { job: 'j' } }),
    verdict: 'foreign',
  },
  {
    name: 'without a job, whoever marked it',
    group: group(99 * hour, { labels: { instance: 'i' } }),
    verdict: 'foreign',
  },
  {
    name: 'with a further label',
    group: group(99 * hour, { labels: { job: 'j', instance: 'i', shard: '1' } }),
    verdict: 'foreign',
  },
])('a group $name is $verdict', ({ group: judged, verdict }) => {
  expect(judgeGroup(judged, rules)).toBe(verdict);
});

it('without an owner of our own nothing is ours', () => {
  const nobody = { ...rules, owner: '' };
  expect(judgeGroup(group(99 * hour, { owner: '' }), nobody)).toBe('foreign');
});
