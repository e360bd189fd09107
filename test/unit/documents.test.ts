// Documents that come from code are current, and documents that lead somewhere arrive.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { generated } from '../../scripts/generate.ts';

it.each(Object.entries(generated))('%s is current (npm run generate)', (path, render) => {
  expect(readFileSync(path, 'utf8')).toBe(render());
});

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'infra/web/README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
];

it.each(documents)('%s links only to what is there', (document) => {
  const links = [...readFileSync(document, 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map(
    ([, target = '']) => target,
  );
  expect(links.filter((target) => !existsSync(join(dirname(document), target)))).toEqual([]);
});

it('the README is short', () => {
  expect(readFileSync('README.md', 'utf8').split('\n').length).toBeLessThanOrEqual(151);
});
