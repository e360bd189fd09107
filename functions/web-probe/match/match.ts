// Runs a pattern of the configuration over a text of the far side, in bounded time, and answers with its groups.
import { createContext, Script } from 'node:vm';
import { codeOf, type Deadline, type Pattern } from '@fargaze/core/internal';

/** The whole match and its groups; undefined where nothing matches. */
export type Match = readonly (string | undefined)[] | undefined;

/** Finds the first match. `'timeout'` when the time left was too short to decide. */
export function findMatch(
  { flags, source }: Pattern,
  text: string,
  deadline: Deadline,
): Match | 'timeout' {
  const timeout = Math.floor(deadline.remaining() * 1000);
  if (timeout < 1) return 'timeout';
  const expression = `new RegExp(${JSON.stringify(source)},${JSON.stringify(flags)}).exec(text)`;
  try {
    const found = new Script(expression).runInContext(createContext({ text }), { timeout });
    return found === null ? undefined : [...(found as RegExpExecArray)];
  } catch (error) {
    if (codeOf(error) === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return 'timeout';
    throw error;
  }
}

/** `template` with `${1}` and `$1` filled from a match, as Go's Regexp.Expand does it; `$$` is `$`. */
export function expandMatch(template: string, match: NonNullable<Match>): string {
  return template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    if (name === undefined) return '$';
    return (/^\d+$/.test(name) ? match[Number(name)] : undefined) ?? '';
  });
}
