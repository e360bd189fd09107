// The plugin's guard against a CloudFormation that answers as AWS does: what it asks, when it stops, when it goes on.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { template } from '../support/combinations.ts';

type Guard = { guardDeployed(): Promise<void> };
type Answer = { readonly status: number; readonly body: string };
type Plugin = new (serverless: object, options: object, tools: object) => Guard;

const file = '../../scripts/serverless-plugin.cjs';
const FargazePlugin: Plugin = require(file);

let server: Server;
let answers: Readonly<Record<string, Answer>>;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const action = new URLSearchParams(Buffer.concat(chunks).toString()).get('Action') ?? '';
      const { body, status } = answers[action] ?? refused('InvalidAction', action);
      response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
});

afterAll(() => new Promise((closed) => server.close(closed)));

const namespace = 'xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"';
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const refused = (code: string, message: string): Answer => ({
  status: code === 'AccessDenied' ? 403 : 400,
  body: `<ErrorResponse ${namespace}><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
});

const described = (parameters: Readonly<Record<string, string>>, status = 'UPDATE_COMPLETE') => {
  const members = Object.entries(parameters).map(
    ([key, value]) =>
      `<member><ParameterKey>${key}</ParameterKey><ParameterValue>${value}</ParameterValue></member>`,
  );
  const stack = `<member><StackName>fargaze-dev</StackName><StackStatus>${status}</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime><Parameters>${members.join('')}</Parameters></member>`;
  const result = `<DescribeStacksResult><Stacks>${stack}</Stacks></DescribeStacksResult>`;
  return {
    status: 200,
    body: `<DescribeStacksResponse ${namespace}>${result}</DescribeStacksResponse>`,
  };
};

const written = (body: string): Answer => {
  const result = `<GetTemplateResult><TemplateBody>${escaped(body)}</TemplateBody></GetTemplateResult>`;
  return { status: 200, body: `<GetTemplateResponse ${namespace}>${result}</GetTemplateResponse>` };
};

const golden = written(JSON.stringify(template));

/** What the guard logs; it throws what it refuses. */
async function guard(options: Readonly<Record<string, boolean>> = {}): Promise<string[]> {
  const told: string[] = [];
  const log = (text: string) => void told.push(text);
  const provider = {
    naming: { getStackName: () => 'fargaze-dev' },
    getAwsSdkV3Config: () => ({
      region: 'us-east-1',
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      maxAttempts: 1,
    }),
  };
  const serverless = {
    serviceDir: resolve('.'),
    service: { provider: { compiledCloudFormationTemplate: template } },
    classes: { Error },
    getProvider: () => provider,
  };
  const plugin = new FargazePlugin(serverless, options, { log: { notice: log, warning: log } });
  await plugin.guardDeployed();
  return told;
}

const allowed = { 'allow-replacement': true };
const elsewhere = { VpcCidr: '10.43.0.0/16' };

it.each([
  {
    name: 'a stack that does not exist',
    DescribeStacks: refused('ValidationError', 'Stack with id fargaze-dev does not exist'),
  },
  { name: 'a stack that was only drafted', DescribeStacks: described({}, 'REVIEW_IN_PROGRESS') },
  { name: 'a stack that loses nothing', DescribeStacks: described({}), GetTemplate: golden },
])('$name is deployed without a word', async ({ name: _, ...given }) => {
  answers = given;
  expect(await guard()).toEqual([]);
});

it('a stack that would lose its network is not deployed, and is with --allow-replacement', async () => {
  answers = { DescribeStacks: described(elsewhere), GetTemplate: golden };
  await expect(guard()).rejects.toThrow(
    /Vpc is replaced: CidrBlock changes.*VpcCidr: "10\.43\.0\.0\/16", then "10\.42\.0\.0\/16".*--allow-replacement/s,
  );
  const [told, ...more] = await guard(allowed);
  expect(told).toMatch(/^Removed or replaced, as asked:\n.*Vpc is replaced: CidrBlock changes/s);
  expect(more).toEqual([]);
});

describe.each([
  {
    name: 'that may not be described',
    given: { DescribeStacks: refused('AccessDenied', 'not authorized to perform DescribeStacks') },
    seen: 'got AccessDenied: not authorized to perform DescribeStacks',
  },
  {
    name: 'whose name CloudFormation does not take',
    given: { DescribeStacks: refused('ValidationError', '1 validation error detected') },
    seen: 'got ValidationError: 1 validation error detected',
  },
  {
    name: 'whose template may not be read',
    given: {
      DescribeStacks: described(elsewhere),
      GetTemplate: refused('AccessDenied', 'not authorized to perform GetTemplate'),
    },
    seen: 'got AccessDenied: not authorized to perform GetTemplate',
  },
  {
    name: 'whose template is not JSON',
    given: { DescribeStacks: described(elsewhere), GetTemplate: written('Resources: {}') },
    seen: 'got SyntaxError: ',
  },
  {
    name: 'whose template has no resources',
    given: { DescribeStacks: described(elsewhere), GetTemplate: written('{}') },
    seen: 'got RangeError: got no Resources, want a template of CloudFormation in JSON',
  },
  {
    name: 'whose template holds a function that is not known',
    given: {
      DescribeStacks: described({}),
      GetTemplate: written(
        JSON.stringify({
          Conditions: { Odd: { 'Fn::Odd': [] } },
          Resources: { A: { Type: 'AWS::SQS::Queue', Condition: 'Odd' } },
        }),
      ),
    },
    seen: 'got RangeError: got Fn::Odd, want a condition function',
  },
])('a stack $name', ({ given, seen }) => {
  it('is not deployed', async () => {
    answers = given;
    const error = await guard().then(
      () => 'deployed',
      ({ message }: Error) => message,
    );
    expect(error).toContain('fargaze-dev: what is deployed could not be compared');
    expect(error).toContain(seen);
    expect(error).toContain('want cloudformation:DescribeStacks and cloudformation:GetTemplate');
    expect(error).toContain('--allow-replacement');
  });

  it('is deployed with --allow-replacement, with a warning', async () => {
    answers = given;
    expect(await guard(allowed)).toEqual([expect.stringContaining(seen)]);
  });
});
