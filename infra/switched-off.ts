// Leaves out of the configuration what watches a part that the stack does not run: a probe of nothing would fail for ever.
// Pure. A probe belongs to the part whose address its target takes from the environment, an objective to the part that has
// its job.
import type { Config } from '../layers/core/src/config/config.ts';
import type { SloConfig } from '../layers/core/src/config/slos.ts';

/** What a deployment is packaged with. */
export type Deployment = {
  /** Values of the template's parameters. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Variables of the functions for where the stack sets none. */
  readonly environment: Readonly<Record<string, string>>;
};

/** The configuration that is left, and what is not, in words. */
export type LeftOver = { readonly config: Config; readonly leftOut: readonly string[] };

/** The configuration without what nothing answers. */
export function leaveOutSwitchedOff(config: Config, deployment: Deployment): LeftOver {
  const variables = variablesWithout(deployment);
  const probes = config.probes.filter(({ target }) => !namesOnly(target, variables));
  const kept = new Set(probes.map(({ name }) => name));
  const slos = config.slos.filter((slo) => isWatched(slo, { kept, deployment }));
  const gone = <T extends { readonly name: string }>(all: readonly T[], left: readonly T[]) =>
    all.filter((one) => !left.includes(one)).map(({ name }) => name);
  const leftOut = [
    ...gone(config.probes, probes).map((name) => `probe ${name}`),
    ...gone(config.slos, slos).map((name) => `objective ${name}`),
  ];
  return { config: { ...config, probes, slos }, leftOut };
}

/** Variables that name a part which does not run, and that nothing else fills. */
function variablesWithout({ environment, parameters }: Deployment): string[] {
  const { EnableRedis, EnableWeb, RedisEndpoint = '', WebUrl = '' } = parameters;
  const { REDIS_URL = '' } = environment;
  return [
    ...(EnableWeb === 'false' && WebUrl === '' ? ['WEB_URL'] : []),
    ...(EnableRedis === 'false' && RedisEndpoint === '' && REDIS_URL === '' ? ['REDIS_URL'] : []),
  ];
}

function namesOnly(target: string, variables: readonly string[]): boolean {
  const [, name = ''] = /\$\{(\w+)(?::-[^}]*)?\}/.exec(target) ?? [];
  return variables.includes(name);
}

/** The job under which Prometheus scrapes the stack's web service (its tag in web.yml). */
const webJob = 'web';

function isWatched(
  slo: SloConfig,
  { deployment, kept }: { readonly deployment: Deployment; readonly kept: ReadonlySet<string> },
): boolean {
  if (slo.indicator === 'probe') return kept.has(slo.probe);
  return slo.job !== webJob || deployment.parameters.EnableWeb !== 'false';
}
