// Plays a row of a function in a process of its own: an invocation meets the fault or is killed, then another one runs, as the
// next tick or the queue's next try would.
import { findSeries } from '../../../layers/core/src/pushgateway/stored.ts';
import { toMessage } from '../../../layers/core/src/queue/message.ts';
import { sample } from '../../../layers/core/src/sample.ts';
import { type Ended, type InvocationSpec, startInvocation } from './functions.ts';
import { absent, type ProcessRow, type Seen } from './row.ts';
import { leastPoints, type Stage, setStage } from './stage.ts';
import { countGaps, readPoints } from './stored.ts';
import type { World } from './world.ts';

const hour = 3_600;
/** Seconds of an invocation that meets no fault: ample on a busy machine. */
const ampleSeconds = 60;
const aheadName = 'fargaze_probe_timestamp_seconds, hours ahead';

type Play = {
  readonly row: ProcessRow;
  readonly id: string;
  readonly stage: Stage;
  readonly world: World;
  /** Unix seconds of its beginning. */
  readonly begun: number;
};

/** Plays `row` with the functions below `directory`. */
export async function playProcess(
  row: ProcessRow,
  id: string,
  { directory, world }: { readonly directory: string; readonly world: World },
): Promise<Seen> {
  const stage = await setStage(row, id, world);
  const play: Play = { row, id, stage, world, begun: Date.now() / 1000 };
  try {
    const { env, event, name, node = [], seconds = 20, skew = 0 } = row;
    const usual: InvocationSpec = {
      name,
      event: event ?? eventOf(play),
      env: stage.env,
      seconds: ampleSeconds,
    };
    if (name === 'janitor') await prepareJanitor(play, directory);
    let kill = () => {};
    await stage.begin(() => kill());
    const own = { ...usual, env: { ...stage.env, ...env }, node, skew, seconds };
    const first = startInvocation(directory, own);
    kill = first.kill;
    const ended = await first.ended;
    const shows = { ...showsOf(ended), ...(await readGroups(play)) };
    const there = await isStored(play);
    await stage.heal();
    const again = () => startInvocation(directory, { ...usual, event: eventOf(play) }).ended;
    let second = await again();
    // A busy machine may need another tick.
    if (second.error !== undefined) second = await again();
    const wrong = await judge(play, second);
    const lost = await countLost(play, { there });
    if (lost > row.lost) wrong.push(`more is lost: ${ended.output}${second.output}`);
    return {
      shows: Object.fromEntries(Object.keys(row.shows).map((key) => [key, shows[key] ?? absent])),
      words: ended.output,
      lost,
      wrong,
    };
  } finally {
    await stage.close();
  }
}

/** The usual event: every probe, or for deliver a message with a group and a sample of a minute ago. */
function eventOf({ begun, id, row }: Play): unknown {
  if (row.name === 'janitor') return { dryRun: false };
  if (row.name !== 'deliver') return {};
  const at = Math.floor(begun / 60) * 60_000 - 60_000;
  const { filler = 0 } = row;
  const points = Array.from({ length: filler }, (_, index) => ({ at: at + index, value: index }));
  const message = toMessage({
    taken: at,
    groups: [
      {
        grouping: { job: 'faults', instance: id },
        samples: [sample('fargaze_probe_timestamp_seconds', {}, at / 1000)],
      },
    ],
    series: [
      { labels: { __name__: 'faults_value', instance: id }, points: [{ at, value: 1 }] },
      ...(filler === 0 ? [] : [{ labels: { __name__: 'faults_filler', instance: id }, points }]),
    ],
  });
  const body = JSON.stringify(message);
  return { Records: [{ messageId: 'm', body, eventSource: 'aws:sqs' }] };
}

/** How it ended, and what the answer or the log's line counts. */
function showsOf({ answer, error, output }: Ended): Record<string, number | string> {
  const line = /^(\{.*"message":"invocation".*\})$/m.exec(output)?.[1];
  const counts = { ...answer, ...(line === undefined ? {} : JSON.parse(line)) };
  const flat = Object.entries(counts).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([inner, count]) => [`${name}.${inner}`, count] as const)
      : [[name, value] as const],
  );
  const numbers = flat.filter(
    (one): one is readonly [string, number] => typeof one[1] === 'number' && one[1] !== 0,
  );
  return { ...Object.fromEntries(numbers), ...(error !== undefined && { Errors: error }) };
}

/** What the row's groups are about. */
function instanceOf({ id, row, stage }: Play): string {
  if (row.name === 'web-probe') return stage.env.FAULTS_WEB ?? '';
  if (row.name === 'redis-probe') return stage.env.FAULTS_REDIS ?? '';
  return row.name === 'ecs-bridge' ? `arn:aws:ecs:eu-west-1:111122223333:cluster/${id}` : id;
}

