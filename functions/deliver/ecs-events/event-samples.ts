// Samples of an event, with labels as the polled series of ECS have them. Pure.
import {
  type EpochMs,
  exitReason,
  type Group,
  hashText,
  type Sample,
  sample,
} from '@fargaze/core/internal';
import type { EcsEvent } from './event.ts';

/**
 * When the samples of an event are, to the millisecond: its second is the event's, its milliseconds follow from its id. So an
 * event that is delivered twice is one sample, and two events of one second are nearly always two.
 */
function eventTime({ id, time }: EcsEvent): EpochMs {
  return time * 1000 + (hashText(id) % 1000);
}

/** The group of an event for remote write: among the polled series of its cluster, each sample with the event's time. */
export function timedGroup(event: EcsEvent): Group {
  const at = eventTime(event);
  const { about, place } = event;
  const samples =
    about.kind === 'stop'
      ? [
          sample('ecs_event_task_stop', { stop_code: about.stopCode, ...place }, 1),
          ...exitsOf(event).map((exit) =>
            sample('ecs_event_container_exit', { ...exit, ...place }, 1),
          ),
        ]
      : [sample('ecs_event_service', { ...namesOf(about), ...serviceOf(place) }, 1)];
  return {
    grouping: { job: 'fargaze-ecs', instance: event.arn },
    samples: samples.map((one) => ({ ...one, at })),
  };
}

/** Samples of an event for a Pushgateway, which refuses times: the time is the value, and the id tells events apart. */
export function heldSamples(event: EcsEvent): Sample[] {
  const { about, id: event_id, place, time } = event;
  if (about.kind === 'service') {
    const labels = { event_id, ...namesOf(about), ...serviceOf(place) };
    return [sample('ecs_event_service_timestamp_seconds', labels, time)];
  }
  const stop = { event_id, stop_code: about.stopCode, ...place };
  return [
    sample('ecs_event_task_stop_timestamp_seconds', stop, time),
    ...exitsOf(event).map((exit) =>
      sample('ecs_event_container_exit_timestamp_seconds', { event_id, ...exit, ...place }, time),
    ),
  ];
}

type Exit = {
  readonly container_name: string;
  readonly reason: string;
  readonly exit_code: string;
};

function exitsOf({ about }: EcsEvent): Exit[] {
  if (about.kind !== 'stop') return [];
  return about.containers.map((container) => ({
    container_name: container.name,
    reason: exitReason(container, about),
    exit_code: String(container.exitCode ?? ''),
  }));
}

function namesOf({ name, type }: { readonly name: string; readonly type: string }) {
  return { event_name: name, event_type: type };
}

function serviceOf({ account_id, cluster, region, service }: EcsEvent['place']) {
  return { region, account_id, cluster, service };
}
