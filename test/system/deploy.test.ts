// The whole stack by the framework's own commands against a simulated AWS: deployed, deployed again with one dashboard
// changed, removed. What is there is asked of the services, not of the template.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../local/programs/command.ts';
import type { Server } from '../../local/programs/servers.ts';
import { type Described, type Inventory, pick, readInventory } from '../support/inventory.ts';
import { simulatedAccount, startMoto, withMoreTypes } from '../support/moto.ts';
import {
  findInText,
  findPlanted,
  plantedEnvironment,
  plantInto,
  unzip,
} from '../support/planted-project.ts';
import { copyTree, type TreeCopy } from '../support/tree-copy.ts';

// Each command takes half a minute of an idle machine, and many times that of a busy one.
const commandSeconds = 900;
jest.setTimeout(2 * commandSeconds * 1000);

const warnings: string[] = [];
let said = '';
let moto: Server;
let tree: TreeCopy;
let env: Readonly<Record<string, string>>;
let first: Inventory;

beforeAll(async () => {
  const onLine = (line: string) => {
    if (line.includes('not supported by moto')) warnings.push(line);
  };
  moto = await startMoto({ launcher: withMoreTypes, onLine });
  tree = copyTree();
  const config = join(tree.directory, 'fargaze.yml');
  writeFileSync(config, plantInto(readFileSync(config, 'utf8')));
  env = { ...simulatedAccount(moto.url), ...plantedEnvironment('http://127.0.0.1:1') };
  await serverless('deploy');
  first = await readInventory(env);
});

afterAll(async () => {
  tree?.remove();
  await moto?.stop();
});

function run(...args: readonly string[]) {
  const options = { cwd: tree.directory, env, timeoutMs: commandSeconds * 1000 };
  return runCommand('node_modules/.bin/serverless', args, options);
}

async function serverless(command: 'deploy' | 'remove'): Promise<void> {
  const { code, output } = await run(command);
  said += output;
  expect([output, code]).toEqual([expect.stringMatching(/✔ Service/), 0]);
}

type Container = {
  readonly name: string;
  readonly environment: readonly { readonly name: string; readonly value: string }[];
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
};

const containersOf = (inventory: Inventory, family: string) =>
  pick(inventory.taskDefinitions, 'family', new RegExp(`-${family}$`))
    .containerDefinitions as readonly Container[];

const allContainers = (inventory: Inventory) =>
  (inventory.taskDefinitions ?? []).flatMap(
    ({ containerDefinitions }) => containerDefinitions as readonly Container[],
  );

/** moto puts null into a list where a condition leaves an item out. */
const without = <T>(list: readonly (T | null)[]) => list.filter((item): item is T => item !== null);

const functionOf = (name: string) =>
  pick(first.functions, 'FunctionName', new RegExp(`-dev-${name}$`));

