// The processes of a run, written down as they start, so that whoever comes after a run that was killed can end exactly those.
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../../layers/core/src/errors.ts';
import { identify } from '../programs/identity.ts';

/** A process of a run; each leads a process group of its own, but for the first, which is the run itself. */
export type Recorded = {
  readonly name: string;
  readonly pid: number;
  /** Of {@link identify}. */
  readonly identity: string;
};

const fileName = 'processes';

/** Writes a process down in the run's folder at once; one that has ended already needs no line. */
export function record(folder: string, { name, pid }: Pick<Recorded, 'name' | 'pid'>): void {
  const identity = identify(pid);
  if (identity === undefined) return;
  appendFileSync(join(folder, fileName), `${JSON.stringify({ name, pid, identity })}\n`);
}

/** What a run's folder says; a line that was not finished is left out. */
export function readRecord(folder: string): Recorded[] {
  let text = '';
  try {
    text = readFileSync(join(folder, fileName), 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Recorded);
}

/** Whether this very process still runs, and not another one of its id. */
export function runs({ identity, pid }: Recorded): boolean {
  return identify(pid) === identity;
}

/** Kills those of the processes that still run, with their groups; answers with these once they have ended. */
export async function endRecorded(processes: readonly Recorded[]): Promise<Recorded[]> {
  const ended: Recorded[] = [];
  for (const one of processes) {
    if (!runs(one)) continue;
    killGroup(one.pid);
    ended.push(one);
  }
  for (let waits = 0; waits < 100 && ended.some(runs); waits++) await sleep(50);
  return ended;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error;
  }
}
