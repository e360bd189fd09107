// Resolves CloudFormation's intrinsic functions by the golden template's defaults, as far as task definitions use them.
import { readFileSync } from 'node:fs';
import { holds } from '../infra/template/conditions.ts';
import { goldenFile } from './golden.ts';

type Json = { readonly [key: string]: unknown };

type Template = {
  readonly Conditions: Json;
  readonly Parameters: Readonly<Record<string, Json>>;
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Json }>
  >;
};

const template: Template = JSON.parse(readFileSync(goldenFile, 'utf8'));

/** A container as a task definition declares it. */
export type Container = {
  readonly Name: string;
  readonly Image: string;
  readonly User?: string;
  readonly EntryPoint?: readonly string[];
  readonly Command?: readonly string[];
  readonly Environment?: readonly { readonly Name: string; readonly Value: string }[];
  readonly Secrets?: readonly { readonly Name: string; readonly ValueFrom: string }[];
  readonly HealthCheck?: {
    readonly Command: readonly string[];
    readonly Interval: number;
    readonly Retries: number;
    readonly StartPeriod: number;
    readonly Timeout: number;
  };
  readonly DependsOn?: readonly { readonly Condition: string; readonly ContainerName: string }[];
  readonly MountPoints?: readonly {
    readonly ContainerPath: string;
    readonly ReadOnly?: boolean;
    readonly SourceVolume: string;
  }[];
  readonly PortMappings?: readonly { readonly ContainerPort: number }[];
  readonly StopTimeout?: number;
  readonly WorkingDirectory?: string;
};

/** Containers by the name of their service, as a stack with default parameters has them. */
export function declaredContainers(): Readonly<Record<string, readonly Container[]>> {
  const definitions = Object.entries(template.Resources).filter(
    ([, { Type }]) => Type === 'AWS::ECS::TaskDefinition',
  );
  return Object.fromEntries(
    definitions.map(([id, { Properties }]) => [
      id.replace('TaskDefinition', '').toLowerCase(),
      resolveIntrinsics(Properties.ContainerDefinitions) as readonly Container[],
    ]),
  );
}

const pseudo: Readonly<Record<string, string>> = {
  'AWS::AccountId': '111122223333',
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-1',
  'AWS::StackName': 'fargaze-test',
};

const absent = Symbol('AWS::NoValue');

/** @throws RangeError for a function that is not known here. */
function resolveIntrinsics(value: unknown): unknown {
  const resolved = resolve(value);
  return resolved === absent ? undefined : resolved;
}

function resolve(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== absent);
  if (typeof value !== 'object' || value === null) return value;
  const [[name = '', argument] = [], more] = Object.entries(value);
  if (more === undefined && (name === 'Ref' || name.startsWith('Fn::'))) {
    return call(name, argument);
  }
  const entries = Object.entries(value).map(([key, item]) => [key, resolve(item)]);
  return Object.fromEntries(entries.filter(([, item]) => item !== absent));
}

function call(name: string, argument: unknown): unknown {
  if (name === 'Ref') return refer(String(argument));
  if (name === 'Fn::Sub') return substitute(argument);
  if (name === 'Fn::GetAtt') return (argument as readonly string[]).join('.');
  const list = argument as readonly unknown[];
  switch (name) {
    case 'Fn::If':
      return resolve(holds(template, String(list[0]), {}) ? list[1] : list[2]);
    case 'Fn::Join':
      return (resolve(list[1]) as readonly unknown[]).join(String(list[0]));
    default:
      throw new RangeError(`got ${name}, want an intrinsic function that task definitions use`);
  }
}

/** A parameter's default; what a resource is called is its logical id here. */
function refer(name: string): unknown {
  if (name === 'AWS::NoValue') return absent;
  return pseudo[name] ?? template.Parameters[name]?.Default ?? name;
}

function substitute(argument: unknown): string {
  const [text, own] = Array.isArray(argument) ? argument : [argument, {}];
  const names = resolve(own) as Json;
  return String(text).replaceAll(/\$\{([\w:.]+)\}/g, (_, name: string) =>
    String(names[name] ?? refer(name)),
  );
}
