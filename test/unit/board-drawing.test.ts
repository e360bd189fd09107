// The drawings of boards: each kind of panel on data whose picture is known, what is said where there is none, and that nothing
// of the data becomes markup.
import { boards } from '../../infra/grafana/boards.ts';
import type { BoardFile, Panel } from '../../local/boards/board-file.ts';
import { named, palette, shades } from '../../local/boards/colours.ts';
import type { BoardData, BoardSeries } from '../../local/boards/data.ts';
import { boardWidth, drawBoard, drawSections } from '../../local/boards/draw-board.ts';
import { cutTo, escapeText } from '../../local/boards/svg.ts';
import { tableOf } from '../../local/boards/table-rows.ts';
import { formatValue } from '../../local/boards/units.ts';
import { boardPictures } from '../../scripts/docs/boards.ts';

const range = { from: 1_790_000_000, step: 60, count: 5 };

function boardOf(panels: readonly Panel[]): BoardFile {
  const row = { ...panel('row', { title: 'A row' }), targets: [] };
  return {
    ...{ uid: 'fargaze-test', title: 'fargaze / Test', description: '' },
    panels: [row, ...panels],
    templating: { list: [] },
    annotations: { list: [{ name: 'Stops', expr: '', iconColor: 'orange' }] },
  };
}

function panel(type: string, more: Partial<Panel> = {}): Panel {
  return {
    ...{ id: 7, type, title: `A ${type}`, description: 'What it shows.' },
    gridPos: { x: 0, y: 1, w: 12, h: 7 },
    targets: [{ refId: 'A', expr: 'x', legendFormat: '{{instance}}' }],
    fieldConfig: {
      defaults: {
        ...{ noValue: 'unknown', unit: 'none' },
        thresholds: {
          steps: [
            { value: null, color: 'green' },
            { value: 3, color: 'red' },
          ],
        },
        mappings: [
          {
            type: 'value',
            options: { 0: { text: 'DOWN', color: 'red' }, 1: { text: 'UP', color: 'green' } },
          },
        ],
      },
      overrides: [],
    },
    ...more,
  };
}

const series = (instance: string, values: BoardSeries['values']): BoardSeries => ({
  labels: { instance },
  values,
});

type Given = {
  readonly series?: readonly BoardSeries[];
  readonly marks?: BoardData['marks'];
  readonly alerts?: BoardData['alerts'];
};

function draw(one: Panel, { alerts = [], marks = [], series: answers = [] }: Given = {}): string {
  const board = boardOf([one]);
  const data = { answers: { '7A': answers }, marks, alerts };
  return drawSections({ board, data, range, times: 'utc' })[0]?.body ?? '';
}

/** The texts that are seen, without tips. */
function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>(?:<title>[^<]*<\/title>)?([^<]*)/g)].map(
    ([, text = '']) => text,
  );
}

describe('a graph', () => {
  it('breaks its line where there is a gap, and shows a point without neighbours', () => {
    const svg = draw(panel('timeseries'), { series: [series('a', [4, 5, null, 6, null])] });
    const [, path = ''] = /class="l\d line" d="([^"]*)"/.exec(svg) ?? [];
    expect(path.match(/M/g)).toHaveLength(2);
    expect(svg.match(/<circle/g)).toHaveLength(1);
  });

  it('says last and greatest value of each series, in the unit', () => {
    const one = panel('timeseries');
    const field = { ...one.fieldConfig?.defaults, unit: 's', mappings: [] };
    const svg = draw(
      { ...one, fieldConfig: { defaults: field, overrides: [] } },
      { series: [series('a', [0.25, 0.5, 0.004, null, null])] },
    );
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['a', 'last 4 ms · max 500 ms']));
  });

  it('stacks areas on each other', () => {
    const custom = { fillOpacity: 40, stacking: { mode: 'normal' } };
    const one = panel('timeseries');
    const stacked = {
      ...one,
      fieldConfig: { defaults: { ...one.fieldConfig?.defaults, custom }, overrides: [] },
    };
    const both = [series('a', [1, 1, 1, 1, 1]), series('b', [2, 2, 2, 2, 2])];
    const heights = (svg: string) =>
      [...svg.matchAll(/class="l\d line" d="M[\d.]+,([\d.]+)/g)].map(([, y]) => Number(y));
    const [lower = 0, upper = 0] = heights(draw(stacked, { series: both }));
    const [, plain = 0] = heights(draw(one, { series: [...both, series('c', [3, 3, 3, 3, 3])] }));
    // In both the axis ends at 3; stacked, the second stands there.
    expect(upper).toBeLessThan(lower);
    expect(upper).toBeLessThan(plain);
  });

  it('draws the values that alerts wait for only where the board does', () => {
    const one = panel('timeseries');
    const custom = { thresholdsStyle: { mode: 'dashed' } };
    const with3 = {
      ...one,
      fieldConfig: { defaults: { ...one.fieldConfig?.defaults, custom }, overrides: [] },
    };
    const given = { series: [series('a', [0, 1, 2, 3, 4])] };
    expect(draw(with3, given)).toContain('class="line-red dash"');
    expect(draw(one, given)).not.toContain('dash');
  });

  it('marks what happened within its range', () => {
    const marks = [
      { annotation: 'Stops', at: (range.from + 90) * 1000 },
      { annotation: 'Stops', at: (range.from - 90) * 1000 },
    ];
    const svg = draw(panel('timeseries'), { series: [series('a', [1, 1, 1, 1, 1])], marks });
    expect(svg.match(/class="line-orange dash"/g)).toHaveLength(1);
  });

  it.each([
    'timeseries',
    'heatmap',
    'state-timeline',
    'status-history',
    'table',
    'bargauge',
    'stat',
  ])('and every other kind says what is unknown: %s', (type) => {
    expect(textsOf(draw(panel(type)))).toContain('unknown');
  });
});

