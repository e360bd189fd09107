// What must hold for every combination of parameters, not only for those that somebody thought of: no reference to what is
// not there, nothing that is there for nobody, no size that Fargate does not know.
import { holds, refusals } from '../../infra/template/conditions.ts';
import type { Values } from '../../infra/template/template.ts';
import { conditionsOf, counterexample, edges, exists, template } from '../support/combinations.ts';

const all = edges();

it('no reference of any combination leads to what is not there', () => {
  const seen = new Map<string, string>();
  for (const { from, to, when } of all) {
    const key = JSON.stringify([when, template.Resources[to]?.Condition]);
    if (seen.has(key)) continue;
    const values = counterexample(when, (given) => exists(to, given), conditionsOf([to]));
    seen.set(key, values === undefined ? '' : `${from} → ${to} with ${JSON.stringify(values)}`);
  }
  expect(all.length).toBeGreaterThan(300);
  expect([...seen.values()].filter((text) => text !== '')).toEqual([]);
});

/** Kinds that are there for others alone, and who may need them. */
const needed: Readonly<Record<string, (user: string, id: string) => boolean>> = {
  'AWS::IAM::Role': (user) => ['AWS::ECS::TaskDefinition', 'AWS::Lambda::Function'].includes(user),
  'AWS::IAM::ManagedPolicy': (user) => user === 'AWS::IAM::Role',
  'AWS::SecretsManager::Secret': (user) =>
    ['AWS::ECS::TaskDefinition', 'AWS::Lambda::Function'].includes(user),
  // What one of the user's own tasks wears is not in the template.
  'AWS::EC2::SecurityGroup': (user, id) =>
    id === 'ScrapedSecurityGroup' || !/SecurityGroup/.test(user),
  'AWS::ECS::TaskDefinition': (user) => user === 'AWS::ECS::Service',
  'AWS::ServiceDiscovery::Service': (user) => user === 'AWS::ECS::Service',
  'AWS::Logs::LogGroup': (user) =>
    ['AWS::ECS::TaskDefinition', 'AWS::IAM::Role', 'AWS::Lambda::Function'].includes(user),
  'AWS::ElasticLoadBalancingV2::TargetGroup': (user) => user === 'AWS::ECS::Service',
};

const typeOf = (id: string) => template.Resources[id]?.Type ?? 'output';
const ids = Object.keys(template.Resources).filter((id) => typeOf(id) in needed);

it.each(ids.filter((id) => id !== 'ScrapedSecurityGroup'))('%s is never there for nobody', (id) => {
  const isUser = needed[typeOf(id)];
  const users = all.filter(({ from, to }) => to === id && isUser?.(typeOf(from), id));
  const own = conditionsOf([id]).map((name) => ({ name, is: true }));
  const names = users.flatMap(({ when }) => when.map(({ name }) => name));
  const isUsed = (values: Values) =>
    users.some(({ when }) => when.every(({ is, name }) => holds(template, name, values) === is));
  expect(counterexample(own, isUsed, names)).toBeUndefined();
});

describe('a size of a task', () => {
  // docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html, up to four cores
  const steps = (from: number, to: number) =>
    Array.from({ length: (to - from) / 1024 + 1 }, (_, index) => from + 1024 * index);
  const known: Readonly<Record<string, readonly number[]>> = {
    256: [512, 1024, 2048],
    512: steps(1024, 4096),
    1024: steps(2048, 8192),
    2048: steps(4096, 16384),
    4096: steps(8192, 30720),
  };

  it.each(['Prometheus', 'Grafana'])(
    'of %s is taken when Fargate knows it, and only then',
    (name) => {
      const memories = Array.from({ length: 128 }, (_, index) => 256 * (index + 1));
      const wrong = Object.entries(known).flatMap(([cpu, sizes]) =>
        memories
          .filter((memory) => {
            const values = { [`${name}Cpu`]: cpu, [`${name}Memory`]: String(memory) };
            return (refusals(template, values).length === 0) !== sizes.includes(memory);
          })
          .map((memory) => `${cpu} ${memory}`),
      );
      expect(wrong).toEqual([]);
      expect(template.Parameters?.[`${name}Cpu`]?.AllowedValues).toEqual(Object.keys(known));
    },
  );

  it('that is fixed is one that Fargate knows', () => {
    const fixed = Object.values(template.Resources)
      .filter(({ Type }) => Type === 'AWS::ECS::TaskDefinition')
      .map(({ Properties = {} }) => [Properties.Cpu, Properties.Memory])
      .filter(([cpu]) => typeof cpu === 'string');
    expect(fixed.length).toBeGreaterThan(0);
    for (const [cpu, memory] of fixed) expect(known[String(cpu)]).toContain(Number(memory));
  });
});
