// Which Go modules the deployed programs and the peers of the benches are built from, at which versions.
import { deployed } from '../../infra/versions.ts';

/** A program that is built from a Go module. */
export type GoProgramName = keyof typeof goPrograms;

/** What is built in one go; the programs of one build share its compiled packages. */
export type GoBuild = {
  /** What the program calls its version. */
  readonly release: string;
  readonly module: string;
  readonly moduleVersion: string;
  /** Checksum of the module's contents as go.sum has it; those of its dependencies are in its own go.sum. */
  readonly sum: string;
  /** Oldest Go that compiles it: the `go` line of its go.mod. */
  readonly go: string;
  readonly tags: string;
  /** Variable of the linker that holds the version which the program reports. */
  readonly versionVariable: string;
  /** Packages of the module, each with the same last name as its program. */
  readonly packages: readonly string[];
  /** Files that the module lacks because its releases make them otherwise, by their paths. */
  readonly added?: Readonly<Record<string, string>>;
};

/** Prometheus numbers its Go module after its releases: 3.15.1 is v0.315.1. */
export function prometheusModuleVersion(release: string): string {
  const [major = '', minor = '', patch = ''] = release.split('.');
  return `v0.${major}${minor.padStart(2, '0')}.${patch}`;
}

const prometheus: GoBuild = {
  release: deployed.prometheus,
  module: 'github.com/prometheus/prometheus',
  moduleVersion: prometheusModuleVersion(deployed.prometheus),
  sum: 'h1:ZXaNKyUO5szJhhw7gKiP6b2jpx1QkS0S3CI1R1bPqIA=',
  go: '1.26.0',
  // Service discovery of other clouds is most of what there is to compile.
  tags: 'remove_all_sd,enable_aws_sd,enable_dns_sd',
  versionVariable: 'github.com/prometheus/common/version.Version',
  packages: ['./cmd/prometheus', './cmd/promtool'],
};

const pushgateway: GoBuild = {
  release: deployed.pushgateway,
  module: 'github.com/prometheus/pushgateway',
  moduleVersion: `v${deployed.pushgateway}`,
  sum: 'h1:aQqFNNz4wD95VfZ4tYRb5sK83FOu5xahPs3266+FZRE=',
  go: '1.25.0',
  tags: '',
  versionVariable: 'github.com/prometheus/common/version.Version',
  packages: ['github.com/prometheus/pushgateway'],
};

const redisExporter: GoBuild = {
  release: deployed.redis_exporter,
  module: 'github.com/oliver006/redis_exporter',
  moduleVersion: `v${deployed.redis_exporter}`,
  sum: 'h1:c9X6AbOjrcR7/O3bplFrTNuEKTIjDVmovSlMqMh7rXw=',
  go: '1.25.0',
  tags: '',
  versionVariable: 'main.BuildVersion',
  packages: ['github.com/oliver006/redis_exporter'],
};

const alertmanager: GoBuild = {
  release: deployed.alertmanager,
  module: 'github.com/prometheus/alertmanager',
  moduleVersion: `v${deployed.alertmanager}`,
  sum: 'h1:nbXMjr+P2JaoFd7aHNDxKifEwTPN+TWxM0gNPonuH5w=',
  go: '1.26.0',
  tags: '',
  versionVariable: 'github.com/prometheus/common/version.Version',
  packages: ['./cmd/alertmanager', './cmd/amtool'],
  // Its pages are made by Node.js and Elm; nobody looks at them here.
  added: { 'ui/app/dist/index.html': '<!doctype html>' },
};

/** YACE, the peer of ecs-bridge in the benches. */
const yace: GoBuild = {
  release: '0.67.0',
  module: 'github.com/prometheus-community/yet-another-cloudwatch-exporter',
  moduleVersion: 'v0.67.0',
  sum: 'h1:bMISOnCjO8PVFEDLfb7pbn6p1GsrEASdPvgkVE9pokU=',
  go: '1.25.0',
  tags: '',
  versionVariable: 'github.com/prometheus/common/version.Version',
  packages: ['./cmd/yace'],
};

/** blackbox_exporter, the peer of web-probe in tests. */
const blackboxExporter: GoBuild = {
  release: '0.28.0',
  module: 'github.com/prometheus/blackbox_exporter',
  moduleVersion: 'v0.28.0',
  sum: 'h1:5n59xN6d4OtnwANA9nQIoBhwfG90b50cMByshvc/+zA=',
  go: '1.24.0',
  tags: '',
  versionVariable: 'github.com/prometheus/common/version.Version',
  packages: ['github.com/prometheus/blackbox_exporter'],
};

/** VictoriaMetrics, a receiver of the bridge in tests: its long-term release. */
const victoriaMetrics: GoBuild = {
  release: '1.148.9',
  module: 'github.com/VictoriaMetrics/VictoriaMetrics',
  moduleVersion: 'v1.148.9',
  sum: 'h1:KN+nkgjSIsUZjMW7i8tCweermuI74T2X6s3J1EYUTJU=',
  go: '1.26.5',
  tags: '',
  versionVariable: 'github.com/VictoriaMetrics/VictoriaMetrics/lib/buildinfo.Version',
  packages: ['./app/victoria-metrics'],
};

/** Every program by its upstream name. */
export const goPrograms = {
  alertmanager,
  amtool: alertmanager,
  prometheus,
  promtool: prometheus,
  pushgateway,
  redis_exporter: redisExporter,
  blackbox_exporter: blackboxExporter,
  yace,
  'victoria-metrics': victoriaMetrics,
} as const satisfies Readonly<Record<string, GoBuild>>;
