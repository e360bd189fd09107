// Every command, in the order of the help.
import { bridgeSpec } from './bridge/spec.ts';
import { checkSpec } from './check/spec.ts';
import type { CommandSpec } from './command/command.ts';
import { completionSpec } from './completion/spec.ts';
import { costSpec } from './cost/spec.ts';
import { importSpec } from './import/spec.ts';
import { initSpec } from './init/spec.ts';
import { probeSpec } from './probe/spec.ts';
import { exportSpec, preflightSpec, projectSpec } from './project/spec.ts';
import { statusSpec } from './status/spec.ts';

/** The commands. */
export const commands: readonly CommandSpec[] = [
  initSpec,
  importSpec,
  checkSpec,
  probeSpec,
  costSpec,
  bridgeSpec,
  statusSpec,
  exportSpec,
  projectSpec,
  preflightSpec,
  completionSpec,
];
