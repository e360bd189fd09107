// Puts into the compiled CloudFormation template what is made from code: images, configuration bundles, and the
// environment that functions have in AWS. Refuses marks that it does not know.
import {
  type BundleName,
  type BundleSource,
  bundleNames,
  packBundle,
  unpackCommand,
} from './bundle.ts';
import { narrowEcsEvents } from './ecs-event-rules.ts';
import { images } from './images.ts';
import type { Json, JsonObject } from './json.ts';
import { findLoad, type Load } from './load.ts';
import { managedRules } from './managed-rules.ts';
import { referencesOf } from './template/stack.ts';
import { refuseSecrets } from './template-secrets.ts';
import { deployed } from './versions.ts';

/** A compiled template. */
export type Template = { readonly Resources: Readonly<Record<string, Resource>> };

/** Who delivers results, and who ends the series that it no longer has. */
const deliverId = 'DeliverLambdaFunction';
const bridgeId = 'EcsDashbridgeLambdaFunction';

type Resource = {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: Json;
  readonly Properties?: JsonObject;
};

/** What the template lacks. */
export type Completion = BundleSource & {
  /** By logical id of a Lambda function: variables beside, and above, those of serverless.yml. */
  readonly functionEnvironments: Readonly<Record<string, JsonObject>>;
  /** The template's section Rules, which the framework's schema does not know. */
  readonly rules: JsonObject;
};

/**
 * The complete template.
 * @throws RangeError when a bundle is too large, a mark names nothing or a function is not there.
 */
export function completeTemplate<T extends Template>(template: T, completion: Completion): T {
  refuseSecrets(completion.environment);
  const fill = createFill(completion);
  const filled = fillMarks(template as unknown as Json, fill) as unknown as T;
  const { results } = findLoad(completion.config);
  const resources: Record<string, Resource> = { ...filled.Resources };
  for (const [id, variables] of Object.entries(completion.functionEnvironments)) {
    resources[id] = addVariables(id, resources[id], variables);
  }
  if (results === 'remote-write') {
    const variables = { FARGAZE_RESULTS: results };
    for (const id of [deliverId, bridgeId]) {
      resources[id] = addVariables(id, resources[id], variables);
    }
  }
  return {
    ...filled,
    Rules: fillMarks(selectRules(completion, results), fill),
    Resources: narrowEcsEvents(
      Object.fromEntries(
        Object.entries(resources).map(([id, resource]) => [id, withCondition(resource, resources)]),
      ),
      completion.config.bridge.ecs,
    ),
  };
}

/** The framework gives its condition to a function, and none to its schedules and their permissions. */
function withCondition(
  resource: Resource,
  resources: Readonly<Record<string, Resource>>,
): Resource {
  if (!/^AWS::(?:Events::Rule|Lambda::Permission)$/.test(resource.Type)) return resource;
  if (resource.Condition !== undefined) return resource;
  const named = referencesOf(resource.Properties).map((id) => resources[id]);
  const Condition = named.find((one) => one?.Type === 'AWS::Lambda::Function')?.Condition;
  return Condition === undefined ? resource : { ...resource, Condition };
}

/** Remote write is needed by points of CloudWatch, and by more results than a Pushgateway carries. */
function selectRules({ config, rules }: Completion, results: Load['results']): JsonObject {
  const { ResultsNeedRemoteWrite = null, SeriesNeedRemoteWrite = null, ...always } = rules;
  return {
    ...always,
    ...(config.bridge.cloudwatch !== undefined && { SeriesNeedRemoteWrite }),
    ...(results === 'remote-write' && { ResultsNeedRemoteWrite }),
  };
}

function addVariables(id: string, resource: Resource | undefined, variables: JsonObject): Resource {
  if (resource?.Type !== 'AWS::Lambda::Function') {
    throw new RangeError(`${id}: got ${resource?.Type ?? 'nothing'}, want a Lambda function`);
  }
  // The framework names the role here too, which its reference already says.
  const { DependsOn, ...rest } = resource;
  const { Environment } = resource.Properties ?? {};
  const present = (Environment as { readonly Variables?: JsonObject } | undefined)?.Variables;
  return {
    ...rest,
    ...withoutRole(DependsOn, resource),
    Properties: {
      ...resource.Properties,
      Environment: { Variables: { ...present, ...variables } },
    },
  };
}

function withoutRole(dependsOn: Json | undefined, { Properties }: Resource) {
  const role = Properties?.Role as { readonly 'Fn::GetAtt'?: readonly string[] } | undefined;
  const left = [dependsOn ?? []].flat().filter((id) => id !== role?.['Fn::GetAtt']?.[0]);
  return left.length > 0 && { DependsOn: left as readonly Json[] };
}

type Fill = (kind: string, name: string) => Json;

function createFill(source: BundleSource): Fill {
  return (kind, name) => {
    if (kind === 'image' && Object.hasOwn(images, name)) return images[name as keyof typeof images];
    if (kind === 'bundle' && isBundle(name)) return packBundle(name, source);
    if (kind === 'unpack' && isBundle(name)) return unpackCommand(name);
    if (kind === 'rules' && name === 'recording') return managedRules(source);
    if (kind === 'plugin' && name === 'amazonprometheus') {
      return `grafana-amazonprometheus-datasource@${deployed.grafana_amazonprometheus}`;
    }
    throw new RangeError(`got mark fargaze-${kind}:${name}, want a known image, bundle or plugin`);
  };
}

function isBundle(name: string): name is BundleName {
  return (bundleNames as readonly string[]).includes(name);
}

function fillMarks(value: Json, fill: Fill): Json {
  if (typeof value === 'string') {
    const [, kind, name] = /^fargaze-(image|bundle|plugin|rules|unpack):(.+)$/.exec(value) ?? [];
    return kind === undefined || name === undefined ? value : fill(kind, name);
  }
  if (Array.isArray(value)) return value.map((item) => fillMarks(item, fill));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fillMarks(item, fill)]),
  );
}
