// Where this repository's documents can be read: what git's `origin` says, for the hosts whose addresses are known.
import { execFileSync } from 'node:child_process';

/** The part of an address between repository and path, by host. */
const views: Readonly<Record<string, string>> = {
  'github.com': 'blob/HEAD',
  'gitlab.com': '-/blob/HEAD',
  'bitbucket.org': 'src/HEAD',
};

/** The URL of docs/runbooks in the repository that `remote` names; undefined for any that is not known. */
export function runbooksAt(remote: string): string | undefined {
  const [, host = '', path = ''] =
    /^(?:https?:\/\/|ssh:\/\/|)(?:[^@/]*@)?([\w.-]+)(?::\d+)?[/:]([\w./-]+?)(?:\.git)?\/?$/.exec(
      remote,
    ) ?? [];
  const view = views[host];
  return view === undefined ? undefined : `https://${host}/${path}/${view}/docs/runbooks`;
}

/** The same of the repository in `root`; undefined where it has no `origin`, or no git is here. */
export function originRunbooks(root: string): string | undefined {
  try {
    const remote = execFileSync('git', ['-C', root, 'config', '--get', 'remote.origin.url'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 5000,
    });
    return runbooksAt(remote.trim());
  } catch {
    return undefined;
  }
}
