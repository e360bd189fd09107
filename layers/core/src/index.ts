// The public face of @fargaze/core, for functions of users. What is not here is not promised.
// In the layer this file only hands on internal.cjs (build/bundles.ts), so that there is one copy of the code.

export type { SecretRef } from './config/secret.ts';
export { ConfigError, DeliveryError, type DeliveryFault, type Issue } from './errors.ts';
export type { BasicAuth } from './http/auth.ts';
export type { Pushgateway } from './pushgateway/push.ts';
export { type PushMetricsOptions, pushMetrics } from './pushgateway/push-metrics.ts';
export { version } from './version.ts';
