// Every command, in the order of the help.
import { checkSpec } from './check/spec.ts';
import type { CommandSpec } from './command/command.ts';
import { costSpec } from './cost/spec.ts';
import { importSpec } from './import/spec.ts';
import { probeSpec } from './probe/spec.ts';

/** The commands. */
export const commands: readonly CommandSpec[] = [probeSpec, checkSpec, importSpec, costSpec];
