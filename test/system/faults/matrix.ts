// The fault matrix: every row, in the order of its table in docs/faults.md.
import type { Common } from './row.ts';
import { functionRows } from './rows-functions.ts';
import { gatewayRows } from './rows-gateway.ts';
import { killedRows } from './rows-killed.ts';
import { probeRows } from './rows-probes.ts';
import { prometheusRows } from './rows-prometheus.ts';
import { queueRows } from './rows-queue.ts';

/** All rows. */
export const matrix = [
  ...gatewayRows,
  ...prometheusRows,
  ...queueRows,
  ...probeRows,
  ...functionRows,
  ...killedRows,
] as const satisfies readonly Common[];

/** A row of any kind. */
export type Row = (typeof matrix)[number];