describe('a deployed stack', () => {
  it('holds every resource that no condition leaves out', () => {
    const file = '.serverless/cloudformation-template-update-stack.json';
    const { Resources } = JSON.parse(readFileSync(join(tree.directory, file), 'utf8'));
    const wanted = Object.entries(Resources as Record<string, { readonly Condition?: string }>)
      .filter(([, { Condition }]) => Condition === undefined)
      .map(([id]) => id);
    const there = (first.stackResources ?? []).map(({ LogicalResourceId }) => LogicalResourceId);
    expect(wanted.length).toBeGreaterThan(40);
    expect(there).toEqual(expect.arrayContaining(wanted));
    expect(warnings).toEqual([]);
  });

  it.each([
    { family: 'web', containers: ['config', 'install', 'web', 'exporter'] },
    { family: 'redis', containers: ['config', 'redis', 'exporter'] },
    { family: 'prometheus', containers: ['config', 'prometheus', 'pushgateway'] },
    { family: 'grafana', containers: ['config', 'grafana', 'door'] },
  ])('runs $family with its sidecars, one task wanted', ({ family, containers }) => {
    expect(containersOf(first, family).map(({ name }) => name)).toEqual(containers);
    const definition = pick(first.taskDefinitions, 'family', new RegExp(`-${family}$`));
    const service = pick(first.services, 'taskDefinition', new RegExp(`-${family}:1$`));
    expect(service).toMatchObject({
      desiredCount: 1,
      taskDefinition: definition.taskDefinitionArn,
      clusterArn: first.clusters?.[0]?.clusterArn,
    });
  });

  it('hands each container secrets that exist, and no reference that nobody resolved', () => {
    const known = (first.secrets ?? []).map(({ ARN }) => ARN);
    const wanted = allContainers(first).flatMap(({ secrets = [] }) => without(secrets));
    expect(wanted.length).toBeGreaterThan(5);
    for (const { valueFrom } of wanted) expect(known).toContain(valueFrom);
    const values = allContainers(first).flatMap(({ environment: variables }) => without(variables));
    for (const { value } of values)
      expect(value).not.toMatch(/\$\{[A-Z]|\{'(Ref|Fn)|fargaze-bundle/);
  });

  it.each([
    { name: 'web-probe', inside: false, success: /ResultQueue/ },
    { name: 'web-probe-vpc', inside: true, success: /ResultQueue/ },
    { name: 'redis-probe', inside: true, success: /ResultQueue/ },
    { name: 'ecs-bridge', inside: false, success: /null/ },
    { name: 'deliver', inside: true, success: /null/ },
    { name: 'janitor', inside: true, success: /null/ },
  ])('has the function $name with layer, role, log group and its place', (expected) => {
    const { Layers, OnSuccess, Role, VpcConfig, ...rest } = functionOf(expected.name);
    expect(rest).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    expect(Layers).toMatchObject([{ Arn: expect.stringContaining(':layer:') }]);
    expect(String(OnSuccess)).toMatch(expected.success);
    expect((first.roles ?? []).map(({ Arn }) => Arn)).toContain(Role);
    pick(first.logGroups, 'logGroupName', new RegExp(`/${rest.FunctionName}$`));
    const subnets = (VpcConfig as { readonly SubnetIds?: readonly string[] } | null)?.SubnetIds;
    expect(subnets ?? []).toHaveLength(expected.inside ? 2 : 0);
  });

  it('gives each function its place and its receiver', () => {
    const variables = (name: string) =>
      (functionOf(name).Environment as { readonly Variables: Described }).Variables;
    expect(variables('web-probe').FARGAZE_VANTAGE).toBe('internet');
    expect(variables('web-probe-vpc').FARGAZE_VANTAGE).toBe('vpc');
    expect(variables('redis-probe').REDIS_URL).toMatch(
      /^redis:\/\/.*@redis\.fargaze\.internal:6379/,
    );
    expect(variables('deliver').FARGAZE_PUSHGATEWAY_URL).toBe(
      'http://prometheus.fargaze.internal:9091',
    );
    const owners = ['deliver', 'janitor', 'ecs-bridge'].map(
      (name) => variables(name).FARGAZE_OWNER,
    );
    expect(owners[0]).toMatch(/^fargaze-\w+-\d{12}-[a-z]+-[a-z]+-\d$/);
    expect(new Set(owners).size).toBe(1);
  });

  it.each([
    { name: 'web-probe', input: undefined, rate: 'cron(* * * * ? *)' },
    { name: 'web-probe-vpc', input: undefined, rate: 'cron(* * * * ? *)' },
    { name: 'redis-probe', input: undefined, rate: 'cron(* * * * ? *)' },
    { name: 'ecs-bridge', input: undefined, rate: 'cron(* * * * ? *)' },
    { name: 'janitor', input: undefined, rate: 'rate(1 hour)' },
  ])('wakes $name by a rule', ({ name, input, rate }) => {
    const arn = functionOf(name).FunctionArn;
    const rules = (first.rules ?? []).filter(({ Targets }) =>
      (Targets as readonly Described[]).some(({ Arn }) => Arn === arn),
    );
    expect(rules).toMatchObject([{ ScheduleExpression: rate, State: 'ENABLED' }]);
    const targets = rules.flatMap(({ Targets }) => Targets as readonly Described[]);
    expect(targets.map(({ Input }) => Input)).toEqual([input]);
  });

  it('carries results by a queue with dead letters behind it, which deliver reads', () => {
    const queue = pick(first.queues, 'QueueUrl', /ResultQueue/);
    const dead = pick(first.queues, 'QueueUrl', /DeadLetterQueue/);
    expect(JSON.parse(String(queue.RedrivePolicy)).deadLetterTargetArn).toBe(dead.QueueArn);
    expect(JSON.parse(String(queue.Policy)).Statement[0].Effect).toBe('Deny');
    expect(first.eventSources).toMatchObject([
      {
        EventSourceArn: queue.QueueArn,
        FunctionArn: functionOf('deliver').FunctionArn,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 2 },
      },
    ]);
  });

  it('gives each role policies of its own with everything resolved', () => {
    const own = (first.roles ?? []).filter(
      ({ Inline, Attached }) => [Inline, Attached].flat().length > 0,
    );
    expect(own.length).toBeGreaterThan(9);
    expect(JSON.stringify(own.map(({ Inline }) => Inline))).not.toMatch(/\$\{|"Ref"|Fn::/);
    const deliver = pick(first.roles, 'RoleName', /DeliverRole/);
    expect(JSON.stringify(deliver.Inline)).toContain(
      pick(first.queues, 'QueueUrl', /ResultQueue/).QueueArn,
    );
  });

  it('alarms by the topic, and takes silence for failure', () => {
    const topic = first.topics?.[0]?.TopicArn;
    expect((first.alarms ?? []).length).toBeGreaterThan(10);
    for (const alarm of first.alarms ?? []) expect(alarm.AlarmActions).toEqual([topic]);
    const missing = (first.alarms ?? []).filter(({ MetricName }) => MetricName === 'Invocations');
    expect(missing.length).toBeGreaterThan(3);
    for (const alarm of missing) expect(alarm.TreatMissingData).toBe('breaching');
  });

  it('names its services in a zone of its own', () => {
    expect(first.namespaces).toMatchObject([{ Name: 'fargaze.internal', Type: 'DNS_PRIVATE' }]);
    const names = (first.names ?? []).map(({ Name }) => Name);
    expect(names.sort()).toEqual(['prometheus', 'redis', 'web']);
  });
});

describe('what was made of a configuration with secrets by reference, in a shell that holds them', () => {
  it.each(['.build', '.serverless'])('shows none in %s', (folder) => {
    const archive = readFileSync(join(tree.directory, '.serverless/web-probe.zip'));
    expect(unzip(archive).join()).toContain('planted_bearer');
    expect(findPlanted(join(tree.directory, folder))).toEqual([]);
  });

  it('shows none in what the account was told, nor in what was printed', () => {
    expect(said).toContain('Service');
    expect(findInText(said)).toEqual([]);
    expect(findInText(JSON.stringify(first))).toEqual([]);
  });
});

describe('afterwards', () => {
  it('a deployment that would rebuild the network says so and stops', async () => {
    const { code, output } = await run('deploy', '--param=VpcCidr=10.43.0.0/16');
    expect(code).not.toBe(0);
    expect(output).toContain('AWS::EC2::VPC Vpc is replaced: CidrBlock changes');
    expect(output).toContain('VpcCidr: "10.42.0.0/16", then "10.43.0.0/16"');
    expect(output).toContain('deploy with --allow-replacement');
  });

  it('a changed dashboard alone makes a new revision of Grafana, and of nothing else', async () => {
    const board = join(tree.directory, 'infra/config/grafana/dashboards/fargaze-web.json');
    const changed = { ...JSON.parse(readFileSync(board, 'utf8')), title: 'changed' };
    writeFileSync(board, JSON.stringify(changed));
    await serverless('deploy');
    const second = await readInventory(env);
    const revisions = (second.taskDefinitions ?? []).map(({ family, revision }) => [
      String(family).replace(/^.*-/, ''),
      revision,
    ]);
    expect(Object.fromEntries(revisions)).toEqual({ grafana: 2, prometheus: 1, redis: 1, web: 1 });
    const bundle = (inventory: Inventory) =>
      containersOf(inventory, 'grafana')[0]?.environment.find(({ name }) => name === 'CONFIG_TGZ');
    expect(bundle(second)?.value).not.toBe(bundle(first)?.value);
    const kept = ['secrets', 'queues', 'namespaces', 'networks', 'securityGroups'] as const;
    for (const kind of kept) expect(idsOf(second, kind)).toEqual(idsOf(first, kind));
  });

  it('removal leaves nothing', async () => {
    await serverless('remove');
    const left = Object.entries(await readInventory(env)).filter(([, things]) => things.length > 0);
    expect(left).toEqual([]);
  });
});

/** What names each thing of a kind, however often it is changed. */
function idsOf(inventory: Inventory, kind: string): unknown[] {
  const field = { secrets: 'ARN', queues: 'QueueArn', namespaces: 'Arn', networks: 'VpcId' }[kind];
  return (inventory[kind] ?? []).map((thing) => thing[field ?? 'GroupId']);
}
