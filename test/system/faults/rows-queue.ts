// What a queue does with messages, messages that are none, and clocks that are wrong.
import { gzipSync } from 'node:zlib';
import type { DeliverRow } from './row.ts';

const queue = { kind: 'deliver', component: 'queue' } as const;
const clock = { kind: 'deliver', component: 'deliver, clock' } as const;
const good = [{ of: 'a' }] as const;
const body = (value: unknown) => ({ body: JSON.stringify(value) });
const packed = (batch: unknown) => gzipSync(JSON.stringify(batch)).toString('base64');
const version = { fargaze: 1, taken: 0, encoding: 'gzip' } as const;

const malformed = {
  shows: {
    'messages.malformed': 1,
    'messages.delivered': 1,
    MessagesUndeliverable: 1,
    'fargaze_deliver_messages{outcome="malformed"}': 1,
  },
  lost: 0,
  left: 1,
  recovery: 'the other messages are delivered; it stays in the queue, in the end as a dead letter',
} as const;

/** The rows. */
export const queueRows: readonly DeliverRow[] = [
  {
    ...queue,
    fault: 'delivers a message twice in one batch',
    sends: [good, good],
    shows: { 'groups.pushed': 1, 'messages.retried': 'absent' },
    lost: 0,
    recovery: 'the second changes nothing',
  },
  {
    ...queue,
    fault: 'delivers a message again that was delivered',
    before: [good],
    sends: [good],
    shows: { 'messages.retried': 'absent', MessagesUndeliverable: 'absent' },
    lost: 0,
    recovery: 'it changes nothing',
  },
  {
    ...queue,
    fault: 'delivers a message again whose samples are stored',
    to: 'prometheus',
    before: [good],
    sends: [good],
    shows: { 'messages.delivered': 1, MessagesUndeliverable: 'absent' },
    lost: 0,
    recovery: 'it changes nothing',
  },
  {
    ...queue,
    fault: 'delivers an older result after a newer one',
    before: [[{ of: 'a', age: 1 }]],
    sends: [[{ of: 'a', age: 2 }]],
    shows: { 'messages.superseded': 1, 'groups.superseded': 1 },
    lost: 0,
    recovery: 'the newer result stays',
  },
  {
    ...queue,
    fault: 'turns the order round in one batch',
    sends: [[{ of: 'a', age: 1 }], [{ of: 'a', age: 3 }], [{ of: 'a', age: 2 }]],
    shows: { 'messages.delivered': 1, 'messages.superseded': 2 },
    lost: 0,
    recovery: 'the newest result is stored',
  },
  {
    ...queue,
    fault: 'turns the order round, and the receiver takes what is late',
    to: 'prometheus',
    sends: [[{ of: 'a', age: 1 }], [{ of: 'a', age: 3 }], [{ of: 'a', age: 2 }]],
    shows: { 'messages.delivered': 3, samples: 3 },
    lost: 0,
    recovery: 'each sample is stored with its own time',
  },
  {
    ...queue,
    fault: 'delays a result by ten minutes',
    sends: [[{ of: 'a', age: 10 }]],
    shows: { 'messages.delivered': 1, 'fargaze_deliver_messages{outcome="delivered"}': 1 },
    lost: 0,
    recovery: 'it is stored with the time when it was taken, so the fresh series do not show it',
  },
  {
    ...queue,
    fault: 'delays samples by ten minutes',
    to: 'prometheus',
    before: [[{ of: 'a', age: 1 }]],
    sends: [[{ of: 'a', age: 10 }]],
    shows: { 'messages.delivered': 1, samples: 1 },
    lost: 0,
    recovery: 'they are stored with their own times',
  },
  {
    ...queue,
    ...malformed,
    fault: 'holds a message that is no JSON',
    sends: [{ body: '{' }, good],
  },
  {
    ...queue,
    ...malformed,
    fault: 'holds a message that is not gzipped',
    sends: [body({ ...version, batch: 'AAAA' }), good],
    says: 'want gzip in base64',
  },
  {
    ...queue,
    ...malformed,
    fault: 'holds a message that unpacks to 64 MB',
    sends: [body({ ...version, batch: packed('x'.repeat(64 << 20)) }), good],
    says: 'of at most 4194304 bytes',
  },
  {
    ...queue,
    ...malformed,
    fault: 'holds a message whose groups are none',
    sends: [body({ ...version, batch: packed({ taken: 1, groups: 'none' }) }), good],
    says: 'groups',
  },
  {
    ...queue,
    fault: 'holds a message of a newer version',
    sends: [body({ fargaze: 2 }), good],
    shows: { 'messages.retried': 1, 'messages.delivered': 1 },
    says: 'fargaze: got version 2, want 1',
    lost: 0,
    left: 1,
    recovery: 'it stays in the queue, in the end as a dead letter, until an update reads it',
  },
  {
    ...queue,
    fault: 'holds a message with a metric that is not known',
    sends: [
      body({
        ...version,
        batch: packed({
          taken: 1,
          groups: [
            {
              grouping: { job: 'j', instance: 'i' },
              samples: [{ metric: 'probe_new', labels: {}, value: 1 }],
            },
          ],
        }),
      }),
      good,
    ],
    shows: { 'messages.retried': 1, 'messages.delivered': 1 },
    says: 'probe_new',
    lost: 0,
    left: 1,
    recovery: 'it stays in the queue, in the end as a dead letter, until an update reads it',
  },
  {
    ...queue,
    fault: 'holds the answer of a probe that failed',
    sends: [
      body({ requestContext: {}, responsePayload: { errorType: 'Error', errorMessage: 'boom' } }),
      good,
    ],
    shows: { 'messages.empty': 1, 'messages.delivered': 1, MessagesUndeliverable: 'absent' },
    lost: 0,
    recovery: 'nothing is to be recovered',
  },
  {
    ...clock,
    fault: 'is two minutes behind',
    before: [[{ of: 'a', age: 0 }]],
    sends: [[{ of: 'a', age: 1 }]],
    skew: -120,
    shows: { 'messages.superseded': 1 },
    lost: 0,
    recovery: 'the newer result stays',
  },
  {
    ...clock,
    fault: 'is a day behind',
    before: [[{ of: 'a', age: 2 }]],
    sends: [[{ of: 'a', age: 1 }], [{ of: 'a', age: 3 }]],
    skew: -86_400,
    shows: { 'messages.delivered': 1, 'messages.superseded': 1 },
    lost: 0,
    recovery: 'the newest result is stored',
  },
  {
    ...clock,
    fault: 'is a day ahead',
    before: [[{ of: 'a', age: 2 }]],
    sends: [[{ of: 'a', age: 1 }], [{ of: 'a', age: 3 }]],
    skew: 86_400,
    shows: { 'messages.delivered': 1, 'messages.superseded': 1 },
    lost: 0,
    recovery: 'the newest result is stored',
  },
];
