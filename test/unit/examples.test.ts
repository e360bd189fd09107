// What examples hold is understood: every fargaze.yml is compiled, every parameter is one of the template and has a value that it
// takes. test/deployed/examples.test.ts deploys them.
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { readConfigFile } from '../../build/config-file.ts';
import { images } from '../../infra/images.ts';
import { parameterFaults } from '../../infra/template/parameters.ts';
import type { Template, Values } from '../../infra/template/template.ts';
import { deployed } from '../../infra/versions.ts';
import { template } from '../support/combinations.ts';

const files = readdirSync('examples', { recursive: true, encoding: 'utf8' });
const named = (pattern: RegExp) => files.filter((file) => pattern.test(file)).sort();

/** The golden template without the rule that holds only where CloudWatch is read. */
const { SeriesNeedRemoteWrite: _, ...Rules } = template.Rules ?? {};
const without: Template = { ...template, Rules };

it.each(named(/\/params\.yml$/))(
  '%s holds parameters of the template, with values that go together',
  (file) => {
    const stages: Readonly<Record<string, Values>> = parse(
      readFileSync(`examples/${file}`, 'utf8'),
    );
    expect(Object.keys(stages)).toEqual(['default']);
    const { default: values = {} } = stages;
    expect(Object.values(values).every((value) => typeof value === 'string')).toBe(true);
    expect(parameterFaults(without, values, Object.keys(values))).toEqual([]);
  },
);

it.each(named(/\/(?:fargaze|[a-z]+-[a-z]+-\d)\.yml$/))('%s is compiled', (file) => {
  const { probes } = readConfigFile(`examples/${file}`);
  expect(probes.length).toBeGreaterThan(0);
});

it('the image with the plugin for Amazon Managed Prometheus holds what a deployment would fetch', () => {
  const text = readFileSync('examples/managed-prometheus/Dockerfile', 'utf8');
  expect(text).toContain(`FROM ${images.grafana}\n`);
  expect(text).toContain(
    ` grafana-amazonprometheus-datasource ${deployed.grafana_amazonprometheus}\n`,
  );
});
