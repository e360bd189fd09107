// The function's own credentials: Lambda's environment, and outside it what the SDK finds.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEcsApi } from '../../functions/ecs-bridge/aws/ecs-api.ts';
import { ownCredentials } from '../../functions/ecs-bridge/aws/own-credentials.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { type Deadline, startDeadline } from '../../layers/core/src/deadline.ts';

const directory = mkdtempSync(join(tmpdir(), 'fargaze-aws-'));
const before = { ...process.env };
const region = 'eu-west-1';
let run: Deadline;
/** The SDK reads each file once in a process. */
let files = 0;

beforeEach(() => {
  run = startDeadline(10, systemClock);
  for (const name of Object.keys(process.env))
    if (name.startsWith('AWS_')) delete process.env[name];
  process.env.AWS_EC2_METADATA_DISABLED = 'true';
  process.env.AWS_CONFIG_FILE = join(directory, 'config');
  writeProfiles({
    work: ['aws_access_key_id = AKIAPROFILE', 'aws_secret_access_key = not-a-secret'],
  });
});

afterEach(() => {
  run.close();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

afterAll(() => rmSync(directory, { recursive: true }));

function writeProfiles(profiles: Readonly<Record<string, readonly string[]>>): void {
  const lines = Object.entries(profiles).flatMap(([name, own]) => [`[${name}]`, ...own, '']);
  files += 1;
  process.env.AWS_SHARED_CREDENTIALS_FILE = join(directory, `credentials-${files}`);
  writeFileSync(process.env.AWS_SHARED_CREDENTIALS_FILE, lines.join('\n'));
}

function setKeys(key: string): void {
  process.env.AWS_ACCESS_KEY_ID = key;
  process.env.AWS_SECRET_ACCESS_KEY = 'not-a-secret';
}

it('of the environment, read anew for each call, since Lambda renews them', async () => {
  const find = ownCredentials(run, region);
  for (const key of ['AKIAFIRST', 'AKIASECOND']) {
    setKeys(key);
    expect(await find()).toMatchObject({ accessKeyId: key });
  }
});

it('of a profile where the environment has none, or half a pair', async () => {
  process.env.AWS_PROFILE = 'work';
  const want = { accessKeyId: 'AKIAPROFILE', secretAccessKey: 'not-a-secret' };
  expect(await ownCredentials(run, region)()).toMatchObject(want);
  writeProfiles({ default: [`aws_access_key_id = AKIADEFAULT`, 'aws_secret_access_key = b'] });
  delete process.env.AWS_PROFILE;
  process.env.AWS_ACCESS_KEY_ID = 'AKIAHALF';
  const next = startDeadline(10, systemClock);
  expect(await ownCredentials(next, region)()).toMatchObject({ accessKeyId: 'AKIADEFAULT' });
  next.close();
});

it('of a profile that is named beside keys, as the SDK takes them; but not in a function', async () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  process.env.AWS_PROFILE = 'work';
  setKeys('AKIAKEYS');
  expect(await ownCredentials(run, region)()).toMatchObject({ accessKeyId: 'AKIAPROFILE' });
  process.env.AWS_LAMBDA_FUNCTION_NAME = 'fargaze-ecs-bridge';
  expect(await ownCredentials(run, region)()).toMatchObject({ accessKeyId: 'AKIAKEYS' });
  warn.mockRestore();
});

it('of a program that a profile names, which runs once in a run, whoever asks', async () => {
  const asked = join(directory, 'asked');
  const program = join(directory, 'program.cjs');
  const answer = { Version: 1, AccessKeyId: 'AKIAPROGRAM', SecretAccessKey: 'not-a-secret' };
  writeFileSync(
    program,
    `require('node:fs').appendFileSync(${JSON.stringify(asked)}, 'x'); console.log(${JSON.stringify(JSON.stringify(answer))})`,
  );
  writeProfiles({ default: [`credential_process = ${process.execPath} ${program}`] });
  const found = await Promise.all([ownCredentials(run, region)(), ownCredentials(run, region)()]);
  found.push(await ownCredentials(run, region)());
  expect(found.map(({ accessKeyId }) => accessKeyId)).toEqual(Array(3).fill('AKIAPROGRAM'));
  expect(readFileSync(asked, 'utf8')).toBe('x');
});

it('of a container, with its token', async () => {
  const server = createServer(({ headers }, response) => {
    const known = headers.authorization === 'token+/=';
    const answer = {
      AccessKeyId: 'AKIACONTAINER',
      SecretAccessKey: 'not-a-secret',
      Token: 'session+/=',
      Expiration: new Date(Date.now() + 3_600_000).toISOString(),
    };
    response.writeHead(known ? 200 : 403).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  writeProfiles({});
  const { port } = server.address() as AddressInfo;
  process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `http://127.0.0.1:${port}/role`;
  process.env.AWS_CONTAINER_AUTHORIZATION_TOKEN = 'token+/=';
  const found = await ownCredentials(run, region)();
  expect(found).toMatchObject({ accessKeyId: 'AKIACONTAINER', sessionToken: 'session+/=' });
  server.closeAllConnections();
  server.close();
});

describe('without credentials', () => {
  async function faultOf(): Promise<unknown> {
    const api = createEcsApi({ region }, run);
    try {
      return await api.listClusters().catch((error: unknown) => error);
    } finally {
      api.close();
      expect([...api.tally.requests.values()]).toEqual([1]);
    }
  }

  it('one message says so, at once', async () => {
    writeProfiles({});
    expect(await faultOf()).toMatchObject({
      message: 'ListClusters: no credentials: Could not load credentials from any providers',
      retryable: false,
    });
  });

  it('one message says what a role wants that a profile names', async () => {
    const keys = ['aws_access_key_id = a', 'aws_secret_access_key = b'];
    const role = 'role_arn = arn:aws:iam::111122223333:role/r';
    const mfa = 'mfa_serial = arn:aws:iam::111122223333:mfa/me';
    process.env.AWS_PROFILE = 'role';
    writeProfiles({ base: keys, role: [role, 'source_profile = base', mfa] });
    expect(await faultOf()).toMatchObject({
      message: expect.stringMatching(
        /^ListClusters: no credentials: .*multi-factor authentication/,
      ),
    });
  });

  it('a refusal to give them is not one of the call, whose permission is not missing', async () => {
    const server = createServer((_, response) => {
      const words = 'not authorized to perform: sts:AssumeRole';
      const error = `<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${words}</Message></Error>`;
      response
        .writeHead(403, { 'content-type': 'text/xml' })
        .end(`<ErrorResponse>${error}</ErrorResponse>`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    process.env.AWS_ENDPOINT_URL_STS = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env.AWS_PROFILE = 'role';
    const warn = jest.spyOn(console, 'warn');
    const keys = ['aws_access_key_id = a', 'aws_secret_access_key = b'];
    const role = 'role_arn = arn:aws:iam::111122223333:role/r';
    writeProfiles({ base: keys, role: [role, 'source_profile = base'] });
    expect(await faultOf()).toMatchObject({
      message: 'ListClusters: no credentials: not authorized to perform: sts:AssumeRole',
      retryable: false,
    });
    // The SDK would ask in us-east-1, which is no region of every partition, and say so.
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
    server.closeAllConnections();
    server.close();
  });
});
