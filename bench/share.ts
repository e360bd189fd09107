// A share of a core, as Lambda gives it by memory: 512 MB are 0.29 of one (1,769 MB are a whole one, says AWS). A control group
// of Linux holds processes to it in slices of 20 ms.
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Megabytes of memory for which Lambda gives one core (docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html). */
const megabytesOfCore = 1769;

const periodMicroseconds = 20_000;

/** A group of processes that may use so much of a core. */
export type Share = {
  readonly cores: number;
  /** A shell command that joins the group and becomes `program`. */
  readonly command: (program: string) => string;
  /** When every process of it has ended. */
  readonly close: () => void;
};

/** The share of a function with this memory. @throws Error where this user may not make control groups. */
export function openShare(megabytes: number): Share {
  const cores = megabytes / megabytesOfCore;
  const quota = Math.round(cores * periodMicroseconds);
  const first = existsSync('/sys/fs/cgroup/cpu/cpu.cfs_quota_us');
  const group = join(
    first ? '/sys/fs/cgroup/cpu' : '/sys/fs/cgroup',
    `fargaze-bench-${process.pid}`,
  );
  try {
    mkdirSync(group);
    if (first) {
      writeFileSync(join(group, 'cpu.cfs_period_us'), String(periodMicroseconds));
      writeFileSync(join(group, 'cpu.cfs_quota_us'), String(quota));
    } else writeFileSync(join(group, 'cpu.max'), `${quota} ${periodMicroseconds}`);
  } catch (error) {
    throw new Error(
      `a share of a core needs a control group, which only root may make: ${String(error)}`,
    );
  }
  const procs = join(group, 'cgroup.procs');
  return {
    cores,
    command: (program) => `echo $$ > ${procs} && exec ${program}`,
    close: () => rmdirSync(group),
  };
}
