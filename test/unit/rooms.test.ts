// Who may import whom, by the resolved graph: type imports count, and so does every detour by `../`.
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { betweenRooms, findCircles, importsOf, readImports } from '../support/import-graph.ts';

const houses = [
  'build',
  'cli',
  'layers/core/src',
  'functions',
  'local',
  'infra',
  'scripts',
  'bench',
];

describe('the graph of imports', () => {
  it('sees types, re-exports and dynamic imports', () => {
    const text = [
      "import type { A } from './a.ts';",
      "export * from '../b.ts';",
      "type C = import('./c.ts').C;",
      "import {\n  d,\n} from './d/d.ts';",
    ].join('\n');
    expect([...importsOf('x/y.ts', text)]).toEqual(['x/a.ts', 'b.ts', 'x/c.ts', 'x/d/d.ts']);
  });

  it('finds a circle between files, and between rooms whose files have none', () => {
    const graph = new Map([
      ['a/one.ts', new Set(['b/one.ts'])],
      ['b/one.ts', new Set(['b/three.ts'])],
      ['b/two.ts', new Set(['a/two.ts'])],
    ]);
    expect(findCircles(graph)).toEqual([]);
    expect(findCircles(betweenRooms(graph, dirname))).toEqual(['a > b > a']);
    expect(findCircles(new Map([['a', new Set(['a'])]]))).toEqual(['a > a']);
  });

  it.each(houses)('has no circle between files of %s', (house) => {
    const graph = readImports(house);
    expect(graph.size).toBeGreaterThan(5);
    expect(findCircles(graph)).toEqual([]);
  });

  it('has no circle between houses', () => {
    const graph = new Map(houses.flatMap((house) => [...readImports(house)]));
    const between = betweenRooms(graph, (file) => {
      const [house = ''] = file.split('/');
      return house === 'test' ? undefined : house;
    });
    expect([...between.keys()].sort()).toEqual(houses.map((house) => house.split('/')[0]).sort());
    expect(findCircles(between)).toEqual([]);
  });

  it.each(['cli', 'functions', 'local'])('has no circle between rooms of %s', (house) => {
    const rooms = betweenRooms(readImports(house), (file) =>
      file.startsWith(`${house}/`) ? dirname(file) : undefined,
    );
    expect(rooms.size).toBeGreaterThan(5);
    expect(findCircles(rooms)).toEqual([]);
  });
});

describe('a house', () => {
  it.each([
    ...['deliver', 'ecs-bridge', 'janitor', 'redis-probe', 'web-probe'].map((name) => ({
      house: `functions/${name}`,
    })),
    { house: 'layers/core/src' },
  ])('$house reaches nothing outside itself by a path', ({ house }) => {
    const outside = [...readImports(house)].flatMap(([file, imports]) =>
      [...imports].filter((path) => !path.startsWith(`${house}/`)).map((to) => `${file} > ${to}`),
    );
    expect(outside).toEqual([]);
  });
});

describe('core', () => {
  const home = 'layers/core/src';
  const graph = readImports(home);
  /** A folder is a room; a file beside them is a room of its own, but for the two doors. */
  const roomOf = (file: string) => {
    if (file === `${home}/index.ts` || file === `${home}/internal.ts`) return undefined;
    return dirname(file) === home ? file : dirname(file);
  };

  it('has no circle between its rooms', () => {
    expect(findCircles(betweenRooms(graph, roomOf))).toEqual([]);
  });

  it('waits in one place: nothing else holds a timer, but for the deadline', () => {
    const timers = [...graph.keys()].filter((file) =>
      /\bset(?:Timeout|Interval|Immediate)\b/.test(readFileSync(file, 'utf8')),
    );
    expect(timers.sort()).toEqual([`${home}/clock.ts`, `${home}/deadline.ts`]);
  });
});

it.each(['deliver', 'janitor', 'redis-probe', 'web-probe'])('%s holds no timer', (name) => {
  const timers = [...readImports(`functions/${name}`).keys()].filter((file) =>
    /\bset(?:Timeout|Interval|Immediate)\b/.test(readFileSync(file, 'utf8')),
  );
  expect(timers).toEqual([]);
});

it('every file that docs/architecture.md names is there', () => {
  const text = readFileSync('docs/architecture.md', 'utf8');
  const homes = [
    '',
    'layers/core/src/',
    'functions/ecs-bridge/',
    'functions/ecs-bridge/cloudwatch/',
    'functions/ecs-bridge/cloudwatch/query/',
    'functions/ecs-bridge/cloudwatch/write/',
  ];
  const named = [...text.matchAll(/`([\w./-]+\.(?:ts|yml))`/g)].map(([, file = '']) => file);
  expect(named.length).toBeGreaterThan(40);
  expect(named.filter((file) => !homes.some((home) => existsSync(home + file)))).toEqual([]);
});
