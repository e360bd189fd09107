// What the lock files of Python install: on every supported Python and machine each package once, each with its hashes.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pythonMinors } from '../../local/programs/python.ts';
import { runPythonTool } from '../support/python-tool.ts';

const files = ['infra/web', 'local/programs', 'test/support/python'].flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .map((file) => join(folder, file)),
);

type Locked = {
  readonly bare: readonly string[];
  readonly split: readonly string[];
  readonly installed: Readonly<Record<string, readonly string[]>>;
};
let locked: Readonly<Record<string, Locked>>;

beforeAll(async () => {
  const script = 'test/support/python/locked.py';
  const { output } = await runPythonTool('requirements.txt', ['python', script, ...files]);
  locked = JSON.parse(output);
});

const nameOf = (pin: string) => pin.slice(0, pin.indexOf('=='));

/** A pin that people write; with a marker, it is for some Pythons or machines only. */
type InputPin = { readonly pin: string; readonly marked: boolean };

/** Those of a file, with those of the files that it includes. */
function inputPins(file: string): InputPin[] {
  const text = readFileSync(file, 'utf8');
  const included = [...text.matchAll(/^-r (\S+)/gm)].flatMap(([, path = '']) =>
    inputPins(join(dirname(file), path)),
  );
  const own = [...text.matchAll(/^([\w.-]+)(?:\[\w+\])?==([^\s;]+)( *;)?/gm)];
  const pins = own.map(([, name = '', version, marker]) => ({
    pin: `${normal(name)}==${version}`,
    marked: marker !== undefined,
  }));
  return [...included, ...pins];
}

/** Names as package indexes compare them. */
const normal = (name: string) => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

it('there are lock files, each beside what it is made of', () => {
  expect(files).toHaveLength(5);
  for (const file of files) {
    expect(inputPins(file.replace(/txt$/, 'in')).length).toBeGreaterThan(0);
  }
});

it.each(files)('%s holds each package to its hashes', (file) => {
  expect(locked[file]?.bare).toEqual([]);
});

it.each(files)(
  '%s gives every supported Python each package once, the asked-for ones as asked',
  (file) => {
    const { installed = {}, split = [] } = locked[file] ?? {};
    const inputs = inputPins(file.replace(/txt$/, 'in'));
    const asked = inputs.flatMap(({ marked, pin }) => (marked ? [] : [pin]));
    const everything = Object.values(installed).flat();
    expect(inputs.filter(({ pin }) => !everything.includes(pin))).toEqual([]);
    for (const [machine, pins] of Object.entries(installed)) {
      const names = pins.map(nameOf);
      expect([machine, names.length]).toEqual([machine, new Set(names).size]);
      expect([machine, split.filter((name) => !names.includes(name))]).toEqual([machine, []]);
      expect([machine, asked.filter((pin) => !pins.includes(pin))]).toEqual([machine, []]);
    }
    const minors = Object.keys(installed).map((machine) => Number(machine.split('.')[1]));
    expect([Math.min(...minors), Math.max(...minors)]).toEqual([
      pythonMinors.oldest,
      pythonMinors.newest,
    ]);
  },
);
