// `npm run generate`: writes the documents, dashboards and Compose file that come from code. A test fails when one is stale.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { deployerPolicies } from '../infra/deployer/policy.ts';
import { alertFiles } from '../infra/grafana/alert-files.ts';
import { boardFiles } from '../infra/grafana/boards.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { renderCompose } from './compose.ts';
import { boardPictures } from './docs/boards.ts';
import { renderCliDoc } from './docs/cli.ts';
import { renderConfigurationDoc } from './docs/configuration.ts';
import { costPlots } from './docs/cost-plots.ts';
import { renderDashboardsDoc } from './docs/dashboards.ts';
import { renderDeployDoc } from './docs/deploy.ts';
import { renderFaultsDoc } from './docs/faults.ts';
import { renderMetricsDoc } from './docs/metrics.ts';
import { renderBridgeDoc } from './docs/namespaces.ts';
import { renderPicture } from './docs/picture.ts';

/** Documents by path, with what makes each. */
export const generated: Readonly<Record<string, () => string>> = {
  'local/compose.yaml': renderCompose,
  'docs/metrics.md': renderMetricsDoc,
  'docs/cli.md': renderCliDoc,
  ...costPlots,
  'docs/configuration.md': renderConfigurationDoc,
  'docs/bridge.md': renderBridgeDoc,
  'docs/deploy.md': renderDeployDoc,
  'docs/dashboards.md': renderDashboardsDoc,
  'docs/faults.md': renderFaultsDoc,
  'docs/local-system.svg': renderPicture,
  ...Object.fromEntries(
    Object.entries(deployerPolicies).map(([file, policy]) => [
      `infra/${file}`,
      () => `${JSON.stringify(policy, null, 2)}\n`,
    ]),
  ),
  ...alertFiles,
  ...boardFiles,
  ...boardPictures,
};

/** Writes every document. */
export function generate(): void {
  for (const [path, render] of Object.entries(generated)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, render());
    writeLine(path);
  }
}
