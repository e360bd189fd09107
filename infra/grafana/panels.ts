// The kinds of panel that the boards are made of, and the only file but board.ts that knows the Grafana SDK.
// Numbers that say "now" are asked for now, never the last of a range: a series that has ended shows as unknown.
// Colours are names of Grafana's palette, which has a shade of each for light and for dark.
import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmapPanel from '@grafana/grafana-foundation-sdk/heatmap';
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import * as statPanel from '@grafana/grafana-foundation-sdk/stat';
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import * as statushistory from '@grafana/grafana-foundation-sdk/statushistory';
import * as tablePanel from '@grafana/grafana-foundation-sdk/table';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

/** The data source that is chosen on the board. */
export const source = { type: 'prometheus', uid: '${datasource}' };

/** One expression of a panel; `legend` is Grafana's format, `{{label}}`. */
export type Query = { readonly expr: string; readonly legend?: string };

/** Colours from a value on; the first applies below all others. */
export type Steps = readonly [Colour, ...(readonly [number, Colour])[]];

type Colour = 'green' | 'orange' | 'red' | 'blue' | 'purple' | 'text';

/** What every panel has. */
export type PanelSpec = {
  readonly title: string;
  /** What it shows, what is good, and what unknown means where that is not plain. */
  readonly description: string;
  readonly queries: readonly Query[];
  /** Grafana's name of the unit. */
  readonly unit?: string;
  /** Of the 24 columns of the grid. */
  readonly width?: number;
  /** Rows of the grid, 30 pixels each. */
  readonly height?: number;
  readonly steps?: Steps;
  /** Of a graph: where its dashed lines are, mostly what alerts wait for. */
  readonly limits?: Steps;
  readonly min?: number;
  readonly max?: number;
  readonly decimals?: number;
  /** Texts and colours for values. */
  readonly states?: States;
  /** Where a click leads, with Grafana's variables. */
  readonly drill?: { readonly title: string; readonly url: string };
};

/** A panel with its place on the grid still open. */
export type PlacedPanel = {
  readonly width: number;
  readonly height: number;
  readonly panel: cog.Builder<dashboard.Panel>;
};

/** Text and colour by value. */
export type States = Readonly<Record<string, readonly [string, Colour]>>;

/** The states of a target. */
export const targetStates: States = {
  0: ['DOWN', 'red'],
  1: ['UP', 'green'],
  2: ['UNKNOWN', 'purple'],
};

/** A number, or one for each series, as it is now. */
export function stat(spec: PanelSpec): PlacedPanel {
  const panel = new statPanel.PanelBuilder()
    .graphMode(common.BigValueGraphMode.None)
    .colorMode(common.BigValueColorMode.Value)
    .textMode(common.BigValueTextMode.Auto)
    .reduceOptions(lastValue());
  return place(panel, { width: 4, height: 4, steps: ['text'], ...spec }, instant);
}

/** Bars from left to right, one for each series, as it is now. */
export function gauges(spec: PanelSpec): PlacedPanel {
  const panel = new bargauge.PanelBuilder()
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Basic)
    .reduceOptions(lastValue());
  return place(panel, { width: 8, height: 7, ...spec }, instant);
}

/** Lines over time. Gaps stay gaps. */
export function series(spec: PanelSpec): PlacedPanel {
  return place(lines(spec).fillOpacity(8), spec, range);
}

/** Areas on top of each other, over time. */
export function stacked(spec: PanelSpec): PlacedPanel {
  const stacking = new common.StackingConfigBuilder().mode(common.StackingMode.Normal);
  return place(lines(spec).fillOpacity(40).stacking(stacking), spec, range);
}

/** Series that a timeline shows at once; more of them are on further pages. */
const pageSize = 20;

/** A bar of states over time for each series. */
export function timeline(spec: PanelSpec): PlacedPanel {
  const panel = new statetimeline.PanelBuilder()
    .showValue(common.VisibilityMode.Auto)
    .perPage(pageSize)
    .legend(legend())
    .fillOpacity(70);
  return place(panel, { width: 24, steps: ['text'], ...spec }, range);
}

/** A box for each point in time and series; fewer points than a timeline, each of them seen. */
export function history(spec: PanelSpec): PlacedPanel {
  const panel = new statushistory.PanelBuilder()
    .showValue(common.VisibilityMode.Never)
    .perPage(pageSize)
    .legend(legend())
    .fillOpacity(70)
    .maxDataPoints(120);
  return place(panel, { width: 24, steps: ['text'], ...spec }, range);
}

/** How often which value was measured; the queries give histogram buckets by `le`. */
export function heatmap(spec: PanelSpec): PlacedPanel {
  const color = new heatmapPanel.HeatmapColorOptionsBuilder()
    .mode(heatmapPanel.HeatmapColorMode.Scheme)
    .scheme('Blues')
    .steps(32);
  const axis = new heatmapPanel.YAxisConfigBuilder().unit(spec.unit ?? 'none');
  const panel = new heatmapPanel.PanelBuilder()
    .calculate(false)
    .color(color)
    .yAxis(axis)
    .exemplarsColor('purple');
  return place(panel, { width: 12, ...spec }, (query) =>
    range(query).format(prometheus.PromQueryFormat.Heatmap).legendFormat('{{le}}'),
  );
}

/** Columns of a table by their names in the data: what they are called, or '' to leave them out. */
export type Columns = Readonly<Record<string, string>>;

/**
 * Rows as they are now, from several queries by their common labels. Names of metrics keep rows apart, so of several
 * queries no two may give one.
 */
