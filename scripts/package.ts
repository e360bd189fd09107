// `npm run package`: the CloudFormation template and zips, in .serverless/, with or without an AWS account.
// The framework asks CloudFormation for the last layer version even to package; where there are no credentials
// a stub on loopback answers that there is no such stack, which is what a first deployment would hear.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { environmentWith } from '../build/environment.ts';
import { readEnv } from '../layers/core/src/env.ts';

/** Whether the AWS SDK would find credentials in the usual places. */
function hasCredentials(): boolean {
  const named = ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'];
  const containers = [
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  ];
  const file = readEnv('AWS_SHARED_CREDENTIALS_FILE') ?? join(homedir(), '.aws/credentials');
  return [...named, ...containers].some((name) => readEnv(name) !== undefined) || existsSync(file);
}

/** Answers every CloudFormation call as if the stack did not exist. */
function startStub(): Promise<Server> {
  const body = `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type>
<Code>ValidationError</Code><Message>Stack with id fargaze does not exist</Message></Error></ErrorResponse>`;
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(400, { 'content-type': 'text/xml' }).end(body);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

async function main(): Promise<number> {
  const stub = hasCredentials() ? undefined : await startStub();
  const offline: Record<string, string> =
    stub === undefined
      ? {}
      : {
          AWS_ACCESS_KEY_ID: 'offline',
          AWS_SECRET_ACCESS_KEY: 'offline',
          AWS_ENDPOINT_URL: `http://127.0.0.1:${(stub.address() as AddressInfo).port}`,
        };
  const program = join(process.cwd(), 'node_modules/.bin/serverless');
  const child = spawn(program, ['package', ...process.argv.slice(2)], {
    stdio: 'inherit',
    // What the SDK of AWS says of its own next versions is no concern of who packages.
    env: environmentWith({ AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', ...offline }),
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status) => resolve(status ?? 1));
  });
  stub?.close();
  return code;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
);
