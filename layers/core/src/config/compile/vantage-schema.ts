// `vantage`: the targets that say whether our own network works.
import * as v from 'valibot';
import { closed } from '../mapping.ts';
import { hostAndPort, type VantageConfig } from '../vantage.ts';
import { address } from './fields.ts';

const wanted = 'host:port, or an http:// or https:// address';

const target = v.pipe(
  address,
  v.check((text) => text.startsWith('${') || hostAndPort(literalOf(text)) !== undefined, wanted),
);

/** The address with a number in the place of each variable, which a port may be. */
function literalOf(text: string): string {
  return text.replace(/\$\{[^}]*\}/g, '1');
}

const wantedList = 'a list of 1 to 5 targets, better two that do not depend on each other';

const targets = v.pipe(
  v.array(target, `want ${wantedList}`),
  v.check((list) => list.length >= 1 && list.length <= 5, wantedList),
);

/** Schema of `vantage`; a list is that of probes from the internet. */
export const vantageSchema = v.pipe(
  v.union(
    [targets, closed({ internet: v.optional(targets), vpc: v.optional(targets) })],
    (issue) =>
      Array.isArray(issue.input)
        ? `want ${wantedList}, each ${wanted}`
        : 'want a list of targets, or a mapping with internet and vpc, each such a list',
  ),
  v.transform((given): VantageConfig => {
    if (Array.isArray(given)) return { internet: given };
    const { internet, vpc } = given;
    return { ...(internet !== undefined && { internet }), ...(vpc !== undefined && { vpc }) };
  }),
);
