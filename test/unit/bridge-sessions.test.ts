// Credentials of roles in a warm function: kept while they last, renewed before they end.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCallTally } from '../../functions/ecs-bridge/aws/call-tally.ts';
import { Sessions } from '../../functions/ecs-bridge/aws/sessions.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const start = 1_800_000_000_000;
const hour = 3_600_000;
const role = { roleArn: 'arn:aws:iam::444455556666:role/reader' };
let server: Server;
let now = start;
/** Statuses of the next answers; then 200. */
let failing: number[];
/** Calls that were answered. */
let given: number;

/** An STS whose credentials last an hour of the test's time. */
beforeEach(async () => {
  now = start;
  given = 0;
  failing = [];
  server = createServer((_, response) => {
    const status = failing.shift();
    if (status !== undefined) {
      response
        .writeHead(status)
        .end(`<ErrorResponse><Error><Code>Code${status}</Code></Error></ErrorResponse>`);
      return;
    }
    given += 1;
    const ends = new Date(now + hour).toISOString();
    response.end(
      `<AssumeRoleResponse><Credentials><AccessKeyId>key-${given}</AccessKeyId><SecretAccessKey>not-a-secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>${ends}</Expiration></Credentials></AssumeRoleResponse>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.AWS_ENDPOINT_URL_STS = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(() => {
  delete process.env.AWS_ENDPOINT_URL_STS;
  server.closeAllConnections();
  server.close();
});

/** A caller by the test's time, and what it has called. */
function openCaller() {
  const clock = { ...createFakeClock(), now: () => now };
  const deadline = startDeadline(60, clock);
  const credentials = async () => ({ accessKeyId: 'own', secretAccessKey: 'not-a-secret' });
  const caller = { region: 'eu-west-1', credentials, deadline, clock };
  return { caller, sessions: new Sessions(), tally: createCallTally() };
}

it('credentials are used for 55 minutes of their hour and never after', async () => {
  const { caller, sessions, tally } = openCaller();
  const keyAfter = async (milliseconds: number) => {
    now = start + milliseconds;
    return (await sessions.assume(role, caller, tally)).accessKeyId;
  };
  try {
    expect(await keyAfter(0)).toBe('key-1');
    expect(await keyAfter(54 * 60_000)).toBe('key-1');
    expect(await keyAfter(56 * 60_000)).toBe('key-2');
    expect(await keyAfter(5 * hour)).toBe('key-3');
    expect(tally.requests.get('AssumeRole')).toBe(3);
  } finally {
    caller.deadline.close();
  }
});

it('a call that fails for a moment is made again, and every attempt counted', async () => {
  const { caller, sessions, tally } = openCaller();
  failing = [503, 429, 500];
  expect((await sessions.assume(role, caller, tally)).accessKeyId).toBe('key-1');
  expect(tally.requests.get('AssumeRole')).toBe(4);
  expect(tally.throttles.get('AssumeRole')).toBe(1);
  failing = [403];
  now += hour;
  await expect(sessions.assume(role, caller, tally)).rejects.toThrow('AssumeRole: Code403');
  expect(tally.requests.get('AssumeRole')).toBe(5);
  expect((await sessions.assume(role, caller, tally)).accessKeyId).toBe('key-2');
  caller.deadline.close();
});

it('all regions of a role that are opened at once share one call, also when it ends', async () => {
  const { caller, sessions, tally } = openCaller();
  const all = () => Promise.all([1, 2, 3].map(() => sessions.assume(role, caller, tally)));
  for (const key of ['key-1', 'key-2']) {
    expect((await all()).map(({ accessKeyId }) => accessKeyId)).toEqual([key, key, key]);
    now += hour;
  }
  expect(given).toBe(2);
  caller.deadline.close();
});

it('credentials that AWS rejects are not used again, unless they are new', async () => {
  const { caller, sessions, tally } = openCaller();
  const first = await sessions.assume(role, caller, tally);
  expect(sessions.reject(first, now)).toBe(false);
  expect(await sessions.assume(role, caller, tally)).toBe(first);
  now += 2 * 60_000;
  // Of calls under way together each is made again.
  for (let call = 0; call < 2; call++) expect(sessions.reject(first, now)).toBe(true);
  const second = await sessions.assume(role, caller, tally);
  expect(second.accessKeyId).toBe('key-2');
  expect(sessions.reject(first, now)).toBe(true);
  expect(await sessions.assume(role, caller, tally)).toBe(second);
  caller.deadline.close();
});
