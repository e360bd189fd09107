// What fargaze.yml may say of alerts: what a module says holds for its probes, and what is refused.
import { parseConfigText } from '../../build/config-file.ts';

const defaults =
  '{ prober: http, labels: { team: shop, tier: a }, severity: warning, alert: { failed: 1, of: 1 } }';
const probe = (keys: string) =>
  parseConfigText(`
modules: { m: ${defaults} }
probes: [{ name: p, module: m, target: 'http://a/'${keys} }]
slos: [{ name: s, indicator: probe, probe: p, objective: 99, labels: { team: shop } }]
`);

it('what a module says holds for its probes, and a probe may say otherwise', () => {
  const { modules, probes, slos } = probe(', labels: { team: web }, alert: { failed: 3, of: 5 }');
  expect(probes[0]).toMatchObject({
    labels: { team: 'web', tier: 'a' },
    severity: 'warning',
    alert: { failed: 3, of: 5 },
  });
  expect(Object.keys(modules.m ?? {})).not.toContain('labels');
  expect(slos[0]?.labels).toEqual({ team: 'shop' });
});

it.each([
  { keys: ', alert: { failed: 3, of: 2 }', message: 'failed at most as many as of' },
  { keys: ', alert: { failed: 2, of: 11 }', message: 'a whole number from 1 to 10' },
  {
    keys: ', labels: { job: x }',
    message: 'a label name of letters, digits and _ that the alerts',
  },
  {
    keys: ', labels: { "te am": x }',
    message: 'a label name of letters, digits and _ that the alerts',
  },
  { keys: ', labels: { team: "" }', message: 'a text of 1 to 200 characters' },
  { keys: ', severity: page', message: 'want critical or warning' },
])('$keys is refused', ({ keys, message }) => {
  expect(() => probe(keys)).toThrow(message);
});
