// What a start prints once everything runs: where to look.
import { writeLine } from '../../layers/core/src/log.ts';
import { howToGetGrafana } from '../programs/grafana.ts';
import type { Stack } from '../stack.ts';

/** Prints the addresses. */
export function printAddresses(stack: Stack, endpointsFile: string): void {
  for (const [name, url] of Object.entries(linksOf(stack))) writeLine(`${name.padEnd(12)} ${url}`);
  if (stack.grafana === undefined) writeLine(`Grafana      ${howToGetGrafana}`);
  writeLine(`Endpoints    ${endpointsFile}`);
}

/** Addresses by name, the most wanted first. */
export function linksOf({ grafana, prometheus, pushgateway, webApp }: Stack) {
  return {
    ...(grafana !== undefined && { Grafana: `${grafana.url}/d/fargaze-overview` }),
    Prometheus: prometheus.url,
    Pushgateway: pushgateway.url,
    'Web app': webApp.url,
  };
}
