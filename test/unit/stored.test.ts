// What is read of a Pushgateway's text: the series asked for, with labels as they are, and only groups of our shape.

import { readTimes } from '../../functions/deliver/pushgateway/store.ts';
import { groupKey } from '../../layers/core/src/pushgateway/grouping.ts';
import { findSeries } from '../../layers/core/src/pushgateway/stored.ts';

const text = String.raw`# HELP wanted A text with wanted{a="b"} 1 in it
# TYPE wanted gauge
wanted{instance="a \"b\" \\ {c=\"d\"}, \n\\n",job="j"} 1.764084660123e+09
wanted{job="k",} -Inf 1764084660000
wanted 3
wanted_too{job="j"} 4
unwanted{a="wanted 5"} 6
wanted{job="last"} NaN`;

it('finds series by name, with escaped labels, times and special numbers, up to the last line', () => {
  expect(findSeries(text, new Set(['wanted']))).toEqual([
    {
      metric: 'wanted',
      labels: { instance: 'a "b" \\ {c="d"}, \n\\n', job: 'j' },
      value: 1764084660.123,
    },
    { metric: 'wanted', labels: { job: 'k' }, value: Number.NEGATIVE_INFINITY },
    { metric: 'wanted', labels: {}, value: 3 },
    { metric: 'wanted', labels: { job: 'last' }, value: Number.NaN },
  ]);
});

it('a group is as old as its mark says, else as the latest of its times; groups of another shape do not belong to this project', () => {
  const times = readTimes(`
fargaze_probe_timestamp_seconds{instance="i",job="j"} 90
fargaze_group_timestamp_seconds{instance="i",job="j",owner="o"} 20
fargaze_bridge_timestamp_seconds{instance="c",job="e"} 30
fargaze_probe_timestamp_seconds{instance="c",job="e"} 29
fargaze_probe_timestamp_seconds{instance="i",job="j",shard="1"} 99
fargaze_probe_timestamp_seconds{instance="c",job="e",shard="1"} 99
fargaze_group_timestamp_seconds{instance="c",job="e",owner="o",shard="1"} 99
fargaze_probe_timestamp_seconds{job="no instance"} 99
fargaze_bridge_watermark_timestamp_seconds{instance="c",job="e"} 99
push_time_seconds{instance="i",job="j"} 21
push_time_seconds{instance="other",job="j"} 22
`);
  expect(Object.fromEntries(times)).toEqual({
    [groupKey({ job: 'j', instance: 'i' })]: { taken: 20, put: 21 },
    [groupKey({ job: 'e', instance: 'c' })]: { taken: 30, put: Number.NaN },
  });
});
