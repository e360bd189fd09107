// Every expression of every board through the real Prometheus of the real local system: while all is well, and while
// Redis is gone. The same for the expressions of public boards, on our series as they are.
// One file: starting the whole system is what takes the time, and it is started once.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server as HttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@redis/client';
import { readConfigFile } from '../../build/config-file.ts';
import { renderExport } from '../../infra/export/export.ts';
import { askBoard } from '../../local/boards/ask.ts';
import { type BoardFile, sectionsOf } from '../../local/boards/board-file.ts';
import { lastOf } from '../../local/boards/data.ts';
import { waitFor } from '../../local/programs/process.ts';
import { type Server, startRedis } from '../../local/programs/servers.ts';
import type { Stack } from '../../local/system/stack.ts';
import {
  allPanels,
  annotationQueries,
  type BoardQuery,
  fillIn,
  panelQueries,
  readBoards,
  variableQueries,
} from '../support/boards.ts';
import { issueCertificate } from '../support/certificates.ts';
import { listCommands } from '../support/documented-commands.ts';
import { askAsDocumented } from '../support/documented-curl.ts';
import { startForeignPrometheus } from '../support/foreign-prometheus.ts';
import { type LocalSystem, startLocalSystem } from '../support/local-system.ts';

type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number };
type Answers = Readonly<Record<string, readonly Sample[]>>;
type PublicBoard = {
  readonly id: number;
  readonly variables: readonly string[];
  readonly expressions: readonly string[];
};

const boards = readBoards();
const queries = boards.flatMap(panelQueries);
const publicBoards: readonly PublicBoard[] = JSON.parse(
  readFileSync('test/fixtures/public-boards.json', 'utf8'),
);

/** Nothing is wrong while all is well, so these have nothing to show. */
const onlyInTrouble = [
  'Overview / Targets / E',
  'Probes / Failures by reason / A',
  'Probes / What fails now / A',
];

/** What there is none of here: functions and queues in AWS, a budget, samples that are refused, deployments that shift traffic. */
const onlyInAws = [
  'ECS / Stages / A',
  'ECS / Traffic of the new revision / A',
  'Meta / Cost of CloudWatch / B',
  'Meta / Cost of functions / A',
  'Meta / Delivery queue / A',
  'Meta / Function errors / A',
  'Meta / Function errors / B',
  'Meta / Samples of CloudWatch / B',
];

/** The local Redis is a server by itself: no cluster, no replicas that the probe asks for, no sentinels. No check has steps. */
const onlyElsewhere = [
  'Probes / Duration of steps / A',
  'Probes / Phases of steps / A',
  'Probes / Steps / A',
  'Redis / Sentinels / A',
  'Redis / Sentinels / B',
  'Redis / Shards / A',
  'Redis / Slots / A',
  'Redis / Time until replicas show a write / A',
];

/** CloudWatch is minutes behind, so these lines may end before now. */
const late = ['ECS / CPU of the reservation / A', 'ECS / Memory of the reservation / A'];

let system: LocalSystem | undefined;
let stack: Stack;
let replica: Server;
let secure: HttpsServer;
let secureUrl: string;
let directory: string;
let traffic: NodeJS.Timeout;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fargaze-boards-'));
  await startSecure();
  system = await startLocalSystem();
  stack = system.stack;
  replica = await startRedis({ args: ['--replicaof', '127.0.0.1', String(stack.redis.port)] });
  traffic = setInterval(() => void makeTraffic(), 500);
});

afterAll(async () => {
  clearInterval(traffic);
  secure?.close();
  await replica?.stop();
  await system?.stop();
  delete process.env.NODE_EXTRA_CA_CERTS;
  await rm(directory, { recursive: true, force: true });
});

/** A web target with TLS, which the local system has none of; the functions are told to trust it. */
async function startSecure(): Promise<void> {
  const { cert, key } = issueCertificate({ commonName: 'localhost', ip: ['127.0.0.1'], ca: true });
  const file = join(directory, 'ca.pem');
  await writeFile(file, cert);
  process.env.NODE_EXTRA_CA_CERTS = file;
  secure = createServer({ cert, key }, (_, response) => response.end('ok'));
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
  secureUrl = `https://127.0.0.1:${(secure.address() as AddressInfo).port}/`;
}

