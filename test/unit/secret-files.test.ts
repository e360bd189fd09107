// A secret in a file is the same whatever editor wrote it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPassword } from '../../layers/core/src/config/secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'fargaze-secret-'));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (text: string | Buffer) => {
  const file = join(folder, 'secret');
  writeFileSync(file, text);
  return readPassword(`file:${file}`, 'redis.password');
};

it.each(['sesame', 'sesame\n', 'sesame\r\n', '\uFEFFsesame', '\uFEFFsesame\r\n'])(
  '%j is sesame',
  (text) => expect(read(text)).toBe('sesame'),
);

it('spaces, and marks within, are its own', () => {
  expect(read(' a \uFEFFb \n')).toBe(' a \uFEFFb ');
});

it.each(['sesame\n\n', '', '\n', '\uFEFF'])('%j is refused, and its place named', (text) => {
  expect(() => read(text)).toThrow(/redis\.password: file:/);
});
