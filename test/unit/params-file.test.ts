// A mistyped FARGAZE_PARAMS must not be a deployment without parameters.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkParamsFile } from '../../scripts/params-file.ts';

const root = mkdtempSync(join(tmpdir(), 'fargaze-params-'));
writeFileSync(join(root, 'p.yml'), 'default: { EnableWeb: false }\n');
const { FARGAZE_PARAMS } = process.env;

afterAll(() => {
  if (FARGAZE_PARAMS === undefined) delete process.env.FARGAZE_PARAMS;
  else process.env.FARGAZE_PARAMS = FARGAZE_PARAMS;
  rmSync(root, { recursive: true });
});

const params = { default: { EnableWeb: false } };

it.each([
  { name: 'that is not there', given: 'q.yml', read: null, which: 'does not exist' },
  { name: 'below a file', given: 'p.yml/q', read: null, which: 'does not exist: part of its path' },
  { name: 'that is a directory', given: '.', read: null, which: 'is a directory, want a file' },
  { name: 'without parameters', given: 'p.yml', read: null, which: 'names no parameter' },
  { name: 'with no stage', given: 'p.yml', read: {}, which: 'names no parameter' },
])('a file $name is refused by its variable, path and what is wanted', ({ given, read, which }) => {
  process.env.FARGAZE_PARAMS = given;
  const refusal = `FARGAZE_PARAMS: 1 problem\n  got "${given}" (${join(root, given)}), which ${which}`;
  expect(() => checkParamsFile(root, read)).toThrow(refusal);
  expect(() => checkParamsFile(root, read)).toThrow('want a file of parameters by stage');
});

it('a file that is there is taken, and so is no variable', () => {
  process.env.FARGAZE_PARAMS = 'p.yml';
  checkParamsFile(root, params);
  process.env.FARGAZE_PARAMS = join(root, 'p.yml');
  checkParamsFile('/', params);
  process.env.FARGAZE_PARAMS = '';
  checkParamsFile(root, null);
});
