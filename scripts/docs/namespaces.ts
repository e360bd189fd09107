// The table of namespaces in docs/bridge.md, between its two marks; the rest of that file is written by hand.
import { readFileSync } from 'node:fs';
import { callActions } from '../../infra/bridge-permissions.ts';
import {
  type Namespace,
  namespaces,
} from '../../layers/core/src/config/compile/yace-namespaces.ts';

const file = 'docs/bridge.md';
const marks = ['<!-- namespaces: by npm run generate -->', '<!-- end of namespaces -->'] as const;

/** docs/bridge.md with the table as of now. @throws RangeError when a mark is missing. */
export function renderBridgeDoc(): string {
  const text = readFileSync(file, 'utf8');
  const [from, to] = marks.map((mark) => text.indexOf(mark)) as [number, number];
  if (from < 0 || to < from) throw new RangeError(`${file}: want the marks ${marks.join(' and ')}`);
  return `${text.slice(0, from)}${marks[0]}\n\n${namespaceTable()}\n\n${text.slice(to)}`;
}

function namespaceTable(): string {
  const rows = [...namespaces.values()].map((one) => `| ${cellsOf(one).join(' | ')} |`);
  return [
    '| namespace | short name | resource types | dimensions that name a resource | further permission |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function cellsOf({ alias, association, name }: Namespace): string[] {
  const sets = association?.mappings.map(({ dimensions }) => dimensions.join(' + ')) ?? [];
  return [
    name,
    `\`${alias}\``,
    association?.types.map((type) => `\`${type}\``).join(', ') ?? '',
    [...new Set(sets)].join(', '),
    association?.call === undefined
      ? ''
      : callActions[association.call].map((action) => `\`${action}\``).join(', '),
  ];
}