export function table(spec: PanelSpec & { readonly columns: Columns }): PlacedPanel {
  const shown = Object.entries(spec.columns).filter(([, name]) => name !== '');
  const hidden = Object.entries(spec.columns).filter(([, name]) => name === '');
  const panel = new tablePanel.PanelBuilder()
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(hidden.map(([name]) => [name, true])),
        indexByName: Object.fromEntries(shown.map(([name], index) => [name, index])),
        renameByName: Object.fromEntries(shown),
      },
    });
  const ids = Object.keys(spec.columns).filter((name) => name.startsWith('Value #'));
  if (spec.states !== undefined && ids[0] !== undefined) {
    panel.overrideByName(spec.columns[ids[0]] ?? '', [
      { id: 'mappings', value: [toMapping(spec.states)] },
      { id: 'custom.cellOptions', value: { type: 'color-background', mode: 'basic' } },
    ]);
  }
  const { states: _, ...rest } = spec;
  return place(panel, { width: 24, steps: ['text'], ...rest }, (query) =>
    instant(query).format(prometheus.PromQueryFormat.Table),
  );
}

/** What fires now, whoever decides it: Grafana's own rules and those of Prometheus. */
export function alerts(spec: Pick<PanelSpec, 'title' | 'description'>): PlacedPanel {
  const panel = new dashboard.PanelBuilder()
    .type('alertlist')
    .title(spec.title)
    .description(spec.description)
    .options({
      viewMode: 'list',
      groupMode: 'default',
      maxItems: 20,
      sortOrder: 1,
      stateFilter: { firing: true, pending: true, noData: true, error: true, normal: false },
    });
  return { width: 8, height: 7, panel };
}

function lines({ limits }: PanelSpec) {
  const mode = limits
    ? common.GraphThresholdsStyleMode.Dashed
    : common.GraphThresholdsStyleMode.Off;
  return new timeseries.PanelBuilder()
    .thresholdsStyle(new common.GraphThresholdsStyleConfigBuilder().mode(mode))
    .lineWidth(1)
    .showPoints(common.VisibilityMode.Auto)
    .spanNulls(false)
    .legend(legend().calcs(['lastNotNull', 'max']))
    .tooltip(
      new common.VizTooltipOptionsBuilder()
        .mode(common.TooltipDisplayMode.Multi)
        .sort(common.SortOrder.Descending),
    );
}

function legend() {
  return new common.VizLegendOptionsBuilder()
    .showLegend(true)
    .displayMode(common.LegendDisplayMode.List)
    .placement(common.LegendPlacement.Bottom)
    .calcs([]);
}

function lastValue() {
  return new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false);
}

type QueryBuilder = InstanceType<typeof prometheus.DataqueryBuilder>;

const query = ({ expr, legend: format = '__auto' }: Query): QueryBuilder =>
  new prometheus.DataqueryBuilder().datasource(source).expr(expr).legendFormat(format);
const range = (one: Query): QueryBuilder => query(one).range();
const instant = (one: Query): QueryBuilder => query(one).instant();

type Stat = InstanceType<typeof statPanel.PanelBuilder>;
type Setter =
  | 'colorScheme'
  | 'dataLinks'
  | 'datasource'
  | 'decimals'
  | 'description'
  | 'mappings'
  | 'max'
  | 'min'
  | 'noValue'
  | 'thresholds'
  | 'title'
  | 'unit'
  | 'withTarget';

/** What the SDK's builders of visualizations have in common. */
type Visual = cog.Builder<dashboard.Panel> & {
  [K in Setter]: (...values: Parameters<Stat[K]>) => unknown;
};

function place(panel: Visual, spec: PanelSpec, toQuery: (one: Query) => QueryBuilder): PlacedPanel {
  panel.title(spec.title);
  panel.description(spec.description);
  panel.datasource(source);
  panel.noValue('unknown');
  panel.unit(spec.unit ?? 'none');
  for (const [index, one] of spec.queries.entries()) {
    panel.withTarget(toQuery(one).refId(String.fromCharCode(65 + index)));
  }
  const mode = spec.steps ? dashboard.FieldColorModeId.Thresholds : byName;
  panel.colorScheme(new dashboard.FieldColorBuilder().mode(mode));
  panel.thresholds(toThresholds(spec.steps ?? spec.limits ?? ['green']));
  if (spec.min !== undefined) panel.min(spec.min);
  if (spec.max !== undefined) panel.max(spec.max);
  if (spec.decimals !== undefined) panel.decimals(spec.decimals);
  panel.mappings([...(spec.states ? [toMapping(spec.states)] : []), notANumber]);
  if (spec.drill) {
    panel.dataLinks([new dashboard.DashboardLinkBuilder(spec.drill.title).url(spec.drill.url)]);
  }
  return { width: spec.width ?? 12, height: spec.height ?? 7, panel };
}

/** A series keeps its colour from one visit to the next. */
const byName = dashboard.FieldColorModeId.PaletteClassicByName;

function toThresholds([below, ...steps]: Steps) {
  return new dashboard.ThresholdsConfigBuilder()
    .mode(dashboard.ThresholdsMode.Absolute)
    .steps([{ value: null, color: below }, ...steps.map(([value, color]) => ({ value, color }))]);
}

/** Quantiles of nothing are not a number: nothing is known. */
const notANumber: dashboard.ValueMapping = {
  type: dashboard.MappingType.SpecialValue,
  options: {
    match: dashboard.SpecialValueMatch.NotANumber,
    result: { text: 'unknown', color: 'purple', index: 9 },
  },
};

function toMapping(states: States): dashboard.ValueMapping {
  const options = Object.entries(states).map(
    ([value, [text, color]], index) => [value, { text, color, index }] as const,
  );
  return { type: dashboard.MappingType.ValueToText, options: Object.fromEntries(options) };
}
