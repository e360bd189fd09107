// Addresses of AWS's APIs, held against the SDK's own rules: partitions, FIPS, dual stack, variables.
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ECSClient } from '@aws-sdk/client-ecs';
import { STSClient } from '@aws-sdk/client-sts';
import { endpoint } from '../../functions/ecs-bridge/aws/endpoint.ts';

const variables = [
  'AWS_USE_FIPS_ENDPOINT',
  'AWS_USE_DUALSTACK_ENDPOINT',
  'AWS_ENDPOINT_URL',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
];

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
  expect(endpoint('monitoring', 'eu-west-1').href).toBe('http://localhost:1/all/');
  process.env.AWS_ENDPOINT_URL_CLOUDWATCH = 'http://localhost:2';
  expect(endpoint('monitoring', 'eu-west-1').href).toBe('http://localhost:2/');
  expect(endpoint('ecs', 'eu-west-1').href).toBe('http://localhost:1/all/');
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

it('the path and the query of a call stand behind those of an address that is set', () => {
  for (const set of ['http://localhost:1/all', 'http://localhost:1/all/?x=1#y']) {
    process.env.AWS_ENDPOINT_URL = set;
    expect(endpoint('apigateway', 'eu-west-1', { path: '/restapis?limit=5' }).href).toBe(
      'http://localhost:1/all/restapis?limit=5',
    );
  }
  delete process.env.AWS_ENDPOINT_URL;
  expect(endpoint('apigateway', 'eu-west-1', { path: '/restapis?limit=5' }).href).toBe(
    'https://apigateway.eu-west-1.amazonaws.com/restapis?limit=5',
  );
});

it('addresses that are set do not count where a variable says so', () => {
  process.env.AWS_ENDPOINT_URL = 'http://localhost:1';
  process.env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = 'true';
  expect(endpoint('ecs', 'eu-west-1').href).toBe('https://ecs.eu-west-1.amazonaws.com/');
});

it.each(['localhost:4566', 'http//localhost', 'ftp://localhost', 'https://user:hidden@'])(
  'refused: AWS_ENDPOINT_URL=%s',
  (set) => {
    process.env.AWS_ENDPOINT_URL = set;
    expect(() => endpoint('ecs', 'eu-west-1')).toThrow(
      'ecs: AWS_ENDPOINT_URL is no address, want one such as http://localhost:4566',
    );
  },
);

it.each(['1', 'yes', 'ture'])(
  'a misspelt AWS_USE_FIPS_ENDPOINT=%s is refused, as by the SDK',
  (value) => {
    process.env.AWS_USE_FIPS_ENDPOINT = value;
    expect(() => endpoint('ecs', 'eu-west-1')).toThrow(
      `ecs: AWS_USE_FIPS_ENDPOINT is "${value}", want true or false`,
    );
  },
);

it.each([
  'example.com/',
  'a@example.com',
  'eu west',
  'EU-WEST-1',
  '*',
  'fips-us-east-1',
  'us-east-1-fips',
  '-',
])('no request is sent to a host that the region "%s" makes', (region) => {
  expect(() => endpoint('ecs', region)).toThrow(
    /^ecs: the region is ".*", want one such as eu-west-1$/,
  );
});
