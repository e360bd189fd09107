// What a probe function may be invoked with: a schedule's input, probes by name, or ad-hoc targets.
import * as v from 'valibot';
import type { EpochMs, Seconds } from '../clock.ts';
import { parseDuration } from '../config/duration.ts';
import { explainIssues } from '../config/explain.ts';
import { ConfigError } from '../errors.ts';

/** A parsed event. */
export type ProbeEvent = {
  /** Names or `*` patterns of configured probes; empty with ad-hoc targets. */
  readonly probes: readonly string[];
  readonly adHoc?: { readonly targets: readonly string[]; readonly module: string | undefined };
  /** Set on a schedule's tick: then only probes that are due run, and ad-hoc results are delivered. */
  readonly schedule?: Seconds;
  /** The event's own time. */
  readonly time?: EpochMs;
  /** Whether the answer holds every result with its phases and log. */
  readonly explain: boolean;
};

const list = (wanted: string) =>
  v.pipe(v.array(v.pipe(v.string('want text'), v.minLength(1, 'text'))), v.minLength(1, wanted));

const eventSchema = v.strictObject({
  probes: v.optional(list('at least one name or pattern')),
  targets: v.optional(list('at least one address')),
  module: v.optional(v.string('want the name of a module')),
  schedule: v.optional(
    v.pipe(
      v.string('want a duration such as 1m'),
      v.check((text) => (parseDuration(text) ?? 0) > 0, 'a duration such as 1m'),
    ),
  ),
  time: v.optional(
    v.pipe(
      v.string('want a time such as 2026-01-31T12:00:00Z'),
      v.check((text) => !Number.isNaN(Date.parse(text)), 'a time such as 2026-01-31T12:00:00Z'),
    ),
  ),
  explain: v.optional(v.boolean('want true or false')),
});

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html
const scheduledEventSchema = v.object({ source: v.literal('aws.events'), time: v.string() });

/**
 * Reads an event. Nothing (`undefined`, `null`, `{}`, an empty text) means: every probe, now.
 * EventBridge's own scheduled event means: every probe that is due at its time.
 * @throws ConfigError with every issue.
 */
export function parseEvent(input: unknown): ProbeEvent {
  const event = input === undefined || input === null || input === '' ? {} : input;
  if (v.is(scheduledEventSchema, event)) {
    return { probes: ['*'], schedule: 60, time: Date.parse(event.time), explain: false };
  }
  const result = v.safeParse(eventSchema, event);
  const issues = result.issues === undefined ? [] : explainIssues(eventSchema, result.issues);
  if (result.success) {
    const { probes, targets, module } = result.output;
    if (probes !== undefined && targets !== undefined) {
      issues.push({ path: 'targets', message: 'given beside probes, want one of them' });
    }
    if (module !== undefined && targets === undefined) {
      issues.push({ path: 'module', message: 'given without targets, want targets too' });
    }
  }
  if (!result.success || issues.length > 0) throw new ConfigError('event', issues);
  return build(result.output);
}

function build(event: v.InferOutput<typeof eventSchema>): ProbeEvent {
  const schedule = event.schedule === undefined ? undefined : parseDuration(event.schedule);
  return {
    probes: event.probes ?? (event.targets === undefined ? ['*'] : []),
    ...(event.targets !== undefined && {
      adHoc: { targets: event.targets, module: event.module },
    }),
    ...(schedule !== undefined && { schedule }),
    ...(event.time !== undefined && { time: Date.parse(event.time) }),
    explain: event.explain ?? false,
  };
}
