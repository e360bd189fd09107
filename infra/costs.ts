// What a deployment costs in a month, item by item, counted on a template under its parameters. Prices are list prices of
// us-east-1; nothing here can ask AWS, so look before you rely. Requests, logs, GB-seconds and series are estimates.
import { hours, runsOf } from './function-runs.ts';
import { resolve, resourcesOf, type Stack } from './template/stack.ts';

/** As of when the prices were known, from AWS's lists and texts about them; AWS itself could not be asked. */
export const pricesOf = 'August 2026';

/** One line of the bill. */
export type CostItem = {
  readonly what: string;
  /** US dollars a month for one. */
  readonly each: number;
  readonly source: string;
  /** How many the stack has. */
  readonly count: (stack: Stack) => number;
};

const fargate = 'https://aws.amazon.com/fargate/pricing/';
const cloudwatch = 'https://aws.amazon.com/cloudwatch/pricing/';
const amp = 'https://aws.amazon.com/prometheus/pricing/';
const lambda = 'https://aws.amazon.com/lambda/pricing/';
const vpc = 'https://aws.amazon.com/vpc/pricing/';

const countOf = (type: string) => (stack: Stack) =>
  [...resourcesOf(stack).values()].filter(({ Type }) => Type === type).length;

type Task = { readonly cores: number; readonly gigabytes: number; readonly x86: boolean };

/** Each task that is wanted. */
function tasksOf(stack: Stack): Task[] {
  const resources = resourcesOf(stack);
  return [...resources]
    .filter(([, { Type }]) => Type === 'AWS::ECS::Service')
    .flatMap(([, { Properties = {} }]) => {
      const { Ref } = Properties.TaskDefinition as { readonly Ref: string };
      const task = resources.get(Ref)?.Properties ?? {};
      const { CpuArchitecture } = resolve(stack, task.RuntimePlatform) as Record<string, string>;
      const one = {
        cores: Number(resolve(stack, task.Cpu)) / 1024,
        gigabytes: Number(resolve(stack, task.Memory)) / 1024,
        x86: CpuArchitecture === 'X86_64',
      };
      return Array.from({ length: Number(resolve(stack, Properties.DesiredCount)) }, () => one);
    });
}

const sumOf = (part: 'cores' | 'gigabytes', x86: 'ARM64' | 'X86_64') => (stack: Stack) =>
  tasksOf(stack)
    .filter((task) => task.x86 === (x86 === 'X86_64'))
    .reduce((sum, task) => sum + task[part], 0);

const valueIn = (stack: Stack, name: string) => String(resolve(stack, { Ref: name }));

function publicAddresses(stack: Stack): number {
  const tasks = valueIn(stack, 'AssignPublicIp') === 'ENABLED' ? tasksOf(stack).length : 0;
  const open = valueIn(stack, 'LoadBalancerScheme') === 'internet-facing' ? 2 : 0;
  return tasks + open * countOf('AWS::ElasticLoadBalancingV2::LoadBalancer')(stack);
}

const hasWorkspace = (stack: Stack) => countOf('AWS::APS::Workspace')(stack);

/** Series of a stack with everything in it, most of them Prometheus' and Grafana's own; an estimate. */
const series = 3000;

/** Ten million samples, which three thousand series make at the interval of scrapes. */
function samplesWritten(stack: Stack): number {
  const seconds = Number.parseInt(valueIn(stack, 'ScrapeInterval'), 10);
  return (hasWorkspace(stack) * series * ((3600 * hours) / seconds)) / 10_000_000;
}

/** Lambda asks a queue from five places, each for twenty seconds. */
const pollsPerMonth = (5 * 3600 * hours) / 20;

/** Every item, in the order of the table. */
export const costs: readonly CostItem[] = [
  {
    what: 'vCPU of Fargate tasks, ARM64',
    each: hours * 0.03238,
    source: fargate,
    count: sumOf('cores', 'ARM64'),
  },
  {
    what: 'GB of Fargate tasks, ARM64',
    each: hours * 0.00356,
    source: fargate,
    count: sumOf('gigabytes', 'ARM64'),
  },
  {
    what: 'vCPU of Fargate tasks, x86',
    each: hours * 0.04048,
    source: fargate,
    count: sumOf('cores', 'X86_64'),
  },
  {
    what: 'GB of Fargate tasks, x86',
    each: hours * 0.004445,
    source: fargate,
    count: sumOf('gigabytes', 'X86_64'),
  },
  {
    what: 'Public IPv4 address, 0.005 USD an hour',
    each: hours * 0.005,
    source: vpc,
    count: publicAddresses,
  },
  {
    what: 'Load balancer, without its capacity units',
    each: hours * 0.0225,
    source: 'https://aws.amazon.com/elasticloadbalancing/pricing/',
    count: countOf('AWS::ElasticLoadBalancingV2::LoadBalancer'),
  },
  {
    what: 'Private DNS zone',
    each: 0.5,
    source: 'https://aws.amazon.com/route53/pricing/',
    count: countOf('AWS::ServiceDiscovery::PrivateDnsNamespace'),
  },
  {
    what: 'Secret',
    each: 0.4,
    source: 'https://aws.amazon.com/secrets-manager/pricing/',
    count: countOf('AWS::SecretsManager::Secret'),
  },
  { what: 'Alarm', each: 0.1, source: cloudwatch, count: countOf('AWS::CloudWatch::Alarm') },
  { what: 'Metric of deliver for the alarms', each: 0.3, source: cloudwatch, count: () => 2 },
  {
    what: 'Reads of CloudWatch for ten services, every five minutes (`npm run cost` for others)',
    each: 1.9,
    source: cloudwatch,
    count: () => 1,
  },
  {
    what: 'GB of logs, a sixth for each service and one for 800,000 runs of functions',
    each: 0.5,
    source: cloudwatch,
    count: (stack) => runsOf(stack).all / 800_000 + countOf('AWS::ECS::Service')(stack) / 6,
  },
  {
    what: 'Million requests to SQS: three for each run, and the polling of the queue',
    each: 0.4,
    source: 'https://aws.amazon.com/sqs/pricing/',
    count: (stack) => (3 * runsOf(stack).scheduled) / 1e6 + pollsPerMonth / 1e6,
  },
  {
    what: 'Million runs of functions: each schedule, and deliver once for each',
    each: 0.2,
    source: lambda,
    count: (stack) => runsOf(stack).all / 1e6,
  },
  {
    what: 'Thousand GB-seconds of functions on ARM64, one second for each run',
    each: 0.0133334,
    source: lambda,
    count: (stack) => runsOf(stack).gigabyteSeconds / 1000,
  },
  {
    what: 'Ten million samples written to Amazon Managed Prometheus, 3000 series',
    each: 0.9,
    source: amp,
    count: samplesWritten,
  },
  {
    what: 'Billion samples that rules, alerts and boards read there',
    each: 0.1,
    source: amp,
    count: (stack) => 30 * hasWorkspace(stack),
  },
  {
    what: 'GB kept there for a month',
    each: 0.03,
    source: amp,
    count: (stack) => 5 * hasWorkspace(stack),
  },
  {
    what: 'Key of KMS, with its requests',
    each: 1.03,
    source: 'https://aws.amazon.com/kms/pricing/',
    count: (stack) => (valueIn(stack, 'KmsKeyArn') === '' ? 0 : 1),
  },
];

/** US dollars a month. */
export function totalCost(stack: Stack): number {
  return costs.reduce((sum, { count, each }) => sum + each * count(stack), 0);
}
