// Reads generated boards as Grafana would: every expression of panels, variables and annotations, with the variables
// filled in.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { boardsDir } from '../../infra/grafana/boards.ts';

/** A generated board, as far as tests look at it. */
export type BoardFile = {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly BoardPanel[];
  readonly templating: {
    readonly list: readonly {
      readonly name: string;
      readonly type: string;
      readonly query: string;
    }[];
  };
  readonly annotations: {
    readonly list: readonly { readonly name: string; readonly expr: string }[];
  };
};

/** A panel, or the heading of a row. */
export type BoardPanel = {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: {
    readonly h: number;
    readonly w: number;
    readonly x: number;
    readonly y: number;
  };
  /** Of a row that is closed at first. */
  readonly panels?: readonly BoardPanel[];
  readonly targets?: readonly {
    readonly refId: string;
    readonly expr: string;
    readonly instant?: boolean;
  }[];
  readonly fieldConfig?: {
    readonly defaults: { readonly noValue?: string; readonly unit?: string };
  };
};

/** An expression and where it stands. */
export type BoardQuery = {
  /** `board / panel / refId`; panels' titles are unique within a board. */
  readonly place: string;
  readonly expr: string;
  readonly instant: boolean;
};

/** Every generated board. */
export function readBoards(): BoardFile[] {
  return readdirSync(boardsDir)
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(boardsDir, file), 'utf8')));
}

/** Every panel and heading, those of closed rows too. */
export function allPanels({ panels }: BoardFile): BoardPanel[] {
  return panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
}

/** What the panels ask. */
export function panelQueries(file: BoardFile): BoardQuery[] {
  const { title } = file;
  return allPanels(file).flatMap((panel) =>
    (panel.targets ?? []).map(({ refId, expr, instant }) => ({
      place: `${title.replace('fargaze / ', '')} / ${panel.title} / ${refId}`,
      expr,
      instant: instant === true,
    })),
  );
}

/** What the annotations ask. */
export function annotationQueries({ title, annotations }: BoardFile): BoardQuery[] {
  return annotations.list.map(({ name, expr }) => ({
    place: `${title.replace('fargaze / ', '')} / annotation ${name}`,
    expr,
    instant: false,
  }));
}

/** What the variables choose from: a selector and the label whose values are offered. */
export function variableQueries({ templating }: BoardFile) {
  const queries = templating.list.filter(({ type }) => type === 'query');
  return queries.map(({ name, query }) => {
    const [, selector = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? [];
    if (selector === '') throw new Error(`variable ${name}: ${query}, want label_values(…, …)`);
    return { name, selector, label };
  });
}

/** The expression with all values of all variables chosen, over a range of `range`. */
export function fillIn(expr: string, range = '1m'): string {
  return (
    expr
      .replaceAll(/\$__(?:rate_interval|range|interval)\b/g, range)
      // Its "All" is the values that there are: the probes of Redis have this job.
      .replaceAll('$probe_job', 'fargaze-redis')
      .replaceAll(/\$\{?\w+\}?/g, '.*')
  );
}
