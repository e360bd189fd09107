// The tables of docs/deploy.md, from the templates and the list of costs. The words between them are written by hand.
import { readdirSync, readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { costs, pricesOf, totalCost } from '../../infra/costs.ts';
import { images } from '../../infra/images.ts';
import type { Template } from '../../infra/template/template.ts';
import { goldenFile } from '../golden.ts';

const file = 'docs/deploy.md';

/** The document with its tables renewed. @throws RangeError when a table has no place. */
export function renderDeployDoc(): string {
  const tables = { parameters: parameterTable(), outputs: outputTable(), costs: costTable() };
  return Object.entries(tables).reduce(replaceTable, readFileSync(file, 'utf8'));
}

function replaceTable(text: string, [name, table]: readonly [string, string]): string {
  const place = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end ${name} -->)`);
  if (!place.test(text)) throw new RangeError(`${file}: no place for the table ${name}`);
  return text.replace(place, (_, start: string, end: string) => `${start}\n${table}\n${end}`);
}

type Described = { readonly Default?: unknown; readonly Description?: string };

/** A part of a template; CloudFormation's tags are read as plain values. */
function readPart(path: string, part: 'Outputs' | 'Parameters'): [string, Described][] {
  const document = parseDocument(readFileSync(path, 'utf8'), { logLevel: 'silent' });
  return Object.entries(document.toJS()[part] ?? {});
}

function parameterTable(): string {
  const rows = readPart('infra/parameters.yml', 'Parameters').map(
    ([name, { Default, Description }]) =>
      `| \`${name}\` | ${showDefault(String(Default))} | ${escapeCell(Description ?? '')} |`,
  );
  return ['| parameter | default | meaning |', '| --- | --- | --- |', ...rows, ''].join('\n');
}

/** The default within `${param:Name, default}`. */
function showDefault(text: string): string {
  const value = /^\$\{param:\w+, '?(.*?)'?\}$/.exec(text)?.[1] ?? text;
  const image = /^fargaze-image:(\w+)$/.exec(value)?.[1] as keyof typeof images | undefined;
  const shown = image === undefined ? value : images[image];
  return shown === '' ? '' : `\`${shown}\``;
}

function outputTable(): string {
  const files = readdirSync('infra').filter((name) => name.endsWith('.yml'));
  const rows = files
    .flatMap((name) => readPart(`infra/${name}`, 'Outputs'))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { Description }]) => `| \`${name}\` | ${escapeCell(Description ?? '')} |`);
  return ['| output | what it is |', '| --- | --- |', ...rows, ''].join('\n');
}

function costTable(): string {
  const template: Template = JSON.parse(readFileSync(goldenFile, 'utf8'));
  const stacks = Object.values(examples).map((values) => ({ template, values }));
  const dollars = (value: number) => value.toFixed(2);
  const rows = costs
    .filter(({ count }) => stacks.some((stack) => count(stack) > 0))
    .map(({ count, each, source, what }) => {
      const cells = stacks.map((stack) => dollars(each * count(stack)));
      return `| ${what} | ${dollars(each)} | ${cells.join(' | ')} | [${pricesOf}](${source}) |`;
    });
  const totals = stacks.map((stack) => `**${dollars(totalCost(stack))}**`);
  return [
    `| item | each | ${Object.keys(examples).join(' | ')} | price of |`,
    '| --- | ---: | ---: | ---: | ---: | --- |',
    ...rows,
    `| **all** | | ${totals.join(' | ')} | |`,
    '',
  ].join('\n');
}

/** Parameters of the stacks in the table. */
const examples = {
  default: {},
  minimal: { EnableGrafana: 'false', EnableRedis: 'false', EnableWeb: 'false' },
  'default with `LongTermStorage=amp`, `ScrapeInterval=60s`, `KmsKeyArn`': {
    LongTermStorage: 'amp',
    ScrapeInterval: '60s',
    KmsKeyArn: 'arn:aws:kms:x:1:key/y',
  },
};

function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
