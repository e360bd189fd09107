// Which process an id stands for: systems use ids again, but never with the same start time.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { plainEnvironment } from '../../build/environment.ts';

/** What no other process of this id has: when it was started. Undefined when none runs; a zombie has ended. */
export function identify(pid: number): string | undefined {
  if (process.platform !== 'linux') return askPs(pid, 'lstart=');
  const { fields } = readStat(pid);
  const [state] = fields;
  if (state === undefined || state === 'Z' || state === 'X') return undefined;
  return `${read('/proc/sys/kernel/random/boot_id').trim()} ${fields[19]}`;
}

/** The name of a process and the id of its parent; undefined when none runs. */
export function describeProcess(pid: number): { name: string; parent: number } | undefined {
  if (process.platform === 'linux') {
    const { fields, name } = readStat(pid);
    return fields[1] === undefined ? undefined : { name, parent: Number(fields[1]) };
  }
  const [, parent, name = ''] = /^(\d+)\s+(.*)$/.exec(askPs(pid, 'ppid=,comm=') ?? '') ?? [];
  return parent === undefined ? undefined : { name, parent: Number(parent) };
}

/** Fields from the third on; see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html. */
function readStat(pid: number): { readonly name: string; readonly fields: readonly string[] } {
  const stat = read(`/proc/${pid}/stat`);
  // The name, in parentheses, may hold anything.
  const end = stat.lastIndexOf(')');
  if (end < 0) return { name: '', fields: [] };
  return { name: stat.slice(stat.indexOf('(') + 1, end), fields: stat.slice(end + 2).split(' ') };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // No such process, or one that ended while it was read.
    return '';
  }
}

function askPs(pid: number, columns: string): string | undefined {
  try {
    const answer = execFileSync('ps', ['-o', columns, '-p', String(pid)], {
      env: plainEnvironment({ TZ: 'UTC' }),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return answer.trim() || undefined;
  } catch {
    return undefined;
  }
}
