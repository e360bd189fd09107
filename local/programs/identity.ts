// Which process an id stands for: systems use ids again, but never with the same start time.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { plainEnvironment } from '../../scripts/environment.ts';

/** What no other process of this id has: when it was started. Undefined when none runs; a zombie has ended. */
export function identify(pid: number): string | undefined {
  if (process.platform !== 'linux') return askPs(pid);
  const stat = read(`/proc/${pid}/stat`);
  // The name, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = 'X'] = fields;
  // https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: field 22, in ticks since this boot.
  if (stat === '' || state === 'Z' || state === 'X') return undefined;
  return `${read('/proc/sys/kernel/random/boot_id').trim()} ${fields[19]}`;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // No such process, or one that ended while it was read.
    return '';
  }
}

function askPs(pid: number): string | undefined {
  try {
    const env = plainEnvironment({ TZ: 'UTC' });
    const answer = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return answer.trim() || undefined;
  } catch {
    return undefined;
  }
}