/** What users do: some requests fail, some orders come in, keys are found and not found. */
async function makeTraffic(): Promise<void> {
  const requests = ['/healthy', '/counter', '/slow?seconds=0.2', '/flaky?probability=1'];
  const post = (path: string) => fetch(`${stack.webApp.url}${path}`, { method: 'POST' });
  const all = [
    ...requests.map((path) => fetch(`${stack.webApp.url}${path}`)),
    post('/orders?euros=20'),
  ];
  // A request that fails is what some of the boards show.
  await Promise.allSettled(all.map(async (one) => (await one).arrayBuffer()));
}

async function lookUpKeys(): Promise<void> {
  const client = createClient({ url: stack.redis.url });
  await client.connect();
  await client.set('a key', 'here', { EX: 600 });
  for (let turn = 0; turn < 50; turn += 1) {
    await client.get('a key');
    await client.get('no key');
  }
  client.destroy();
}

/** One run of all functions, now. */
async function tick(): Promise<void> {
  const schedule = { schedule: '1m', probes: ['*'] };
  const runs: (readonly [string, object])[] = [
    ['web-probe', schedule],
    // Fresh for 25 minutes, however slow the machine is.
    ['web-probe', { targets: [secureUrl], schedule: '10m' }],
    ['redis-probe', schedule],
    ['ecs-bridge', { schedule: '1m' }],
  ];
  for (const [name, event] of runs) {
    const url = `${stack.functions.url}/2015-03-31/functions/fargaze-dev-${name}/invocations`;
    const response = await fetch(url, { method: 'POST', body: JSON.stringify(event) });
    expect([name, response.status]).toEqual([name, 200]);
    expect([name, await response.text()]).toEqual([
      name,
      expect.not.stringContaining('errorMessage'),
    ]);
  }
}

/** Seconds between two points of a graph. */
const step = 5;

type RangeResult = {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
};

/** Asks as Grafana would, for now or for a range, and gives what there is now: a line that has ended is none. */
async function ask({ expr, instant }: Omit<BoardQuery, 'place'>): Promise<Sample[]> {
  const now = Date.now() / 1000;
  const parameters = new URLSearchParams({ query: fillIn(expr) });
  const range = { start: String(now - 30), end: String(now), step: String(step) };
  if (!instant) for (const [name, value] of Object.entries(range)) parameters.set(name, value);
  const path = instant ? 'query' : 'query_range';
  const response = await fetch(`${stack.prometheus.url}/api/v1/${path}`, {
    method: 'POST',
    body: parameters,
  });
  const answer = (await response.json()) as {
    readonly status: string;
    readonly error?: string;
    readonly data: { readonly result: readonly RangeResult[] };
  };
  if (answer.status !== 'success') throw new Error(`${expr}: ${answer.error}`);
  return answer.data.result.flatMap(({ metric, value, values }) => {
    const [at = 0, text] = value ?? values?.at(-1) ?? [];
    return at > now - step ? [{ labels: metric, value: Number(text) }] : [];
  });
}

async function askAll(): Promise<Answers> {
  const answers = queries.map(async (query) => [query.place, await ask(query)] as const);
  return Object.fromEntries(await Promise.all(answers));
}

/** The places that have no data, or only what is not a number. */
const silent = (answers: Answers) =>
  Object.keys(answers).filter(
    (place) => !answers[place]?.some(({ value }) => !Number.isNaN(value)),
  );

/** Those that should have data. */
const missing = (answers: Answers) =>
  silent(answers).filter((place) => ![...onlyInAws, ...onlyElsewhere, ...late].includes(place));

async function labelValues(selector: string, label: string): Promise<readonly string[]> {
  const match = encodeURIComponent(fillIn(selector));
  const response = await fetch(
    `${stack.prometheus.url}/api/v1/label/${label}/values?match[]=${match}`,
  );
  return ((await response.json()) as { readonly data: readonly string[] }).data;
}

/** Polls until the answers are as wanted, then returns them; else says what is not. */
async function until(
  what: string,
  trouble: (answers: Answers) => readonly string[],
): Promise<Answers> {
  let answers: Answers = {};
  let left: readonly string[] = [];
  const check = async () => {
    answers = await askAll();
    left = trouble(answers);
    return left.length === 0;
  };
  await waitFor({ what, seconds: 150, check }).catch((cause) => {
    throw new Error(`${what}: ${left.join('; ')}`, { cause });
  });
  return answers;
}

