// Where a remote-write receiver is asked, by the address at which it is written to.
import { queryUrl } from '../../layers/core/src/remote-write/query.ts';

afterEach(() => {
  delete process.env.FARGAZE_QUERY_URL;
});

it.each([
  { of: 'Prometheus', write: '/api/v1/write', query: '/api/v1/query' },
  { of: 'Prometheus below a path', write: '/prom/api/v1/write', query: '/prom/api/v1/query' },
  {
    of: 'AMP',
    write: '/workspaces/ws-1/api/v1/remote_write',
    query: '/workspaces/ws-1/api/v1/query',
  },
  { of: 'Mimir', write: '/api/v1/push', query: '/prometheus/api/v1/query' },
  { of: 'Grafana Cloud', write: '/api/prom/push', query: '/api/prom/api/v1/query' },
  { of: 'VictoriaMetrics', write: '/prometheus/api/v1/write', query: '/prometheus/api/v1/query' },
  { of: 'VictoriaMetrics', write: '/prometheus/api/v1/push', query: '/prometheus/api/v1/query' },
  {
    of: 'its cluster',
    write: '/insert/0/prometheus/api/v1/write',
    query: '/select/0/prometheus/api/v1/query',
  },
  {
    of: 'its cluster',
    write: '/insert/7:3/prometheus/',
    query: '/select/7:3/prometheus/api/v1/query',
  },
  {
    of: 'its cluster below a path',
    write: '/vm/insert/0/prometheus/api/v1/push',
    query: '/vm/select/0/prometheus/api/v1/query',
  },
])('$of at $write', ({ query, write }) => {
  expect(queryUrl(new URL(`https://r:8427${write}`))?.href).toBe(`https://r:8427${query}`);
});

it('is not known of Thanos Receive, and what is named counts', () => {
  const url = new URL('http://r/api/v1/receive');
  expect(queryUrl(url)).toBeUndefined();
  process.env.FARGAZE_QUERY_URL = 'http://vmselect:8481/select/0/prometheus';
  expect(queryUrl(url)?.href).toBe('http://vmselect:8481/select/0/prometheus/api/v1/query');
});
