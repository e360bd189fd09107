// Lambda entry of redis-probe: everything but the probe itself is core's.
import { config } from 'fargaze:config';
import {
  createProbeHandler,
  type RedisModule,
  type Summary,
  tryProbe,
} from '@fargaze/core/internal';
import type { Handler } from 'aws-lambda';
import { probeRedis } from './probe.ts';

/** Probes the configured Redis targets; see docs/architecture.md for the event and the answer. */
export const handler: Handler<unknown, Summary> = createProbeHandler<RedisModule>({
  name: 'redis-probe',
  prober: 'redis',
  config,
  probe: (target, env) => tryProbe(probeRedis, target, env),
});
