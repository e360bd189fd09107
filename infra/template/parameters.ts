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
