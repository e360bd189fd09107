// Every key of YACE's configuration, as its own source has it (pkg/config/scrapeconf.go): each is read, or left out with a
// warning that says why. None is unknown here.
import { tidyYace } from '../../layers/core/src/config/compile/yace-tidy.ts';
import { goPrograms } from '../../local/programs/go-catalogue.ts';

/** The release whose keys these are. */
const release = '0.67.0';

/** Of a job: what metrics inherit. */
const inherited = [
  ...['statistics', 'period', 'length', 'delay', 'nilToZero'],
  ...['addCloudwatchTimestamp', 'exportAllDataPoints'],
];
const searched = ['regions', 'roles', 'customTags', 'dimensionNameRequirements', 'metrics'];

/** A mapping of YACE's, how it stands in a file, its keys, and those that are left out. */
const mappings = [
  {
    name: 'ScrapeConf',
    keys: ['apiVersion', 'sts-region', 'discovery', 'static', 'customNamespace'],
    inFile: (entry: object) => entry,
    leftOut: [],
  },
  {
    name: 'Discovery',
    keys: ['exportedTagsOnMetrics', 'jobs'],
    inFile: (entry: object) => ({ discovery: entry }),
    leftOut: [],
  },
  {
    name: 'Job',
    keys: [
      ...[...searched, 'type', 'searchTags', 'roundingPeriod', 'recentlyActiveOnly'],
      ...['includeContextOnInfoMetrics', 'enhancedMetrics', ...inherited],
    ],
    inFile: (entry: object) => ({ discovery: { jobs: [{ metrics: [{ name: 'M' }], ...entry }] } }),
    leftOut: ['roundingPeriod', 'enhancedMetrics'],
  },
  {
    name: 'Static',
    keys: ['name', 'regions', 'roles', 'namespace', 'customTags', 'dimensions', 'metrics'],
    inFile: (entry: object) => ({ static: [entry] }),
    leftOut: [],
  },
  {
    name: 'CustomNamespace',
    keys: [
      ...[...searched, 'name', 'namespace', 'recentlyActiveOnly', 'roundingPeriod'],
      ...inherited,
    ],
    inFile: (entry: object) => ({ customNamespace: [entry] }),
    leftOut: ['roundingPeriod'],
  },
  {
    name: 'Metric',
    keys: ['name', ...inherited],
    inFile: (entry: object) => ({ static: [{ name: 's', metrics: [entry] }] }),
    leftOut: ['delay'],
  },
  {
    name: 'Tag',
    keys: ['key', 'value'],
    inFile: (entry: object) => ({ discovery: { jobs: [{ searchTags: [entry] }] } }),
    leftOut: [],
  },
  {
    name: 'Dimension',
    keys: ['name', 'value'],
    inFile: (entry: object) => ({ static: [{ name: 's', dimensions: [entry] }] }),
    leftOut: [],
  },
  {
    name: 'Role',
    keys: ['roleArn', 'externalId'],
    inFile: (entry: object) => ({ static: [{ name: 's', roles: [entry] }] }),
    leftOut: [],
  },
] as const;

/** A value that nobody takes for an unset one. */
const values: Readonly<Record<string, unknown>> = {
  discovery: {},
  roles: [{}],
  exportedTagsOnMetrics: { 'AWS/ECS': ['a'] },
};
const lists =
  /^(?:static|customNamespace|jobs|metrics|regions|roles|searchTags|customTags|dimensions|statistics|enhancedMetrics)$/;
const valueFor = (key: string): unknown => values[key] ?? (lists.test(key) ? ['x'] : 300);

it('the keys are those of the release that runs beside us', () => {
  expect(goPrograms.yace.release).toBe(release);
});

it.each(
  mappings.flatMap(({ inFile, keys, leftOut, name }) =>
    keys.map((key) => ({ name, key, inFile, idle: (leftOut as readonly string[]).includes(key) })),
  ),
)('$name.$key', ({ idle, inFile, key }) => {
  const { value, warnings } = tidyYace({
    apiVersion: 'v1alpha1',
    ...inFile({ [key]: valueFor(key) }),
  });
  const texts = warnings.map(({ message }) => message);
  expect(texts.filter((text) => text.includes('unknown key'))).toEqual([]);
  if (idle) expect(texts.join()).toMatch(/^left out: /);
  else if (key !== 'exportedTagsOnMetrics') expect(JSON.stringify(value)).toContain(`"${key}":`);
});
