// Entry of `npm run compose`: writes what local/compose.yaml needs to .stack/compose.env, configuration bundles as they
// would be deployed and passwords made up for this directory only. Only its owner may read the file.
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { configFileName, readConfigFile } from '../build/config-file.ts';
import { bundleNames, packBundle } from '../infra/bundle.ts';
import { writeLine } from '../layers/core/src/log.ts';
import { readOptions, runScript } from './command-line.ts';
import { bundleVariable, secretVariable } from './compose.ts';
import { declaredContainers } from './intrinsics.ts';

void runScript({ text: 'npm run compose' }, (given) => {
  readOptions(given, []);
  const name = configFileName();
  const source = { root: '.', config: readConfigFile(name, name), environment: {} };
  const bundles = bundleNames.map((name) => `${bundleVariable(name)}=${packBundle(name, source)}`);
  const secrets = Object.values(declaredContainers())
    .flat()
    .flatMap(({ Secrets = [] }) => Secrets.map(({ ValueFrom }) => secretVariable(ValueFrom)));
  const passwords = [...new Set(secrets)].map(
    (secret) => `${secret}=${randomBytes(20).toString('hex')}`,
  );
  const file = '.stack/compose.env';
  mkdirSync('.stack', { recursive: true });
  writeFileSync(file, `${[...bundles, ...passwords].join('\n')}\n`, { mode: 0o600 });
  writeLine(file);
  return 0;
});