it('while all is well, every panel that has something to show shows it', async () => {
  await lookUpKeys();
  await tick();
  const check = async () =>
    (await ask({ expr: 'redis_keyspace_hits_total > 0', instant: true })).length > 0;
  await waitFor({ what: 'the first look-ups', seconds: 60, check });
  await lookUpKeys();
  const answers = await until('data', (all) =>
    missing(all).filter((place) => !onlyInTrouble.includes(place)),
  );
  expect(missing(answers).sort()).toEqual([...onlyInTrouble].sort());
  expect(answers['Overview / Up / A']?.map(({ value }) => value)).toEqual([3]);
  expect(answers['Overview / Unknown / A']?.map(({ value }) => value)).toEqual([0]);
  expect(answers['Overview / Next certificate / A']?.[0]?.value).toBeGreaterThan(28);
  expect(answers['Redis / Replication / A']?.map(({ value }) => value)).toEqual([1]);
}, 360_000);

it('the page without Grafana draws every board', async () => {
  const page = stack.boardsPage?.url ?? '';
  for (const { uid } of boards) {
    const response = await fetch(`${page}content/boards/${uid}?span=1h`);
    expect([uid, response.status]).toEqual([uid, 200]);
    expect(await response.text()).toContain('<svg ');
  }
});

/** Boards as `npm run export` writes them. */
function exportedBoardFiles(): BoardFile[] {
  const config = readConfigFile('fargaze.yml');
  const jobs = { pushgateway: 'push', prometheus: 'own' };
  const files = renderExport({ config, expected: [], links: {}, jobs });
  const written = Object.entries(files).filter(([path]) => path.startsWith('grafana/boards/'));
  return written.map(([, text]) => JSON.parse(text));
}

/** The queries of a board that give nothing, by their places. */
async function silentOn(url: string, board: BoardFile): Promise<string[]> {
  const now = Math.floor(Date.now() / 1000);
  const { answers } = await askBoard(board, {
    ...{ url, now, range: { from: now - 30, step: 5, count: 7 }, scrapeInterval: 5 },
    signal: AbortSignal.timeout(30_000),
  });
  const panels = sectionsOf(board).flatMap((section) => section.panels);
  return panels.flatMap(({ id, targets = [], title }) =>
    targets
      .filter(
        ({ refId }) => !answers[`${id}${refId}`]?.some(({ values }) => lastOf(values) !== null),
      )
      .map(({ refId }) => `${board.title.replace('fargaze / ', '')} / ${title} / ${refId}`),
  );
}

it('exported boards show the same on a Prometheus whose jobs and instances have other names', async () => {
  const foreign = await startForeignPrometheus(stack.prometheus.url);
  try {
    const exported = exportedBoardFiles();
    expect(exported).toHaveLength(6);
    const known = [...onlyInTrouble, ...onlyInAws, ...onlyElsewhere, ...late];
    let left: readonly string[] = [];
    const check = async () => {
      const silentOnes = await Promise.all(exported.map((board) => silentOn(foreign.url, board)));
      left = silentOnes.flat().filter((place) => !known.includes(place));
      return left.length === 0;
    };
    await waitFor({ what: 'data', seconds: 90, check }).catch(() => undefined);
    expect(left).toEqual([]);
    const jobs = await foreign.query('count by (job) ({__name__!="",job!~"federate|acme.eu/.*"})');
    // No series has a name of ours.
    expect(jobs.map(({ labels }) => labels.job)).toEqual([]);
  } finally {
    await foreign.stop();
  }
});

