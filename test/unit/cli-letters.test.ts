// Marks of the command on terminals whose locale is not UTF-8.
import { isAsciiOnly, toAscii } from '../../cli/command/letters.ts';

it.each([
  { name: 'no locale, as in a container', env: {}, ascii: false },
  { name: 'LANG=C', env: { LANG: 'C' }, ascii: true },
  { name: 'LANG=C.UTF-8', env: { LANG: 'C.UTF-8' }, ascii: false },
  { name: 'LANG=de_DE.utf8', env: { LANG: 'de_DE.utf8' }, ascii: false },
  { name: 'LC_ALL before LANG', env: { LC_ALL: 'POSIX', LANG: 'en_US.UTF-8' }, ascii: true },
  {
    name: 'an empty LC_ALL',
    env: { LC_ALL: '', LC_CTYPE: 'en_US.UTF-8', LANG: 'C' },
    ascii: false,
  },
])('with $name marks are ASCII: $ascii', ({ ascii, env }) => {
  expect(isAsciiOnly(env)).toBe(ascii);
});

it('a bar and dots become ASCII; names of others stay', () => {
  expect(toAscii('██ läden… of ECS’s')).toBe("## läden... of ECS's");
});
