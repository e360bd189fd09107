// The packaged template in a form that a reviewer can compare: times taken out, bundles as lists of their files.
// `npm run package && npm run golden` renews test/fixtures/template.golden.json; a test fails when it is stale.
import { gunzipSync } from 'node:zlib';

/** Where the golden template is kept. */
export const goldenFile = 'test/fixtures/template.golden.json';

/** Where `npm run package` leaves the template. */
export const packagedFile = '.serverless/cloudformation-template-update-stack.json';

/** The text of the golden file for the text of a packaged template. */
export function renderGolden(packaged: string): string {
  const template: unknown = JSON.parse(packaged, (_key, value: unknown) =>
    typeof value === 'string' ? normalize(value) : value,
  );
  return `${JSON.stringify(template, null, 2)}\n`;
}

function normalize(text: string): string {
  // They have diffs of their own.
  if (text.startsWith('groups:\n')) return countRules(text);
  if (text.startsWith('H4sI')) return listFiles(text).join('\n');
  // Of the layer's content, which has a diff of its own too; else each change of core made this file stale.
  if (/^[0-9a-f]{40}$/.test(text)) return '<hash>';
  // Directories of artifacts carry the time of the deployment.
  return text.replace(/\/\d{13}-[0-9T:.Z-]+\//, '/<time>/');
}

/** How many there are, and the variables that they are filled with. */
function countRules(text: string): string {
  const variables = [...new Set(text.match(/\$\{\w+\}/g))].map((name) => ` ${name}`);
  return `<${text.split('record: ').length - 1} recording rules${variables.join('')}>`;
}

/** The paths of the files in base64 of a tar.gz; what they hold has a diff of its own. */
function listFiles(base64: string): string[] {
  const tar = gunzipSync(Buffer.from(base64, 'base64'));
  const files: string[] = [];
  for (let at = 0; tar[at] !== 0; ) {
    const path = tar.toString('utf8', at, tar.indexOf(0, at));
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    if (!path.endsWith('/')) files.push(path);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
