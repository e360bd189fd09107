/** What the event of a schedule holds, as Serverless wants it said. */
export type Input =
  | { readonly input: object }
  | {
      readonly inputTransformer: { readonly inputPathsMap: object; readonly inputTemplate: string };
    };

/** Gives the functions of web probes, and the bridge, one schedule for each shard, in place. */
export function shareSchedules(
  service: { readonly functions: Record<string, { events: { readonly schedule: object }[] }> },
  config: { readonly shards: number; readonly bridge: { readonly shards: number } },
  inputOf: (own: object) => Input,
): void;

/** The event as it is. */
export function toInput(own: object): Input;

/** The event with the time of EventBridge's tick. */
export function toInputWithTime(own: object): Input;
