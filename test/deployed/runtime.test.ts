// Each function as it is packaged, run once on the Node.js that it is deployed on, with the layer where Lambda puts it: no
// module of this repository can help, and no newer or older language can hide.
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addDemo } from '../../local/fake-aws/demo.ts';
import { type FakeAws, startFakeAws } from '../../local/fake-aws/fake-aws.ts';
import { runCommand } from '../../local/programs/command.ts';
import { type Server, startPushgateway, startRedis } from '../../local/programs/servers.ts';
import { deployedNode } from '../support/deployed-node.ts';
import { runPythonTool } from '../support/python-tool.ts';
import { copyTree, type TreeCopy } from '../support/tree-copy.ts';

type Resource = { readonly Type: string; readonly Properties: Readonly<Record<string, string>> };
type Answer = Readonly<Record<string, unknown>>;

const directory = mkdtempSync(join(tmpdir(), 'fargaze-runtime-'));
let node: string;
let tree: TreeCopy;
let resources: Readonly<Record<string, Resource>>;
let web: HttpServer;
let redis: Server;
let pushgateway: Server;
let cloud: FakeAws;

/** As Lambda does: the layer by NODE_PATH, the function's folder as the only other place. */
const runner = `
const [, , file, name, event] = process.argv;
const { handler } = require(file);
const context = { functionName: name, awsRequestId: 'r-1', getRemainingTimeInMillis: () => 50_000 };
handler(JSON.parse(event), context).then(
  (answer) => console.log('ANSWER ' + JSON.stringify(answer)),
  (error) => { console.log(error.stack); process.exitCode = 1; },
);`;

beforeAll(async () => {
  node = await deployedNode();
  tree = copyTree();
  const packaged = await runCommand('npm', ['run', '-s', 'package'], {
    cwd: tree.directory,
    env: { AWS_ENDPOINT_URL: '', HOME: directory, AWS_PROFILE: '' },
    timeoutMs: 600_000,
  });
  expect([packaged.output, packaged.code]).toEqual([expect.stringContaining('packaged'), 0]);
  const template = '.serverless/cloudformation-template-update-stack.json';
  resources = JSON.parse(readFileSync(join(tree.directory, template), 'utf8')).Resources;
  writeFileSync(join(directory, 'runner.cjs'), runner);
  symlinkSync(join(tree.directory, '.build/layers/core/nodejs'), join(directory, 'nodejs'));
  [redis, pushgateway, cloud] = await Promise.all([
    startRedis(),
    startPushgateway(),
    startFakeAws(),
  ]);
  addDemo(cloud.model);
  web = createServer((_, response) => response.end('hello'));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
}, 900_000);

afterAll(async () => {
  // Whatever of it was started.
  web?.close();
  await Promise.all([redis?.stop(), pushgateway?.stop(), cloud?.close()]);
  tree?.remove();
  rmSync(directory, { recursive: true });
});

/** Unpacks the zip of a function and calls its handler once. @throws Error with what it printed when it fails. */
async function invoke(name: string, event: object, env: Readonly<Record<string, string>>) {
  const task = join(directory, name);
  const zip = join(tree.directory, `.serverless/${name}.zip`);
  const unpacked = await runPythonTool('deployed.txt', [
    'python',
    '-m',
    'zipfile',
    '-e',
    zip,
    task,
  ]);
  expect([unpacked.output, unpacked.code]).toEqual(['', 0]);
  const declared = Object.values(resources).find(
    ({ Properties, Type }) =>
      Type === 'AWS::Lambda::Function' && Properties.FunctionName?.endsWith(`-${name}`),
  );
  const [module = '', property] = (declared?.Properties.Handler ?? '').split(/\.(?=\w+$)/);
  expect([declared?.Properties.Runtime, property]).toEqual(['nodejs24.x', 'handler']);
  const args = [
    join(directory, 'runner.cjs'),
    join(task, `${module}.cjs`),
    name,
    JSON.stringify(event),
  ];
  const { code, output } = await runCommand(node, args, {
    cwd: task,
    env: {
      NODE_PATH: join(directory, 'nodejs/node_modules'),
      NODE_OPTIONS: '',
      FARGAZE_OWNER: 'fargaze-dev',
      ...env,
    },
  });
  const [, answer] = /^ANSWER (.*)$/m.exec(output) ?? [];
  if (code !== 0 || answer === undefined) throw new Error(`${name}: ${output}`);
  return JSON.parse(answer) as Answer;
}

