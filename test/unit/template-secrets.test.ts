// A password in a variable of the shell must not become part of the template; and what is shipped is listed.
import { refuseSecrets } from '../../infra/template-secrets.ts';
import { billOfMaterials } from '../../scripts/sbom.ts';

it.each([
  ['REDIS_URL', 'redis://:s3cret@h:6379'],
  ['REDIS_URL', 'rediss://u:pa/ss@h'],
  ['FARGAZE_REMOTE_WRITE_URL', 'https://u:s3cret@h/api/v1/write'],
  ['FARGAZE_QUERY_URL', 'https://u:s3cret@h'],
  ['FARGAZE_PUSHGATEWAY_PASSWORD', 's3cret'],
  ['FARGAZE_REMOTE_WRITE_TOKEN', 's3cret'],
])('%s=%s is refused by its name, and not shown', (name, value) => {
  const refuse = () => refuseSecrets({ OTHER: 'http://h/', [name]: value });
  expect(refuse).toThrow(`${name} holds a secret, which would stand in the template`);
  expect(refuse).not.toThrow(/s3cret|pa\/ss/);
});

it.each([
  ['REDIS_URL', 'redis://h:6379/0'],
  ['WEB_URL', 'https://user@h/@x:y'],
  ['FARGAZE_REMOTE_WRITE_TOKEN', 'env:TOKEN'],
  ['FARGAZE_PUSHGATEWAY_PASSWORD', 'file:/run/secret'],
  ['FARGAZE_REMOTE_WRITE_PASSWORD', ''],
  ['REDIS_URL', 'redis://u:{{resolve:secretsmanager:arn}}@h'],
  ['FARGAZE_OWNER', { 'Fn::Sub': 'a:b@c' }],
])('%s=%s is let through', (name, value) => {
  expect(() => refuseSecrets({ [name]: value })).not.toThrow();
});

it('the bill of materials has the layer, the SDK, the demo with hashes, and the images', () => {
  const { bomFormat, components, metadata } = billOfMaterials('.');
  expect([bomFormat, metadata.component.name]).toEqual(['CycloneDX', 'fargaze']);
  const named = (name: string) => components.find((one) => one.name === name);
  expect(named('prom-client')?.hashes).toHaveLength(1);
  expect(named('@aws-sdk/client-ecs') ?? named('client-ecs')).toBeDefined();
  expect(named('flask')?.hashes?.[0]?.content).toMatch(/^[0-9a-f]{64}$/);
  expect(named('quay.io/prometheus/prometheus')?.type).toBe('container');
  expect(components.filter(({ name }) => name === 'jest')).toEqual([]);
});
