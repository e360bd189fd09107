// The frame of every board: variables, links to the other boards, marks of deployments and stops, and the grid.
// Refuses a row of panels that is wider than the grid.
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { type PlacedPanel, source } from './panels.ts';

/** Values of a label to choose from; several may be chosen, and all are at first. */
export type Variable = {
  readonly name: string;
  readonly label: string;
  readonly metric: string;
  /** The label; the variable's name when unset. */
  readonly of?: string;
  /** What "All" is: any value, also none, or those that there are. `any` when unset. */
  readonly all?: 'any' | 'listed';
};

/** Variables for the jobs and the instances that `metric` has: of these only those of the jobs that are chosen. */
export function jobAndInstance(metric: string, instance: string, job = 'Job'): readonly Variable[] {
  return [
    { name: 'job', label: job, metric },
    { name: 'instance', label: instance, metric: `${metric}{job=~"$job"}` },
  ];
}

/** A heading and the panels below it, from left to right. */
export type Row = {
  readonly title: string;
  readonly panels: readonly PlacedPanel[];
  /** Whether its panels are seen, and asked for, at once. */
  readonly shown?: 'at once' | 'when opened';
};

/** A board as its file describes it. */
export type Board = {
  /** Fixed for ever: links and bookmarks hold it. */
  readonly uid: `fargaze-${string}`;
  readonly title: string;
  readonly description: string;
  readonly variables: readonly Variable[];
  readonly rows: readonly Row[];
  /** Whose deployments and stops mark the graphs. */
  readonly marks: `{${string}}` | '';
};

const tag = 'fargaze';
const columns = 24;

/** The board as Grafana reads it. @throws RangeError when a row of panels is too wide. */
export function buildBoard(board: Board): dashboard.Dashboard {
  const links = new dashboard.DashboardLinkBuilder('Boards')
    .type(dashboard.DashboardLinkType.Dashboards)
    .tags([tag])
    .keepTime(true)
    .includeVars(false);
  const builder = new dashboard.DashboardBuilder(board.title)
    .uid(board.uid)
    .description(board.description)
    .tags([tag])
    .readonly()
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .time({ from: 'now-3h', to: 'now' })
    .refresh('30s')
    .links([links])
    .variables([chooseSource(), ...board.variables.map(buildVariable)])
    .annotations(buildMarks(board.marks));
  return { ...withoutNoise(builder.build()), panels: layOut(board) };
}

/** Without defaults of the SDK that belong to other kinds of variable, or that hide links and switches of marks. */
function withoutNoise(built: dashboard.Dashboard): dashboard.Dashboard {
  const noise = ['auto', 'auto_min', 'auto_count', 'placement', 'builtIn'];
  const clean = <T extends object>(item: T) =>
    Object.fromEntries(Object.entries(item).filter(([key]) => !noise.includes(key))) as T;
  const { templating, annotations, links } = built;
  return {
    ...built,
    links: (links ?? []).map(clean),
    templating: { list: (templating.list ?? []).map(clean) },
    annotations: { list: (annotations.list ?? []).map(clean) },
  };
}

function chooseSource() {
  return new dashboard.DatasourceVariableBuilder('datasource')
    .label('Data source')
    .type('prometheus')
    .current({ text: 'Prometheus', value: 'prometheus' });
}

function buildVariable({ name, label, metric, of = name, all = 'any' }: Variable) {
  const query = `label_values(${metric}, ${of})`;
  const builder = new dashboard.QueryVariableBuilder(name)
    .label(label)
    .datasource(source)
    .query(query)
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .current({ text: ['All'], value: ['$__all'] });
  return all === 'any' ? builder.allValue('.*') : builder;
}

/** The values are times, so that a mark stands where it happened and not where it was first seen. */
function buildMarks(selector: string) {
  const mark = (name: string, expr: string) =>
    new dashboard.AnnotationQueryBuilder()
      .name(name)
      .datasource(source)
      .enable(true)
      .expr(`${expr} * 1000`)
      .useValueForTime(true);
  return [
    mark(
      'Deployments',
      `ecs_service_deployment_created_timestamp_seconds${withLabel(selector, 'status="PRIMARY"')}`,
    )
      .iconColor('blue')
      .titleFormat('Deployment of {{service}}'),
    mark('Stops', `ecs_service_last_stop_timestamp_seconds${selector}`)
      .iconColor('orange')
      .titleFormat('A task of {{service}} stopped')
      .textFormat('{{stop_code}}'),
    // Of events, by remote write: at the second at which it happened.
    mark(
      'Killed for memory',
      `timestamp(ecs_event_container_exit${withLabel(selector, 'reason="oom_killed"')})`,
    )
      .iconColor('red')
      .titleFormat('{{container_name}} of {{service}} was killed for its memory'),
    mark(
      'Failed deployments',
      `timestamp(ecs_event_service${withLabel(selector, 'event_name="SERVICE_DEPLOYMENT_FAILED"')})`,
    )
      .iconColor('red')
      .titleFormat('A deployment of {{service}} failed'),
  ];
}

function withLabel(selector: string, matcher: string): string {
  const inner = selector.slice(1, -1);
  return `{${[inner, matcher].filter((part) => part !== '').join(',')}}`;
}

/** Tables lost this option with Grafana 13; the SDK still writes it. */
function withoutFooter(panel: dashboard.Panel): dashboard.Panel {
  const { footer: _, ...options } = panel.options ?? {};
  return { ...panel, options };
}

function layOut({ rows, title }: Board): (dashboard.Panel | dashboard.RowPanel)[] {
  let y = 0;
  let id = 0;
  return rows.flatMap((row): (dashboard.Panel | dashboard.RowPanel)[] => {
    const below = y + 1;
    const heading = new dashboard.RowBuilder(row.title)
      .id(++id)
      .gridPos({ h: 1, w: columns, x: 0, y });
    y = below;
    let x = 0;
    let lineHeight = 0;
    const panels = row.panels.map(({ panel, width, height }) => {
      if (width > columns) throw new RangeError(`${title}: a panel has width ${width}, want 1-24`);
      if (x + width > columns) {
        x = 0;
        y += lineHeight;
        lineHeight = 0;
      }
      const placed = {
        ...withoutFooter(panel.build()),
        id: ++id,
        gridPos: { h: height, w: width, x, y },
      };
      x += width;
      lineHeight = Math.max(lineHeight, height);
      return placed;
    });
    if (row.shown === 'when opened') {
      // Its panels are its own, placed as if it were open; the next row stands right below it.
      y = below;
      return [{ ...heading.collapsed(true).build(), panels }];
    }
    y += lineHeight;
    return [heading.build(), ...panels];
  });
}
