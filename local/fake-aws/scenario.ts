// Scenarios as data: each step names a change of the model, `{"do": "scaleTo", "cluster": …}`, in the order given.
import type { Model } from './model/model.ts';

const steps = [
  'addAccount',
  'addCluster',
  'addService',
  'scaleTo',
  'deploy',
  'stopTask',
  'deleteService',
  'setHealth',
  'tagService',
  'runTask',
  'addListed',
  'addMetric',
  'addResource',
] as const satisfies readonly (keyof Model)[];

/** A step: the name of a change and its specification. */
export type ScenarioStep = { readonly do: (typeof steps)[number] } & Readonly<
  Record<string, unknown>
>;

/** Carries out steps; those before a refused one stay done. @throws RangeError for a step that cannot be done. */
export function runSteps(model: Model, list: readonly unknown[]): { readonly done: number } {
  for (const step of list) runStep(model, step);
  return { done: list.length };
}

function runStep(model: Model, step: unknown): void {
  if (!isStep(step)) {
    throw new RangeError(
      `step ${JSON.stringify(step)}, want "do" to be one of ${steps.join(', ')}`,
    );
  }
  const { do: name, ...spec } = step;
  // The model checks the names in a specification itself; its types cannot be seen in JSON.
  const change = model[name] as (spec: Readonly<Record<string, unknown>>) => unknown;
  change(spec);
}

function isStep(value: unknown): value is ScenarioStep {
  if (typeof value !== 'object' || value === null || !('do' in value)) return false;
  return steps.some((name) => name === value.do);
}
