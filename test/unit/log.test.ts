// A log line is one line to whatever reads it, and moves no cursor and turns no text, whatever a server has said.
import { createLog } from '../../layers/core/src/log.ts';

it.each([
  { name: 'a line feed and an escape', text: 'a\n\u001b[31mb' },
  { name: 'the control characters of eight bits', text: 'a\u009b31mb\u0085c\u007f' },
  { name: 'ends of lines and paragraphs', text: 'a\u2028b\u2029c' },
  { name: 'marks that turn text', text: 'a\u202eb\u2066c\u200f' },
])('$name', ({ text }) => {
  const lines: string[] = [];
  createLog({ function: text }, (line) => void lines.push(line))('error', text, { detail: text });
  expect(lines.join()).toMatch(/^[\x20-\x7e]+$/);
  expect(JSON.parse(lines.join())).toEqual({
    level: 'error',
    message: text,
    function: text,
    detail: text,
  });
});
