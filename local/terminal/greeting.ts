// What a start prints once everything runs, where to look; and what the terminal shows of it from then on.
import { systemClock } from '../../layers/core/src/clock.ts';
import type { Config } from '../../layers/core/src/config/config.ts';
import { writeLine } from '../../layers/core/src/log.ts';
import { howToGetGrafana } from '../programs/grafana.ts';
import type { Stack } from '../system/stack.ts';
import type { Shown } from './show.ts';

/** Prints the addresses. */
export function printAddresses(stack: Stack, endpointsFile: string): void {
  for (const [name, url] of Object.entries(linksOf(stack))) writeLine(`${name.padEnd(12)} ${url}`);
  if (stack.grafana === undefined) writeLine(`Grafana      ${howToGetGrafana}`);
  writeLine(`Endpoints    ${endpointsFile}`);
}

/** What is shown of a system that is up: its functions are on their schedules from now on. */
export function shownOf(stack: Stack, config: Config): Shown {
  return {
    probes: stack.probes,
    objectives: config.slos.map(({ name }) => name),
    prometheusUrl: stack.prometheus.url,
    links: linksOf(stack),
    scheduled: systemClock.now(),
    parts: stack.parts,
  };
}

/** Addresses by name, the most wanted first. */
function linksOf({ boardsPage, grafana, prometheus, pushgateway, webApp }: Stack) {
  return {
    ...(grafana !== undefined && { Grafana: `${grafana.url}/d/fargaze-overview` }),
    ...(boardsPage !== undefined && { Boards: boardsPage.url }),
    Prometheus: prometheus.url,
    Pushgateway: pushgateway.url,
    'Web app': webApp.url,
  };
}
