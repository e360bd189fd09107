// What a configuration of many probes makes of the template, and what its user is told.
import { completeTemplate, type Template } from '../../infra/compile.ts';
import { findDirectLoad, findLoad } from '../../infra/load.ts';
import { managedRules } from '../../infra/managed-rules.ts';
import { compileConfig } from '../../layers/core/src/config/compile/compile.ts';

const probes = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, i) => ({
    name: `p${i}`,
    module: 'http_2xx',
    target: `http://host-${i}/`,
    ...more,
  }));
const configOf = (list: readonly object[], shards = 1) => compileConfig({ probes: list, shards });

it.each([
  { name: 'a few probes', list: probes(3), results: 'pushgateway', notes: [] },
  {
    name: 'as many as a Pushgateway carries',
    list: probes(500),
    results: 'pushgateway',
    notes: [],
  },
  {
    name: 'one more',
    list: probes(501),
    results: 'remote-write',
    notes: [/^501 probes run .* carries 500: their results go by remote write$/],
  },
  {
    name: 'five thousand in five shards',
    list: probes(5000),
    shards: 5,
    results: 'remote-write',
    notes: [/^5000 probes run/],
  },
  {
    name: 'five thousand in one',
    list: probes(5000),
    results: 'remote-write',
    notes: [/^5000 probes run/, /^5000 web probes of one shard.* 1200: want shards: 6$/],
  },
  {
    name: 'more than all shards that there may be',
    list: probes(100_000),
    results: 'remote-write',
    notes: [/^100000 probes run/, /want fewer probes, or a second deployment: shards: 50 are the/],
  },
  {
    name: 'five thousand in twenty minutes, in five shards',
    list: probes(5000, { interval: '20m' }),
    shards: 5,
    results: 'pushgateway',
    notes: [],
  },
  {
    name: 'five thousand in five minutes, in five shards',
    list: probes(5000, { interval: '5m' }),
    shards: 5,
    results: 'pushgateway',
    notes: [/^1000 results a minute come too rarely .* carries 500: want longer intervals/],
  },
])('$name: results by $results', ({ list, notes, results, shards }) => {
  const load = findLoad(configOf(list, shards));
  expect(load.results).toBe(results);
  expect(load.notes).toEqual(notes.map((note) => expect.stringMatching(note)));
});

const direct = { FARGAZE_SINK: 'pushgateway', FARGAZE_PUSHGATEWAY_URL: 'http://p:9091' };
it.each([
  { name: '501 probes that push by themselves', list: probes(501), env: direct, said: true },
  { name: '500', list: probes(500), env: direct, said: false },
  {
    name: '501 by the address alone',
    list: probes(501),
    env: { FARGAZE_PUSHGATEWAY_URL: 'http://p:9091' },
    said: true,
  },
  {
    name: '501 by a queue',
    list: probes(501),
    env: { ...direct, FARGAZE_SINK: 'queue' },
    said: false,
  },
  { name: '501 in five minutes', list: probes(501, { interval: '5m' }), env: direct, said: false },
])('$name', ({ env, list, said }) => {
  const read = (name: string) => (env as Record<string, string>)[name];
  const note = findDirectLoad(configOf(list), read);
  expect(note).toEqual(
    said
      ? expect.stringMatching(
          /^501 results a minute, .* some 500 .*: want FARGAZE_SINK=remote-write/,
        )
      : undefined,
  );
});

it.each([
  { bridge: {}, results: 'pushgateway', notes: [] },
  { bridge: { services: 500 }, results: 'pushgateway', notes: [] },
  {
    bridge: { services: 501 },
    results: 'remote-write',
    notes: [
      /^the bridge reads 501 services, and a Pushgateway carries 500 .* goes by remote write$/,
    ],
  },
  {
    bridge: { shards: 2 },
    results: 'remote-write',
    notes: [/^the bridge reads in 2 shards, and a Pushgateway carries 500 services: what the ECS/],
  },
])('the bridge with $bridge: results by $results', ({ bridge, notes, results }) => {
  const load = findLoad(compileConfig({ bridge }));
  expect(load.results).toBe(results);
  expect(load.notes).toEqual(notes.map((note) => expect.stringMatching(note)));
});

function complete(count: number): Template {
  const lambda = { Type: 'AWS::Lambda::Function', Properties: {} };
  return completeTemplate(
    { Resources: { DeliverLambdaFunction: lambda, EcsDashbridgeLambdaFunction: lambda } },
    {
      root: '.',
      config: configOf(probes(count)),
      environment: {},
      functionEnvironments: {},
      rules: { ResultsNeedRemoteWrite: { Assertions: [] } },
    },
  );
}

const byRemoteWrite = {
  Properties: { Environment: { Variables: { FARGAZE_RESULTS: 'remote-write' } } },
};

it('results of many probes go by remote write, and a deployment without a receiver for them is refused', () => {
  const many = complete(501) as unknown as { readonly Rules: object; readonly Resources: object };
  expect(many).toMatchObject({
    Rules: { ResultsNeedRemoteWrite: { Assertions: [] } },
    Resources: {
      DeliverLambdaFunction: byRemoteWrite,
      EcsDashbridgeLambdaFunction: byRemoteWrite,
    },
  });
  const few = complete(500) as unknown as { readonly Rules: object; readonly Resources: object };
  expect(few.Rules).toEqual({});
  expect(JSON.stringify(few.Resources)).not.toMatch(/FARGAZE_RESULTS|InputTransformer/);
});

it('the list of five thousand probes does not fill the template', () => {
  const rulesOf = (count: number) =>
    JSON.stringify(managedRules({ root: '.', config: configOf(probes(count)), environment: {} }));
  const listed = /record: fargaze:probe_expected\\n/;
  expect(rulesOf(1000)).toMatch(listed);
  const many = rulesOf(5000);
  expect(many).not.toMatch(listed);
  expect(many.length).toBeLessThan(400_000);
});
