// What the week came to: who was paged, when, and until when, and the document that says so.
import type { Program } from '../../../local/programs/find.ts';
import { minutes } from './fleet.ts';
import { allTrouble, dayMinutes, type Incident, incidents, noTrouble } from './incidents.ts';
import { type Got, type Question, runWeek } from './run.ts';

/** An incident with what paged between its start and the next one. Times are minutes after its start. */
export type Paged = {
  readonly incident: Incident;
  readonly pages: readonly { readonly name: string; readonly labels: Got['labels'] }[];
  readonly first: number;
  readonly last: number;
  /** Minutes in which a page fired: as many as from the first to the last, where it fired once. */
  readonly fired: number;
};

/** Both weeks. */
export type WeekReport = {
  readonly quietPages: readonly Got[];
  readonly quietWarnings: readonly string[];
  readonly paged: readonly Paged[];
};

const critical = 'ALERTS{alertstate="firing",severity="critical"}';
const by = 'alertname, instance, slo, service, job, team';

/** Runs a week without incidents and one with all of them, beside each other. */
export async function reportWeek(promtool: Program): Promise<WeekReport> {
  const [quiet, troubled] = await Promise.all([
    runWeek(promtool, noTrouble, quietQuestions),
    runWeek(promtool, allTrouble, incidents.flatMap(questionsOf)),
  ]);
  const [quietPages = [], warnings = []] = quiet;
  return {
    quietPages,
    quietWarnings: warnings.map(({ labels }) => labels.alertname ?? '').sort(),
    paged: incidents.map((incident, index) => pagedBy(incident, troubled.slice(4 * index))),
  };
}

const quietQuestions: readonly Question[] = [
  { expr: `count by (${by}) (count_over_time(${critical}[7d]))`, minute: minutes - 1 },
  {
    expr: 'count by (alertname) (count_over_time(ALERTS{alertstate="firing",severity="warning"}[7d]))',
    minute: minutes - 1,
  },
];

function questionsOf({ from }: Incident, index: number): Question[] {
  const minute = (incidents[index + 1]?.from ?? minutes) - 1;
  const window = `${minute - from}m`;
  const seconds = `timestamp(${critical})[${window}:1m]`;
  return [
    `count by (${by}) (count_over_time(${critical}[${window}]))`,
    `min(min_over_time(${seconds})) / 60 - ${from}`,
    `max(max_over_time(${seconds})) / 60 - ${from}`,
    `sum(count_over_time(${critical}[${window}:1m]))`,
  ].map((expr) => ({ expr, minute }));
}

function pagedBy(incident: Incident, [pages = [], first, last, fired]: readonly Got[][]): Paged {
  const number = (answer: readonly Got[] | undefined) =>
    Math.round(answer?.[0]?.value ?? Number.NaN);
  return {
    incident,
    pages: pages.map(({ labels: { alertname = '', ...labels } }) => ({ name: alertname, labels })),
    ...{ first: number(first), last: number(last), fired: number(fired) },
  };
}

/** docs/alert-week.md. */
export function renderWeek({ paged, quietWarnings }: WeekReport): string {
  const rows = paged.map(({ incident, pages, first, last }) => {
    const names = pages.map(({ name, labels }) => `${name} (${subject(labels)})`).join(', ');
    const after = last + 1 - incident.minutes;
    const resolved = after > 0 ? `${minutesOf(after)} after its end` : 'with its end';
    return `| ${incident.story} | ${names} | ${minutesOf(first)} | ${resolved} |`;
  });
  return `# A week of an ordinary fleet

Recorded by \`node scripts/run.mjs test/support/week/record.ts\`; a test runs the same and compares. promtool evaluates every
rule as it is shipped, with those of a fargaze.yml, once a minute over seven days of a made-up fleet: six probes, four
services, two Redis. Its days are ${dayMinutes / 60} hours long, so that the test takes half a minute of two processors; all waits and
windows of the rules are as long as ever.

**The ordinary week pages nobody.** It has two rollouts of a service and one of a service with a single task, scaling by day
and night, Spot interruptions, a scheduled job, a service that rests at night, a probe that is taken out, a replica that
is replaced, a slow night, and single failures. Warnings in it, which wait until the morning: ${quietWarnings.join(', ')}.

**The same week with ten incidents pages once for each**, by what broke and not by what follows from it.

| incident | page | after | resolved |
| --- | --- | --- | --- |
${rows.join('\n')}

The page is there within two minutes of the second result, answer, scrape or run that was bad.
`;
}

function subject(labels: Got['labels']): string {
  return labels.slo ?? labels.service ?? labels.instance ?? labels.job ?? '';
}

function minutesOf(count: number): string {
  return `${count} min`;
}
