// A function of its own for each shard of ecs-bridge: what a warm function remembers is of one shard, and Lambda would hand the
// schedules of one function to any of its instances. Pure. Copies what the template has for the first.
import type { Json, JsonObject } from './json.ts';

type Resource = {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly DependsOn?: Json;
};

/** A compiled template, as far as it is changed here. */
export type ShardedTemplate = { readonly Resources: Readonly<Record<string, Resource>> };

const functionId = 'EcsDashbridgeLambdaFunction';
const logGroupId = 'EcsDashbridgeLogGroup';

/** What each function has; schedules and their permissions are there already, one for each shard. */
const copied = [
  ...[functionId, logGroupId, 'EcsDashbridgeLambdaEvConf'],
  ...['EcsBridgeMissing', 'EcsBridgeErrors'],
] as const;

/** Properties that name a function, to which the number of the shard is added. */
const names = ['FunctionName', 'LogGroupName'] as const;

/**
 * The template with as many functions, each invoked by its own schedule.
 * @throws RangeError when a resource is not there.
 */
export function splitBridge<T extends ShardedTemplate>(template: T, shards: number): T {
  if (shards === 1) return template;
  const resources: Record<string, Resource> = { ...template.Resources };
  for (let index = 2; index <= shards; index++) {
    const ids = new Map(copied.map((id) => [id as string, `${id}Shard${index}`]));
    for (const id of copied) {
      const copy = rename(findResource(template, id), ids);
      resources[ids.get(id) ?? ''] = withNumber(copy, index);
    }
    for (const kind of ['EventsRuleSchedule', 'LambdaPermissionEventsRuleSchedule']) {
      const id = `EcsDashbridge${kind}${index}`;
      resources[id] = rename(findResource(template, id), ids);
    }
  }
  const roleId = roleOf(findResource(template, functionId));
  const logs = Array.from({ length: shards }, (_, at) => ({
    'Fn::GetAtt': [at === 0 ? logGroupId : `${logGroupId}Shard${at + 1}`, 'Arn'],
  }));
  resources[roleId] = writeTo(findResource(template, roleId), logs);
  return { ...template, Resources: resources };
}

function findResource({ Resources }: ShardedTemplate, id: string): Resource {
  const found = Resources[id];
  if (found === undefined) throw new RangeError(`${id}: got nothing, want a resource`);
  return found;
}

/** With references to `ids` replaced, and those of alarms, dependencies and targets too. */
function rename<T extends Json | Resource>(value: T, ids: ReadonlyMap<string, string>): T {
  const visit = (inner: unknown): unknown => {
    if (typeof inner === 'string') return ids.get(inner) ?? inner;
    if (Array.isArray(inner)) return inner.map(visit);
    if (typeof inner !== 'object' || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, one]) => [key, visit(one)]));
  };
  return visit(value) as T;
}

function withNumber(resource: Resource, index: number): Resource {
  const { Properties = {} } = resource;
  const numbered = Object.fromEntries(
    names.flatMap((name) =>
      typeof Properties[name] === 'string' ? [[name, `${Properties[name]}-${index}`]] : [],
    ),
  );
  const { AlarmDescription: text } = Properties;
  const described = typeof text === 'string' && {
    AlarmDescription: text.replace('ecs-bridge', `ecs-bridge-${index}`),
  };
  return { ...resource, Properties: { ...Properties, ...numbered, ...described } };
}

function roleOf({ Properties }: Resource): string {
  const role = Properties?.Role as { readonly 'Fn::GetAtt'?: readonly string[] } | undefined;
  return role?.['Fn::GetAtt']?.[0] ?? '';
}

/** The role with the right to write to all the log groups. */
function writeTo(role: Resource, logs: readonly Json[]): Resource {
  const visit = (inner: Json): Json => {
    if (Array.isArray(inner)) return inner.map(visit);
    if (typeof inner !== 'object' || inner === null) return inner;
    const { 'Fn::GetAtt': attribute } = inner as JsonObject;
    if (Array.isArray(attribute) && attribute[0] === logGroupId) return logs;
    return Object.fromEntries(Object.entries(inner).map(([key, one]) => [key, visit(one)]));
  };
  return { ...role, Properties: visit(role.Properties ?? {}) as JsonObject };
}
