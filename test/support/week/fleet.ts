// An ordinary fleet over a week, as the series that Prometheus would have of it: probes, ECS services as ecs-bridge
// pushes them, requests, Redis, and fargaze itself. One value a minute.

import { parseConfigText } from '../../../build/config-file.ts';
import { expectedOf } from '../../../infra/export/export.ts';
import { at, dayMinutes, type Trouble } from './incidents.ts';
import { counter, type Track } from './track.ts';

/** Minutes of the week, and of the hour after it. */
export const minutes = 7 * dayMinutes + 60;

/** A series and its values. */
export type Series = { readonly series: string; readonly track: Track };

/** The week's fargaze.yml, as it is after the probe `landing` was taken out on day 4. */
export const config = parseConfigText(`
probes:
  - { name: shop, module: http_2xx, target: 'https://shop.example/', quiet_during_rollout: live/shop, labels: { team: shop } }
  - { name: api, module: http_2xx, target: 'http://api.live:8000/', quiet_during_rollout: live/api }
  - { name: partner, module: http_2xx, target: 'https://partner.example/', interval: 5m }
  - { name: report, module: http_2xx, target: 'https://report.example/', interval: 1h }
  - { name: cache, module: redis_canary, target: 'redis://cache.live:6379' }
modules:
  redis_canary: { prober: redis }
slos:
  - { name: shop-up, indicator: probe, probe: shop, objective: 99.9 }
  - { name: shop-requests, indicator: requests, job: shop, objective: 99.9 }
  - { name: shop-latency, indicator: latency, job: shop, threshold: 500ms, objective: 95 }
`);

/** Its probes with their groups. */
export const expected = expectedOf(config, () => undefined);

const hour = (minute: number) => Math.floor((minute % dayMinutes) / (dayMinutes / 24));
const night = (minute: number) => hour(minute) < 6 || hour(minute) >= 22;
const within = (minute: number, from: number, length: number) =>
  minute >= from && minute < from + length;

/** Rollouts by service: when each began, and how long it took. */
const rollouts: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  shop: [
    [at(1, 10), 9],
    [at(3, 15), 12],
  ],
  // One task: the old one is stopped before the new one starts.
  api: [[at(2, 11), 4]],
};
const inRollout = (service: string, minute: number) =>
  (rollouts[service] ?? []).some(([from, length]) => within(minute, from, length));

/** In the night to day 5 everything takes longer. */
const slow = (minute: number) => within(minute, at(5, 1), dayMinutes / 8);
/** A scheduled job of twenty minutes, each night. */
const nightly = (minute: number) => within(minute % dayMinutes, at(0, 3), 20);
/** Day 0 and day 4 in the afternoon: Spot takes two of the shop's tasks for some minutes. */
const spot = (minute: number) => within(minute, at(0, 15), 4) || within(minute, at(4, 16), 5);

/** Every series of the week. */
export function fleet(trouble: Trouble): Series[] {
  const pushed = pushedBy(trouble);
  return [
    ...probeSeries(trouble).map(pushed),
    ...serviceSeries(trouble).map(pushed),
    ...deliverySeries(trouble).map(pushed),
    ...requestSeries(trouble),
    ...redisSeries(trouble),
    ...scrapeSeries(trouble),
  ];
}

/** What comes by the Pushgateway: nothing while it is gone, and what was last there while nothing is delivered. */
function pushedBy(trouble: Trouble): (one: Series) => Series {
  const lastDelivered = lastMinute((minute) => !trouble('deliver', minute));
  return ({ series, track }) => ({
    series,
    track: (minute) => (trouble('pushgateway', minute) ? undefined : track(lastDelivered(minute))),
  });
}

/** For each minute the last one at which `held`. */
function lastMinute(held: (minute: number) => boolean): (minute: number) => number {
  const last: number[] = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    last.push(held(minute) ? minute : (last.at(-1) ?? 0));
  }
  return (minute) => last[minute] ?? 0;
}

type Probed = {
  readonly name: string;
  readonly job: string;
  readonly instance: string;
  readonly interval: number;
  readonly fails: (minute: number) => boolean;
  /** Whether a result is taken. */
  readonly runs?: (minute: number) => boolean;
};

function probeSeries(trouble: Trouble): Series[] {
  const group = (name: string) => {
    const found = expected.find((probe) => probe.name === name);
    if (found === undefined) throw new RangeError(`no probe ${name}`);
    return { ...found, interval: found.interval ?? 60 };
  };
  const all: Probed[] = [
    {
      ...group('shop'),
      // One result in some hours fails, as it does everywhere.
      fails: (minute) => trouble('target', minute) || minute % 1009 === 17,
    },
    { ...group('api'), fails: (minute) => inRollout('api', minute) },
    {
      ...group('partner'),
      fails: (minute) => trouble('flapping', minute) && Math.floor(minute / 5) % 2 === 0,
    },
    { ...group('report'), fails: (minute) => within(minute, at(2, 4), 60) },
    {
      ...group('cache'),
      fails: (minute) => trouble('hang', minute),
      runs: (minute) => !trouble('schedule', minute),
    },
    {
      ...{ name: 'landing', job: 'fargaze-web', instance: 'https://landing.example/' },
      interval: 60,
      fails: () => false,
      runs: (minute) => minute < at(4, 0),
    },
  ];
  return all.flatMap(seriesOf);
}

