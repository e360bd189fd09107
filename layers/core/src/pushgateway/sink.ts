// The sink that holds the latest result of each target in a Pushgateway, one group per job and instance.
import { mapConcurrently } from '../concurrency.ts';
import { readEnv } from '../env.ts';
import { DeliveryError, messageOf } from '../errors.ts';
import type { Batch, Group } from '../sample.ts';
import type { Sink } from '../sink/sink.ts';
import { markOwner, takenOf } from './owner.ts';
import { checkPushgateway, type Pushgateway } from './push.ts';
import { type Conflicts, pushSamples } from './push-samples.ts';

/** Groups that are pushed at the same time. */
const concurrency = 8;

/**
 * A sink for the Pushgateway at `gateway.url` (a path is kept as prefix).
 * @throws ConfigError when the URL or the credentials are unusable.
 */
export function createPushgatewaySink(gateway: Pushgateway): Sink {
  checkPushgateway(gateway);
  return {
    name: 'pushgateway',
    series: 'refused',
    write: async (batch: Batch, deadline) => {
      const owner = readEnv('FARGAZE_OWNER');
      const conflicts: Conflicts = new Map();
      const leftOut: Conflicts = new Map();
      const faults = await mapConcurrently(batch.groups, concurrency, async (group) => {
        try {
          const taken = takenOf(group, batch.taken);
          const marked = owner === undefined ? group : markOwner(group, taken, owner);
          const own = await pushSamples(gateway, { group: marked, conflicts }, deadline);
          for (const [metric, words] of own) leftOut.set(metric, words);
          return undefined;
        } catch (error) {
          return { group, error };
        }
      });
      throwPushFaults(
        faults.filter((fault) => fault !== undefined),
        batch.groups.length,
      );
      reportConflicts(leftOut);
      refuseTimed(batch.series?.length ?? 0);
    },
  };
}

/** A Pushgateway refuses timestamps: such series would be stored as if they were of now. */
function refuseTimed(series: number): void {
  if (series === 0) return;
  const message = `pushgateway: ${series} series have times of their own, want remote write for them`;
  throw new DeliveryError(message, { retryable: false });
}

/** Everything else is stored; that these are not must not pass in silence. */
function reportConflicts(conflicts: Conflicts): void {
  if (conflicts.size === 0) return;
  const lines = [...conflicts].map(([metric, words]) => `  ${metric}: ${words}`);
  const message = `pushgateway: metrics left out because of what somebody else has pushed\n${lines.join('\n')}`;
  throw new DeliveryError(message, { status: 400, retryable: false });
}

type Fault = { readonly group: Group; readonly error: unknown };
type Refused = Fault & { readonly error: DeliveryError };

/** Our own errors come to light too, but only after every group has been tried. */
function throwPushFaults(faults: readonly Fault[], total: number): void {
  const refused = faults.filter((fault): fault is Refused => fault.error instanceof DeliveryError);
  const [bug] = faults.flatMap(({ error }) => (error instanceof DeliveryError ? [] : [error]));
  const errors = [
    ...(bug === undefined ? [] : [bug]),
    ...(refused.length === 0 ? [] : [combine(refused, total)]),
  ];
  if (errors.length > 1) throw new AggregateError(errors, errors.map(messageOf).join('\n'));
  if (errors.length > 0) throw errors[0];
}

/** One error for all failed groups; the same cause is named once. */
function combine(faults: readonly Refused[], total: number): DeliveryError {
  const byMessage = new Map<string, string[]>();
  for (const { group, error } of faults) {
    const names = byMessage.get(error.message) ?? [];
    byMessage.set(error.message, [...names, `${group.grouping.job} ${group.grouping.instance}`]);
  }
  const lines = [...byMessage].map(([message, names]) => `${listSome(names)}: ${message}`);
  const [first] = faults;
  const status = first?.error.status;
  return new DeliveryError(
    `pushgateway: ${faults.length} of ${total} groups not delivered\n  ${lines.join('\n  ')}`,
    {
      ...(status !== undefined && { status }),
      retryable: faults.some(({ error }) => error.retryable),
      cause: first?.error.cause,
    },
  );
}

function listSome(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}
