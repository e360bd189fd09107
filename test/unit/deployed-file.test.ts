// The deployed stack as the AWS CLI writes it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDeployedFile } from '../../scripts/deployed-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'fargaze-deployed-'));
afterAll(() => rmSync(folder, { recursive: true }));

const template = { Parameters: { VpcId: { Default: 'a' } }, Resources: { A: { Type: 'T' } } };

it.each([
  { name: 'a template', file: template, values: {} },
  {
    name: 'get-template of JSON',
    file: { TemplateBody: template, StagesAvailable: [] },
    values: {},
  },
  { name: 'get-template of text', file: { TemplateBody: JSON.stringify(template) }, values: {} },
  {
    name: 'values beside a template',
    file: { TemplateBody: template, Parameters: { VpcId: 'vpc-1', Count: 2 } },
    values: { VpcId: 'vpc-1', Count: '2' },
  },
])('$name is read', ({ file, values }) => {
  const path = join(folder, 'stack.json');
  writeFileSync(path, JSON.stringify(file));
  expect(readDeployedFile(path)).toEqual({ template, values });
});
