// Files that the modules of a blackbox.yml name: they are looked for beside it, so another file that holds the modules names them
// differently.
import { isAbsolute } from 'node:path';
import type { Mapping } from '../../layers/core/src/config/compile/raw.ts';
import { isMapping } from '../../layers/core/src/config/mapping.ts';

/** Keys of files that are read when the functions are built. */
const keys = ['body_file', 'ca_file', 'cert_file'];

/** Mappings whose keys are the user's own. */
const usersOwn = ['headers', 'http_headers', 'endpoint_params', 'metadata', 'proxy_connect_header'];

/** A copy of `modules` in which `move` names every file anew whose path is relative. */
export function moveFiles(modules: Mapping, move: (path: string) => string): Mapping {
  const visit = (value: unknown): unknown => {
    if (!isMapping(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => {
        if (usersOwn.includes(key)) return [key, one];
        const isFile = keys.includes(key) && typeof one === 'string' && one !== '';
        return [key, isFile && !isAbsolute(one) ? move(one) : visit(one)];
      }),
    );
  };
  // Names of modules are the user's own too.
  return Object.fromEntries(Object.entries(modules).map(([name, one]) => [name, visit(one)]));
}