describe('states', () => {
  it('are bands from change to change in a timeline, boxes in a history', () => {
    const given = { series: [series('a', [1, 1, 0, null, 1])] };
    const count = (svg: string) => svg.match(/<rect class="(?:red|green)"[^>]*rx="1"/g)?.length;
    expect(count(draw(panel('state-timeline'), given))).toBe(3);
    expect(count(draw(panel('status-history'), given))).toBe(4);
    expect(textsOf(draw(panel('status-history'), given))).toEqual(
      expect.arrayContaining(['DOWN', 'UP']),
    );
  });

  it('have pages, as in Grafana', () => {
    const many = Array.from({ length: 25 }, (_, index) => series(`t${index}`, [1]));
    const texts = textsOf(
      draw(panel('state-timeline', { options: { perPage: 20 } }), { series: many }),
    );
    expect(texts).toContain('1–20 of 25');
    expect(texts).not.toContain('t20');
  });
});

it('numbers and bars have the colour of their threshold or state', () => {
  expect(draw(panel('stat'), { series: [series('a', [4])] })).toMatch(/<text class="red"[^>]*>4</);
  expect(draw(panel('stat'), { series: [series('a', [0])] })).toMatch(
    /<text class="red"[^>]*>DOWN</,
  );
  expect(draw(panel('bargauge'), { series: [series('a', [2])] })).toMatch(/<rect class="green"/);
});

it('a heatmap shows what was counted in each bucket by itself', () => {
  const bucket = (le: string, value: number): BoardSeries => ({ labels: { le }, values: [value] });
  const svg = draw(panel('heatmap'), {
    series: [bucket('+Inf', 4), bucket('0.1', 1), bucket('0.5', 4)],
  });
  const shares = [...svg.matchAll(/fill-opacity="([\d.]+)"/g)].map(([, share]) => Number(share));
  // 1, 3 and 0 in the buckets: a third of the greatest, in sixteenths, and all of it.
  expect(shares).toEqual([6 / 16, 1]);
});

it('alerts that fire stand before those that are pending', () => {
  const alert = (alertname: string, alertstate: string) => ({
    alertname,
    alertstate,
    severity: 'critical',
  });
  const texts = textsOf(
    draw(panel('alertlist'), { alerts: [alert('One', 'pending'), alert('Two', 'firing')] }),
  );
  expect(texts.filter((text) => ['One', 'Two'].includes(text))).toEqual(['Two', 'One']);
  expect(textsOf(draw(panel('alertlist')))).toContain('No alert fires');
});

it('a table joins its queries by their common labels and leaves out what the board leaves out', () => {
  const organize = {
    excludeByName: { job: true },
    indexByName: { 'Value #A': 0, instance: 1 },
    renameByName: { 'Value #A': 'state', 'Value #B': 'seconds', reason: 'reason' },
  };
  const one = panel('table', {
    targets: ['A', 'B', 'C'].map((refId) => ({ refId, expr: 'x' })),
    transformations: [
      { id: 'merge', options: {} },
      { id: 'organize', options: organize },
    ],
  });
  const row = (labels: Record<string, string>, value: number) => ({
    labels: { job: 'j', ...labels },
    values: [value],
    name: '',
  });
  const table = tableOf(one, [
    [row({ instance: 'a' }, 1), row({ instance: 'b' }, 0)],
    [row({ instance: 'a' }, 0.5)],
    [row({ instance: 'b', reason: 'refused' }, 1)],
  ]);
  expect(table.columns.slice(0, 2)).toEqual(['state', 'instance']);
  expect(table.rows).toEqual([
    { state: 1, instance: 'a', seconds: 0.5 },
    { state: 0, instance: 'b', reason: 'refused', 'Value #C': 1 },
  ]);
  const other = { ...one, transformations: [{ id: 'sortBy', options: {} }] };
  expect(() => tableOf(other, [])).toThrow(
    'A table: transformation sortBy cannot be drawn, want merge or organize',
  );
});

