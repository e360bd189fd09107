// The rights that docs/redis.md says a user needs, as ACL SETUSER takes them.
import { readFileSync } from 'node:fs';

/** The rights in the row of the table of users that begins with `row`. @throws Error when there is none. */
export function documentedRights(row: string): readonly string[] {
  const text = readFileSync('docs/redis.md', 'utf8');
  const line = text
    .split('\n')
    .find((one) => one.replaceAll('`', '').startsWith(`| ${row}`) && one.includes('+'));
  const rights = /\| `([^`]*)` \|$/.exec(line ?? '')?.[1];
  if (rights === undefined) throw new Error(`docs/redis.md has no rights for ${row}`);
  return rights.replaceAll('\\|', '|').split(' ');
}
