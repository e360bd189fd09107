// The document of benchmarks keeps what was not measured anew.
import { mergeSections } from '../../bench/document.ts';

const order = ['size', 'load', 'bridge'];
const section = (name: string, text: string) => `## ${name}: about\n\n${text}\n`;
const old = ['# Head of old\n', section('size', 'old'), section('bridge', 'old')].join('\n');

it.each([
  {
    name: 'a section measured anew takes the place of the old one, the others stay',
    fresh: ['bridge'],
    want: [section('size', 'old'), section('bridge', 'new')],
  },
  {
    name: 'a section that was not there comes in its place',
    fresh: ['load'],
    want: [section('size', 'old'), section('load', 'new'), section('bridge', 'old')],
  },
])('$name', ({ fresh, want }) => {
  const measured = new Map(fresh.map((name) => [name, section(name, 'new')]));
  const text = mergeSections({ head: '# Head\n', old, fresh: measured, order });
  expect(text).toBe(['# Head\n', ...want].join('\n'));
});

it('a section of a bench that is no more goes', () => {
  const fresh = new Map([['size', section('size', 'new')]]);
  const text = mergeSections({ head: '# Head\n', old, fresh, order: ['size'] });
  expect(text).toBe(`# Head\n\n${section('size', 'new')}`);
});
