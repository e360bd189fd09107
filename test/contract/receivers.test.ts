// Remote write to every receiver of the table: what is new is stored, in few requests, whatever else is refused.
import { createWriter } from '../../functions/deliver/remote.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import {
  type FakeReceiver,
  prometheusOfVersion1,
  type ReceiverKind,
  receiverKinds,
  startFakeReceiver,
} from '../support/fake-receivers.ts';
import { minute, now, series, write } from '../support/remote-writing.ts';

let receiver: FakeReceiver;
afterEach(() => receiver.stop());

/** `count` series with points of the minutes [from, until). */
const window = (count: number, from: number, until: number) =>
  Array.from({ length: count }, (_, i) => {
    const points = Array.from({ length: until - from }, (_, at) => ({
      at: now + (from + at) * minute,
      value: i * 1000 + from + at,
    }));
    return series('aws_requests', points, { i: String(i) });
  });

const stored = () => [...receiver.series.values()].reduce((sum, points) => sum + points.size, 0);

/** Everything is written again, with five new points: as after a cold start that does not know what is there. */
async function overlap(kind: ReceiverKind, count: number) {
  receiver = await startFakeReceiver(kind);
  await write(receiver.url, window(count, -65, -5), { seconds: 60 });
  const minimum = receiver.requests();
  const { requests } = await write(receiver.url, window(count, -65, 0), { seconds: 60 });
  return { requests, minimum, complete: stored() === count * 65 };
}

it.each(receiverKinds)(
  '$name: an overlap costs no request more, and no new point',
  async (kind) => {
    for (const count of [50, 400]) {
      const { complete, minimum, requests } = await overlap(kind, count);
      expect([count, complete]).toEqual([count, true]);
      expect(requests).toBeLessThanOrEqual(minimum + 1);
      await receiver.stop();
    }
  },
);

it.each([50, 400])('one whose requests are all or nothing: %d series', async (count) => {
  const { complete, minimum, requests } = await overlap(prometheusOfVersion1, count);
  expect(complete).toBe(true);
  // The latest point that is too late is sought from the oldest on, since a newer one that is stored would make it too late.
  expect(requests).toBeLessThanOrEqual(3 * minimum + 600);
});

it.each(receiverKinds)('$name: what it refuses is counted by its reason', async (kind) => {
  receiver = await startFakeReceiver(kind);
  await write(receiver.url, [series('m', [{ at: now, value: 1 }])]);
  const late = { at: now - 180 * minute, value: 3 };
  const result = await write(receiver.url, [
    series('m', [late]),
    series('n', [{ at: now, value: 2 }]),
  ]);
  expect(result).toMatchObject({ sent: 1, rejected: { out_of_order: 1 }, requests: 1 });
  expect(receiver.series.size).toBe(2);
});

it('batches that a queue hands over in any order are written oldest first', async () => {
  receiver = await startFakeReceiver(prometheusOfVersion1);
  const clock = createFakeClock(Date.now());
  const deadline = startDeadline(60, clock);
  const url = new URL(receiver.url);
  const at = (minutes: number) => now - minutes * minute;
  const batches = [1, 3, 2].map((minutes) => ({
    taken: at(minutes),
    groups: [],
    series: [series('m', [{ at: at(minutes), value: minutes }])],
  }));
  const writer = createWriter({ url, version: 1 }, { clock, deadline });
  const written = await writer.writeAll([undefined, ...batches]);
  deadline.close();
  expect(written.map((one) => one?.outcome)).toEqual([undefined, 'written', 'written', 'written']);
  expect(stored()).toBe(3);
});

it('a value that differs from the newest is reported as not settled, for it may be sent again later', async () => {
  const [kind] = receiverKinds as [ReceiverKind];
  receiver = await startFakeReceiver(kind);
  await write(receiver.url, [series('m', [{ at: now, value: 1 }])]);
  const result = await write(receiver.url, [series('m', [{ at: now, value: 2 }])]);
  expect(result).toMatchObject({ sent: 0, rejected: { duplicate: 1 } });
  expect(result.unsettled?.map(({ labels }) => labels.__name__)).toEqual(['m']);
});

it('a body that is too large is halved, and the next ones are smaller from the start', async () => {
  receiver = await startFakeReceiver({ ...prometheusOfVersion1, maxBytes: 3000 });
  const { requests, sent } = await write(receiver.url, window(400, -2, 0), { seconds: 60 });
  expect(sent).toBe(800);
  expect(requests).toBeLessThan(30);
});
