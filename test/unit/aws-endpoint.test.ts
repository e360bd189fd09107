// Addresses of AWS's APIs, held against the SDK's own rules: partitions, FIPS, dual stack, variables.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ECSClient } from '@aws-sdk/client-ecs';
import { STSClient } from '@aws-sdk/client-sts';
import { endpoint } from '../../functions/ecs-bridge/aws/endpoint.ts';

const variables = ['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT', 'AWS_ENDPOINT_URL'];

afterEach(() => {
  for (const name of [...variables, 'AWS_ENDPOINT_URL_CLOUDWATCH']) delete process.env[name];
});

const client = { region: 'eu-west-1' };
const clients = {
  monitoring: new CloudWatchClient(client),
  ecs: new ECSClient(client),
  sts: new STSClient(client),
};

const regions = [
  'eu-west-1',
  'us-east-1',
  'cn-north-1',
  'us-gov-west-1',
  'eusc-de-east-1',
  'us-iso-east-1',
  'us-isob-east-1',
  'eu-isoe-west-1',
  'us-isof-south-1',
];
const wishes = [
  { UseFIPS: false, UseDualStack: false },
  { UseFIPS: true, UseDualStack: false },
  { UseFIPS: false, UseDualStack: true },
  { UseFIPS: true, UseDualStack: true },
];

it.each(Object.entries(clients))('of %s everywhere as the SDK has it', (service, { config }) => {
  for (const Region of regions) {
    for (const wish of wishes) {
      process.env.AWS_USE_FIPS_ENDPOINT = String(wish.UseFIPS);
      process.env.AWS_USE_DUALSTACK_ENDPOINT = String(wish.UseDualStack);
      const rule = { ...wish, Region, UseGlobalEndpoint: false };
      const { url } = config.endpointProvider(rule, {});
      expect([Region, wish, endpoint(service, Region).href]).toEqual([Region, wish, url.href]);
    }
  }
});

it('is the one that a variable sets, first that of the service', () => {
  process.env.AWS_ENDPOINT_URL = 'http://localhost:1/all';
  expect(endpoint('monitoring', 'eu-west-1').href).toBe('http://localhost:1/all');
  process.env.AWS_ENDPOINT_URL_CLOUDWATCH = 'http://localhost:2';
  expect(endpoint('monitoring', 'eu-west-1').href).toBe('http://localhost:2/');
  expect(endpoint('ecs', 'eu-west-1').href).toBe('http://localhost:1/all');
});

it('an address that is set is refused where FIPS or dual stack is asked for, as the SDK does', () => {
  process.env.AWS_ENDPOINT_URL = 'http://localhost:1';
  for (const kind of ['FIPS', 'DUALSTACK']) {
    process.env[`AWS_USE_${kind}_ENDPOINT`] = 'true';
    const words = `ecs: AWS_USE_${kind}_ENDPOINT and an AWS_ENDPOINT_URL are set, want one of them`;
    expect(() => endpoint('ecs', 'eu-west-1')).toThrow(words);
    delete process.env[`AWS_USE_${kind}_ENDPOINT`];
  }
});
