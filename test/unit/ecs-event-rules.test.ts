// Which events of ECS are sent to the queue: those of the watched clusters and services, by the patterns of EventBridge.

import { parseConfigText } from '../../build/config-file.ts';
import { narrowEcsEvents } from '../../infra/ecs-event-rules.ts';
import type { Json, JsonObject } from '../../infra/json.ts';
import { template } from '../support/template.ts';

const rules = ['EcsStopRule', 'EcsServiceRule'] as const;

function patternsFor(ecs: string): readonly JsonObject[] {
  const config = parseConfigText(`bridge: { ecs: ${ecs} }\nprobes: []`);
  const resources = narrowEcsEvents(template.Resources as never, config.bridge.ecs);
  return rules.map((id) => {
    const { EventPattern } = (resources[id] as { readonly Properties: JsonObject }).Properties;
    return EventPattern as JsonObject;
  });
}

/** As EventBridge matches: each key of the pattern, one of its alternatives, any item of a list. */
function matches(pattern: JsonObject, event: JsonObject): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    const seen = event[key];
    if (!Array.isArray(wanted)) return matches(wanted as JsonObject, (seen ?? {}) as JsonObject);
    return [seen ?? []].flat().some((value) => wanted.some((one) => matchesOne(one, value)));
  });
}

function matchesOne(wanted: Json, value: Json): boolean {
  if (typeof wanted === 'string') return wanted === value;
  const { wildcard } = wanted as { readonly wildcard: string };
  const parts = wildcard.split('*').map((part) => part.replaceAll(/[^\w]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(String(value));
}

const arn = (path: string) => `arn:aws:ecs:eu-west-1:111122223333:${path}`;
const stop = (cluster: string, group: string, lastStatus = 'STOPPED') => ({
  source: 'aws.ecs',
  'detail-type': 'ECS Task State Change',
  resources: [arn(`task/${cluster}/0a`)],
  detail: { lastStatus, clusterArn: arn(`cluster/${cluster}`), group },
});
const action = (cluster: string, service: string, type = 'ECS Service Action') => ({
  source: 'aws.ecs',
  'detail-type': type,
  resources: [arn(`service/${cluster}/${service}`)],
  detail: { eventName: 'SERVICE_STEADY_STATE' },
});

const sent = (ecs: string, event: JsonObject) =>
  patternsFor(ecs).filter((pattern) => matches(pattern, event)).length;

it.each([
  { ecs: '{}', event: stop('prod', 'service:web'), times: 1 },
  { ecs: '{}', event: stop('prod', 'my group'), times: 1 },
  { ecs: '{}', event: stop('prod', 'service:web', 'RUNNING'), times: 0 },
  { ecs: '{}', event: action('prod', 'web'), times: 1 },
  { ecs: '{}', event: action('prod', 'web', 'ECS Deployment State Change'), times: 1 },
  { ecs: '{}', event: action('prod', 'web', 'ECS Container Instance State Change'), times: 0 },
  { ecs: '{}', event: { ...action('prod', 'web'), source: 'other' }, times: 0 },
  { ecs: '{ clusters: [prod] }', event: stop('prod', 'family:cron'), times: 1 },
  { ecs: '{ clusters: [prod] }', event: stop('prod-2', 'service:web'), times: 0 },
  { ecs: '{ clusters: [prod] }', event: action('prod', 'web'), times: 1 },
  { ecs: '{ clusters: [prod] }', event: action('other', 'prod'), times: 0 },
  { ecs: '{ clusters: ["prod-*"] }', event: action('prod-2', 'web'), times: 1 },
  { ecs: `{ clusters: ["${arn('cluster/prod')}"] }`, event: stop('prod', 'service:a'), times: 1 },
  { ecs: `{ clusters: ["${arn('cluster/prod')}"] }`, event: action('prod', 'a'), times: 1 },
  { ecs: `{ clusters: ["${arn('cluster/prod')}"] }`, event: action('prod-2', 'a'), times: 0 },
  { ecs: '{ services: ["web-*"] }', event: stop('prod', 'service:web-1'), times: 1 },
  { ecs: '{ services: ["web-*"] }', event: stop('prod', 'family:web-cron'), times: 1 },
  { ecs: '{ services: ["web-*"] }', event: stop('prod', 'service:api'), times: 0 },
  { ecs: '{ services: ["web-*"] }', event: action('prod', 'web-1'), times: 1 },
  { ecs: '{ services: ["web-*"] }', event: action('prod', 'api'), times: 0 },
])('$ecs: $event.detail.group $event.resources.0 is sent $times times', ({ ecs, event, times }) => {
  expect(sent(ecs, event)).toBe(times);
});

it('the queue takes events from these rules only, and none where they are switched off', () => {
  const resources = template.Resources as Readonly<Record<string, JsonObject>>;
  for (const id of rules) {
    expect(resources[id]).toMatchObject({
      Condition: 'HasEcsEvents',
      Properties: { Targets: [{ Arn: { 'Fn::GetAtt': ['ResultQueue', 'Arn'] } }] },
    });
  }
  expect(resources.ResultQueuePolicy?.Properties).toMatchObject({
    PolicyDocument: {
      Statement: [
        { Sid: 'RefusePlaintext' },
        {
          'Fn::If': [
            'HasEcsEvents',
            {
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Condition: {
                ArnEquals: {
                  'aws:SourceArn': rules.map((id) => ({ 'Fn::GetAtt': [id, 'Arn'] })),
                },
              },
            },
            { Ref: 'AWS::NoValue' },
          ],
        },
      ],
    },
  });
});
