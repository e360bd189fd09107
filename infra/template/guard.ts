// Whether a deployment may go on: what it says before it takes something away.
import { lossesOf, parameterChanges } from './losses.ts';
import type { Stack } from './stack.ts';
import { toTemplate } from './template.ts';

/** The option of `serverless deploy` by which losses are meant. */
const allowOption = 'allow-replacement';

/**
 * What the update would take away, for whoever asked for it; undefined when that is nothing.
 * @throws RangeError when the deployed template is none, or holds what is not known here.
 */
export function describeLosses(now: Stack, then: Stack): string | undefined {
  toTemplate(now.template);
  const losses = lossesOf(now, then);
  if (losses.length === 0) return undefined;
  const changes = parameterChanges(now, then);
  return [
    ...losses.map(({ how, id, type }) => `  ${type} ${id} ${how}`),
    ...(changes.length === 0 ? [] : ['Parameters that differ from the deployed stack:']),
    ...changes.map((text) => `  ${text}`),
  ].join('\n');
}

/** The refusal of a deployment. */
export function refusalOf(stackName: string, losses: string): string {
  return [
    `The deployment would remove or replace parts of ${stackName}:`,
    losses,
    'A parameter that is left out has its default: keep them in params.yml (docs/deploy.md).',
    `If this is meant, deploy with --${allowOption}.`,
  ].join('\n');
}

/** Why a stack that could not be read, or not be understood, stops the deployment. */
export function unreadOf(stackName: string, error: Error): string {
  return [
    `${stackName}: what is deployed could not be compared, so nobody knows what would be removed or replaced.`,
    `got ${error.name}: ${error.message}`,
    'want cloudformation:DescribeStacks and cloudformation:GetTemplate on the stack, and its template in JSON.',
    `To deploy without the comparison: --${allowOption}.`,
  ].join('\n');
}
