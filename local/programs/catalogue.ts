// The real programs that the local system and the tests run: under which names they are found, how each says who it is,
// and the oldest that will do.

/** A program by its upstream name. */
export type ProgramName =
  | 'redis-server'
  | 'prometheus'
  | 'promtool'
  | 'pushgateway'
  | 'redis_exporter'
  | 'blackbox_exporter'
  | 'amtool'
  | 'chromium'
  | 'nutcracker';

/** How a program is found, recognised, fetched and asked for. */
export type ProgramFacts = {
  /** File names, upstream's first. */
  readonly files: readonly string[];
  /** Environment variable that names another path. */
  readonly override: string;
  /** What `--version` prints, upstream's and the distributions' builds; the first group is the version. */
  readonly banner: RegExp;
  /** Oldest version that has every option that we use. */
  readonly oldest: string;
  readonly debian: string;
  /** Homebrew formula; empty where there is none. */
  readonly brew: string;
  /** Go package, for systems whose packages lack the program; empty for programs not written in Go. */
  readonly go: string;
};

/** Prometheus's own programs all say it alike: `prometheus, version 2.42.0+ds (branch: …`. */
const bannerOf = (name: string) => new RegExp(`^${name}, version v?(\\d+\\.\\d+(?:\\.\\d+)?)`, 'm');

/** Every program. */
export const programs: Readonly<Record<ProgramName, ProgramFacts>> = {
  'redis-server': {
    files: ['redis-server', 'valkey-server'],
    override: 'FARGAZE_REDIS_SERVER',
    banner: /^(?:Redis|Valkey) server v=(\d+\.\d+\.\d+)/m,
    oldest: '6.0',
    debian: 'redis-server',
    brew: 'redis',
    go: '',
  },
  prometheus: {
    files: ['prometheus'],
    override: 'FARGAZE_PROMETHEUS',
    banner: bannerOf('prometheus'),
    // The oldest that the rules were ever tried with: that of Debian 12.
    oldest: '2.42',
    debian: 'prometheus',
    brew: 'prometheus',
    go: '',
  },
  promtool: {
    files: ['promtool'],
    override: 'FARGAZE_PROMTOOL',
    banner: bannerOf('promtool'),
    oldest: '2.42',
    debian: 'prometheus',
    brew: 'prometheus',
    go: '',
  },
  pushgateway: {
    files: ['pushgateway', 'prometheus-pushgateway'],
    override: 'FARGAZE_PUSHGATEWAY',
    banner: bannerOf('pushgateway'),
    oldest: '1.0',
    debian: 'prometheus-pushgateway',
    brew: '',
    go: 'github.com/prometheus/pushgateway',
  },
  redis_exporter: {
    files: ['redis_exporter', 'prometheus-redis-exporter'],
    override: 'FARGAZE_REDIS_EXPORTER',
    banner: /Redis Metrics Exporter"?(?: version=)?\s*v?(\d+\.\d+(?:\.\d+)?)/,
    oldest: '1.0',
    debian: 'prometheus-redis-exporter',
    brew: '',
    go: 'github.com/oliver006/redis_exporter',
  },
  amtool: {
    files: ['amtool'],
    override: 'FARGAZE_AMTOOL',
    banner: bannerOf('amtool'),
    oldest: '0.25',
    debian: 'prometheus-alertmanager',
    brew: 'alertmanager',
    go: '',
  },
  // Without a window; only for tests.
  chromium: {
    files: ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'],
    override: 'FARGAZE_CHROMIUM',
    banner: /^(?:Chromium|Google Chrome|HeadlessChrome)\D*(\d+\.\d+\.\d+)/m,
    oldest: '112.0',
    debian: 'chromium-headless-shell',
    brew: 'chromium',
    go: '',
  },
  blackbox_exporter: {
    files: ['blackbox_exporter', 'prometheus-blackbox-exporter'],
    override: 'FARGAZE_BLACKBOX_EXPORTER',
    banner: bannerOf('blackbox_exporter'),
    oldest: '0.19',
    debian: 'prometheus-blackbox-exporter',
    brew: '',
    go: 'github.com/prometheus/blackbox_exporter',
  },
  // twemproxy by the name of its program.
  nutcracker: {
    files: ['nutcracker'],
    override: 'FARGAZE_NUTCRACKER',
    banner: /^This is nutcracker-(\d+\.\d+\.\d+)/m,
    oldest: '0.4',
    debian: 'nutcracker',
    brew: 'twemproxy',
    go: '',
  },
};
