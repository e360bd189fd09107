// The template where shards share the bridge: a function for each, invoked by its own schedule, watched by alarms of its own.
import { type ShardedTemplate, splitBridge } from '../../infra/bridge-shards.ts';
import type { JsonObject } from '../../infra/json.ts';
import { referencesOf } from '../../infra/template/stack.ts';
import { compileConfig } from '../../layers/core/src/config/compile/compile.ts';
import { template as golden } from '../support/template.ts';

/** As Serverless leaves it: as many schedules of the one function. */
function scheduled(shards: number): ShardedTemplate {
  const { Resources } = golden as unknown as ShardedTemplate;
  const more = Array.from({ length: shards - 1 }, (_, at) =>
    ['EventsRuleSchedule', 'LambdaPermissionEventsRuleSchedule'].map((kind) => {
      const text = JSON.stringify(Resources[`EcsDashbridge${kind}1`]);
      const own = text.replaceAll('EventsRuleSchedule1', `EventsRuleSchedule${at + 2}`);
      return [`EcsDashbridge${kind}${at + 2}`, JSON.parse(own)];
    }),
  );
  return { Resources: { ...Resources, ...Object.fromEntries(more.flat()) } };
}

const propertiesOf = ({ Resources }: ShardedTemplate, id: string): JsonObject =>
  Resources[id]?.Properties ?? {};

it.each([0, 51, 1.5, '3'])('shards: %j is refused with what is wanted', (shards) => {
  expect(() => compileConfig({ bridge: { shards } })).toThrow(
    /bridge\.shards: got .*, want a whole number from 1 to 50/,
  );
});

it('one shard changes nothing', () => {
  expect(splitBridge(scheduled(1), 1)).toEqual(scheduled(1));
});

it('each shard has a function, a log group, a schedule with its permission, and two alarms', () => {
  const split = splitBridge(scheduled(3), 3);
  for (const index of [2, 3]) {
    const id = `EcsDashbridgeLambdaFunctionShard${index}`;
    expect(propertiesOf(split, id)).toEqual({
      ...propertiesOf(split, 'EcsDashbridgeLambdaFunction'),
      FunctionName: `fargaze-dev-ecs-bridge-${index}`,
    });
    expect(propertiesOf(split, `EcsDashbridgeLogGroupShard${index}`)).toMatchObject({
      LogGroupName: `/aws/lambda/fargaze-dev-ecs-bridge-${index}`,
    });
    const about = Object.entries(split.Resources)
      .filter(([, one]) => referencesOf(one.Properties).includes(id))
      .map(([name]) => name)
      .sort();
    expect(about).toEqual([
      `EcsBridgeErrorsShard${index}`,
      `EcsBridgeMissingShard${index}`,
      `EcsDashbridgeEventsRuleSchedule${index}`,
      `EcsDashbridgeLambdaEvConfShard${index}`,
      `EcsDashbridgeLambdaPermissionEventsRuleSchedule${index}`,
    ]);
    expect(propertiesOf(split, `EcsBridgeErrorsShard${index}`).AlarmDescription).toBe(
      `ecs-bridge-${index} fails again and again`,
    );
  }
  const first = JSON.stringify(propertiesOf(split, 'EcsDashbridgeEventsRuleSchedule1'));
  expect(first).toContain('"EcsDashbridgeLambdaFunction"');
});

it('the role may write to the log groups of all, and to no others', () => {
  const split = splitBridge(scheduled(2), 2);
  const [policy] = propertiesOf(split, 'EcsBridgeRole').Policies as unknown as [
    { PolicyDocument: { Statement: { Sid?: string; Resource: unknown }[] } },
  ];
  const logs = policy.PolicyDocument.Statement.find(({ Sid }) => Sid === 'WriteLogs');
  expect(logs?.Resource).toEqual(
    ['EcsDashbridgeLogGroup', 'EcsDashbridgeLogGroupShard2'].map((id) => ({
      'Fn::GetAtt': [id, 'Arn'],
    })),
  );
});

it('a template without what is to be copied is refused by its name', () => {
  expect(() => splitBridge(scheduled(1), 2)).toThrow(
    'EcsDashbridgeEventsRuleSchedule2: got nothing, want a resource',
  );
});
