// docs/cli.md: every command with its own help.
import { renderHelp, renderOverview } from '../../cli/command/help.ts';
import { commands } from '../../cli/commands.ts';

const head = `# The command

\`fargaze\` tries, checks, makes and prices a configuration, and reads what became of it. In a clone it is there after \`npm ci\`,
as \`npx --no-install fargaze\`; elsewhere after the package of a release is installed ([quick-start.md](quick-start.md)).
Without \`--no-install\`, npx where nothing is installed asks the public registry for a package of that name, which may be a
stranger's. The command runs the code of the functions: a target that is up here was judged by the same rules. This page is made of each command's own help
(\`npm run generate\`).

Results go to standard output, notes and errors to standard error. With \`--json\` an error that ends with 2 goes to both, as the
document \`{"error": "…"}\` to standard output. Colours and progress are for terminals only; \`NO_COLOR\`,
\`CLICOLOR=0\` and \`--no-color\` take the colours away there too, and \`FORCE_COLOR=1\` or \`CLICOLOR_FORCE=1\`
brings them elsewhere. On a terminal whose locale is not UTF-8 bars are ASCII. A password in an address is never printed. With \`FARGAZE_DEBUG=1\` an
error that should not have happened shows where it did.`;

/** The page. */
export function renderCliDoc(): string {
  const parts = commands.map(
    (spec) => `## fargaze ${spec.name}\n\n\`\`\`text\n${renderHelp(spec)}\n\`\`\``,
  );
  return `${[head, `\`\`\`text\n${renderOverview(commands)}\n\`\`\``, ...parts].join('\n\n')}\n`;
}
