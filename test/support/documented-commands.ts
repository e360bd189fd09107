// Every command that the documents ask a reader to type: lines of `sh` blocks, and npm, npx and node commands in the text.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A command and the place where it stands. */
export type DocumentedCommand = { readonly command: string; readonly place: string };

/** The documents that are for users. */
export const documents: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'examples/README.md',
  'infra/web/README.md',
  'local/fake-aws/README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => join('docs', file)),
];

/** The commands of all documents, in their order. */
export function listCommands(): DocumentedCommand[] {
  return documents.flatMap((file) => commandsOf(readFileSync(file, 'utf8'), file));
}

/** The commands of one document, in their order. */
export function commandsOf(text: string, file: string): DocumentedCommand[] {
  const blocks = /^ *```(\w*)\n([\s\S]*?)^ *```$/gm;
  const place = (index: number) => `${file}:${text.slice(0, index).split('\n').length}`;
  const typed = [...text.matchAll(blocks)]
    .filter(([, language = '']) => ['sh', 'bash', 'shell', 'console'].includes(language))
    .flatMap(({ 2: body = '', index }) =>
      linesOf(body).map((command) => ({ command, place: place(index) })),
    );
  // Of the same length, so that places stay what they are.
  const prose = text.replace(blocks, (block) => block.replace(/[^\n]/g, ' '));
  const inline = [...prose.matchAll(/`((?:npm|npx|node)\s[^`]+)`/g)].map(
    ({ 1: command = '', index }) => ({
      command: command.replace(/\s+/g, ' '),
      place: place(index),
    }),
  );
  return [...typed, ...inline];
}

function linesOf(body: string): string[] {
  return body
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/(?:^|\s+)#\s.*$/, '').trim())
    .filter((line) => line !== '');
}