function seriesOf({ name, job, instance, interval, fails, runs = () => true }: Probed): Series[] {
  const every = interval / 60;
  const taken = lastMinute((minute) => minute % every === 0 && runs(minute));
  const of = `job="${job}",instance="${instance}"`;
  const info = `probe="${name}",module="m",function="web-probe",vantage="vpc",region="r",version="1"`;
  const tls = instance.startsWith('https:')
    ? [{ series: `probe_ssl_earliest_cert_expiry{${of}}`, track: () => 90 * 86_400 }]
    : [];
  const phase =
    job === 'fargaze-redis' ? 'probe_redis_duration_seconds' : 'probe_http_duration_seconds';
  return [
    { series: `fargaze_probe_timestamp_seconds{${of}}`, track: (minute) => 60 * taken(minute) },
    { series: `probe_success{${of}}`, track: (minute) => (fails(taken(minute)) ? 0 : 1) },
    { series: `probe_duration_seconds{${of}}`, track: (minute) => (slow(taken(minute)) ? 3 : 1) },
    { series: `${phase}{${of},phase="connect"}`, track: () => 1 },
    { series: `probe_interval_seconds{${of}}`, track: () => interval },
    { series: `probe_timeout_seconds{${of}}`, track: () => 5 },
    { series: `fargaze_probe_info{${of},${info}}`, track: () => 1 },
    ...tls,
  ];
}

function serviceSeries(trouble: Trouble): Series[] {
  const bridge = 'job="fargaze-ecs",instance="live"';
  return [
    { series: `fargaze_bridge_timestamp_seconds{${bridge}}`, track: (minute) => 60 * minute },
    ...service('shop', {
      desired: (minute) => (night(minute) ? 4 : 10),
      missing: (minute) => (spot(minute) ? 2 : inRollout('shop', minute) ? 1 : 0),
    }),
    ...service('api', {
      desired: () => 1,
      missing: (minute) => (within(minute, at(2, 11), 3) ? 1 : 0),
      failed: (minute) => trouble('rollout', minute),
    }),
    // Does nothing at night, on purpose.
    ...service('worker', {
      desired: (minute) => (night(minute) ? 0 : 3),
      missing: (minute) => (trouble('crash', minute) ? 3 : 0),
    }),
    ...service('nightly', {
      desired: (minute) => (nightly(minute) ? 1 : 0),
      missing: () => 0,
    }),
    {
      series: `ecs_service_stopped_tasks{${bridge},cluster="live",service="worker",stop_code="EssentialContainerExited"}`,
      track: (minute) => (trouble('crash', minute) ? 9 : 0),
    },
    {
      series: `ecs_service_last_stop_timestamp_seconds{${bridge},cluster="live",service="worker",stop_code="EssentialContainerExited"}`,
      track: lastStop((minute) => trouble('crash', minute)),
    },
    {
      series: `ecs_service_stopped_tasks{${bridge},cluster="live",service="shop",stop_code="SpotInterruption"}`,
      track: (minute) => (spot(minute) || spot(minute - 30) ? 2 : 0),
    },
    {
      series: `ecs_service_last_stop_timestamp_seconds{${bridge},cluster="live",service="shop",stop_code="SpotInterruption"}`,
      track: lastStop(spot),
    },
  ];
}

const lastStop = (stops: (minute: number) => boolean): Track => {
  const last = lastMinute(stops);
  return (minute) => 60 * last(minute);
};

type Tasks = {
  readonly desired: (minute: number) => number;
  readonly missing: (minute: number) => number;
  readonly failed?: (minute: number) => boolean;
};

function service(name: string, { desired, missing, failed = () => false }: Tasks): Series[] {
  const of = `job="fargaze-ecs",instance="live",cluster="live",service="${name}"`;
  const begun = lastMinute((minute) => (rollouts[name] ?? []).some(([from]) => from === minute));
  const state = (which: string, holds: (minute: number) => boolean): Series => ({
    series: `ecs_service_deployment_rollout_state{${of},status="PRIMARY",state="${which}"}`,
    track: (minute) => (holds(minute) ? 1 : 0),
  });
  return [
    { series: `ecs_service_desired_tasks{${of}}`, track: desired },
    {
      series: `ecs_service_running_tasks{${of}}`,
      track: (minute) => desired(minute) - missing(minute),
    },
    {
      series: `ecs_service_distinct_images{${of},container_name="app"}`,
      track: (minute) => (inRollout(name, minute) && name !== 'api' ? 2 : 1),
    },
    state('IN_PROGRESS', (minute) => inRollout(name, minute)),
    state('FAILED', failed),
    {
      series: `ecs_service_deployment_created_timestamp_seconds{${of},status="PRIMARY"}`,
      track: (minute) => 60 * begun(minute),
    },
  ];
}

