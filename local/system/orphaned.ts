// Notices that npm, which runs this process, has ended without it: killed, it passes nothing on.
import { describeProcess } from '../programs/identity.ts';

const everyMs = 1000;

/** Calls `act` once when npm has ended; for a process that npm runs. */
export function onOrphaned(act: () => void): void {
  const parent = process.ppid;
  const { name = '', parent: grandparent } = describeProcess(parent) ?? {};
  // Some shells stay between npm and what it runs, others become it.
  const viaShell = /sh$/.test(name);
  const timer = setInterval(() => {
    const same = !viaShell || describeProcess(parent)?.parent === grandparent;
    if (process.ppid === parent && same) return;
    clearInterval(timer);
    act();
  }, everyMs);
  timer.unref();
}
