// The rows of a table, as Grafana makes them of several queries: joined by their common labels, then put in order.
import type { Organize, Panel } from './board-file.ts';
import type { NamedSeries } from './field.ts';

/** A cell: a label's text, or a number. */
export type Cell = string | number;

/** A table: what its columns are called, and its rows by these names. */
export type Table = {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
};

type Draft = Record<string, Cell>;

/** The table of a panel. @throws RangeError for a transformation that cannot be drawn. */
export function tableOf(panel: Panel, answers: readonly (readonly NamedSeries[])[]): Table {
  const several = answers.length > 1;
  const rows: Draft[] = [];
  for (const [index, series] of answers.entries()) {
    const refId = panel.targets?.[index]?.refId ?? '';
    const column = several ? `Value #${refId}` : 'Value';
    for (const { labels, values } of series)
      join(rows, { labels, column, value: values[0] ?? null });
  }
  return organize(rows, organizeOf(panel));
}

type Joined = {
  readonly labels: Readonly<Record<string, string>>;
  readonly column: string;
  readonly value: number | null;
};

/** Adds a value to each row that has no other label of the same name; where there is none, it is a row of its own. */
function join(rows: Draft[], { column, labels, value }: Joined): void {
  const cell = value === null ? {} : { [column]: value };
  const matching = rows.filter(
    (row) =>
      row[column] === undefined &&
      Object.entries(labels).every(
        ([name, text]) => row[name] === undefined || row[name] === text,
      ) &&
      Object.keys(row).some((name) => labels[name] !== undefined),
  );
  if (matching.length === 0) rows.push({ ...labels, ...cell });
  for (const row of matching) Object.assign(row, labels, cell);
}

function organizeOf({ title, transformations = [] }: Panel): Organize {
  const unknown = transformations.find(({ id }) => !['merge', 'organize'].includes(id));
  if (unknown !== undefined) {
    throw new RangeError(
      `${title}: transformation ${unknown.id} cannot be drawn, want merge or organize`,
    );
  }
  const none = { excludeByName: {}, indexByName: {}, renameByName: {} };
  return {
    ...none,
    ...(transformations.find(({ id }) => id === 'organize')?.options as Organize | undefined),
  };
}

function organize(
  rows: readonly Draft[],
  { excludeByName, indexByName, renameByName }: Organize,
): Table {
  const present = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const last = Number.POSITIVE_INFINITY;
  const columns = present
    .filter((name) => excludeByName[name] !== true)
    .sort((a, b) => (indexByName[a] ?? last) - (indexByName[b] ?? last) || 0);
  const nameOf = (column: string) => renameByName[column] || column;
  return {
    columns: columns.map(nameOf),
    rows: rows.map((row) =>
      Object.fromEntries(
        columns.flatMap((name) => (row[name] === undefined ? [] : [[nameOf(name), row[name]]])),
      ),
    ),
  };
}
