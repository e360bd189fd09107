// The sink that holds the latest result of each target in a Pushgateway, one group per job and instance.
import { mapConcurrently } from '../concurrency.ts';
import { DeliveryError } from '../errors.ts';
import { renderExposition } from '../exposition.ts';
import type { Batch, Group } from '../sample.ts';
import { type Pushgateway, parsePushgatewayUrl, pushGroup } from './push.ts';
import type { Sink } from './sink.ts';

/** Groups that are pushed at the same time. */
const concurrency = 8;

/**
 * A sink for the Pushgateway at `gateway.url` (a path is kept as prefix).
 * @throws ConfigError when the URL is unusable.
 */
export function createPushgatewaySink(gateway: Pushgateway): Sink {
  parsePushgatewayUrl(gateway.url);
  return {
    name: 'pushgateway',
    write: async (batch: Batch, deadline) => {
      const faults = await mapConcurrently(batch.groups, concurrency, async (group) => {
        try {
          const text = await renderExposition(group.samples);
          await pushGroup(gateway, { grouping: group.grouping, text }, deadline);
          return undefined;
        } catch (error) {
          if (!(error instanceof DeliveryError)) throw error;
          return { group, error };
        }
      });
      const failed = faults.filter((fault) => fault !== undefined);
      if (failed.length > 0) throw combine(failed, batch.groups.length);
    },
  };
}

type Fault = { readonly group: Group; readonly error: DeliveryError };

/** One error for all failed groups; the same cause is told once. */
function combine(faults: readonly Fault[], total: number): DeliveryError {
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
