// Where a profile of ~/.aws/config has AWS called, and as whom: as the SDK and the AWS CLI do, outside a function only.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEcsApi } from '../../functions/ecs-bridge/aws/ecs-api.ts';
import { endpoint } from '../../functions/ecs-bridge/aws/endpoint.ts';
import { ownCredentials } from '../../functions/ecs-bridge/aws/own-credentials.ts';
import { profileSettings } from '../../functions/ecs-bridge/aws/profile.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';

const directory = mkdtempSync(join(tmpdir(), 'fargaze-profile-'));
const before = { ...process.env };
const region = 'eu-west-1';
let files = 0;

beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (name.startsWith('AWS_')) delete process.env[name];
  process.env.AWS_EC2_METADATA_DISABLED = 'true';
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});
afterAll(() => rmSync(directory, { recursive: true }));

function use(profile: string, text: string): void {
  files += 1;
  process.env.AWS_CONFIG_FILE = join(directory, `config-${files}`);
  process.env.AWS_SHARED_CREDENTIALS_FILE = join(directory, 'none');
  process.env.AWS_PROFILE = profile;
  writeFileSync(process.env.AWS_CONFIG_FILE, text);
}

const whereIs = async (service: string) =>
  endpoint(service, region, { settings: await profileSettings() }).href;

const text = `
[default]
endpoint_url = http://127.0.0.1:1
[profile dev]
services = local
endpoint_url = http://127.0.0.1:2/all
[profile fips]
use_fips_endpoint = true
[profile dual]
use_dualstack_endpoint = TRUE
[profile ignored]
endpoint_url = http://127.0.0.1:2
ignore_configured_endpoint_urls = true
[profile lost]
services = elsewhere
[profile odd]
use_fips_endpoint = yes
[profile both]
use_fips_endpoint = true
endpoint_url = http://127.0.0.1:2
[profile address]
endpoint_url = localhost
[services local]
ecs =
  endpoint_url = http://127.0.0.1:3
cloudwatch =
  endpoint_url = http://127.0.0.1:4
`;

it.each([
  ['default', { ecs: 'http://127.0.0.1:1/' }],
  [
    'dev',
    {
      ecs: 'http://127.0.0.1:3/',
      monitoring: 'http://127.0.0.1:4/',
      sts: 'http://127.0.0.1:2/all/',
    },
  ],
  ['fips', { ecs: 'https://ecs-fips.eu-west-1.amazonaws.com/' }],
  ['dual', { ecs: 'https://ecs.eu-west-1.api.aws/' }],
  ['ignored', { ecs: 'https://ecs.eu-west-1.amazonaws.com/' }],
  ['none', { ecs: 'https://ecs.eu-west-1.amazonaws.com/' }],
])('profile %s', async (profile, wanted) => {
  use(profile, text);
  for (const [service, url] of Object.entries(wanted)) expect(await whereIs(service)).toBe(url);
});

it('variables count more', async () => {
  use('dev', text);
  process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:9';
  expect(await whereIs('ecs')).toBe('http://127.0.0.1:9/');
  process.env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS = 'true';
  process.env.AWS_USE_FIPS_ENDPOINT = 'true';
  expect(await whereIs('ecs')).toBe('https://ecs-fips.eu-west-1.amazonaws.com/');
});

it('a function has no profile', async () => {
  use('dev', text);
  process.env.AWS_LAMBDA_FUNCTION_NAME = 'fargaze-ecs-bridge';
  expect(await whereIs('ecs')).toBe('https://ecs.eu-west-1.amazonaws.com/');
});

it.each([
  ['lost', 'profile lost names the services "elsewhere", want a section [services elsewhere]'],
  ['odd', 'ecs: use_fips_endpoint of the profile is "yes", want true or false'],
  [
    'both',
    'ecs: use_fips_endpoint of the profile and an AWS_ENDPOINT_URL are set, want one of them',
  ],
  [
    'address',
    'ecs: endpoint_url of the profile is no address, want one such as http://localhost:4566',
  ],
])('profile %s is refused', async (profile, message) => {
  use(profile, text);
  await expect(whereIs('ecs')).rejects.toMatchObject({ message });
});

describe('against an account that only the profile names', () => {
  let fake: FakeAws;
  beforeAll(async () => {
    fake = await startFakeAws();
    fake.model.addCluster({ name: 'prod' });
    fake.model.addCluster({ name: 'far', account: '222233334444' });
  });
  afterAll(() => fake.close());

  const keys = 'aws_access_key_id = AKIAFAKE111122223333\naws_secret_access_key = not-a-secret';
  const role = 'role_arn = arn:aws:iam::222233334444:role/reader';

  beforeEach(() => jest.spyOn(console, 'warn').mockImplementation(() => undefined));
  afterEach(() => jest.restoreAllMocks());

  it.each([
    ['keys', keys, 'prod'],
    ['a role and its source', `${role}\nsource_profile = base`, 'far'],
    ['a chain of roles', `${role}\nsource_profile = middle`, 'far'],
    ['a role of the environment', `${role}\ncredential_source = Environment`, 'far'],
  ])('%s', async (_, own, name) => {
    const base = `[profile base]\n${keys}\nendpoint_url = ${fake.url}`;
    const middle = `[profile middle]\nrole_arn = arn:aws:iam::111122223333:role/middle\nsource_profile = base\nendpoint_url = ${fake.url}`;
    use('own', `[profile own]\nendpoint_url = ${fake.url}\n${own}\n${base}\n${middle}`);
    if (own.includes('Environment')) {
      process.env.AWS_ACCESS_KEY_ID = 'AKIAFAKE111122223333';
      process.env.AWS_SECRET_ACCESS_KEY = 'not-a-secret';
    }
    await expectCluster(name);
  });

  it('an instance of EC2, by a token of its metadata (IMDSv2)', async () => {
    const asked: string[] = [];
    const server = createServer(({ headers, method, url = '' }, response) => {
      asked.push(`${method} ${url}`);
      const isToken = method === 'PUT';
      if (!isToken && headers['x-aws-ec2-metadata-token'] !== 'token')
        return response.writeHead(401).end();
      const expires = new Date(Date.now() + 3_600_000).toISOString();
      const found = {
        Code: 'Success',
        AccessKeyId: 'AKIAFAKE111122223333',
        SecretAccessKey: 'not-a-secret',
        Token: 'session',
        Expiration: expires,
      };
      const text = isToken ? 'token' : url.endsWith('/reader') ? JSON.stringify(found) : 'reader';
      return response.end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      delete process.env.AWS_EC2_METADATA_DISABLED;
      process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = `http://127.0.0.1:${port}`;
      const metadata = `${role}\ncredential_source = Ec2InstanceMetadata`;
      use('own', `[profile own]\nendpoint_url = ${fake.url}\n${metadata}`);
      await expectCluster('far');
      expect(asked[0]).toBe('PUT /latest/api/token');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  async function expectCluster(name: string): Promise<void> {
    const run = startDeadline(20, systemClock);
    const credentials = ownCredentials(run, region);
    const api = createEcsApi({ region, credentials }, run);
    try {
      expect(await api.listClusters()).toEqual([expect.stringMatching(new RegExp(`/${name}$`))]);
    } finally {
      api.close();
      run.close();
    }
  }
});
