// Which series are of the same group. As in the recording rules they are matched on all labels of their group, where several
// deployments or Prometheus servers report to one place.
import type { Row } from './query.ts';

/** By what pairs of Prometheus servers are told apart: they hold the same. */
const replicas = ['replica', 'prometheus_replica', '__replica__', 'prometheus'];

/** Exporters rename what a scrape would overwrite. */
export function nameOf({ labels }: Row): { readonly target: string; readonly job: string } {
  return {
    target: labels.exported_instance ?? labels.instance ?? '',
    job: labels.exported_job ?? labels.job ?? '',
  };
}

/** What the list of configured targets knows of one. */
export function identityOf(row: Row): string {
  const { job, target } = nameOf(row);
  return JSON.stringify([job, target]);
}

/** A search among `rows` for the one of the same group as another row; `own`: labels of the metric, not of its group. */
export function bySeries(
  rows: readonly Row[],
  own: readonly string[] = [],
): (row: Row) => Row | undefined {
  const found = new Map(rows.map((row) => [groupOf(row, own), row]));
  return (row) => found.get(groupOf(row, own));
}

/** Each group once, the newest of what replicas hold; `apart`: what tells groups of one job and target apart. */
export function withoutRepeats(rows: readonly Row[]): {
  readonly row: Row;
  readonly apart: Readonly<Record<string, string>> | undefined;
}[] {
  const newest = new Map<string, Row>();
  for (const row of rows) {
    const before = newest.get(groupOf(row));
    if (before === undefined || before.value < row.value) newest.set(groupOf(row), row);
  }
  const groups = [...newest.values()];
  const counts = new Map<string, number>();
  for (const row of groups) counts.set(identityOf(row), (counts.get(identityOf(row)) ?? 0) + 1);
  return groups.map((row) => ({
    row,
    apart: (counts.get(identityOf(row)) ?? 0) > 1 ? extraLabels(row) : undefined,
  }));
}

function groupOf(row: Row, own: readonly string[] = []): string {
  return JSON.stringify([identityOf(row), Object.entries(extraLabels(row, own)).sort()]);
}

function extraLabels({ labels }: Row, own: readonly string[] = []): Record<string, string> {
  const skipped = new Set([
    ...['__name__', 'job', 'instance', 'exported_job', 'exported_instance'],
    ...own,
    ...replicas,
  ]);
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !skipped.has(name)));
}