it.each([
  { value: 0.0042, unit: 's', text: '4.2 ms' },
  { value: 90, unit: 's', text: '1.5 mins' },
  { value: 0, unit: 's', text: '0 s' },
  { value: 1_572_864, unit: 'bytes', text: '1.5 MiB' },
  { value: 2500, unit: 'Bps', text: '2.5 kB/s' },
  { value: 0.123, unit: 'percentunit', text: '12.3%' },
  { value: 12, unit: 'suffix: d', text: '12 d' },
  { value: 1234.5, unit: 'none', text: '1235' },
  { value: -0.0001, unit: 'none', decimals: 2, text: '0.00' },
])('$value of $unit is $text', ({ decimals, text, unit, value }) => {
  expect(formatValue(value, unit, decimals)).toBe(text);
});

it('refuses what it cannot draw, by name', () => {
  expect(() => draw(panel('gauge'))).toThrow('A gauge: a panel of kind gauge cannot be drawn');
  expect(() => formatValue(1, 'furlongs')).toThrow('unit furlongs: cannot be drawn, want one of');
});

const hostile = '"><script>alert(1)</script>\u0000\uD800&';

it('a name that looks like markup stays text in every kind of panel', () => {
  for (const type of [
    'timeseries',
    'state-timeline',
    'status-history',
    'table',
    'bargauge',
    'stat',
    'alertlist',
  ]) {
    const one = panel(type, { title: hostile, description: hostile });
    const alerts = [{ alertname: hostile, alertstate: 'firing', instance: hostile }];
    const svg = draw(one, { series: [series(hostile, [1, 1, 1, 1, 1]), series('b', [1])], alerts });
    expect([type, svg.includes('<script')]).toEqual([type, false]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect([type, /[\u0000-\u0008]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])/.test(svg)]).toEqual([
      type,
      false,
    ]);
    expect([type, svg.includes('&lt;script')]).toEqual([type, true]);
  }
  expect(escapeText(hostile)).toBe(
    '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\uFFFD\uFFFD&amp;',
  );
});

it('what is too long is cut, and nothing reaches over the edge', () => {
  expect(cutTo('a short one', 200)).toBe('a short one');
  expect(cutTo('https://a.very.long.name.example.com/path', 90)).toMatch(/^https:\/\/a.*…$/);
  const long = 'https://'.padEnd(2000, 'long/');
  const svg = draw(panel('state-timeline'), { series: [series(long, [1, 1, 1, 1, 1])] });
  expect(Math.max(...textsOf(svg).map((text) => text.length))).toBeLessThan(60);
});

it('a board is the same file each time, of either theme, on the width of Grafana’s grid', () => {
  const board = boardOf([
    panel('timeseries'),
    panel('stat', { id: 8, gridPos: { x: 12, y: 1, w: 12, h: 7 } }),
  ]);
  const data = { answers: { '7A': [series('a', [1, 2, 3, 4, 5])] }, marks: [], alerts: [] };
  const scene = { board, data, range, times: 'utc' as const };
  expect(drawBoard(scene, 'light')).toBe(drawBoard(scene, 'light'));
  const style = /<style>[\s\S]*<\/style>/;
  expect(drawBoard(scene, 'light').replace(style, '')).toBe(
    drawBoard(scene, 'dark').replace(style, ''),
  );
  expect(drawBoard(scene, 'light')).not.toBe(drawBoard(scene, 'dark'));
  const frames = [
    ...drawBoard(scene, 'light').matchAll(/class="panel" x="([\d.]+)"[^>]*width="([\d.]+)"/g),
  ];
  const [first, second] = frames.map(([, x, width]) => ({ x: Number(x), width: Number(width) }));
  expect(first).toEqual({ x: 0, width: (boardWidth - 8) / 2 });
  expect(second?.x).toBe((boardWidth + 8) / 2);
});

describe('colours', () => {
  const part = (hex: string, at: number) => Number.parseInt(hex.slice(at, at + 2), 16) / 255;
  const linear = (one: number) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
  const light = (hex: string) =>
    0.2126 * linear(part(hex, 1)) + 0.7152 * linear(part(hex, 3)) + 0.0722 * linear(part(hex, 5));
  const contrast = (a: string, b: string) => {
    const [low = 0, high = 0] = [light(a), light(b)].sort((one, other) => one - other);
    return (high + 0.05) / (low + 0.05);
  };

  it.each(['light', 'dark'] as const)(
    'can be read on %s ground (WCAG 2, 1.4.3 and 1.4.11)',
    (theme) => {
      const texts = [...Object.values(named), shades.plain, shades.muted].map((one) => one[theme]);
      const poor = texts.filter((one) => contrast(one, shades.panel[theme]) < 4.5);
      const badges = Object.values(named).filter(
        (one) => contrast(one[theme], shades.badge[theme]) < 4.5,
      );
      const lines = palette.filter((one) => contrast(one[theme], shades.panel[theme]) < 3);
      expect([poor, badges, lines]).toEqual([[], [], []]);
    },
  );
});

it('each board has a picture in both themes, of some kilobytes', () => {
  expect(Object.keys(boardPictures)).toHaveLength(2 * boards.length);
  for (const [file, render] of Object.entries(boardPictures)) {
    const bytes = Buffer.byteLength(render());
    expect([file, bytes > 5_000 && bytes < 160_000]).toEqual([file, true]);
  }
});
