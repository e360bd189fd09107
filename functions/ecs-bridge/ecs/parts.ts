// A cluster in groups that a message of the delivery queue can hold: a group is one message, and ECS allows 5,000 services in a
// cluster. A service stays in its part while the number of parts stays, which only doubles.
import { hashText, type Sample } from '@fargaze/core/internal';

/** Samples in a group at most, on average: some 200 KB of a message of 256 KB, were all labels long. */
const samplesPerPart = 6_000;

/**
 * The samples by the instance of their group: the cluster's ARN, and beyond some 250 services also `<ARN>/part-1` and so on.
 * Those that are of no service are in the first.
 */
export function partsOf(arn: string, samples: readonly Sample[]): Map<string, Sample[]> {
  const count = 2 ** Math.max(0, Math.ceil(Math.log2(samples.length / samplesPerPart)));
  const lists = Array.from({ length: count }, (): Sample[] => []);
  const partOf = new Map<string | undefined, number>([[undefined, 0]]);
  for (const sample of samples) {
    const { service } = sample.labels as { readonly service?: string };
    let part = partOf.get(service);
    if (part === undefined) {
      part = hashText(service ?? '') % count;
      partOf.set(service, part);
    }
    lists[part]?.push(sample);
  }
  const parts = new Map<string, Sample[]>();
  for (const [part, list] of lists.entries()) {
    if (list.length > 0) parts.set(part === 0 ? arn : `${arn}/part-${part}`, list);
  }
  return parts;
}
