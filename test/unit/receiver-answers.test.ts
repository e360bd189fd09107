// What an answer to remote write means, by status, words and header, before any request is made of it.
import { type AnswerMeaning, readAnswer } from '../../layers/core/src/remote-write/answers.ts';

type Said = { readonly status: number; readonly body?: string; readonly written?: string };

const now = 1_700_000_000_000;

function meaningOf({ body = '', status, written }: Said, version: 1 | 2): AnswerMeaning {
  const headers = {
    ...(written !== undefined && { 'x-prometheus-remote-write-samples-written': written }),
    'retry-after': '7',
  };
  return readAnswer({ status, body, headers }, { version, now });
}

const stored = { kind: 'stored' } as const;
const unsupported = { kind: 'unsupported' } as const;
const retry = { kind: 'retry', afterSeconds: 7 } as const;
const refused = { kind: 'refused' } as const;
const rejected = (reason: string, rest: string, written?: number) => ({
  kind: 'rejected',
  reason,
  rest,
  written,
});

it.each([
  { said: { status: 200, written: '12' }, one: stored, two: stored },
  // A receiver of version 1 answers 2xx without counting: what it took for a request of version 1 is lost.
  { said: { status: 204 }, one: stored, two: unsupported },
  { said: { status: 299 }, one: stored, two: unsupported },
  { said: { status: 200, written: '-1' }, one: stored, two: unsupported },
  { said: { status: 200, written: '1x' }, one: stored, two: unsupported },
  { said: { status: 301 }, one: refused, two: refused },
  { said: { status: 300 }, one: refused, two: refused },
  { said: { status: 199 }, one: refused, two: refused },
  { said: { status: 401 }, one: refused, two: refused },
  { said: { status: 403, body: 'out of order sample' }, one: refused, two: refused },
  { said: { status: 415 }, one: refused, two: unsupported },
  { said: { status: 413 }, one: { kind: 'too_large' }, two: { kind: 'too_large' } },
  { said: { status: 429 }, one: retry, two: retry },
  { said: { status: 500, body: 'disk full' }, one: retry, two: retry },
  {
    said: { status: 503, body: 'out of order? no: too many labels' },
    one: rejectedLate(),
    two: rejectedLate(),
  },
  { said: { status: 400, body: 'what?' }, one: rejected('other', 'lost'), two: unsupported },
  {
    said: { status: 400, body: 'what?', written: '0' },
    one: rejected('other', 'stored', 0),
    two: rejected('other', 'stored', 0),
  },
  {
    said: { status: 422, body: 'too old sample', written: '41' },
    one: rejected('too_old', 'stored', 41),
    two: rejected('too_old', 'stored', 41),
  },
  {
    said: { status: 400, body: 'out of order sample' },
    one: rejected('out_of_order', 'lost'),
    two: rejected('out_of_order', 'lost'),
  },
  {
    said: { status: 400, body: 'user=7: err-mimir-sample-timestamp-too-old' },
    one: rejected('too_old', 'stored'),
    two: rejected('too_old', 'stored'),
  },
  {
    said: { status: 409, body: 'store locally for endpoint: conflict' },
    one: rejected('out_of_order', 'stored'),
    two: rejected('out_of_order', 'stored'),
  },
  {
    said: { status: 409, body: 'duplicate sample for timestamp' },
    one: rejected('duplicate', 'stored'),
    two: rejected('duplicate', 'stored'),
  },
])('$said means $one.kind in version 1 and $two.kind in version 2', ({ one, said, two }) => {
  expect([meaningOf(said, 1), meaningOf(said, 2)]).toEqual([one, two]);
});

function rejectedLate() {
  return rejected('out_of_order', 'lost');
}

it.each([
  ['too old sample', 'too_old'],
  ['out of order sample', 'out_of_order'],
  ['duplicate sample for timestamp', 'duplicate'],
  ['sample is too far in future', undefined],
  ['max series limit', undefined],
  ['invalid label', undefined],
])('a 500 with "%s" is final only where time cannot mend it', (body, reason) => {
  const wanted = reason === undefined ? retry : rejected(reason, 'lost');
  expect(meaningOf({ status: 500, body }, 1)).toEqual(wanted);
});

it.each([
  ['repeated timestamp', 'duplicate'],
  ['out of order labels', 'invalid'],
  ['out of bounds', 'too_old'],
  ['too-far-in-future', 'too_new'],
  ['maximum number of series', 'limit'],
  ['max global series', 'limit'],
  ['max-series-per-user', 'limit'],
  ['metric name is missing', 'invalid'],
  ['limit of something', 'limit'],
  ['no idea', 'other'],
])('"%s" is counted as %s', (body, reason) => {
  expect(meaningOf({ status: 400, body }, 1)).toMatchObject({ kind: 'rejected', reason });
});
