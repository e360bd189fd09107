// Limits that AWS sets, where a template can show that it keeps them. Each with its source; those that an account may raise
// are taken at their defaults.
import { resolve, resourcesOf, type Stack } from './stack.ts';
import { type Item, isItem, type Template } from './template.ts';

const cloudFormation =
  'docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html';

const lambda = 'docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html';

/** Characters of a function's name (docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html). */
const longest = 64;

/**
 * Why a stage makes names that are too long, said before anything is uploaded; undefined when it does not. All other names are
 * made by CloudFormation, which shortens them.
 */
export function stageFault({ Resources }: Template, stage: string): string | undefined {
  const names = Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => String(Properties?.FunctionName));
  const over = Math.max(...names.map((name) => name.length)) - longest;
  if (over <= 0) return undefined;
  return `stage: got ${stage} of ${stage.length} characters, want at most ${stage.length - over}: a function's name has ${longest}`;
}

/** What the stack exceeds: `WebTaskDefinition: 70000 bytes, at most 65536 (…)`. */
export function exceeded(stack: Stack): string[] {
  return [...limitsOf(stack)]
    .filter(({ has, most }) => has > most)
    .map(({ has, most, source, what }) => `${what}: ${has}, at most ${most} (${source})`);
}

/** Shards begin in the same minute: where fewer executions are reserved, some are refused every time. */
function* limitsOfReserved(id: string, stack: Stack, properties: Item): Generator<Limit> {
  const most = Number(properties.ReservedConcurrentExecutions ?? 0);
  if (!(most > 0)) return;
  const has = [...resourcesOf(stack).values()]
    .filter(({ Type }) => Type === 'AWS::Events::Rule')
    .filter(({ Properties }) => JSON.stringify(Properties?.Targets).includes(`["${id}","Arn"]`));
  const what = `invocations of ${id} in a minute (shards) against ReservedConcurrency`;
  const source = 'docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html';
  yield { what, has: has.length, most, source };
}

type Limit = {
  readonly what: string;
  readonly has: number;
  readonly most: number;
  readonly source: string;
};

function* limitsOf(stack: Stack): Generator<Limit> {
  const { template } = stack;
  const count = (part: object | undefined) => Object.keys(part ?? {}).length;
  const of = (what: string, has: number, most: number) => ({
    ...{ what, has, most, source: cloudFormation },
  });
  yield of('resources', count(template.Resources), 500);
  yield of('parameters', count(template.Parameters), 200);
  yield of('outputs', count(template.Outputs), 200);
  yield of('bytes of the template', JSON.stringify(template).length, 1_000_000);
  for (const [id, { Properties = {}, Type }] of resourcesOf(stack)) {
    const properties = resolve(stack, Properties) as Item;
    if (Type === 'AWS::ECS::TaskDefinition') yield* limitsOfTask(id, properties);
    if (Type === 'AWS::Lambda::Function') {
      yield* limitsOfFunction(id, properties);
      yield* limitsOfReserved(id, stack, properties);
    }
    if (Type === 'AWS::IAM::Role') yield* limitsOfRole(id, properties);
  }
  const rules = [...resourcesOf(stack).values()].filter(({ Type }) =>
    /SecurityGroup.gress$/.test(Type),
  );
  yield {
    what: 'rules of one security group',
    has: mostOf(rules.map(({ Properties }) => JSON.stringify(Properties?.GroupId))),
    most: 60,
    source: 'docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html',
  };
}

function* limitsOfFunction(id: string, { Environment, FunctionName }: Item): Generator<Limit> {
  const { Variables } = Environment as Item;
  yield {
    what: `characters of the name of ${id}`,
    has: String(FunctionName).length,
    most: longest,
    source: lambda,
  };
  yield {
    what: `bytes of the environment of ${id}`,
    has: JSON.stringify(Variables).length,
    most: 4096,
    source: lambda,
  };
}

function* limitsOfTask(id: string, properties: Item): Generator<Limit> {
  const source = 'docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html';
  const containers = properties.ContainerDefinitions as readonly Item[];
  yield { what: `bytes of ${id}`, has: JSON.stringify(properties).length, most: 65_536, source };
  yield { what: `containers of ${id}`, has: containers.length, most: 10, source };
}

function* limitsOfRole(id: string, properties: Item): Generator<Limit> {
  const source = 'docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html';
  const { ManagedPolicyArns = [], Policies = [] } = properties;
  // White space does not count.
  const bytes = (Policies as readonly unknown[])
    .filter(isItem)
    .map((one) => JSON.stringify(one.PolicyDocument).length);
  yield {
    what: `managed policies of ${id}`,
    has: (ManagedPolicyArns as readonly unknown[]).length,
    most: 10,
    source,
  };
  yield {
    what: `bytes of the policies of ${id}`,
    has: bytes.reduce((sum, one) => sum + one, 0),
    most: 10_240,
    source,
  };
}

function mostOf(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => names.filter((other) => other === name).length));
}
