// What whoever deploys may do, and no more: for each type of resource in the template the calls by which CloudFormation makes,
// changes and deletes it in the deployer's name, on things that are named after the stack where AWS can tell. Two documents,
// since a managed policy holds 6144 characters.
import { functionGrants } from './functions.ts';
import { type Grant, stack } from './grant.ts';
import { networkGrants } from './network.ts';
import { keyCalls, keyUsers, ownSecrets } from './parameters.ts';

/** Types that the documents allow to deploy. */
export const deployable: ReadonlySet<string> = new Set(
  [...networkGrants, ...functionGrants].map(({ type }) => type),
);

type Statement = {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: unknown;
};

/** Only to ECS and Lambda may roles be handed, and only one role may be made for a service. */
const handing: readonly Statement[] = [
  {
    Effect: 'Allow',
    Action: ['iam:PassRole'],
    Resource: [`arn:*:iam::*:role/${stack}`],
    Condition: {
      StringEquals: { 'iam:PassedToService': ['ecs-tasks.amazonaws.com', 'lambda.amazonaws.com'] },
    },
  },
  {
    Effect: 'Allow',
    Action: ['iam:CreateServiceLinkedRole'],
    Resource: ['arn:*:iam::*:role/aws-service-role/*'],
    Condition: {
      StringEquals: {
        'iam:AWSServiceName': ['ecs.amazonaws.com', 'elasticloadbalancing.amazonaws.com'],
      },
    },
  },
];

const keys = ['arn:*:kms:*:*:key/*'];

/** Secrets and a key of your own, for the parameters that name them. */
const own: readonly Statement[] = [
  { Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: [`arn:*:${ownSecrets}`] },
  { Effect: 'Allow', Action: ['kms:DescribeKey'], Resource: keys },
  {
    Effect: 'Allow',
    Action: keyCalls,
    Resource: keys,
    Condition: { StringLike: { 'kms:ViaService': keyUsers } },
  },
];

/** The documents, by the name of their file below `infra/`. */
export const deployerPolicies: Readonly<Record<string, object>> = {
  'deployer-policy-network.json': documentOf([...statements(networkGrants), ...own]),
  'deployer-policy-functions.json': documentOf([...statements(functionGrants), ...handing]),
};

function documentOf(Statement: readonly Statement[]) {
  return { Version: '2012-10-17', Statement };
}

/** Grants on the same things together. */
function statements(grants: readonly Grant[]): Statement[] {
  const places = new Map<string, Set<string>>();
  for (const { calls, on } of grants) {
    const place = on.join();
    places.set(place, new Set([...(places.get(place) ?? []), ...calls]));
  }
  return [...places].map(([place, calls]) => ({
    Effect: 'Allow',
    Action: [...calls].sort(),
    Resource: place.split(',').map((one) => (one === '*' ? one : `arn:*:${one}`)),
  }));
}
