// The event of the function: the input of its schedule, or EventBridge's own event.
import { ConfigError, parseDuration, type Seconds } from '@fargaze/core';

const knownKeys = [
  'schedule',
  'time',
  'source',
  'detail-type',
  'detail',
  'id',
  'account',
  'region',
  'resources',
  'version',
];

/** Seconds between the ticks of the schedule; undefined: invoked by hand. @throws ConfigError for any other event. */
export function readSchedule(event: unknown): Seconds | undefined {
  const given = (event ?? {}) as { readonly schedule?: unknown; readonly source?: unknown };
  const issues = Object.keys(given)
    .filter((key) => !knownKeys.includes(key))
    .map((path) => ({ path, message: 'unknown key' }));
  const { schedule, source } = given;
  const seconds = typeof schedule === 'string' ? parseDuration(schedule) : undefined;
  if (schedule !== undefined && !(seconds !== undefined && seconds > 0)) {
    const message = `got ${JSON.stringify(schedule)}, want a duration such as 1m`;
    issues.push({ path: 'schedule', message });
  }
  if (issues.length > 0) throw new ConfigError('event', issues);
  return seconds ?? (source === 'aws.events' ? 60 : undefined);
}
