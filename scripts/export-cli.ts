// The command behind `npm run export -- --to DIR [--runbooks URL] [--grafana URL]`.
import { parseArgs } from 'node:util';
import { originRunbooks } from '../infra/config/prometheus/origin.ts';
import { readEnv } from '../layers/core/src/env.ts';
import { messageOf } from '../layers/core/src/errors.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { configFileName, readConfigFile } from './config-file.ts';
import { expectedOf, renderExport, writeExport } from './export.ts';

const usage =
  'npm run export -- --to DIR [--runbooks URL] [--grafana URL] [--pushgateway-job JOB|none] [--prometheus-job JOB|none] [--datasource-uid UID]';

try {
  const { values } = parseArgs({
    options: {
      to: { type: 'string' },
      runbooks: { type: 'string' },
      grafana: { type: 'string' },
      'pushgateway-job': { type: 'string', default: 'pushgateway' },
      'prometheus-job': { type: 'string', default: 'prometheus' },
      'datasource-uid': { type: 'string', default: 'prometheus' },
    },
  });
  if (values.to === undefined || values.to === '') throw new Error(`--to is missing: ${usage}`);
  const file = configFileName();
  const config = readConfigFile(file, file);
  const files = renderExport({
    config,
    expected: expectedOf(config, readEnv),
    jobs: {
      pushgateway: jobOf(values['pushgateway-job']),
      prometheus: jobOf(values['prometheus-job']),
    },
    datasourceUid: uidOf(values['datasource-uid']),
    links: {
      ...withOrigin(),
      ...config.links,
      ...absolute('runbooks', values.runbooks),
      ...absolute('grafana', values.grafana),
    },
  });
  writeExport(values.to, files);
  writeLine(`${Object.keys(files).length} files in ${values.to}`);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}

/** Where git's `origin` says that the runbooks are. */
function withOrigin() {
  const runbooks = originRunbooks('.');
  return runbooks === undefined ? {} : { runbooks };
}

function jobOf(name: string): string | undefined {
  return name === 'none' ? undefined : name;
}

/** @throws Error for what Grafana takes for no uid. */
function uidOf(text: string): string {
  if (/^[\w-]{1,40}$/.test(text)) return text;
  throw new Error(
    `--datasource-uid: got ${text}, want at most 40 letters, digits, - and _, as at the end of the data source's address in Grafana`,
  );
}

/** Without a slash at the end. @throws Error for what is no URL. */
function absolute(option: string, url: string | undefined) {
  if (url === undefined) return {};
  if (!/^https?:\/\/[^\s"'{}$@]+$/.test(url)) {
    throw new Error(`--${option}: got ${url}, want a URL such as https://example.org/${option}`);
  }
  return { [option]: url.replace(/\/+$/, '') };
}
