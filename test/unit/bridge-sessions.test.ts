// Credentials of roles in a warm function: kept while they last, renewed before they end.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCallTally } from '../../functions/ecs-bridge/aws/call-tally.ts';
import { Sessions } from '../../functions/ecs-bridge/aws/sessions.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';

const start = 1_800_000_000_000;
const hour = 3_600_000;
const role = { roleArn: 'arn:aws:iam::444455556666:role/reader' };
let server: Server;
let now = start;

/** An STS whose credentials last an hour of the test's time. */
beforeEach(async () => {
  now = start;
  let given = 0;
  server = createServer((_, response) => {
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

it('credentials are used for 55 minutes of their hour and never after', async () => {
  const sessions = new Sessions();
  const tally = createCallTally();
  const clock = { ...systemClock, now: () => now };
  const deadline = startDeadline(10, systemClock);
  const credentials = async () => ({ accessKeyId: 'own', secretAccessKey: 'not-a-secret' });
  const caller = { region: 'eu-west-1', credentials, deadline, clock };
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
    deadline.close();
  }
});
