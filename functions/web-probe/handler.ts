// Lambda entry of web-probe: everything but the probe itself is core's.
import { config } from 'fargaze:config';
import { createProbeHandler, type Summary } from '@fargaze/core/internal';
import type { Handler } from 'aws-lambda';
import { probeWeb } from './probe.ts';

/** Probes the configured web targets; see docs/architecture.md for the event and the answer. */
export const handler: Handler<unknown, Summary> = createProbeHandler({
  name: 'web-probe',
  prober: 'http',
  config,
  probe: probeWeb,
});
