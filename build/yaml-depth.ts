// How deep a YAML text nests, found without recursion and before anything recursive reads it: where little of the stack is left,
// V8 does not throw but ends the whole process.
import { Lexer, LineCounter, Parser } from 'yaml';
import type { Issue } from '../layers/core/src/errors.ts';

/** More levels of lists and mappings than any configuration has. */
export const maxLevels = 200;

/** The place where a text goes too deep; undefined where it does not. */
export function findDepthFault(text: string): Issue | undefined {
  const lines = new LineCounter();
  lines.addNewLine(0);
  const parser = new Parser(lines.addNewLine);
  for (const lexeme of new Lexer().lex(text)) {
    // Its tokens are not used, but it parses only while they are taken.
    for (const _ of parser.next(lexeme));
    if (parser.stack.length <= maxLevels) continue;
    const { col, line } = lines.linePos(parser.offset - lexeme.length);
    return { path: `line ${line}, column ${col}`, message: tooDeep };
  }
  return undefined;
}

/** The words for it, also where only aliases lead so deep. */
export const tooDeep = 'nested too deeply, want fewer levels';
