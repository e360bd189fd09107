// A function of your own with the fargaze layer: prom-client counts, @fargaze/core pushes. Nothing is bundled.
const { pushMetrics } = require('@fargaze/core');
const { Gauge, Registry } = require('prom-client');

exports.handler = async (event) => {
  // A registry for each invocation: the global one would carry series over to the next.
  const registry = new Registry();
  const rows = new Gauge({
    name: 'import_rows',
    help: 'Rows that the last import brought in',
    labelNames: ['table'],
    registers: [registry],
  });
  for (const [table, count] of Object.entries(event.imported ?? {})) rows.set({ table }, count);

  await pushMetrics({
    url: process.env.FARGAZE_PUSHGATEWAY_URL,
    grouping: { job: 'nightly-import', instance: event.source ?? 'unknown' },
    registry,
    seconds: 3,
  });
  return { pushed: registry.getMetricsAsArray().length };
};
