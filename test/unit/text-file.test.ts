// Files that a person named by mistake: too large, endless, or no text.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfigText } from '../../build/config-file.ts';
import { readTextFile } from '../../build/text-file.ts';
import { findOverload } from '../../layers/core/src/config/compile/capacity.ts';
import { compileConfig } from '../../layers/core/src/config/compile/compile.ts';

const folder = mkdtempSync(join(tmpdir(), 'fargaze-text-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('what is larger than a person writes is refused, and a device that never ends too', () => {
  const large = join(folder, 'large.log');
  writeFileSync(large, 'x'.repeat(9 * 1024 * 1024));
  const fault = 'holds more than 8 MiB, want a file of text';
  expect(readTextFile(large)).toEqual({ fault });
  expect(readTextFile('/dev/zero')).toEqual({ fault });
});

it('a text of many parts is read whole, letters that lie across two parts too', () => {
  const file = join(folder, 'long.yml');
  const text = `a${'ä'.repeat(200_000)}`;
  writeFileSync(file, text);
  expect(readTextFile(file)).toEqual({ text });
});

it('what is nested too deeply is one mistake, said once', () => {
  expect(() => parseConfigText('['.repeat(20_000), 'deep.yml')).toThrow(
    /^deep\.yml: 1 problem\n {2}line 1, column \d+: nested too deeply, want fewer levels$/,
  );
});

it('more probes than a call has arguments are counted all the same', () => {
  const config = compileConfig({}, 'x');
  const probe = { module: 'http_2xx', name: 'a', target: 'http://a', vantage: 'internet' };
  const probes = Array.from({ length: 150_000 }, (_, n) => ({ ...probe, name: `p${n}` }));
  const many = { ...config, probes } as unknown as typeof config;
  expect(findOverload(many).join('')).toMatch(
    /^150000 web probes .* even with shards: 50, which is the most; want fewer probes/,
  );
});
