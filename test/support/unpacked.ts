// A configuration bundle laid out below a directory of the test, by the very command that a task's init container runs.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readConfigFile } from '../../build/config-file.ts';
import { type BundleName, packBundle, unpackCommand } from '../../infra/bundle.ts';
import { runCommand } from '../../local/programs/command.ts';

/** No way to be notified but the topic. */
const alertTokens = {
  TOKEN_ALERT_OPSGENIE: '',
  TOKEN_ALERT_PAGERDUTY: '',
  TOKEN_ALERT_SLACK: '',
  TOKEN_ALERT_SNS_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:alarms',
  TOKEN_ALERT_TEAMS: '',
  TOKEN_ALERT_WEBHOOK: '',
};

/** What the bundle of Prometheus needs to know; a test changes what it is about. */
export const prometheusTokens = {
  ...alertTokens,
  TOKEN_ALERTMANAGER: '',
  TOKEN_ALERTMANAGER_SCHEME: '',
  TOKEN_CLUSTER_ARNS: 'arn:aws:ecs:eu-west-1:111122223333:cluster/shop',
  TOKEN_EVALUATE_ALERTS: '1',
  TOKEN_NAMESPACE: 'fargaze.internal',
  TOKEN_REDIS_HOST: 'redis.fargaze.internal:6379',
  TOKEN_REDIS_SCHEME: 'redis',
  TOKEN_REGION: 'eu-west-1',
  TOKEN_REMOTE_WRITE_URL: '',
  TOKEN_RETENTION_SIZE: '1GB',
  TOKEN_RETENTION_TIME: '1d',
  TOKEN_SCRAPE_INTERVAL: '15s',
  TOKEN_STACK: 'fargaze-test',
  TOKEN_WEB_URL: 'http://web.fargaze.internal:8000/healthy',
};

/** Absolute paths of a container's command, moved below `root`. */
export function movePaths(text: string, root: string): string {
  return text.replaceAll(/(^|[\s=>"'])\/(?=[a-z])/g, `$1${root}/`);
}

/** Unpacks a bundle to `root`/config. @throws Error when the command fails, as the task would. */
export async function unpackBundle(
  name: BundleName,
  root: string,
  tokens: Readonly<Record<string, string>>,
): Promise<string> {
  const source = { root: '.', config: readConfigFile('fargaze.yml'), environment: {} };
  for (const folder of ['config', 'data', 'metrics', 'prometheus', 'pushed', 'tmp']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  const env = { CONFIG_TGZ: packBundle(name, source), ...tokens };
  const { code, output } = await runCommand('sh', ['-c', movePaths(unpackCommand(name), root)], {
    env,
  });
  if (code !== 0) throw new Error(`unpacking ${name}: ${output}`);
  return join(root, 'config');
}