it('every curl line of the documents is answered', async () => {
  const lines = listCommands().filter(({ command }) => /^curl -s\w* "\$P/.test(command));
  expect(lines.length).toBeGreaterThan(80);
  const { prometheus, pushgateway } = stack;
  const receivers = { PROMETHEUS: prometheus.url, PUSHGATEWAY: pushgateway.url };
  for (const { command } of lines) await askAsDocumented(command, receivers);
});

it.each(late)('%s has a line for each service', async (place) => {
  const expr = queries.find((query) => query.place === place)?.expr ?? '';
  const lines = await ask({ expr: `last_over_time(${expr}[15m])`, instant: true });
  expect(lines.map(({ labels }) => labels.dimension_ServiceName).sort()).toEqual([
    'redis',
    'web',
    'worker',
  ]);
});

it('the rows of a table can be joined: no two of its queries name a metric', async () => {
  for (const board of boards) {
    const { title } = board;
    for (const panel of allPanels(board).filter(({ type }) => type === 'table')) {
      const asked = (panel.targets ?? []).map(({ expr }) => ask({ expr, instant: true }));
      const samples = (await Promise.all(asked)).flat();
      const names = new Set(samples.flatMap(({ labels }) => labels.__name__ ?? []));
      expect([title, panel.title, names.size <= 1]).toEqual([title, panel.title, true]);
    }
  }
});

it('every variable has values to choose from, and every annotation has something to mark', async () => {
  for (const board of boards) {
    for (const { name, selector, label } of variableQueries(board)) {
      expect([board.uid, name, await labelValues(selector, label)]).toEqual([
        board.uid,
        name,
        expect.arrayContaining([expect.any(String)]),
      ]);
    }
    for (const { place, expr } of annotationQueries(board)) {
      // Events come by EventBridge, which the local system has not (test/contract/deliver-events.test.ts).
      if (expr.includes('ecs_event_')) continue;
      const [first] = await ask({ expr, instant: true });
      // Milliseconds, within the demo's history.
      expect([place, Math.abs(Date.now() - (first?.value ?? 0)) < 86_400_000]).toEqual([
        place,
        true,
      ]);
    }
  }
});

it.each(publicBoards.map((board) => [board.id, board] as const))(
  'the public board %d works on our data unchanged',
  async (_, { expressions, variables }) => {
    for (const expr of expressions) {
      expect([expr, (await ask({ expr, instant: true })).length > 0]).toEqual([expr, true]);
    }
    for (const variable of variables) {
      const [, selector = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(variable) ?? [];
      expect([variable, (await labelValues(selector, label)).length > 0]).toEqual([variable, true]);
    }
  },
  60_000,
);

it('with Redis gone, the panels that should change do, and the others do not', async () => {
  const before = await askAll();
  await stack.redis.stop();
  await tick();
  const value = (answers: Answers, place: string) => answers[place]?.map((sample) => sample.value);
  const answers = await until('the outage', (all) =>
    [
      [value(all, 'Overview / Down / A')?.[0] === 1, 'Overview shows none down'],
      [value(all, 'Redis / Exporter / A')?.[0] === 0, 'the exporter is up'],
      [!silent(all).includes('Probes / Failures by reason / A'), 'no reason is shown'],
      [silent(all).includes('Redis / Memory / A'), 'memory is still shown'],
    ].flatMap(([right, trouble]) => (right ? [] : [String(trouble)])),
  );
  expect(value(answers, 'Overview / Up / A')).toEqual([2]);
  const [failure] = answers['Probes / What fails now / A'] ?? [];
  expect(failure?.labels).toMatchObject({
    instance: stack.redis.url,
    phase: 'connect',
    reason: 'refused',
  });
  const redisStates = answers['Redis / The probe against the exporter / A'];
  expect(redisStates?.map((sample) => sample.value)).toEqual([0]);
  expect(answers['Overview / Targets / E']).toHaveLength(1);
  // Of a Redis that does not answer nothing is known: not 0 bytes, not 0 clients.
  const gone = ['Memory', 'Clients of the maximum', 'Uptime', 'Replication', 'Fragmentation'];
  expect(gone.map((panel) => [panel, answers[`Redis / ${panel} / A`]])).toEqual(
    gone.map((panel) => [panel, []]),
  );
  const elsewhere = missing(answers).filter((place) => !place.startsWith('Redis / '));
  // The canary is not tried where there is no connection.
  expect(elsewhere.filter((place) => !silent(before).includes(place))).toEqual([
    'Probes / Canary / A',
  ]);
  expect(value(answers, 'Web / Exporter / A')).toEqual([1]);
  expect(value(answers, 'Meta / Scrapes down / A')).toEqual([0]);
}, 360_000);
