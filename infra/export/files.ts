// The files of an export for what was typed: by `npm run export` and by `fargaze export`. Reads what is shipped in the working
// directory, and where git's `origin` says that the runbooks are.

import type { Config } from '../../layers/core/src/config/config.ts';
import { readEnv } from '../../layers/core/src/env.ts';
import { redactUrl } from '../../layers/core/src/redact.ts';
import { originRunbooks } from '../config/prometheus/origin.ts';
import { expectedOf, renderExport } from './export.ts';

/** Options beside `to`. */
export const exportOptions = [
  ...(['runbooks', 'grafana', 'pushgateway-job', 'prometheus-job', 'datasource-uid'] as const),
] as const;

/** What was typed, by option. */
export type ExportOptions = Readonly<Partial<Record<(typeof exportOptions)[number], string>>>;

/** An option whose value is none. */
export class ExportOptionError extends Error {}

/** The files by path. @throws ExportOptionError, and as `expectedOf` and `renderExport`. */
export function filesFor(config: Config, options: ExportOptions): Readonly<Record<string, string>> {
  const links = { ...absolute('runbooks', options), ...absolute('grafana', options) };
  const datasourceUid = uidOf(options['datasource-uid'] ?? 'prometheus');
  return renderExport({
    config,
    expected: expectedOf(config, readEnv),
    jobs: {
      pushgateway: jobOf(options['pushgateway-job'] ?? 'pushgateway'),
      prometheus: jobOf(options['prometheus-job'] ?? 'prometheus'),
    },
    datasourceUid,
    links: { ...withOrigin(), ...config.links, ...links },
  });
}

function withOrigin() {
  const runbooks = originRunbooks('.');
  return runbooks === undefined ? {} : { runbooks };
}

function jobOf(name: string): string | undefined {
  return name === 'none' ? undefined : name;
}

/** @throws ExportOptionError for what Grafana takes for no uid. */
function uidOf(text: string): string {
  if (/^[\w-]{1,40}$/.test(text)) return text;
  throw new ExportOptionError(
    `--datasource-uid: got ${text}, want at most 40 letters, digits, - and _, as at the end of the data source's address in Grafana`,
  );
}

/** Without a slash at the end. @throws ExportOptionError for what is no URL. */
function absolute(option: 'runbooks' | 'grafana', options: ExportOptions) {
  const url = options[option];
  if (url === undefined) return {};
  if (!/^https?:\/\/[^\s"'{}$@]+$/.test(url)) {
    throw new ExportOptionError(
      `--${option}: got ${redactUrl(url)}, want a URL such as https://example.org/${option}`,
    );
  }
  return { [option]: url.replace(/\/+$/, '') };
}