/** Series of the row's group at the Pushgateway, by name and labels but job and instance. */
async function readGroups(play: Play): Promise<Record<string, number>> {
  const text = await (await fetch(`${play.world.gateway.url}/metrics`)).text();
  const names = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name));
  const own = findSeries(text, names).filter(({ labels }) => labels.instance === instanceOf(play));
  const taken = own.find(({ metric }) => metric === 'fargaze_probe_timestamp_seconds')?.value;
  const hoursAhead = Math.round(((taken ?? 0) - play.begun) / hour);
  const series = Object.fromEntries(
    own.map(({ labels: { instance: _, job: __, ...labels }, metric, value }) => {
      const inner = Object.entries(labels).map(([label, worth]) => `${label}="${worth}"`);
      return [inner.length === 0 ? metric : `${metric}{${inner.join(',')}}`, value];
    }),
  );
  return { ...series, ...(taken !== undefined && hoursAhead !== 0 && { [aheadName]: hoursAhead }) };
}

/** Whether a result of the first invocation is stored. */
async function isStored(play: Play): Promise<boolean> {
  return (await readGroups(play)).fargaze_probe_timestamp_seconds !== undefined;
}

/** Two groups of this deployment that nobody renews and one of another; the janitor has seen them stale an hour ago. */
async function prepareJanitor({ id, stage, world }: Play, directory: string): Promise<void> {
  const owners = { 'stale-1': id, 'stale-2': id, foreign: 'somebody' };
  for (const [instance, owner] of Object.entries(owners)) {
    const metric = 'fargaze_group_timestamp_seconds';
    const body = `# TYPE ${metric} gauge\n${metric}{owner="${owner}"} 1\n`;
    const path = `/metrics/job/fargaze-web/instance/${id}-${instance}`;
    await fetch(`${world.gateway.url}${path}`, { method: 'PUT', body });
  }
  stage.gateway.setAhead(2 * hour);
  const spec = {
    name: 'janitor',
    event: { dryRun: false },
    env: stage.env,
    seconds: ampleSeconds,
  } as const;
  const { error, output } = await startInvocation(directory, spec).ended;
  if (error !== undefined) throw new Error(`the janitor's first look: ${output}`);
  stage.gateway.setAhead(4 * hour);
}

/** Which of the janitor's groups are there. */
async function readJanitorGroups({ id, world }: Play): Promise<string[]> {
  const text = await (await fetch(`${world.gateway.url}/metrics`)).text();
  const found = findSeries(text, new Set(['fargaze_group_timestamp_seconds']));
  const own = found.filter(({ labels }) => labels.instance?.startsWith(`${id}-`));
  return own.map(({ labels }) => (labels.instance ?? '').slice(id.length + 1)).sort();
}

/** What is wrong after the second invocation. */
async function judge(play: Play, second: Ended): Promise<string[]> {
  const wrong = second.error === undefined ? [] : [`the next run ended with ${second.output}`];
  const groups = await readGroups(play);
  const { name } = play.row;
  if (name.endsWith('-probe') && groups.probe_success !== 1)
    wrong.push(`the target is not up: ${second.output}`);
  if (name === 'janitor') {
    const left = await readJanitorGroups(play);
    if (left.join() !== 'foreign') wrong.push(`groups are left: ${left}: ${second.output}`);
  }
  if (name === 'ecs-bridge') {
    const found = Object.keys(groups).some((key) => key.startsWith('ecs_service_running_tasks'));
    if (!found) wrong.push(`the cluster is not there: ${second.output}`);
  }
  return wrong;
}

/** A probe's result of the first run; a message's contents and CloudWatch's points of both. */
async function countLost(play: Play, { there }: { readonly there: boolean }): Promise<number> {
  const { id, row, world } = play;
  if (row.name.endsWith('-probe')) return there ? 0 : 1;
  if (row.name === 'janitor') return (await readJanitorGroups(play)).includes('foreign') ? 0 : 1;
  if (row.name === 'deliver') {
    const [value] = await world.prometheus.query(
      `count_over_time(faults_value{instance="${id}"}[1h])`,
    );
    return ((await isStored(play)) ? 0 : 1) + (value?.value === 1 ? 0 : 1);
  }
  const selector = `aws_ecs_cpuutilization_average{dimension_ClusterName="${id}"}`;
  const label = 'dimension_ClusterName';
  const points = await readPoints(world.prometheus.url, { selector, label });
  const times = points.get(id) ?? [];
  return countGaps(times) + Math.max(0, leastPoints - times.length);
}
