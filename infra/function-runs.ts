// How often a stack runs its functions in a month, counted on its schedules, of which each shard has one of its own.
import { resolve, resourcesOf, type Stack } from './template/stack.ts';

/** Hours of a month, as AWS counts. */
export const hours = 730;

/** Runs in a month; the time of a run is an estimate. */
export type Runs = {
  /** By schedules. */
  readonly scheduled: number;
  /** With those of `deliver`: about one for what each run sends. */
  readonly all: number;
  readonly gigabyteSeconds: number;
};

/** Seconds of a run, an estimate. */
const secondsPerRun = 1;

/** Counts the runs. @throws RangeError for a schedule whose times are not known. */
export function runsOf(stack: Stack): Runs {
  const resources = resourcesOf(stack);
  const gigabytesOf = (id: string) =>
    Number(resolve(stack, resources.get(id)?.Properties?.MemorySize) ?? 0) / 1024;
  let scheduled = 0;
  let gigabyteSeconds = 0;
  for (const { Properties = {}, Type } of resources.values()) {
    const expression = resolve(stack, Properties.ScheduleExpression);
    if (Type !== 'AWS::Events::Rule' || expression === undefined) continue;
    if (resolve(stack, Properties.State) === 'DISABLED') continue;
    const runs = hours * runsPerHour(String(expression));
    for (const id of functionsOf(resolve(stack, Properties.Targets))) {
      scheduled += runs;
      gigabyteSeconds += runs * secondsPerRun * (gigabytesOf(id) + gigabytesOf(deliver));
    }
  }
  return { scheduled, all: 2 * scheduled, gigabyteSeconds };
}

const deliver = 'DeliverLambdaFunction';

type Target = { readonly Arn?: { readonly 'Fn::GetAtt'?: readonly [string, string] } };

/** Logical ids of what a rule invokes. */
function functionsOf(targets: unknown): string[] {
  return ((targets ?? []) as readonly Target[]).flatMap(({ Arn }) => {
    const [id] = Arn?.['Fn::GetAtt'] ?? [];
    return id?.includes('LambdaFunction') ? [id] : [];
  });
}

const minutesIn: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440 };

/** Runs an hour of `rate(5 minutes)` or of a `cron(…)`, of whose days every one counts. */
function runsPerHour(expression: string): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  if (count !== undefined) return 60 / (Number(count) * (minutesIn[unit] ?? 1));
  const [, minutes, hoursOfDay] = /^cron\((\S+) (\S+) /.exec(expression) ?? [];
  if (minutes === undefined || hoursOfDay === undefined) {
    throw new RangeError(`${expression}: got an unknown schedule, want rate(…) or cron(…)`);
  }
  return (timesOf(minutes, 60) * timesOf(hoursOfDay, 24)) / 24;
}

/** How many of `size` values a field of a cron expression names: `*`, every fifth, `0/15`, `1-5`, `0,30`. */
function timesOf(field: string, size: number): number {
  return field.split(',').reduce((sum, part) => {
    const [range = '*', step] = part.split('/');
    const [from = 0, to = from] = range === '*' ? [0, size - 1] : range.split('-').map(Number);
    const last = step === undefined || range.includes('-') ? to : size - 1;
    return sum + Math.floor((last - from) / Number(step ?? 1)) + 1;
  }, 0);
}
