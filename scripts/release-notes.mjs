// `node scripts/release-notes.mjs v1.2.3`: the section of that version in CHANGELOG.md. A version that package.json does not have,
// or that the changelog does not describe, is refused: nothing is released by mistake.
import { readFileSync } from 'node:fs';

function refuse(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

const [tag = ''] = process.argv.slice(2);
const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
if (tag !== `v${version}`)
  refuse(`got the tag ${tag || '(none)'}, want v${version}, the version of package.json`);
const sections = readFileSync('CHANGELOG.md', 'utf8').split(/^## /m).slice(1);
const section = sections.find((text) => /^\[?([^\]\s]+)/.exec(text)?.[1] === version);
if (section === undefined) refuse(`CHANGELOG.md has no section ${version}, want one`);
const body = section.slice(section.indexOf('\n')).trim();
if (body === '') refuse(`CHANGELOG.md says nothing of ${version}`);
process.stdout.write(`${body}\n`);
