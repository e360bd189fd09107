// What a configuration of many probes needs beyond the usual: more invocations a minute, results by remote write, and a
// larger Prometheus. Figures are measured (docs/adr/0020-many-targets.md).
import type { Config } from '../layers/core/src/config/config.ts';
import type { JsonObject } from './compile.ts';

/** Targets of one invocation: at half a second each, eight at once, they take half of its time. */
export const targetsPerInvocation = 500;

/** Probes a minute whose results a Pushgateway carries: beyond that, reading and replacing them takes longer than it may. */
export const pushedPerMinute = 500;

/** Seconds between two results beyond which they stay at the Pushgateway, as in `deliver`. */
const shownInterval = 120;

/** What is needed. */
export type Load = {
  /** Invocations a minute of each probe function, by its name; a function may run those of both vantages. */
  readonly parts: Readonly<Record<'web-probe' | 'web-probe-vpc' | 'redis-probe', number>>;
  readonly results: 'pushgateway' | 'remote-write';
  /** What its user should know before deploying. */
  readonly notes: readonly string[];
};

/** What `config` needs. */
export function findLoad({ modules, probes }: Config): Load {
  const ofProber = (prober: string) =>
    probes.filter(({ module }) => modules[module]?.prober === prober);
  const web = ofProber('http');
  const parts = {
    'web-probe': countParts(web.length),
    'web-probe-vpc': countParts(web.filter(({ vantage }) => vantage === 'vpc').length),
    'redis-probe': countParts(ofProber('redis').length),
  };
  const often = probes.filter(({ interval }) => interval <= shownInterval);
  const perMinute = probes.reduce((sum, { interval }) => sum + 60 / interval, 0);
  const results = often.length > pushedPerMinute ? 'remote-write' : 'pushgateway';
  const split = Object.entries(parts).filter(([, count]) => count > 1);
  const notes = split.map(
    ([name, count]) =>
      `${name}: ${count} invocations at once each minute, so ReservedConcurrency must be empty or at least ${count}`,
  );
  if (results === 'remote-write') notes.push(sizeNote(probes.length));
  else if (perMinute > pushedPerMinute) notes.push(slowNote(perMinute));
  return { parts, results, notes };
}

function countParts(targets: number): number {
  return Math.max(1, Math.ceil(targets / targetsPerInvocation));
}

function sizeNote(probes: number): string {
  const size =
    probes > 2000
      ? 'PrometheusCpu=1024, PrometheusMemory=4096'
      : 'PrometheusCpu=512, PrometheusMemory=2048';
  return `${probes} probes: results of every two minutes and less go by remote write, not through the Pushgateway; a Prometheus of this deployment needs ${size} or more`;
}

function slowNote(perMinute: number): string {
  return `${Math.round(perMinute)} results a minute, which come too rarely for remote write: a Pushgateway carries ${pushedPerMinute}, so probe less often`;
}

/** The template's resources with one target of the schedule for each part of a function's probes. */
export function splitSchedules<T extends JsonObject>(resources: T, { parts }: Load): T {
  const split = { ...resources } as Record<string, JsonObject>;
  for (const [name, count] of Object.entries(parts)) {
    if (count > 1) splitSchedule(split, logicalId(name), count);
  }
  return split as T;
}

/** Targets of one rule at most (docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html). */
const targetsPerRule = 5;

/** The framework's name of a function's resources. */
function logicalId(name: string): string {
  return `${name[0]?.toUpperCase()}${name.slice(1).replaceAll('-', 'Dash')}`;
}

function splitSchedule(resources: Record<string, JsonObject>, id: string, count: number): void {
  const ruleId = `${id}EventsRuleSchedule1`;
  const permissionId = `${id}LambdaPermissionEventsRuleSchedule1`;
  const { [ruleId]: rule, [permissionId]: permission } = resources;
  if (rule === undefined || permission === undefined) {
    throw new RangeError(`${ruleId}: got nothing, want the rule that wakes the function`);
  }
  const targets = Array.from({ length: count }, (_, part) => partTarget(rule, part + 1, count));
  for (let group = 0; group * targetsPerRule < count; group += 1) {
    const suffix = group === 0 ? '' : `More${group}`;
    const Targets = targets.slice(group * targetsPerRule, (group + 1) * targetsPerRule);
    resources[`${ruleId}${suffix}`] = {
      ...rule,
      Properties: { ...(rule.Properties as JsonObject), Targets },
    };
    resources[`${permissionId}${suffix}`] = {
      ...permission,
      Properties: {
        ...(permission.Properties as JsonObject),
        SourceArn: { 'Fn::GetAtt': [`${ruleId}${suffix}`, 'Arn'] },
      },
    };
  }
}

/** A target with an input of its own, into which EventBridge puts the tick's time. */
function partTarget({ Properties }: JsonObject, part: number, count: number): JsonObject {
  const [target] = (Properties as { readonly Targets: readonly JsonObject[] }).Targets;
  return {
    ...target,
    Id: `${target?.Id}${part}`,
    InputTransformer: {
      InputPathsMap: { time: '$.time' },
      InputTemplate: `{"schedule":"1m","time":<time>,"probes":["*"],"part":"${part}/${count}"}`,
    },
  };
}