function deliverySeries(trouble: Trouble): Series[] {
  const of = 'job="fargaze-deliver",instance="deliver"';
  const waited = (minute: number) => !trouble('deliver', minute) && trouble('deliver', minute - 3);
  return [
    { series: `fargaze_deliver_timestamp_seconds{${of}}`, track: (minute) => 60 * minute },
    {
      series: `fargaze_deliver_queue_age_seconds{${of}}`,
      track: (minute) => (waited(minute) ? 1200 : 5),
    },
    {
      series: 'push_time_seconds{job="fargaze-web",instance="https://shop.example/"}',
      track: (minute) => 60 * minute,
    },
    {
      series: 'push_failure_time_seconds{job="fargaze-web",instance="https://shop.example/"}',
      track: () => 0,
    },
  ];
}

/** Requests a minute by day and by night. */
const requests = (minute: number) => (night(minute) ? 60 : 1200);

function requestSeries(trouble: Trouble): Series[] {
  const of = 'job="shop",cluster="live",service="shop",instance="t1",method="GET",route="/"';
  const failing = (minute: number) => trouble('errors', minute);
  // Two in ten thousand fail always; on the slow night one in fifty takes more than half a second.
  const bad = (minute: number) => (failing(minute) ? requests(minute) : minute % 20 === 0 ? 4 : 0);
  const late = (minute: number) => requests(minute) * (slow(minute) ? 0.1 : 0.005);
  const bucket = (le: string, added: (minute: number) => number): Series => ({
    series: `http_request_duration_seconds_bucket{${of},status="200",le="${le}"}`,
    track: counter((minute) => Math.round(added(minute)), minutes),
  });
  const count = (status: string, added: (minute: number) => number): Series => ({
    series: `http_request_duration_seconds_count{${of},status="${status}"}`,
    track: counter((minute) => Math.max(0, Math.round(added(minute))), minutes),
  });
  return [
    count('200', (minute) => (night(minute) ? 60 : requests(minute) - bad(minute))),
    count('500', (minute) => (night(minute) ? 0 : bad(minute))),
    bucket('0.5', (minute) => requests(minute) - late(minute)),
    bucket('2.5', requests),
    bucket('+Inf', requests),
    {
      series: 'http_requests_in_progress{job="shop",cluster="live",service="shop",instance="t1"}',
      track: (minute) => (night(minute) ? 1 : 4),
    },
  ];
}

function redisSeries(trouble: Trouble): Series[] {
  const exporter = (instance: string, name: string): Series[] => {
    const of = `job="redis",instance="${instance}",server="${instance}.live:6379"`;
    const up = (minute: number) => !trouble(name, minute);
    const whileUp =
      (value: number): Track =>
      (minute) =>
        up(minute) ? value : undefined;
    return [
      { series: `redis_up{${of}}`, track: (minute) => (up(minute) ? 1 : 0) },
      { series: `redis_memory_used_bytes{${of}}`, track: whileUp(95) },
      { series: `redis_memory_max_bytes{${of}}`, track: whileUp(100) },
      {
        series: `redis_instance_info{${of},maxmemory_policy="allkeys-lru",role="master"}`,
        track: whileUp(1),
      },
      // A second replica for some minutes, while the first one is replaced.
      {
        series: `redis_connected_slaves{${of}}`,
        track: (minute) => (up(minute) ? (within(minute, at(3, 11), 6) ? 2 : 1) : undefined),
      },
    ];
  };
  return [...exporter('cache', 'hang'), ...exporter('sessions', 'exporter')];
}

function scrapeSeries(trouble: Trouble): Series[] {
  const up = (job: string, instance: string, track: Track, labels = ''): Series => ({
    series: `up{job="${job}",instance="${instance}"${labels}}`,
    track,
  });
  const worker = (minute: number) => !night(minute) && !trouble('crash', minute);
  return [
    up('prometheus', 'p', () => 1),
    up('pushgateway', 'g', (minute) => (trouble('pushgateway', minute) ? 0 : 1)),
    up('redis', 'cache', () => 1),
    up('redis', 'sessions', () => 1),
    up('shop', 't1', () => 1, ',service="shop"'),
    // Tasks come and go with the day.
    up('shop', 't2', (minute) => (night(minute) ? undefined : 1), ',service="shop"'),
    up('worker', 'w', (minute) => (worker(minute) ? 1 : undefined), ',service="worker"'),
    up('nightly', 'n', (minute) => (nightly(minute) ? 1 : undefined), ',service="nightly"'),
    { series: 'prometheus_tsdb_head_series{job="prometheus",instance="p"}', track: () => 2000 },
  ];
}
