// Problems that the events of a service report, as one of a few words: ECS writes long free texts, which make bad labels.

/** The values of the label `event` of `ecs_service_last_event_timestamp_seconds`. */
export type ServiceTrouble =
  | 'deployment_failed'
  | 'rollback'
  | 'placement_failed'
  | 'start_impaired'
  | 'unhealthy_container'
  | 'unhealthy_target'
  | 'throttled';

// docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
const byText: readonly (readonly [RegExp, ServiceTrouble])[] = [
  [/deployment failed/i, 'deployment_failed'],
  [/rolling back/i, 'rollback'],
  [/unable to place a task/i, 'placement_failed'],
  [/unable to consistently start tasks/i, 'start_impaired'],
  [/failed container health checks/i, 'unhealthy_container'],
  [/is unhealthy in \(?target-group/i, 'unhealthy_target'],
  [/being throttled/i, 'throttled'],
];

/** Whether a message says that the service is steady. */
export function isSteady(message: string | undefined): boolean {
  return message?.includes('has reached a steady state') ?? false;
}

/** The problem that a message reports; undefined for any other message. */
export function troubleOf(message: string | undefined): ServiceTrouble | undefined {
  return byText.find(([pattern]) => pattern.test(message ?? ''))?.[1];
}

/** The events of a service that matter; times in seconds since 1970. */
export type Notable = {
  readonly steadyAt: number | undefined;
  readonly troubles: ReadonlyMap<ServiceTrouble, number>;
};

/** The newest event of each kind: the API answers the last 100, newest first. */
export function notableEvents(
  events: readonly { readonly createdAt?: number; readonly message?: string | undefined }[],
): Notable {
  const troubles = new Map<ServiceTrouble, number>();
  for (const { createdAt, message } of events) {
    const event = troubleOf(message);
    if (event === undefined || createdAt === undefined) continue;
    troubles.set(event, Math.max(createdAt, troubles.get(event) ?? 0));
  }
  return { steadyAt: events.find(({ message }) => isSteady(message))?.createdAt, troubles };
}
