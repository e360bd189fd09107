// Documents that come from code are current, and documents that lead somewhere arrive.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readConfigFile } from '../../build/config-file.ts';
import { phases, reasons } from '../../layers/core/src/outcome.ts';
import { readCapture } from '../../scripts/docs/picture.ts';
import { generated } from '../../scripts/generate.ts';
import { documents } from '../support/documented-commands.ts';

it.each(Object.entries(generated))('%s is current (npm run generate)', (path, render) => {
  expect(readFileSync(path, 'utf8')).toBe(render());
});

/** The places of a document that a link may name, as GitHub makes them of its heads. */
function anchorsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8').replace(/^```[\s\S]*?^```$/gm, '');
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, head = '']) =>
    head
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{Pc} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it.each([...documents, 'CHANGELOG.md'])('%s links only to what is there', (document) => {
  const links = readFileSync(document, 'utf8').matchAll(/\]\(([^)\s#:]*)(?:#([^)\s]*))?\)/g);
  const dead = [...links].filter(([, path = '', anchor]) => {
    const target = path === '' ? document : join(dirname(document), path);
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
  expect(dead.map(([link]) => link)).toEqual([]);
});

it('the README is short', () => {
  expect(readFileSync('README.md', 'utf8').split('\n').length).toBeLessThanOrEqual(151);
});

it('the picture shows a failure of what is configured today (npm run picture)', () => {
  const { parts, snapshot } = readCapture().view;
  const { probes, slos } = readConfigFile('fargaze.yml');
  const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name);
  expect(names(snapshot.probes)).toEqual(names(probes));
  expect(names(snapshot.objectives)).toEqual(names(slos));
  expect(parts.map(({ state }) => state)).toEqual(parts.map(() => 'up'));
  const [failure] = snapshot.probes.flatMap(({ last }) => last?.failure ?? []);
  const [, reason = '', phase = ''] = /^(\w+) in phase (\w+)$/.exec(failure ?? '') ?? [];
  expect([Object.keys(reasons), phases]).toEqual([
    expect.arrayContaining([reason]),
    expect.arrayContaining([phase]),
  ]);
});
