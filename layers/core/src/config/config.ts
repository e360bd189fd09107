// A compiled fargaze.yml as a whole. Functions trust it: only `compile/compile.ts` makes one.
import type { AlertLinks } from './alerting.ts';
import type { BridgeConfig } from './bridge.ts';
import type { Module } from './modules.ts';
import type { ProbeConfig } from './probes.ts';
import type { SloConfig } from './slos.ts';
import type { VantageConfig } from './vantage.ts';

/** A compiled fargaze.yml. */
export type Config = {
  readonly version: 1;
  readonly modules: Readonly<Record<string, Module>>;
  readonly probes: readonly ProbeConfig[];
  /** Schedules that share the web probes of one vantage among them. */
  readonly shards: number;
  /** Targets that are known to be up. */
  readonly vantage?: VantageConfig;
  readonly bridge: BridgeConfig;
  readonly slos: readonly SloConfig[];
  /** Where links of alerts lead; what is unset has a default. */
  readonly links?: AlertLinks;
};
