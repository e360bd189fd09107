// The boards as they are generated: what they read exists and is fresh, and they can be read by people.
import { gzipSync } from 'node:zlib';
import { buildBoard } from '../../infra/grafana/board.ts';
import { boardFiles, boards } from '../../infra/grafana/boards.ts';
import { series } from '../../infra/grafana/panels.ts';
import { catalogue } from '../../layers/core/src/catalogue.ts';
import {
  allPanels,
  annotationQueries,
  type BoardPanel,
  fillIn,
  panelQueries,
  readBoards,
  variableQueries,
} from '../support/boards.ts';
import { listStale } from '../support/freshness.ts';
import { knownMetrics } from '../support/known-metrics.ts';
import { readSelectors, splitSeries } from '../support/promql.ts';

const files = readBoards();
const known = knownMetrics();
const byTitle = files.map((file) => [file.title, file] as const);

/** Whatever a board asks of Prometheus. */
const asked = files.flatMap((file) => [
  ...panelQueries(file),
  ...annotationQueries(file),
  ...variableQueries(file).map(({ name, selector }) => ({
    place: `${file.title} / variable ${name}`,
    expr: selector,
    instant: true,
  })),
]);

/** Names that nobody emits. */
function unknownMetrics(expr: string): string[] {
  return readSelectors(fillIn(expr))
    .map(({ metric }) => metric)
    .filter((metric) => !known.has(metric));
}

/** Labels in matchers of our own metrics that these metrics do not have. */
function unknownLabels(expr: string): string[] {
  return readSelectors(fillIn(expr)).flatMap(({ metric, labels }) => {
    const own = catalogue[metric as keyof typeof catalogue]?.labels as
      | readonly string[]
      | undefined;
    if (own === undefined) return [];
    const allowed = [...own, 'job', 'instance'];
    return labels.filter((label) => !allowed.includes(label)).map((label) => `${metric}.${label}`);
  });
}

const staleMetrics = (expr: string) => listStale(fillIn(expr));

it.each(asked)('$place reads only what somebody emits', ({ expr }) => {
  expect(unknownMetrics(expr)).toEqual([]);
  expect(unknownLabels(expr)).toEqual([]);
});

it.each(files.flatMap(panelQueries))('$place reads only fresh results', ({ expr }) => {
  expect(staleMetrics(expr)).toEqual([]);
});

it.each(files.flatMap(panelQueries))('$place shows what changes as one series', ({ expr }) => {
  expect(splitSeries(fillIn(expr))).toEqual([]);
});

it('a series that would be two is found', () => {
  expect(splitSeries('up or 0 * up')).toEqual(['up or 0 * up']);
  expect(splitSeries('sum((up > 0) or node)')).toEqual(['(up > 0) or node']);
  expect(splitSeries('up + 0 or 0 * up')).toEqual([]);
  expect(splitSeries('up > bool 0 or -up')).toEqual([]);
  expect(splitSeries('up == 1 or up{a="b"} and x')).toEqual([]);
});

it('a wrong name, a wrong label, a stale series and a slip of the pen are each found', () => {
  expect(unknownMetrics('sum(rate(htpp_requests_total[5m]))')).toEqual(['htpp_requests_total']);
  expect(unknownLabels('ecs_up{cluster="c"}')).toEqual(['ecs_up.cluster']);
  expect(staleMetrics('probe_success{job="x"}')).toEqual(['probe_success']);
  expect(staleMetrics('up and probe_success and fargaze:probe_fresh')).toEqual([]);
  expect(staleMetrics('fargaze:probe_fresh and probe_success')).toEqual(['probe_success']);
  expect(staleMetrics('ecs_up and on (job) up')).toEqual(['ecs_up']);
  expect(staleMetrics('up * on (job) group_left (probe) fargaze_probe_info')).toEqual([]);
  expect(staleMetrics('fargaze_probe_info * on (job) group_left (x) up')).toEqual([
    'fargaze_probe_info',
  ]);
  expect(() => readSelectors('up up')).toThrow(SyntaxError);
  expect(() => readSelectors('{job="x"}')).toThrow(RangeError);
});

it('every board has a uid, a title and an address of its own, and is not edited in the browser', () => {
  expect(new Set(files.map(({ uid }) => uid)).size).toBe(boards.length);
  expect(new Set(files.map(({ title }) => title)).size).toBe(boards.length);
  for (const file of files) expect(file).toMatchObject({ editable: false, tags: ['fargaze'] });
  expect(files.map(({ uid }) => uid).sort()).toEqual(boards.map(({ uid }) => uid).sort());
});