const exposed = async () => (await fetch(`${pushgateway.url}/metrics`)).text();

it('the Node.js is of the line that serverless.yml names', async () => {
  const { output } = await runCommand(node, ['--version']);
  const [, line] =
    /^ {2}runtime: nodejs(\d+)\.x$/m.exec(readFileSync('serverless.yml', 'utf8')) ?? [];
  expect(output).toMatch(new RegExp(`^v${line}\\.`));
});

it('every function that is declared is run here', () => {
  const names = Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => Properties.FunctionName?.replace(/^fargaze-dev-/, ''));
  // The second web-probe is the first one's file, with another place in the network.
  expect(names.sort()).toEqual(
    ['deliver', 'ecs-bridge', 'janitor', 'redis-probe', 'web-probe', 'web-probe-vpc'].sort(),
  );
});

it.each(['web-probe', 'web-probe-vpc', 'redis-probe'])(
  '%s measures, and deliver brings its answer to the Pushgateway',
  async (name) => {
    const page = `http://127.0.0.1:${(web.address() as AddressInfo).port}/${name}`;
    const target = name === 'redis-probe' ? redis.url : page;
    // The configured probes, as a schedule asks for them.
    const answer = await invoke(
      name,
      { schedule: '1m', probes: ['*'] },
      { FARGAZE_SINK: 'return', FARGAZE_VANTAGE: '', WEB_URL: page, REDIS_URL: redis.url },
    );
    expect(answer).toMatchObject({ targets: 1, ok: 1, failed: 0 });
    const record = {
      version: '1.0',
      timestamp: new Date(0).toISOString(),
      requestContext: {
        requestId: 'r-1',
        functionArn: 'arn',
        condition: 'Success',
        approximateInvokeCount: 1,
      },
      requestPayload: {},
      responseContext: { statusCode: 200, executedVersion: '$LATEST' },
      responsePayload: answer,
    };
    const event = { Records: [{ messageId: 'm-1', body: JSON.stringify(record), attributes: {} }] };
    const env = { FARGAZE_PUSHGATEWAY_URL: pushgateway.url };
    expect(await invoke('deliver', event, env)).toEqual({ batchItemFailures: [] });
    const line = (await exposed())
      .split('\n')
      .find((text) => text.startsWith('probe_success{') && text.includes(target));
    expect(line).toMatch(/ 1$/);
  },
);

it('ecs-bridge reads ECS and CloudWatch by the SDK that is bundled', async () => {
  const answer = await invoke(
    'ecs-bridge',
    {},
    {
      FARGAZE_SINK: 'stdout',
      AWS_ENDPOINT_URL: cloud.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'AKIAFAKE111122223333',
      AWS_SECRET_ACCESS_KEY: 'not-a-secret',
      AWS_PROFILE: '',
    },
  );
  expect(answer).toMatchObject({ faults: [] });
  expect(new Set(cloud.calls().map(({ api }) => api)).size).toBeGreaterThan(1);
});

it('janitor looks at the groups of the Pushgateway and leaves those that are renewed', async () => {
  const answer = await invoke('janitor', {}, { FARGAZE_PUSHGATEWAY_URL: pushgateway.url });
  expect(answer).toMatchObject({ deleted: 0 });
  expect(await exposed()).toContain('probe_success{');
});
