// What is wrong with the parameters of a deployment, said before anything is uploaded.
import { didYouMean } from '../../layers/core/src/config/suggest.ts';
import { fault, parameterValue, refusals } from './conditions.ts';
import type { Template, Values } from './template.ts';

/**
 * Faults of the values beside the defaults, of the names under which parameters were given, and of combinations.
 * @param given Names as they were typed.
 */
export function parameterFaults(
  template: Template,
  values: Values,
  given: readonly string[] = [],
): string[] {
  const known = Object.keys(template.Parameters ?? {});
  const unknown = given
    .filter((name) => !known.includes(name))
    .map((name) => `${name}: got a parameter that is not known${didYouMean(name, known)}`);
  const faults = known.flatMap(
    (name) => fault(template, name, parameterValue(template, name, values)) ?? [],
  );
  const sound = unknown.length + faults.length === 0;
  return sound ? refusals(template, values) : [...unknown, ...faults];
}

/**
 * Parameters that name what stands in another region, where a stack cannot use it: `CertificateArn: got one of us-east-1, want
 * one of eu-west-1, where the stack is`.
 */
export function regionFaults(template: Template, values: Values, region: string): string[] {
  return Object.keys(template.Parameters ?? {}).flatMap((name) => {
    const arns = parameterValue(template, name, values).split(',');
    const other = arns.map((arn) => /^arn:[^:]*:[^:]*:([a-z0-9-]+):/.exec(arn)?.[1]);
    const wrong = other.find((one) => one !== undefined && one !== region);
    return wrong === undefined
      ? []
      : [`${name}: got one of ${wrong}, want one of ${region}, where the stack is`];
  });
}