describe.each(byTitle)('%s', (_, file) => {
  const panels = allPanels(file).filter(({ type }) => type !== 'row');

  it('says of every panel what it shows, and says unknown where nothing is known', () => {
    for (const { title, description, fieldConfig, type } of panels) {
      expect([title, description?.length]).toEqual([title, expect.any(Number)]);
      expect(description?.length).toBeGreaterThan(20);
      if (type === 'alertlist') continue;
      expect([title, fieldConfig?.defaults.noValue]).toEqual([title, 'unknown']);
      expect(fieldConfig?.defaults.unit).toBeTruthy();
    }
  });

  it('asks for what is now, where it says what is now', () => {
    for (const { type, title, targets = [] } of panels) {
      const now = ['stat', 'bargauge', 'table'].includes(type);
      for (const { instant } of targets) expect([title, instant]).toEqual([title, now]);
    }
  });

  it('has each title and id once, and no panel on another or beyond the grid', () => {
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    const all = allPanels(file);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    // A closed row has its own grid below it.
    for (const grid of [file.panels, ...file.panels.map((row) => row.panels ?? [])]) {
      const cells = grid.flatMap(cellsOf);
      expect(new Set(cells).size).toBe(cells.length);
    }
    expect(Math.max(...all.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
    // 1366 pixels give a column about 55: a graph needs some 300, a number some 200.
    for (const { title, gridPos } of panels) expect([title, gridPos.w >= 4]).toEqual([title, true]);
  });

  it('names only colours of the palette, which suit light and dark', () => {
    const colours = [...JSON.stringify(file).matchAll(/"(?:color|iconColor)":"([^"]*)"/g)];
    const palette = ['green', 'orange', 'red', 'blue', 'purple', 'text'];
    expect(
      colours.map(([, colour]) => colour).filter((one) => !palette.includes(one ?? '')),
    ).toEqual([]);
    expect(JSON.stringify(file)).not.toMatch(/#[0-9a-f]{3,8}\b|rgba?\(/i);
  });

  it('leads to the other boards and is marked by deployments and stops', () => {
    expect(file).toMatchObject({ links: [{ type: 'dashboards', tags: ['fargaze'] }] });
    expect(annotationQueries(file).map(({ expr }) => expr)).toEqual([
      expect.stringMatching(
        /^ecs_service_deployment_created_timestamp_seconds\{.*PRIMARY.* \* 1000$/,
      ),
      expect.stringMatching(/^ecs_service_last_stop_timestamp_seconds.* \* 1000$/),
      expect.stringMatching(/^timestamp\(ecs_event_container_exit\{.*oom_killed.*\) \* 1000$/),
      expect.stringMatching(/^timestamp\(ecs_event_service\{.*DEPLOYMENT_FAILED.*\) \* 1000$/),
    ]);
  });

  it('uses each variable that it offers, and offers each that it uses', () => {
    const offered = variableQueries(file).map(({ name }) => name);
    const text = [...panelQueries(file), ...annotationQueries(file)]
      .map(({ expr }) => expr)
      .join(' ');
    const used = [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name);
    const own = used.filter((name) => !name.startsWith('__'));
    expect([...new Set(own)].sort()).toEqual(offered.sort());
  });
});

it('links between boards lead to boards, with variables that these have', () => {
  const links = [...JSON.stringify(files).matchAll(/"url":"\/d\/([\w-]+)\?([^"]*)"/g)];
  expect(links.length).toBeGreaterThan(1);
  for (const [, uid, query = ''] of links) {
    const board = files.find((file) => file.uid === uid);
    const names = [...query.matchAll(/var-(\w+)=/g)].map(([, name = '']) => name);
    expect(board?.uid).toBe(uid);
    const offered = board?.templating.list.map(({ name }) => name) ?? [];
    expect(names.filter((name) => !offered.includes(name))).toEqual([]);
  }
});

it('a row that is wider than the grid is refused', () => {
  const panel = series({ title: 't', description: 'd', queries: [], width: 25 });
  const [board] = boards;
  if (board === undefined) throw new Error('no board');
  expect(() => buildBoard({ ...board, rows: [{ title: 'r', panels: [panel] }] })).toThrow(
    'a panel has width 25, want 1-24',
  );
});

it('the boards fit into a task definition: 26 KB of base64 at most', () => {
  const text = Object.values(boardFiles)
    .map((make) => make())
    .join('');
  expect(Math.ceil((gzipSync(text).length * 4) / 3)).toBeLessThanOrEqual(26 * 1024);
});

function cellsOf({ gridPos: { x, y, w, h } }: BoardPanel): string[] {
  return Array.from(
    { length: w * h },
    (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`,
  );
}
