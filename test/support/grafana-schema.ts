// What the deployed Grafana's own types (@grafana/schema, published with each version of Grafana) say of a board.
// The board is written down as a literal of those types and compiled: unknown keys and wrong values do not compile.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runCommand } from '../../local/programs/command.ts';

// Not among the package's exports, hence by path.
const types = '../../../node_modules/@grafana/schema/dist/types/raw';
const options = (panel: string) =>
  `import type * as ${panel} from '${types}/composable/${panel}/panelcfg/x/types.gen.d.ts';`;
const panels = [
  'stat',
  'bargauge',
  'timeseries',
  'statetimeline',
  'statushistory',
  'heatmap',
  'table',
];

/** Grafana's schema says nothing of options by kind of panel, queries and Prometheus's annotations; these types add it. */
const preamble = `
import type * as raw from '${types}/dashboard/x/types.gen.d.ts';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
${panels.map(options).join('\n')}
// JSON holds the values of enums, and leaves out what has a default.
type Wire<T> = T extends string ? \`\${T}\` : T extends readonly (infer I)[] ? Wire<I>[]
  : T extends object ? { [K in keyof T]: Wire<T[K]> } : T;
type Deep<T> = T extends readonly (infer I)[] ? Deep<I>[] : T extends object ? { [K in keyof T]?: Deep<T[K]> } : T;
type Loose<T> = Deep<Wire<T>>;
type Target = Loose<Omit<Dataquery, '_implementsDataqueryVariant'>> & { refId: string; expr: string };
type Config<C> = Omit<Wire<raw.FieldConfigSource>, 'defaults'> & { defaults: Omit<Wire<raw.FieldConfig>, 'custom'> & { custom?: Loose<C> } };
type Kind<T extends string, O, C> = Omit<Wire<raw.Panel>, 'type' | 'options' | 'targets' | 'fieldConfig'>
  & { type: T; options: Loose<O>; targets: Target[]; fieldConfig: Config<C> };
type AlertList = Wire<raw.Panel> & { type: 'alertlist' };
type AnyPanel = Kind<'stat', stat.Options, {}> | Kind<'bargauge', bargauge.Options, {}>
  | Kind<'timeseries', timeseries.Options, timeseries.FieldConfig> | Kind<'state-timeline', statetimeline.Options, statetimeline.FieldConfig>
  | Kind<'status-history', statushistory.Options, statushistory.FieldConfig> | Kind<'heatmap', heatmap.Options, heatmap.FieldConfig>
  | Kind<'table', table.Options, table.FieldConfig> | AlertList | Wire<raw.RowPanel>;
type Mark = Wire<raw.AnnotationQuery> & { expr: string; titleFormat: string; textFormat?: string; useValueForTime: boolean };
type Board = Omit<Wire<raw.Dashboard>, 'panels' | 'annotations'> & { panels: AnyPanel[]; annotations: { list: Mark[] } };
`;

/** What the compiler says of `boards`; empty when they are as Grafana wants them. */
export async function checkAgainstSchema(name: string, boards: readonly unknown[]) {
  const directory = resolve('.build/schema', name);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const literals = boards.map(
    (board, index) => `export const board${index}: Board = ${JSON.stringify(board, null, 1)};`,
  );
  writeFileSync(join(directory, 'boards.ts'), [preamble, ...literals].join('\n'));
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: 'esnext',
    moduleResolution: 'bundler',
    allowImportingTsExtensions: true,
    types: [],
  };
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['boards.ts'] }),
  );
  const { output, code } = await runCommand(resolve('node_modules/.bin/tsc'), ['-p', directory], {
    timeoutMs: 120_000,
  });
  return { output, code };
}
