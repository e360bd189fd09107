// A command that is printed to be copied does what it says: the path goes through a real shell as one word.
import { execFileSync } from 'node:child_process';
import { shellWord } from '../../cli/command/shell-word.ts';

it.each([
  'deployment',
  'my folder',
  "it's",
  '$HOME',
  'a;b',
  '*',
  '',
  'späte/Ordner',
  '~x',
  'a\nb',
  '#x',
])('%j is one word of the shell', (path) => {
  const seen = execFileSync('sh', ['-c', `printf %s ${shellWord(path)}`], { encoding: 'utf8' });
  expect(seen).toBe(path);
});

it('a usual path is left as it is', () => {
  expect(shellWord('out/deployment-1')).toBe('out/deployment-1');
});
