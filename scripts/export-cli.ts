// The command behind `npm run export -- --to DIR [--runbooks URL] [--grafana URL]`.

import { configFileName, readConfigFile } from '../build/config-file.ts';
import { UsageError } from '../cli/command/command.ts';
import { writeExport } from '../infra/export/export.ts';
import { ExportOptionError, exportOptions, filesFor } from '../infra/export/files.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { readOptions, runScript } from './command-line.ts';

const names = ['to', ...exportOptions] as const;
const text =
  'npm run export -- --to DIR [--runbooks URL] [--grafana URL] [--pushgateway-job JOB|none] [--prometheus-job JOB|none] [--datasource-uid UID]';

void runScript({ text, options: names }, (given) => {
  const { to, ...options } = readOptions(given, names);
  if (to === undefined) throw new UsageError('--to is missing, want a folder');
  const file = configFileName();
  const config = readConfigFile(file, file);
  try {
    const files = filesFor(config, options);
    const kept = writeExport(to, files);
    writeLine(`${Object.keys(files).length - kept.length} files in ${to}`);
    for (const path of kept) writeLine(`${path} is yours and differs: kept as it is`);
  } catch (error) {
    if (error instanceof ExportOptionError) throw new UsageError(error.message);
    throw error;
  }
  return 0;
});
