// Settings of attempts that could never do anything are refused where the configuration is read.
import { parseWithWarnings } from '../../build/config-file.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';

function issuesOf(module: string): string[] {
  try {
    parseWithWarnings(`modules: { m: ${module} }`, { name: 'fargaze.yml', directory: '.' });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map(({ message, path }) => `${path}: ${message}`);
  }
  return [];
}

it.each([
  {
    module: '{ prober: http, degraded: { total: 10s } }',
    want: 'modules.m.degraded.total (line 1): got "10s", want less than the module\'s timeout of 5s: a success is never slower',
  },
  {
    module: '{ prober: http, timeout: 2s, degraded: { tls: 30s } }',
    want: 'modules.m.degraded.tls (line 1): got "30s", want',
  },
  {
    module: '{ prober: redis, timeout: 2s, degraded: { write: 2s } }',
    want: 'modules.m.degraded.write (line 1): got "2s", want less than the module\'s timeout of 2s',
  },
  {
    module: '{ prober: http, timeout: 1s, retries: 2, retry_wait: 1s }',
    want: 'modules.m.retry_wait (line 1): got "1s", want less than the module\'s timeout of 1s, which all attempts share',
  },
  ...[
    { prober: 'http', phase: 'query' },
    { prober: 'tcp', phase: 'processing' },
    { prober: 'dns', phase: 'tls', more: ', dns: { query_name: a }' },
    { prober: 'grpc', phase: 'connect' },
  ].map(({ more = '', phase, prober }) => ({
    module: `{ prober: ${prober}, degraded: { ${phase}: 1s }${more} }`,
    want: `modules.m.degraded.${phase} (line 1): got "${phase}", want total or a phase: total, resolve`,
  })),
])('$module', ({ module, want }) => {
  const [issue = '', ...more] = issuesOf(module);
  expect([issue.slice(0, want.length), more]).toEqual([want, []]);
});

it.each([
  '{ prober: http, timeout: 2s, retries: 2, retry_wait: 0s, degraded: { total: 1999ms, transfer: 1s } }',
  '{ prober: tcp, degraded: { query: 1s, tls: 1s } }',
  '{ prober: dns, degraded: { request: 1s }, dns: { query_name: a } }',
  '{ prober: grpc, degraded: { check: 1s } }',
  '{ prober: http, timeout: 1s, retries: 0, retry_wait: 5s }',
])('%s is taken', (module) => {
  expect(issuesOf(module)).toEqual([]);
});
