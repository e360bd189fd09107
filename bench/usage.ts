// What a process has used so far, as Linux counts it.
import { readFileSync } from 'node:fs';

/** CPU time of all threads, and the most memory that was resident at once. */
export type Usage = { readonly cpuSeconds: number; readonly peakMegabytes: number };

/** Clock ticks per second of /proc (sysconf(_SC_CLK_TCK), 100 on every Linux that Node runs on). */
const ticksPerSecond = 100;

/** Reads /proc. @throws Error when there is no such process, or no Linux. */
export function usageOf(pid: number | 'self'): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold blanks; user and system time are the 12th and 13th field after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    peakMegabytes: Number(peak) / 1024,
  };
}
