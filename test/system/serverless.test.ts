// The framework's commands as people type them: package, invoke local, and what a bad fargaze.yml does to each.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../../local/programs/command.ts';
import { type Server, startPushgateway, startRedis } from '../../local/programs/servers.ts';
import { goldenFile, packagedFile, renderGolden } from '../../scripts/golden.ts';
import { answerWith, httpAnswer, type RawServer, startRawServer } from '../support/raw-server.ts';

// Each command takes seconds of a machine of its own, and many times that of one that is busy.
jest.setTimeout(300_000);

const directory = mkdtempSync(join(tmpdir(), 'fargaze-serverless-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** No account, no credentials, no network: whatever this machine has is hidden. */
const noAws = {
  HOME: directory,
  // Beside a local system that somebody runs in this clone.
  FARGAZE_STACK_DIR: join(directory, 'stack'),
  AWS_PROFILE: '',
  AWS_ACCESS_KEY_ID: '',
  AWS_SECRET_ACCESS_KEY: '',
  AWS_EC2_METADATA_DISABLED: 'true',
  npm_config_cache: join(directory, 'npm'),
  // Programs that were fetched stay where they are.
  XDG_CACHE_HOME: process.env.XDG_CACHE_HOME || join(process.env.HOME ?? '', '.cache'),
};

const serverless = (args: readonly string[], env: Record<string, string> = {}) =>
  runCommand('node_modules/.bin/serverless', args, {
    env: { ...noAws, ...env },
    timeoutMs: 240_000,
  });

const npmRun = (script: string, env: Record<string, string> = {}) =>
  runCommand('npm', ['run', '-s', script], { env: { ...noAws, ...env }, timeoutMs: 240_000 });

/** The JSON object that `invoke local` prints last. */
function answerOf(output: string): unknown {
  return JSON.parse(output.slice(output.lastIndexOf('\n{') + 1, output.lastIndexOf('}') + 1));
}

describe('npm run package', () => {
  type Resource = { readonly Type: string; readonly Properties: Record<string, unknown> };
  let packaged: string;
  let resources: Record<string, Resource>;

  const temporary = join(directory, 'temporary');

  beforeAll(async () => {
    mkdirSync(temporary);
    const { code, output } = await npmRun('package', { TMPDIR: temporary });
    expect([output, code]).toEqual([expect.stringContaining('Service packaged'), 0]);
    packaged = readFileSync(packagedFile, 'utf8');
    resources = JSON.parse(packaged).Resources;
  }, 240_000);

  it("leaves nothing of the framework in the user's home", () => {
    expect(existsSync(join(directory, '.serverless'))).toBe(false);
  });

  it('leaves nothing in the temporary folder', () => {
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('is the reviewed template (npm run package && npm run golden)', () => {
    expect(renderGolden(packaged)).toBe(readFileSync(goldenFile, 'utf8'));
  });

  it('needs no AWS account, and holds functions, schedules, log groups and the layer', () => {
    const types = Object.values(resources).map(({ Type }) => Type);
    expect(types.filter((type) => type === 'AWS::Lambda::Function')).toHaveLength(6);
    expect(types).toContain('AWS::Lambda::LayerVersion');
    expect(existsSync('.serverless/core.zip')).toBe(true);
  });

  it.each(['Web', 'Redis'])(
    '%sDashprobe runs on arm64 and Node 24, without retries, on the layer',
    (name) => {
      expect(resources[`${name}DashprobeLambdaFunction`]?.Properties).toMatchObject({
        Architectures: ['arm64'],
        Runtime: 'nodejs24.x',
        Layers: [{ Ref: 'CoreLambdaLayer' }],
        // Reserved only where a parameter says so: new accounts refuse reservations.
        ReservedConcurrentExecutions: {
          'Fn::If': [
            'HasReservedConcurrency',
            { Ref: 'ReservedConcurrency' },
            { Ref: 'AWS::NoValue' },
          ],
        },
      });
      expect(resources[`${name}DashprobeLambdaEvConf`]?.Properties).toMatchObject({
        MaximumRetryAttempts: 0,
        MaximumEventAgeInSeconds: 60,
      });
      expect(resources[`${name}DashprobeLogGroup`]?.Properties).toMatchObject({
        RetentionInDays: { Ref: 'LogRetentionDays' },
      });
      const rule = resources[`${name}DashprobeEventsRuleSchedule1`]?.Properties;
      expect(rule?.ScheduleExpression).toBe('cron(* * * * ? *)');
      // Without an input the tick's time comes with the event of EventBridge.
      expect(rule?.Targets).toEqual([expect.not.objectContaining({ Input: expect.anything() })]);
    },
  );
});

describe('serverless invoke local', () => {
  let web: RawServer;
  let redis: Server;
  let pushgateway: Server;
  beforeAll(async () => {
    web = await startRawServer(answerWith(httpAnswer('200 OK', [], 'hi')));
    redis = await startRedis();
    pushgateway = await startPushgateway();
  });
  afterAll(async () => {
    await Promise.all([web.close(), redis.stop(), pushgateway.stop()]);
  });

  const environment = () => ({
    WEB_URL: `http://127.0.0.1:${web.port}/`,
    REDIS_URL: redis.url,
    FARGAZE_PUSHGATEWAY_URL: pushgateway.url,
  });

  it.each(['web-probe', 'redis-probe'])('-f %s probes, pushes and answers', async (name) => {
    const { code, output } = await serverless(['invoke', 'local', '-f', name], environment());
    expect([output, code]).toEqual([expect.anything(), 0]);
    expect(answerOf(output)).toEqual({
      targets: 1,
      ok: 1,
      failed: 0,
      skipped: [],
      delivered: 1,
      failures: [],
    });
    expect(output).toContain('"message":"invocation"');
    const metrics = await (await fetch(`${pushgateway.url}/metrics`)).text();
    expect(metrics).toMatch(new RegExp(`fargaze_probe_info\\{function="${name}".*\\} 1`));
  });

  it('without a receiver prints the answer only, and the metrics for who asks', async () => {
    const { WEB_URL } = environment();
    const invoke = ['invoke', 'local', '-f', 'web-probe'];
    const { output } = await serverless(invoke, { WEB_URL });
    expect(answerOf(output)).toMatchObject({ targets: 1, ok: 1, delivered: 0 });
    expect(output).not.toContain('probe_success');
    const asked = await serverless(invoke, { WEB_URL, FARGAZE_SINK: 'stdout' });
    expect(asked.output).toMatch(
      /probe_success\{job="fargaze-web",instance="http:\/\/127.0.0.1:\d+\/"\} 1/,
    );
  });

  it('each of two at once runs the configuration that it was given', async () => {
    const invoke = async (targets: number) => {
      const probes = Array.from(
        { length: targets },
        (_, index) =>
          `  - { name: p${index}, module: page, target: 'http://127.0.0.1:${web.port}/${index}' }`,
      );
      const file = join(directory, `${targets}.yml`);
      writeFileSync(file, ['modules: { page: { prober: http } }', 'probes:', ...probes].join('\n'));
      const { output } = await serverless(['invoke', 'local', '-f', 'web-probe'], {
        FARGAZE_CONFIG: file,
      });
      return answerOf(output);
    };
    const answers = await Promise.all([1, 2, 3].map(invoke));
    expect(answers).toMatchObject([1, 2, 3].map((targets) => ({ targets, ok: targets })));
  });

  it('a bad event is reported in full and pushes nothing', async () => {
    const before = await storedGroups(pushgateway);
    const event = JSON.stringify({ probes: ['wbe'], foo: 1 });
    const { output } = await serverless(
      ['invoke', 'local', '-f', 'web-probe', '-d', event],
      environment(),
    );
    expect(output).toContain('"errorType": "ConfigError"');
    expect(output).toContain('foo: unknown key');
    expect(output).not.toMatch(/^ *"? +at /m);
    expect(await storedGroups(pushgateway)).toEqual(before);
  });
});

/** What the Pushgateway holds, in an order of its own: it lists groups in none. */
async function storedGroups({ url }: Server): Promise<string[]> {
  const answer = await fetch(`${url}/api/v1/metrics`);
  const { data } = (await answer.json()) as { readonly data: readonly unknown[] };
  return data.map((group) => JSON.stringify(group)).sort();
}

describe('a bad fargaze.yml', () => {
  const file = join(directory, 'bad.yml');
  writeFileSync(
    file,
    `
modules:
  page: { prober: http, timeuot: 5s, http: { fail_if_body_matches_regexp: ['('] } }
probes:
  - { name: a, module: pge, target: 'http://a/', interval: 1 minute }
  - { name: a, module: http_2xx, target: 'http://b/' }
`,
  );
  const issues = [
    /modules\.page\.timeuot \(line 3\): unknown key; did you mean "timeout"\?/,
    /modules\.page\.http\.fail_if_body_matches_regexp\[0\] \(line 3\): got "\(", want a regular expression in RE2 syntax/,
    /probes\[0\]\.module \(line 5\): unknown module "pge"; did you mean "page"\?/,
    /probes\[0\]\.interval \(line 5\): got "1 minute", want a duration/,
    /probes\[1\]\.name \(line 6\): duplicate probe "a", already at probes\[0\]/,
  ];

  it.each([
    { name: 'npm run package', run: (env: Record<string, string>) => npmRun('package', env) },
    { name: 'npm start', run: (env: Record<string, string>) => npmRun('start', env) },
    { name: 'npm run build', run: (env: Record<string, string>) => npmRun('build', env) },
    {
      name: 'serverless invoke local',
      run: (env: Record<string, string>) => serverless(['invoke', 'local', '-f', 'web-probe'], env),
    },
    {
      name: 'serverless deploy',
      run: (env: Record<string, string>) =>
        serverless(['deploy'], {
          ...env,
          AWS_ACCESS_KEY_ID: 'x',
          AWS_SECRET_ACCESS_KEY: 'x',
          AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
        }),
    },
  ])('fails $name with every problem in one message', async ({ run }) => {
    const { code, output } = await run({ FARGAZE_CONFIG: file });
    expect(code).not.toBe(0);
    for (const issue of issues) expect(output).toMatch(issue);
    expect(output).toContain('5 problems');
  });
});
