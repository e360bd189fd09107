// What the stack does not run is not watched: neither probed, nor promised, nor missed.

import { parseConfigText, readConfigFile } from '../../build/config-file.ts';
import { renderRules } from '../../infra/config/prometheus/render.ts';
import { leaveOutSwitchedOff } from '../../infra/switched-off.ts';

const shipped = readConfigFile('fargaze.yml');
const own = parseConfigText(`
modules: { http: { prober: http } }
probes:
  - { name: shop, module: http, target: 'https://shop.example.com/' }
  - { name: both, module: http, target: '\${WEB_URL}' }
slos:
  - { name: shop, indicator: probe, probe: shop, objective: 99 }
  - { name: api, indicator: requests, job: api, objective: 99 }
`);

const leave = (
  parameters: Readonly<Record<string, string>>,
  {
    config = shipped,
    environment = {},
  }: Partial<Record<'environment', Record<string, string>>> & {
    readonly config?: typeof shipped;
  } = {},
) => leaveOutSwitchedOff(config, { parameters, environment }).leftOut;

it.each([
  { name: 'nothing', parameters: { EnableWeb: 'true', EnableRedis: 'true' }, left: [] },
  {
    name: 'web',
    parameters: { EnableWeb: 'false' },
    left: ['probe web', 'objective web', 'objective web-requests', 'objective web-latency'],
  },
  {
    name: 'web, where the probe has an address of your own',
    parameters: { EnableWeb: 'false', WebUrl: 'https://shop.example.com/' },
    left: ['objective web-requests', 'objective web-latency'],
  },
  {
    name: 'redis',
    parameters: { EnableRedis: 'false' },
    left: ['probe redis', 'objective redis'],
  },
  {
    name: 'the exporter of a Redis of your own, which is still probed',
    parameters: { EnableRedis: 'false', RedisEndpoint: 'r:6379' },
    left: [],
  },
])('without $name', ({ left, parameters }) => {
  expect(leave(parameters)).toEqual(left);
});

it('a Redis that the environment names is still probed', () => {
  const environment = { REDIS_URL: 'redis://r:6379' };
  expect(leave({ EnableRedis: 'false' }, { environment })).toEqual([]);
});

it('what is about something else stays', () => {
  const { config, leftOut } = leaveOutSwitchedOff(own, {
    parameters: { EnableWeb: 'false', EnableRedis: 'false' },
    environment: {},
  });
  expect(leftOut).toEqual(['probe both']);
  expect(config.slos).toEqual(own.slos);
});

it('where nothing is left to probe, rules say that no result is missed', () => {
  const { config } = leaveOutSwitchedOff(shipped, {
    parameters: { EnableWeb: 'false', EnableRedis: 'false' },
    environment: {},
  });
  const files = renderRules({ config, expected: [] });
  expect(files['recording/expected.yml']).toContain('record: fargaze:probe_none_expected');
  expect(files['alerting/never-seen.yml']).not.toContain('alert:');
  expect(files['recording/config.yml']).not.toMatch(/slo_objective|probe_labels/);
});
