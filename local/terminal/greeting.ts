// What a newcomer is told when the system is up: where everything is; and what of it the terminal shows.
import { systemClock } from '../../layers/core/src/clock.ts';
import type { Config } from '../../layers/core/src/config/types.ts';
import type { Report } from '../programs/find.ts';
import { howToGetGrafana } from '../programs/grafana.ts';
import { type Stack, stackDir } from '../stack.ts';
import type { Shown } from './show.ts';

/** Prints the addresses, which the terminal shows only where it has room. */
export function greet(stack: Stack, report: Report): void {
  report('');
  const lines = {
    ...(stack.grafana === undefined && { Grafana: howToGetGrafana }),
    ...linksOf(stack),
    Endpoints: `${stackDir}/endpoints.json`,
  };
  for (const [name, text] of Object.entries(lines)) report(`${name.padEnd(12)} ${text}`);
  report('');
}

/** What is shown of a system that is up: its functions are on their schedules from now on. */
export function shownOf(stack: Stack, config: Config): Shown {
  return {
    probes: stack.probes,
    objectives: config.slos.map(({ name }) => name),
    prometheusUrl: stack.prometheus.url,
    links: linksOf(stack),
    scheduled: systemClock.now(),
    parts: () => [],
  };
}

function linksOf({ grafana, prometheus, pushgateway, web }: Stack): Record<string, string> {
  return {
    ...(grafana !== undefined && { Grafana: `${grafana.url}/d/fargaze-overview` }),
    Prometheus: prometheus.url,
    Pushgateway: pushgateway.url,
    'Web app': web.url,
  };
}
