// What a deployment would do, from its packaged template and nothing else: what is wrong with it, what it would create, what
// that costs, and what it would take away from a template that is given. Pure.
import { costs, pricesOf, totalCost } from '../infra/costs.ts';
import { describeLosses } from '../infra/template/guard.ts';
import { parameterFaults } from '../infra/template/parameters.ts';
import { exceeded } from '../infra/template/quotas.ts';
import { dangling, resourcesOf, type Stack } from '../infra/template/stack.ts';
import type { Template } from '../infra/template/template.ts';

/** A report, and whether anything in it stands against deploying. */
export type Preflight = { readonly text: string; readonly sound: boolean };

/** The report on `template`, whose defaults are the parameters; `deployed` is the stack that it would update. */
export function reportPreflight(template: Template, deployed?: Stack): Preflight {
  const stack = { template, values: {} };
  const faults = [
    ...parameterFaults(template, {}),
    ...dangling(stack).map((text) => `refers to what is not there: ${text}`),
    ...exceeded(stack),
  ];
  const losses = deployed === undefined ? undefined : describeLosses(deployed, stack);
  // As `serverless deploy` does: it stops before it takes something away, unless it is asked to.
  const against = [
    ...faults,
    ...(losses === undefined
      ? []
      : ['what it would remove or replace, without --allow-replacement']),
  ];
  const parts = [
    section('Would create', countTypes(stack)),
    section(`US dollars a month, list prices of us-east-1, ${pricesOf}`, bill(stack)),
    ...(deployed === undefined ? [] : [section('Would remove or replace', losses ?? '  nothing')]),
    section('Stands against it', against.length === 0 ? '  nothing' : indent(against)),
  ];
  return { text: parts.join('\n\n'), sound: against.length === 0 };
}

function section(head: string, text: string): string {
  return `${head}:\n${text}`;
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `  ${line}`).join('\n');
}

function countTypes(stack: Stack): string {
  const counts = new Map<string, number>();
  for (const { Type } of resourcesOf(stack).values()) counts.set(Type, (counts.get(Type) ?? 0) + 1);
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  return indent(rows.map(([type, count]) => `${String(count).padStart(4)}  ${type}`));
}

function bill(stack: Stack): string {
  const rows = costs
    .map(({ count, each, what }) => ({ what, dollars: each * count(stack) }))
    .filter(({ dollars }) => dollars > 0)
    .map(({ dollars, what }) => `${dollars.toFixed(2).padStart(7)}  ${what}`);
  return indent([...rows, `${totalCost(stack).toFixed(2).padStart(7)}  all`]);
}
