// What a deployment costs in a month, item by item: quantities of the default and of the minimal stack, unit prices with
// where they are listed. Prices are those of us-east-1 as known in 2026; nothing here can ask AWS, so look before you rely.
// Requests, logs and GB-seconds are estimates: one second for each run.

/** Hours of a month, as AWS counts. */
export const hours = 730;

/** One line of the bill. */
export type CostItem = {
  readonly what: string;
  /** US dollars a month for one. */
  readonly each: number;
  readonly default: number;
  readonly minimal: number;
  readonly source: string;
};

const fargate = 'https://aws.amazon.com/fargate/pricing/';
const cloudwatch = 'https://aws.amazon.com/cloudwatch/pricing/';

/** ARM64: 0.03238 USD a vCPU and hour, 0.00356 USD a GB and hour. */
function task(vcpu: number, gigabytes: number): number {
  return hours * (vcpu * 0.03238 + gigabytes * 0.00356);
}

/** The default stack runs everything; the minimal one Prometheus with the Pushgateway, and the functions. */
export const costs: readonly CostItem[] = [
  {
    what: 'Fargate task web or redis, 0.25 vCPU and 0.5 GB',
    each: task(0.25, 0.5),
    default: 2,
    minimal: 0,
    source: fargate,
  },
  {
    what: 'Fargate task prometheus, 0.25 vCPU and 1 GB',
    each: task(0.25, 1),
    default: 1,
    minimal: 1,
    source: fargate,
  },
  {
    what: 'Fargate task grafana, 0.5 vCPU and 1 GB',
    each: task(0.5, 1),
    default: 1,
    minimal: 0,
    source: fargate,
  },
  {
    what: 'Public IPv4 address of a task, 0.005 USD an hour',
    each: hours * 0.005,
    default: 4,
    minimal: 1,
    source: 'https://aws.amazon.com/vpc/pricing/',
  },
  {
    what: 'Private DNS zone',
    each: 0.5,
    default: 1,
    minimal: 1,
    source: 'https://aws.amazon.com/route53/pricing/',
  },
  {
    what: 'Secret',
    each: 0.4,
    default: 5,
    minimal: 0,
    source: 'https://aws.amazon.com/secrets-manager/pricing/',
  },
  { what: 'Alarm', each: 0.1, default: 18, minimal: 17, source: cloudwatch },
  {
    what: 'Metric of deliver for the alarms',
    each: 0.3,
    default: 2,
    minimal: 2,
    source: cloudwatch,
  },
  { what: 'GB of logs', each: 0.5, default: 1, minimal: 0.5, source: cloudwatch },
  {
    what: 'Million requests to SQS',
    each: 0.4,
    default: 1,
    minimal: 1,
    source: 'https://aws.amazon.com/sqs/pricing/',
  },
  {
    what: 'Functions: 0.3 million requests, 130,000 GB-seconds on ARM64',
    each: 0.3 * 0.2 + 130_000 * 0.0000133334,
    default: 1,
    minimal: 1,
    source: 'https://aws.amazon.com/lambda/pricing/',
  },
];

/** US dollars a month. */
export function totalCost(stack: 'default' | 'minimal'): number {
  return costs.reduce((sum, item) => sum + item.each * item[stack], 0);
}
