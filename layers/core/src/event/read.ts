// How every function reads its event: nothing, its own closed mapping, or the event of an EventBridge schedule. What is
// neither is refused with every problem at once, because an event that is half understood does what nobody asked for.
import * as v from 'valibot';
import type { EpochMs, Seconds } from '../clock.ts';
import { parseDuration } from '../config/duration.ts';
import { explainIssues } from '../config/explain.ts';
import { closed, isMapping } from '../config/mapping.ts';
import { ConfigError, type Issue } from '../errors.ts';

/** A tick of a schedule. */
export type Tick = {
  /** Time between two ticks, from a second to a year; unset: the function was invoked by hand. */
  readonly schedule?: Seconds;
  /** When the tick was due. */
  readonly time?: EpochMs;
};

const wantedSchedule = 'a duration from 1s to 1y, such as 1m';

/** Shorter or longer ones are mistakes: almost no probe would be due, or each one at any time. */
const isSchedule = (seconds: Seconds = 0) => seconds >= 1 && seconds <= 365 * 86_400;

/** Keys of a schedule's own input. */
export const tickEntries = {
  schedule: v.optional(
    v.pipe(
      v.string(`want ${wantedSchedule}`),
      v.check((text) => isSchedule(parseDuration(text)), wantedSchedule),
      v.transform((text) => parseDuration(text) ?? 0),
    ),
  ),
  time: v.optional(instant()),
};

/** EventBridge's own event does not say how often it comes; the schedules of this project tick each minute. */
const defaultSchedule: Seconds = 60;

/** Problems of an event that its error names: it becomes a log line and an answer, and an event may have a million keys. */
const mostShown = 20;

/** What is wrong with an event. */
export function eventError(issues: readonly Issue[]): ConfigError {
  return new ConfigError('event', issues, { shown: mostShown });
}

type Empty = Readonly<Record<string, never>>;

/**
 * What `schema` makes of an event, and the tick where EventBridge's own event stands in its place.
 * @param also finds what several values only show together, among those that `schema` could read.
 * @throws ConfigError with every issue.
 */
export function readEvent<S extends v.GenericSchema>(
  schema: S,
  input: unknown,
  also: (event: Readonly<Record<string, unknown>>) => Issue[] = () => [],
): { readonly own: v.InferOutput<S> } | { readonly tick: Required<Tick> } {
  const event = input === undefined || input === null || input === '' ? ({} as Empty) : input;
  if (isMapping(event) && (Object.hasOwn(event, 'source') || Object.hasOwn(event, 'detail-type'))) {
    return { tick: { schedule: defaultSchedule, time: checkEvent(envelope, event).time } };
  }
  return { own: checkEvent(schema, event, also) };
}

/** What `schema` makes of an event. @throws ConfigError with every issue. */
export function checkEvent<S extends v.GenericSchema>(
  schema: S,
  event: unknown,
  also: (event: Readonly<Record<string, unknown>>) => Issue[] = () => [],
): v.InferOutput<S> {
  const result = v.safeParse(schema, event);
  const issues = explainIssues(schema, result.issues ?? []);
  if (isMapping(event)) issues.push(...also(event));
  if (!result.success || issues.length > 0) throw eventError(issues);
  return result.output;
}

/**
 * What EventBridge sends where a schedule has no input of its own: a rule
 * (docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html), or a schedule of EventBridge Scheduler,
 * whose `detail` is text. An archive that is replayed adds `replay-name`.
 */
const envelope = closed({
  source: v.picklist(['aws.events', 'aws.scheduler'], 'want aws.events or aws.scheduler'),
  'detail-type': v.optional(v.literal('Scheduled Event', 'want Scheduled Event')),
  time: instant(),
  detail: v.optional(
    v.union([closed({}), v.literal('{}')], 'want {}: what a function is to do stands in an input'),
  ),
  version: v.optional(v.string('want text')),
  id: v.optional(v.string('want text')),
  account: v.optional(v.string('want text')),
  region: v.optional(v.string('want text')),
  resources: v.optional(v.array(v.string('want text'), 'want a list of ARNs')),
  'replay-name': v.optional(v.string('want text')),
});

/** A time of the calendar with its zone, as milliseconds since 1970. */
function instant() {
  const wanted = 'a time such as 2026-01-31T12:00:00Z';
  return v.pipe(
    v.string(`want ${wanted}`),
    v.check((text) => parseTime(text) !== undefined, wanted),
    v.transform((text): EpochMs => parseTime(text) ?? 0),
  );
}

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/;

/** Milliseconds since 1970; undefined for what is no time, was before 1970, or is a day that its month does not have. */
function parseTime(text: string): EpochMs | undefined {
  const time = timePattern.test(text) ? Date.parse(text) : Number.NaN;
  // 30 February is the 2nd of March to Date.
  const day = new Date(text.slice(0, 10)).getUTCDate();
  return time >= 0 && day === Number(text.slice(8, 10)) ? time : undefined;
}
