// prom-client's registry and gauge by themselves: the whole package also loads cluster, OpenTelemetry and an
// HTTP client, which costs several times as much at every cold start (docs/benchmarks.md).
declare module 'prom-client/lib/registry.js' {
  import type { Registry as RegistryClass } from 'prom-client';

  const Registry: typeof RegistryClass;
  export = Registry;
}
declare module 'prom-client/lib/gauge.js' {
  import type { Gauge as GaugeClass } from 'prom-client';

  const Gauge: typeof GaugeClass;
  export = Gauge;
}
