// The command behind `npm run export -- --to DIR [--runbooks URL] [--grafana URL]`.

import { configFileName, readConfigFile } from '../build/config-file.ts';
import { originRunbooks } from '../infra/config/prometheus/origin.ts';
import { readEnv } from '../layers/core/src/env.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { readOptions, runCommand, UsageError } from './command-line.ts';
import { expectedOf, renderExport, writeExport } from './export.ts';

const names = [
  ...(['to', 'runbooks', 'grafana'] as const),
  ...(['pushgateway-job', 'prometheus-job', 'datasource-uid'] as const),
] as const;
const text =
  'npm run export -- --to DIR [--runbooks URL] [--grafana URL] [--pushgateway-job JOB|none] [--prometheus-job JOB|none] [--datasource-uid UID]';

void runCommand({ text, options: names }, (given) => {
  const options = readOptions(given, names);
  if (options.to === undefined) throw new UsageError('--to is missing, want a folder');
  const file = configFileName();
  const config = readConfigFile(file, file);
  const files = renderExport({
    config,
    expected: expectedOf(config, readEnv),
    jobs: {
      pushgateway: jobOf(options['pushgateway-job'] ?? 'pushgateway'),
      prometheus: jobOf(options['prometheus-job'] ?? 'prometheus'),
    },
    datasourceUid: uidOf(options['datasource-uid'] ?? 'prometheus'),
    links: {
      ...withOrigin(),
      ...config.links,
      ...absolute('runbooks', options.runbooks),
      ...absolute('grafana', options.grafana),
    },
  });
  writeExport(options.to, files);
  writeLine(`${Object.keys(files).length} files in ${options.to}`);
  return 0;
});

/** Where git's `origin` says that the runbooks are. */
function withOrigin() {
  const runbooks = originRunbooks('.');
  return runbooks === undefined ? {} : { runbooks };
}

function jobOf(name: string): string | undefined {
  return name === 'none' ? undefined : name;
}

/** @throws UsageError for what Grafana takes for no uid. */
function uidOf(text: string): string {
  if (/^[\w-]{1,40}$/.test(text)) return text;
  throw new UsageError(
    `--datasource-uid: got ${text}, want at most 40 letters, digits, - and _, as at the end of the data source's address in Grafana`,
  );
}

/** Without a slash at the end. @throws UsageError for what is no URL. */
function absolute(option: string, url: string | undefined) {
  if (url === undefined) return {};
  if (!/^https?:\/\/[^\s"'{}$@]+$/.test(url)) {
    throw new UsageError(
      `--${option}: got ${url}, want a URL such as https://example.org/${option}`,
    );
  }
  return { [option]: url.replace(/\/+$/, '') };
}
