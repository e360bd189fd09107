// A function of your own with the fargaze layer: prom-client counts, @fargaze/core pushes. Neither is bundled.
import { DeliveryError, pushMetrics } from '@fargaze/core';
import { Gauge, Registry } from 'prom-client';

type ImportEvent = {
  readonly source?: string;
  readonly imported?: Readonly<Record<string, number>>;
};

export const handler = async (event: ImportEvent): Promise<{ pushed: number }> => {
  // A registry for each invocation: the global one would carry series over to the next.
  const registry = new Registry();
  const rows = new Gauge({
    name: 'import_rows',
    help: 'Rows that the last import brought in',
    labelNames: ['table'],
    registers: [registry],
  });
  for (const [table, count] of Object.entries(event.imported ?? {})) rows.set({ table }, count);

  try {
    await pushMetrics({
      url: process.env.FARGAZE_PUSHGATEWAY_URL ?? '',
      grouping: { job: 'nightly-import', instance: event.source ?? 'unknown' },
      registry,
      seconds: 3,
    });
  } catch (error) {
    // The import is done; only its numbers are not. Worth another invocation only if they may be taken later.
    if (error instanceof DeliveryError && !error.retryable) return { pushed: 0 };
    throw error;
  }
  return { pushed: registry.getMetricsAsArray().length };
};
