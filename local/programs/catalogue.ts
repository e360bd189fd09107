// The real programs that the local system and the tests run, under all names that they go by.

/** A program by its upstream name. */
export type ProgramName =
  | 'redis-server'
  | 'prometheus'
  | 'promtool'
  | 'pushgateway'
  | 'redis_exporter'
  | 'blackbox_exporter';

/** How a program is found, fetched and asked for. */
export type ProgramFacts = {
  /** File names, upstream's first. */
  readonly files: readonly string[];
  /** Environment variable that names another path. */
  readonly override: string;
  readonly debian: string;
  /** Homebrew formula; empty where there is none. */
  readonly brew: string;
  /** Go package, for systems whose packages lack the program; empty for programs not written in Go. */
  readonly go: string;
};

/** Every program. */
export const programs: Readonly<Record<ProgramName, ProgramFacts>> = {
  'redis-server': {
    files: ['redis-server', 'valkey-server'],
    override: 'FARGAZE_REDIS_SERVER',
    debian: 'redis-server',
    brew: 'redis',
    go: '',
  },
  prometheus: {
    files: ['prometheus'],
    override: 'FARGAZE_PROMETHEUS',
    debian: 'prometheus',
    brew: 'prometheus',
    go: '',
  },
  promtool: {
    files: ['promtool'],
    override: 'FARGAZE_PROMTOOL',
    debian: 'prometheus',
    brew: 'prometheus',
    go: '',
  },
  pushgateway: {
    files: ['pushgateway', 'prometheus-pushgateway'],
    override: 'FARGAZE_PUSHGATEWAY',
    debian: 'prometheus-pushgateway',
    brew: '',
    go: 'github.com/prometheus/pushgateway',
  },
  redis_exporter: {
    files: ['redis_exporter', 'prometheus-redis-exporter'],
    override: 'FARGAZE_REDIS_EXPORTER',
    debian: 'prometheus-redis-exporter',
    brew: '',
    go: 'github.com/oliver006/redis_exporter',
  },
  blackbox_exporter: {
    files: ['blackbox_exporter', 'prometheus-blackbox-exporter'],
    override: 'FARGAZE_BLACKBOX_EXPORTER',
    debian: 'prometheus-blackbox-exporter',
    brew: '',
    go: 'github.com/prometheus/blackbox_exporter',
  },
};

/** The commands that install `names` on a kind of system. */
export function installCommand(names: readonly ProgramName[], system: 'debian' | 'brew' | 'other') {
  const facts = names.map((name) => programs[name]);
  const unique = (values: string[]) =>
    [...new Set(values)].filter((value) => value !== '').join(' ');
  if (system === 'debian') {
    return `sudo apt-get update && sudo apt-get install --no-install-recommends ${unique(facts.map(({ debian }) => debian))}`;
  }
  const go = facts.filter((fact) => fact.go !== '').map((fact) => `go install ${fact.go}@latest`);
  if (system === 'brew') {
    const formulas = unique(facts.map(({ brew }) => brew));
    return [...(formulas === '' ? [] : [`brew install ${formulas}`]), ...go].join(' && ');
  }
  const packaged = unique(
    facts.filter((fact) => fact.go === '').map(({ files }) => files[0] ?? ''),
  );
  return [...(packaged === '' ? [] : [`your package manager: ${packaged}`]), ...go].join('; ');
}
