// Which sink the environment asks for, and every problem of it in one message.
import { createSink } from '../../layers/core/src/delivery/choose.ts';
import { readReceivers } from '../../layers/core/src/delivery/settings.ts';

const variables = [
  'FARGAZE_QUERY_URL',
  'FARGAZE_REMOTE_WRITE_URL',
  'FARGAZE_REMOTE_WRITE_VERSION',
  'FARGAZE_REMOTE_WRITE_PASSWORD',
  'FARGAZE_REMOTE_WRITE_USERNAME',
  'FARGAZE_REMOTE_WRITE_TOKEN',
  'FARGAZE_REMOTE_WRITE_SIGV4_REGION',
  'FARGAZE_SINK',
  'FARGAZE_QUEUE_URL',
  'AWS_REGION',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_SQS',
  'FARGAZE_PUSHGATEWAY_URL',
  'FARGAZE_PUSHGATEWAY_USERNAME',
  'FARGAZE_PUSHGATEWAY_PASSWORD',
];

function withEnvironment<T>(values: Record<string, string>, work: () => T): T {
  const before = variables.map((name) => [name, process.env[name]] as const);
  for (const name of variables) delete process.env[name];
  Object.assign(process.env, values);
  try {
    return work();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

it.each([
  { values: {}, want: 'stdout' },
  { values: { FARGAZE_SINK: '', FARGAZE_PUSHGATEWAY_URL: '' }, want: 'stdout' },
  { values: { FARGAZE_PUSHGATEWAY_URL: 'http://p:9091' }, want: 'pushgateway' },
  {
    values: { FARGAZE_SINK: 'remote-write', FARGAZE_REMOTE_WRITE_URL: 'http://p/api/v1/write' },
    want: 'remote-write',
  },
  {
    values: {
      FARGAZE_SINK: 'queue',
      FARGAZE_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/1/q',
    },
    want: 'queue',
  },
  { values: { FARGAZE_SINK: 'stdout', FARGAZE_PUSHGATEWAY_URL: 'http://p:9091' }, want: 'stdout' },
])('$values give $want', ({ values, want }) => {
  expect(withEnvironment(values, () => createSink().name)).toBe(want);
});

it.each([
  {
    values: { FARGAZE_SINK: 'pushgatway' },
    want: 'FARGAZE_SINK: got "pushgatway"; did you mean "pushgateway"?',
  },
  {
    values: { FARGAZE_SINK: 'kafka' },
    want: 'FARGAZE_SINK: got "kafka", want one of pushgateway, remote-write, queue, stdout, none',
  },
  { values: { FARGAZE_SINK: 'pushgateway' }, want: 'FARGAZE_PUSHGATEWAY_URL: is unset' },
  { values: { FARGAZE_PUSHGATEWAY_URL: 'p:9091' }, want: 'want an http or https URL' },
  {
    values: { FARGAZE_PUSHGATEWAY_URL: 'http://p', FARGAZE_PUSHGATEWAY_PASSWORD: 'hunter2' },
    want: /2 problems[\s\S]*USERNAME: is unset[\s\S]*PASSWORD: want a reference/,
  },
  {
    values: {
      FARGAZE_SINK: 'remote-write',
      FARGAZE_REMOTE_WRITE_URL: 'ftp://u:hunter2@h/',
      FARGAZE_REMOTE_WRITE_VERSION: '3',
      FARGAZE_REMOTE_WRITE_TOKEN: 'hunter2',
      FARGAZE_REMOTE_WRITE_SIGV4_REGION: 'eu-west-1',
    },
    want: /URL: got "ftp:\/\/h\/"[\s\S]*VERSION: got "3"[\s\S]*at most one of/,
  },
  {
    values: {
      FARGAZE_SINK: 'remote-write',
      FARGAZE_REMOTE_WRITE_URL: 'http://r/api/v1/receive',
      FARGAZE_QUERY_URL: 'thanos:9090',
    },
    want: 'FARGAZE_QUERY_URL: got "thanos:9090", want an http or https URL',
  },
  {
    values: { FARGAZE_SINK: 'queue', FARGAZE_QUEUE_URL: 'q', AWS_ENDPOINT_URL: 'nowhere' },
    want: /3 problems[\s\S]*QUEUE_URL: got "q"[\s\S]*ENDPOINT_URL: got "nowhere"[\s\S]*AWS_REGION: is unset/,
  },
  // A function that does not answer with its results must not pretend to deliver them so.
  {
    values: { FARGAZE_SINK: 'constructor' },
    want: 'FARGAZE_SINK: got "constructor", want one of pushgateway',
  },
  { values: { FARGAZE_SINK: 'return' }, want: 'FARGAZE_SINK: got "return", want one of' },
])('$values are refused', ({ values, want }) => {
  expect(() => withEnvironment(values, createSink)).toThrow(want);
  expect(() => withEnvironment(values, createSink)).not.toThrow('hunter2');
});

describe('the receivers of a function that delivers for others', () => {
  const read = (values: Record<string, string>) => () => withEnvironment(values, readReceivers);

  it('are all whose URL is set', () => {
    const both = read({
      FARGAZE_PUSHGATEWAY_URL: 'http://p:9091',
      FARGAZE_REMOTE_WRITE_URL: 'http://r/api/v1/write',
      FARGAZE_SINK: 'return',
    })();
    expect(both).toEqual({
      pushgateway: { url: 'http://p:9091' },
      remoteWrite: { url: new URL('http://r/api/v1/write'), version: 2 },
    });
    expect(Object.keys(read({ FARGAZE_PUSHGATEWAY_URL: 'http://p:9091' })())).toEqual([
      'pushgateway',
    ]);
  });

  it('are refused when there are none, or one is wrong', () => {
    expect(read({})).toThrow(/both are unset, want at least one/);
    expect(
      read({ FARGAZE_PUSHGATEWAY_URL: 'p:9091', FARGAZE_REMOTE_WRITE_URL: 'ftp://h/' }),
    ).toThrow(/2 problems/);
  });
});
