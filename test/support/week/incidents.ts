// What goes wrong in the week, and the page that each must be. Times are minutes since its start.
import { readEnv } from '../../../layers/core/src/env.ts';

/** A thing that breaks. */
export type Incident = {
  readonly name: string;
  /** What happens, in the words of the document. */
  readonly story: string;
  readonly from: number;
  readonly minutes: number;
  /** When the second bad result, answer, scrape or run is there, in minutes after the start. */
  readonly second: number;
  readonly page: string;
  /** Labels that the page must have. */
  readonly labels: Readonly<Record<string, string>>;
};

/**
 * Minutes of a day of the simulated week. A day of four hours has all that happens in one, closer together, and each wait
 * and window of the rules is as long as ever; FARGAZE_WEEK_HOURS=24 makes it a whole one, which takes promtool minutes.
 */
export const dayMinutes = 60 * Number(readEnv('FARGAZE_WEEK_HOURS') ?? 4);

/** The minute of the week at which it is `hour` on a day from 0 to 6. */
export const at = (day: number, hour: number) => day * dayMinutes + (hour * dayMinutes) / 24;

/** All of them, hours apart, in their order. */
export const incidents: readonly Incident[] = [
  {
    name: 'target',
    story: 'the shop refuses connections for 12 minutes',
    from: at(1, 2),
    minutes: 12,
    second: 1,
    page: 'FargazeProbeFailed',
    labels: { instance: 'https://shop.example/', team: 'shop' },
  },
  {
    name: 'flapping',
    story: 'a partner that is probed every five minutes fails every other time for an hour',
    from: at(1, 14),
    minutes: 60,
    second: 10,
    page: 'FargazeProbeFailed',
    labels: { instance: 'https://partner.example/' },
  },
  {
    name: 'hang',
    story: 'Redis hangs for 15 minutes: its probe fails, and so does its exporter',
    from: at(2, 3),
    minutes: 15,
    second: 1,
    page: 'FargazeProbeFailed',
    labels: { instance: 'redis://cache.live:6379' },
  },
  {
    name: 'exporter',
    story: 'a Redis that no probe watches is down for 15 minutes',
    from: at(2, 16),
    minutes: 15,
    second: 1,
    page: 'FargazeRedisDown',
    labels: { instance: 'sessions' },
  },
  {
    name: 'errors',
    story: 'every request to the shop is answered with 500 for 20 minutes',
    from: at(3, 9),
    minutes: 20,
    second: 2,
    page: 'FargazeSloBurningFast',
    labels: { slo: 'shop-requests' },
  },
  {
    name: 'crash',
    story: 'the tasks of the worker end as soon as they start, for half an hour',
    from: at(4, 13),
    minutes: 30,
    second: 1,
    page: 'FargazeEcsServiceDown',
    labels: { service: 'worker' },
  },
  {
    name: 'rollout',
    story: 'the circuit breaker gives up a rollout of the API, whose old task goes on',
    from: at(5, 10),
    minutes: 45,
    second: 1,
    page: 'FargazeEcsRolloutFailed',
    labels: { service: 'api' },
  },
  {
    name: 'pushgateway',
    story: 'the Pushgateway is gone for 15 minutes',
    from: at(5, 20),
    minutes: 15,
    second: 1,
    page: 'FargazePushgatewayDown',
    labels: { job: 'pushgateway' },
  },
  {
    name: 'schedule',
    story: 'the schedule of the Redis probe is disabled for 20 minutes',
    from: at(6, 8),
    minutes: 20,
    second: 1,
    page: 'FargazeProbeSilent',
    labels: { instance: 'redis://cache.live:6379' },
  },
  {
    name: 'deliver',
    story: 'deliver fails for 20 minutes: results wait in the queue',
    from: at(6, 18),
    minutes: 20,
    second: 1,
    page: 'FargazeDeliverSilent',
    labels: {},
  },
];

/** Whether an incident is going on, by its name. */
export type Trouble = (name: string, minute: number) => boolean;

/** A week without any. */
export const noTrouble: Trouble = () => false;

/** The week with all of them. */
export const allTrouble: Trouble = (name, minute) => {
  const incident = incidents.find((one) => one.name === name);
  if (incident === undefined) throw new RangeError(`no incident ${name}`);
  return minute >= incident.from && minute < incident.from + incident.minutes;
};
