// The function's own credentials: Lambda's environment, and outside it what the SDK finds.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownCredentials } from '../../functions/ecs-bridge/aws/own-credentials.ts';

const directory = mkdtempSync(join(tmpdir(), 'fargaze-aws-'));
const before = { ...process.env };

afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

afterAll(() => rmSync(directory, { recursive: true }));

it('of the environment, read anew for each call, since Lambda renews them', async () => {
  const find = ownCredentials();
  for (const key of ['AKIAFIRST', 'AKIASECOND']) {
    process.env.AWS_ACCESS_KEY_ID = key;
    process.env.AWS_SECRET_ACCESS_KEY = 'not-a-secret';
    expect(await find()).toMatchObject({ accessKeyId: key });
  }
});

it('of a profile where the environment has none', async () => {
  const file = join(directory, 'credentials');
  const profile = ['aws_access_key_id = AKIAPROFILE', 'aws_secret_access_key = not-a-secret'];
  writeFileSync(file, ['[work]', ...profile, ''].join('\n'));
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
  process.env.AWS_SHARED_CREDENTIALS_FILE = file;
  process.env.AWS_PROFILE = 'work';
  process.env.AWS_EC2_METADATA_DISABLED = 'true';
  const found = await ownCredentials()();
  expect(found).toMatchObject({ accessKeyId: 'AKIAPROFILE', secretAccessKey: 'not-a-secret' });
});
