// A configuration whose probes cannot all run in time is said when it is built, with the number of shards that it needs.
import { readFileSync } from 'node:fs';
import { parseConfigText } from '../../build/config-file.ts';
import { findOverload, webFunction } from '../../layers/core/src/config/compile/capacity.ts';

const config = (about: { probes: number; timeout?: string; rest?: string; vantage?: string }) =>
  parseConfigText(`
modules: { m: { prober: http, timeout: ${about.timeout ?? '5s'} } }
${about.rest ?? ''}
probes:
${Array.from({ length: about.probes }, (_, n) => `  - { name: p${n}, module: m, target: 'http://p${n}/', vantage: ${about.vantage ?? 'any'} }`).join('\n')}
`);

it.each([
  { probes: 1 },
  { probes: 300 },
  { probes: 1000 },
  { probes: 2000, rest: 'shards: 3' },
  { probes: 40, timeout: '44s' },
])('$probes probes, $timeout, $rest: every probe has its time', (about) => {
  expect(findOverload(config(about))).toEqual([]);
});

it.each([
  {
    probes: 2000,
    want: '2000 web probes from the internet need up to 80s, and a function probes for 45s: some would be unknown in turn; want shards: 2',
  },
  {
    probes: 1000,
    timeout: '30s',
    vantage: 'vpc',
    want: '1000 web probes from inside the VPC need up to 140s, and a function probes for 45s: some would be unknown in turn; want shards: 4',
  },
  {
    probes: 2,
    timeout: '50s',
    want: 'timeout of module m: a function probes for 45s, want at most 44s',
  },
])('$probes probes, $timeout: $want', ({ want, ...about }) => {
  expect(findOverload(config(about))).toEqual([want]);
});

it('the shards that are wanted are enough', () => {
  const about = { probes: 5000, timeout: '10s' };
  const [, wanted = ''] = /shards: (\d+)/.exec(findOverload(config(about)).join()) ?? [];
  expect(findOverload(config({ ...about, rest: `shards: ${wanted}` }))).toEqual([]);
  expect(findOverload(config({ ...about, rest: `shards: ${Number(wanted) - 1}` }))).toHaveLength(1);
});

it('counts with what is deployed', () => {
  const web = /^ {2}web-probe:\n(?: {4}.*\n)*? {4}timeout: (\d+)/m.exec(
    readFileSync('serverless.yml', 'utf8'),
  );
  expect(Number(web?.[1]) - 10).toBe(webFunction.probing);
  expect(readFileSync('layers/core/src/probe/pace.ts', 'utf8')).toContain(
    `maxOpen = ${webFunction.open};`,
  );
});
