// Lambda entry of web-probe: everything but the probe itself is core's.

import { config } from 'fargaze:config';
import { createProbeHandler } from '@fargaze/core';
import { probeWeb } from './probe.ts';

/** Probes the configured web targets; see docs/architecture.md for the event and the answer. */
export const handler = createProbeHandler({
  name: 'web-probe',
  prober: 'http',
  config,
  probe: probeWeb,
});
