// A probe is one function's: whatever is deployed, and locally, each configured probe is selected exactly once a tick.

import { parseConfigText } from '../../build/config-file.ts';
import { parseProbeEvent } from '../../layers/core/src/event/events.ts';
import { selectTargets } from '../../layers/core/src/probe/select.ts';
import { type Item, ofType } from '../support/template.ts';

const config = parseConfigText(`
probes:
  - { name: web, module: http_2xx, target: 'http://a/' }
  - { name: web-any, module: http_2xx, target: 'http://b/', vantage: any }
  - { name: web-internet, module: http_2xx, target: 'http://c/', vantage: internet }
  - { name: web-vpc, module: http_2xx, target: 'http://d/', vantage: vpc }
  - { name: redis, module: redis, target: 'redis://a/' }
  - { name: redis-any, module: redis, target: 'redis://b/', vantage: any }
  - { name: redis-vpc, module: redis, target: 'redis://c/', vantage: vpc }
`);

type Probing = {
  readonly id: string;
  readonly prober: 'http' | 'redis';
  readonly vantage: unknown;
  readonly condition: unknown;
};

/** The functions of the template that probe, with the vantage that each is given. */
const probing: readonly Probing[] = ofType('AWS::Lambda::Function')
  .filter(({ id }) => /probe/.test(id))
  .map(({ condition, id, properties }) => ({
    id,
    prober: id.startsWith('Redis') ? 'redis' : 'http',
    vantage: ((properties.Environment as Item).Variables as Item).FARGAZE_VANTAGE,
    condition,
  }));

/** `value` where the condition InVpc is as given. */
function resolve(value: unknown, { inVpc }: { readonly inVpc: boolean }): string {
  if (typeof value === 'string') return value;
  const [condition, yes, no] = (value as Item)['Fn::If'] as readonly string[];
  expect(condition).toBe('InVpc');
  return (inVpc ? yes : no) ?? '';
}

/** Names of the probes that a function runs at a tick. */
function run(prober: 'http' | 'redis', vantage: string): string[] {
  const selected = selectTargets(parseProbeEvent({ schedule: '1m', probes: ['*'] }), {
    config,
    prober,
    vantage: vantage === 'internet' || vantage === 'vpc' ? vantage : undefined,
    now: 0,
    read: () => undefined,
  });
  return selected.map(({ target }) => target.name);
}

const all = config.probes.map(({ name }) => name).sort();

it.each([
  { name: 'in a VPC', inVpc: true, functions: 3 },
  { name: 'without a VPC', inVpc: false, functions: 2 },
])('deployed $name each probe runs once', ({ inVpc, functions }) => {
  const deployed = probing.filter(({ condition }) => condition === undefined || inVpc);
  expect(deployed).toHaveLength(functions);
  const names = deployed.flatMap(({ prober, vantage }) => run(prober, resolve(vantage, { inVpc })));
  expect(names.sort()).toEqual(all);
});

it('what the conditional function is conditional on is the VPC', () => {
  expect(probing.flatMap(({ condition }) => condition ?? [])).toEqual(['InVpc']);
});

it('a Redis probe from the internet, which no function would run, is refused', () => {
  const text = "probes: [{ name: r, module: redis, target: 'redis://a/', vantage: internet }]";
  expect(() => parseConfigText(text)).toThrow(
    'probes[0].vantage (line 1): got "internet", want vpc or no vantage: Redis is probed from inside the VPC only',
  );
});
