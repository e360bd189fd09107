// A board's file as far as it is drawn. It is read as Grafana reads it: rows, the panels below them, closed rows.
import { readFileSync } from 'node:fs';
import { boards, boardsDir } from '../../infra/grafana/boards.ts';

/** A colour of Grafana's palette by its name. */
export type ColourName = 'green' | 'orange' | 'red' | 'blue' | 'purple' | 'text';

/** What a value is shown as. */
export type Shown = { readonly text: string; readonly color?: ColourName };

/** Texts and colours for values. */
export type Mapping =
  | { readonly type: 'value'; readonly options: Readonly<Record<string, Shown>> }
  | { readonly type: 'special'; readonly options: { readonly result: Shown } };

/** How the values of a panel are shown. */
export type FieldDefaults = {
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly decimals?: number;
  readonly noValue?: string;
  readonly color?: { readonly mode: string };
  readonly thresholds?: {
    readonly steps: readonly { readonly value: number | null; readonly color: ColourName }[];
  };
  readonly mappings?: readonly Mapping[];
  readonly custom?: {
    readonly fillOpacity?: number;
    readonly stacking?: { readonly mode?: string };
    readonly thresholdsStyle?: { readonly mode?: string };
  };
};

/** One expression of a panel. */
export type Target = {
  readonly refId: string;
  readonly expr: string;
  readonly instant?: boolean;
  readonly legendFormat?: string;
};

/** What a table does to its columns. */
export type Organize = {
  readonly excludeByName: Readonly<Record<string, boolean>>;
  readonly indexByName: Readonly<Record<string, number>>;
  readonly renameByName: Readonly<Record<string, string>>;
};

/** A panel, or the heading of a row. */
export type Panel = {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: Readonly<Record<'h' | 'w' | 'x' | 'y', number>>;
  readonly collapsed?: boolean;
  /** Of a row that is closed at first. */
  readonly panels?: readonly Panel[];
  readonly targets?: readonly Target[];
  readonly fieldConfig?: {
    readonly defaults: FieldDefaults;
    readonly overrides: readonly {
      readonly matcher: { readonly options: string };
      readonly properties: readonly { readonly id: string; readonly value: unknown }[];
    }[];
  };
  readonly options?: { readonly perPage?: number };
  readonly transformations?: readonly { readonly id: string; readonly options: unknown }[];
};

/** A choice at the top of a board. */
export type BoardVariable = {
  readonly name: string;
  readonly type: string;
  readonly query: string;
  readonly allValue?: string;
};

/** A board. */
export type BoardFile = {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly BoardVariable[] };
  readonly annotations: {
    readonly list: readonly {
      readonly name: string;
      readonly expr: string;
      readonly iconColor: ColourName;
    }[];
  };
};

/** A heading and the panels below it. */
export type Section = {
  readonly title: string;
  /** Whether Grafana shows its panels at once. */
  readonly open: boolean;
  readonly panels: readonly Panel[];
};

/** Every generated board below the repository `root`, in the order in which a person would go through them. */
export function readBoardFiles(root: string): BoardFile[] {
  return boards.map(({ uid }) =>
    JSON.parse(readFileSync(`${root}/${boardsDir}/${uid}.json`, 'utf8')),
  );
}

/** The name of a board without that of the product, as `Overview`. */
export function nameOfBoard({ title }: Pick<BoardFile, 'title'>): string {
  return title.replace('fargaze / ', '');
}

/** The sections of a board from top to bottom. */
export function sectionsOf({ panels }: BoardFile): Section[] {
  const found: { title: string; open: boolean; panels: Panel[] }[] = [];
  for (const panel of panels) {
    if (panel.type === 'row') {
      const { collapsed = false, panels: inside = [], title } = panel;
      found.push({ title, open: !collapsed, panels: [...inside] });
    } else {
      if (found.length === 0) found.push({ title: '', open: true, panels: [] });
      found.at(-1)?.panels.push(panel);
    }
  }
  return found;
}
