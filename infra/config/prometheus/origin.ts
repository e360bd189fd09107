// Where this repository's documents can be read: what git's `origin` says, for the hosts whose addresses are known.
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';

/** The part of an address between repository and path, by host. */
const views: Readonly<Record<string, string>> = {
  'github.com': 'blob/HEAD',
  'gitlab.com': '-/blob/HEAD',
  'bitbucket.org': 'src/HEAD',
};

const folder = 'docs/runbooks';

/** The URL of the runbooks at `path` of the repository that `remote` names; undefined for any that is not known. */
export function runbooksAt(remote: string, path = folder): string | undefined {
  const [, host = '', repository = ''] =
    /^(?:https?:\/\/|ssh:\/\/|)(?:[^@/]*@)?([\w.-]+)(?::\d+)?[/:]([\w./-]+?)(?:\.git)?\/?$/.exec(
      remote,
    ) ?? [];
  const view = views[host];
  return view === undefined ? undefined : `https://${host}/${repository}/${view}/${path}`;
}

/**
 * The same of the repository that holds the runbooks of `root`, which may be a folder of a larger one; undefined where it has no
 * `origin`, where the runbooks are not in it, as in an installed package, or where there is no git.
 */
export function originRunbooks(root: string): string | undefined {
  try {
    const [first = ''] = git(root, ['ls-files', '--full-name', '--', folder]).split('\n');
    if (first === '') return undefined;
    return runbooksAt(git(root, ['config', '--get', 'remote.origin.url']), dirname(first));
  } catch {
    return undefined;
  }
}

function git(root: string, args: readonly string[]): string {
  const answer = execFileSync('git', ['-C', root, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 5000,
  });
  return answer.trim();
}
