// web-probe and ecs-bridge ship the parts that the configuration asks for, and no other.
import { build } from 'esbuild';
import { shipped } from '../../build/bundles.ts';
import { parseConfigText } from '../../build/config-file.ts';
import { outside } from '../../build/outside.cjs';
import { unusedRooms } from '../../build/unused-rooms.cjs';

async function filesFor(text: string, name = 'web-probe'): Promise<string[]> {
  const config = parseConfigText(text);
  const { metafile } = await build({
    ...shipped,
    entryPoints: [`functions/${name}/handler.ts`],
    external: [...outside, 'fargaze:config'],
    plugins: [unusedRooms(() => config)],
    metafile: true,
    write: false,
  });
  return Object.keys(metafile.inputs).map((file) => file.replace(`functions/${name}/`, ''));
}

const optional = [
  'tcp/probe.ts',
  'dns/probe.ts',
  'grpc/probe.ts',
  'steps.ts',
  'cel/rules.ts',
  'oauth2.ts',
  'sigv4.ts',
  'proxy/dial.ts',
];

const modules = (http: string) => `modules: { m: { prober: http, http: { ${http} } } }`;
const oauth2 = 'oauth2: { client_id: a, token_url: "http://a" ';

it.each([
  { name: 'plain HTTP', text: modules(''), want: [] },
  { name: 'tcp', text: 'modules: { m: { prober: tcp } }', want: ['tcp/probe.ts'] },
  {
    name: 'dns',
    text: 'modules: { m: { prober: dns, dns: { query_name: a } } }',
    want: ['dns/probe.ts'],
  },
  { name: 'grpc', text: 'modules: { m: { prober: grpc } }', want: ['grpc/probe.ts'] },
  { name: 'CEL', text: modules('fail_if_body_json_matches_cel: "true"'), want: ['cel/rules.ts'] },
  {
    name: 'CEL, inverse',
    text: modules('fail_if_body_json_not_matches_cel: "true"'),
    want: ['cel/rules.ts'],
  },
  {
    name: 'steps',
    text: 'modules: { m: { prober: http, steps: [{ name: a }] } }',
    want: ['steps.ts'],
  },
  {
    name: 'steps, one with CEL',
    text: 'modules: { m: { prober: http, steps: [{ name: a, http: { fail_if_body_json_matches_cel: "true" } }] } }',
    want: ['steps.ts', 'cel/rules.ts'],
  },
  { name: 'OAuth 2.0', text: modules(`${oauth2}}`), want: ['oauth2.ts'] },
  { name: 'SigV4', text: modules('sigv4: {}'), want: ['sigv4.ts'] },
  {
    name: 'OAuth 2.0 by a proxy',
    text: modules(`${oauth2}, proxy_url: "http://p" }`),
    want: ['oauth2.ts', 'proxy/dial.ts'],
  },
  { name: 'a proxy', text: modules('proxy_url: "http://p"'), want: ['proxy/dial.ts'] },
])('$name brings $want', async ({ text, want }) => {
  const files = await filesFor(text);
  expect(optional.filter((part) => files.includes(part))).toEqual(want);
});

it.each([
  { type: 'AWS/EC2', want: false },
  { type: 'AWS/ApiGateway', want: true },
])('a job of $type brings the calls of other services: $want', async ({ type, want }) => {
  const job = `{ type: ${type}, metrics: [{ name: M, statistics: [Sum] }] }`;
  const text = `bridge: { cloudwatch: { yace: { discovery: { jobs: [${job}] } } } }`;
  const files = await filesFor(text, 'ecs-bridge');
  expect(files.includes('cloudwatch/find/complete-resources.ts')).toBe(want);
});
