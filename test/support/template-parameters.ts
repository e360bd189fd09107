// What of the golden template is there for a set of parameters, by its own conditions, rules and patterns.
import * as conditions from '../../infra/template/conditions.ts';
import * as stack from '../../infra/template/stack.ts';
import type { Template, Values } from '../../infra/template/template.ts';
import { template as golden } from './template.ts';

const template = golden as unknown as Template;

/** Whether the condition `name` holds. */
export function holds(name: string, values: Values): boolean {
  return conditions.holds(template, name, values);
}

/** What the template's rules refuse of `values`. */
export function refusals(values: Values): string[] {
  return conditions.refusals(template, values);
}

/** Whether the pattern of the parameter takes `value`. */
export function accepts(name: string, value: string): boolean {
  return conditions.fault(template, name, value) === undefined;
}

/** Logical ids of the resources that exist. */
export function living(values: Values): ReadonlySet<string> {
  return new Set(stack.resourcesOf({ template, values }).keys());
}

/** References, from what exists, to what does not: `where → what`. */
export function dangling(values: Values): string[] {
  return stack.dangling({ template, values });
}
