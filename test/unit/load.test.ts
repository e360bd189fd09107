// What a configuration of many probes makes of the template, and what its user is told.
import { completeTemplate, type Template } from '../../infra/compile.ts';
import { findLoad } from '../../infra/load.ts';
import { compileConfig } from '../../layers/core/src/config/compile/compile.ts';
import { parseProbeEvent } from '../../layers/core/src/event/events.ts';
import { selectTargets } from '../../layers/core/src/probe/select.ts';

const probes = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, i) => ({
    name: `p${i}`,
    module: 'http_2xx',
    target: `http://host-${i}/`,
    ...more,
  }));
const configOf = (list: readonly object[]) => compileConfig({ probes: list });

it.each([
  { name: 'a few probes', list: probes(3), web: 1, results: 'pushgateway', notes: 0 },
  {
    name: 'as many as one invocation takes',
    list: probes(500),
    web: 1,
    results: 'pushgateway',
    notes: 0,
  },
  { name: 'one more', list: probes(501), web: 2, results: 'remote-write', notes: 2 },
  { name: 'five thousand', list: probes(5000), web: 10, results: 'remote-write', notes: 2 },
  {
    name: 'five thousand in twenty minutes',
    list: probes(5000, { interval: '20m' }),
    web: 10,
    results: 'pushgateway',
    notes: 1,
  },
  {
    name: 'five thousand in five minutes',
    list: probes(5000, { interval: '5m' }),
    web: 10,
    results: 'pushgateway',
    notes: 2,
  },
])('$name', ({ list, notes, results, web }) => {
  const load = findLoad(configOf(list));
  expect(load.parts).toMatchObject({ 'web-probe': web, 'web-probe-vpc': 1, 'redis-probe': 1 });
  expect(load.results).toBe(results);
  expect(load.notes).toHaveLength(notes);
});

it('says how many invocations and which Prometheus five thousand probes need', () => {
  expect(findLoad(configOf(probes(5000))).notes).toEqual([
    'web-probe: 10 invocations at once each minute, so ReservedConcurrency must be empty or at least 10',
    expect.stringMatching(
      /^5000 probes: results .* by remote write.* PrometheusCpu=1024, PrometheusMemory=4096 or more$/,
    ),
  ]);
});

type Target = {
  readonly Id: string;
  readonly InputTransformer: {
    readonly InputPathsMap: object;
    readonly InputTemplate: string;
  };
};

function complete(count: number): Template {
  const rule = {
    Type: 'AWS::Events::Rule',
    Properties: { ScheduleExpression: 'cron(* * * * ? *)', Targets: [{ Arn: 'a', Id: 'web' }] },
  };
  const permission = { Type: 'AWS::Lambda::Permission', Properties: { SourceArn: 'first' } };
  const lambda = { Type: 'AWS::Lambda::Function', Properties: {} };
  return completeTemplate(
    {
      Resources: {
        WebDashprobeEventsRuleSchedule1: rule,
        WebDashprobeLambdaPermissionEventsRuleSchedule1: permission,
        DeliverLambdaFunction: lambda,
      },
    },
    {
      root: '.',
      config: configOf(probes(count)),
      environment: {},
      functionEnvironments: {},
      rules: { ResultsNeedRemoteWrite: { Assertions: [] } },
    },
  );
}

it('a schedule of many probes has a target for each part, five to a rule, with the time of the tick', () => {
  const { Resources } = complete(3200);
  const rules = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::Events::Rule');
  const targets = rules.map(([, { Properties }]) => Properties?.Targets as unknown as Target[]);
  expect(targets.map((list) => list.length)).toEqual([5, 2]);
  expect(rules.map(([id]) => id)).toEqual([
    'WebDashprobeEventsRuleSchedule1',
    'WebDashprobeEventsRuleSchedule1More1',
  ]);
  expect(Resources.WebDashprobeLambdaPermissionEventsRuleSchedule1More1?.Properties).toEqual({
    SourceArn: { 'Fn::GetAtt': ['WebDashprobeEventsRuleSchedule1More1', 'Arn'] },
  });
  expect(new Set(targets.flat().map(({ Id }) => Id)).size).toBe(7);
  const config = configOf(probes(3200));
  const selected = targets.flat().map(({ InputTransformer }) => {
    expect(InputTransformer.InputPathsMap).toEqual({ time: '$.time' });
    const input = InputTransformer.InputTemplate.replace('<time>', '"2026-01-31T12:00:00Z"');
    const event = parseProbeEvent(JSON.parse(input));
    expect(event.time).toBe(Date.parse('2026-01-31T12:00:00Z'));
    return selectTargets(event, {
      config,
      prober: 'http',
      vantage: 'internet',
      now: 0,
      read: () => undefined,
    }).map(({ target }) => target.name);
  });
  expect(selected.flat().sort()).toEqual(config.probes.map(({ name }) => name).sort());
  expect(Math.max(...selected.map(({ length }) => length))).toBeLessThanOrEqual(500);
});

it('results of many probes go by remote write, and a deployment without a receiver for them is refused', () => {
  const many = complete(501) as unknown as { readonly Rules: object; readonly Resources: object };
  expect(many).toMatchObject({
    Rules: { ResultsNeedRemoteWrite: { Assertions: [] } },
    Resources: {
      DeliverLambdaFunction: {
        Properties: { Environment: { Variables: { FARGAZE_RESULTS: 'remote-write' } } },
      },
    },
  });
  const few = complete(500) as unknown as { readonly Rules: object; readonly Resources: object };
  expect(few.Rules).toEqual({});
  expect(JSON.stringify(few.Resources)).not.toMatch(/FARGAZE_RESULTS|InputTransformer/);
});

it.each(['0/2', '3/2', '1', '1/0', 'a/b', '1/2/3', '01/2', 2])('the part %j is refused', (part) => {
  expect(() => parseProbeEvent({ part })).toThrow(/part: .*want a part such as 2\/5/);
});

it('a part is of configured probes', () => {
  expect(() => parseProbeEvent({ part: '1/2', targets: ['http://a/'] })).toThrow(
    'part: given beside targets, want it for configured probes',
  );
});
