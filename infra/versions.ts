// The versions that a deployment runs: container images take them from here, and the tests build the same ones from
// source (local/programs/go.ts). Move one here and both follow; the image digests are parameters of the templates.

/** Released versions, without the leading `v`, by the program's upstream name. */
export const deployed = {
  /** 3.14.0 ends on ECS tasks that belong to no service or lack optional fields; 3.15 does not. */
  prometheus: '3.15.1',
  /** Not built: its configuration is held against the amtool of Debian. */
  alertmanager: '0.35.0',
  pushgateway: '1.11.3',
  redis_exporter: '1.88.0',
  /** Not built: the boards are held against the types that this version publishes, @grafana/schema. */
  grafana: '13.2.3',
  /** Plugin of Grafana that signs queries to Amazon Managed Prometheus; 13 signs only with it. */
  grafana_amazonprometheus: '3.3.5',
} as const;
