// Lambda entry of web-probe: everything but the probe itself is core's.
import { config } from 'fargaze:config';
import { createProbeHandler, type Summary, type WebModule } from '@fargaze/core/internal';
import type { Handler } from 'aws-lambda';
import { probeByModule } from './probers.ts';

/** Probes the configured targets of its probers (http, tcp, dns, grpc); see docs/architecture.md for the event and the answer. */
export const handler: Handler<unknown, Summary> = createProbeHandler<WebModule>({
  name: 'web-probe',
  prober: 'http',
  config,
  probe: probeByModule,
});
