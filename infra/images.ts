// The container images of a deployment, pinned by version; digests are for the templates' parameters, because no
// registry can be asked where this was written. Prometheus and the exporters come from registries without pull limits.
import { deployed } from './versions.ts';

/** Image by what it runs. */
export const images = {
  alertmanager: `quay.io/prometheus/alertmanager:v${deployed.alertmanager}`,
  busybox: 'public.ecr.aws/docker/library/busybox:1.37.0',
  grafana: `docker.io/grafana/grafana:${deployed.grafana}`,
  prometheus: `quay.io/prometheus/prometheus:v${deployed.prometheus}`,
  pushgateway: `quay.io/prometheus/pushgateway:v${deployed.pushgateway}`,
  python: 'public.ecr.aws/docker/library/python:3.13.9-slim',
  redis: 'public.ecr.aws/docker/library/redis:8.6.7-alpine',
  // The plain tag holds no program that a health check could run.
  redis_exporter: `quay.io/oliver006/redis_exporter:v${deployed.redis_exporter}-alpine`,
} as const;
