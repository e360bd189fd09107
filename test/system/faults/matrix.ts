// The fault matrix: every row, in the order of its table in docs/faults.md.
import type { Common } from './row.ts';
import { gatewayRows } from './rows-gateway.ts';
import { prometheusRows } from './rows-prometheus.ts';
import { queueRows } from './rows-queue.ts';

/** All rows. */
export const matrix = [
  ...gatewayRows,
  ...prometheusRows,
  ...queueRows,
] as const satisfies readonly Common[];

/** A row of any kind. */
export type Row = (typeof matrix)[number];
