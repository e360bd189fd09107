// Narrows the rules for events of ECS to the clusters and services that the bridge watches. Pure. Tags are not in the events.
// Patterns: docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
import type { EcsConfig } from '../layers/core/src/config/bridge.ts';
import type { Json, JsonObject } from './json.ts';

type Resource = { readonly Type: string; readonly Properties?: JsonObject };
type Matcher = string | { readonly wildcard: string };

/** The resources, with narrower patterns in the rules of ECS where the configuration does not watch everything. */
export function narrowEcsEvents<R extends Resource>(
  resources: Readonly<Record<string, R>>,
  ecs: EcsConfig,
): Readonly<Record<string, R>> {
  const stop = {
    ...(!ecs.clusters.includes('*') && { clusterArn: ecs.clusters.map(clusterMatcher) }),
    ...(!ecs.services.includes('*') && { group: ecs.services.flatMap(groupMatchers) }),
  };
  const all = ecs.clusters.includes('*') && ecs.services.includes('*');
  const service = all ? {} : { resources: serviceMatchers(ecs) };
  return {
    ...resources,
    ...narrow(resources, 'EcsStopRule', (pattern) => ({
      ...pattern,
      detail: { ...(pattern.detail as JsonObject), ...stop },
    })),
    ...narrow(resources, 'EcsServiceRule', (pattern) => ({ ...pattern, ...service })),
  };
}

function narrow<R extends Resource>(
  resources: Readonly<Record<string, R>>,
  id: string,
  change: (pattern: JsonObject) => JsonObject,
): Record<string, R> {
  const rule = resources[id];
  if (rule === undefined) return {};
  const EventPattern: Json = change((rule.Properties?.EventPattern ?? {}) as JsonObject);
  return { [id]: { ...rule, Properties: { ...rule.Properties, EventPattern } } };
}

/** A cluster by name, name pattern or ARN. */
function clusterMatcher(cluster: string): Matcher {
  return matcher(cluster.startsWith('arn:') ? cluster : `*:cluster/${cluster}`);
}

/** A task belongs to a service, or it is of a family and of none. */
function groupMatchers(service: string): Matcher[] {
  return [matcher(`service:${service}`), matcher(`family:${service}`)];
}

function serviceMatchers({ clusters, services }: EcsConfig): Matcher[] {
  const places = clusters.map((cluster) =>
    cluster.startsWith('arn:') ? cluster.replace(':cluster/', ':service/') : `*:service/${cluster}`,
  );
  return places.flatMap((place) => services.map((service) => matcher(`${place}/${service}`)));
}

function matcher(text: string): Matcher {
  return text.includes('*') ? { wildcard: text.replaceAll(/\*{2,}/g, '*') } : text;
}
