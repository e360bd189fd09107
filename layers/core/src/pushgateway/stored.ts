// What a Pushgateway holds, for those who must look before they write. Refuses an answer that is not whole.
import type { EpochMs } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import { DeliveryError } from '../errors.ts';
import { groupPath } from './grouping.ts';
import { askPushgateway, type Pushgateway } from './push.ts';

/** Bytes of what a Pushgateway holds that are read: some hundred thousand series. */
const keptBytes = 64 * 1024 * 1024;

/** What a Pushgateway answered. */
export type PushgatewayText = {
  readonly text: string;
  /** When it answered, by its own clock; undefined where it does not say. */
  readonly now: EpochMs | undefined;
};

/**
 * The body of a GET of `path`, whole.
 * @throws DeliveryError when it cannot be read or is longer than 64 MiB.
 */
export async function readPushgatewayPath(
  gateway: Pushgateway,
  path: string,
  deadline: Deadline,
): Promise<PushgatewayText> {
  const request = { method: 'GET', path, keep: keptBytes } as const;
  const { body, cut, headers } = await askPushgateway(gateway, request, deadline);
  if (cut === true) {
    const message = `the Pushgateway holds more than ${keptBytes} bytes, want less`;
    throw new DeliveryError(message, { retryable: true });
  }
  const now = Date.parse(String(headers.date));
  return { text: body, now: Number.isNaN(now) ? undefined : now };
}

/** Removes a group. @throws DeliveryError when it was not taken. */
export async function deleteGroup(
  gateway: Pushgateway,
  grouping: Readonly<Record<string, string>>,
  deadline: Deadline,
): Promise<void> {
  await askPushgateway(gateway, { method: 'DELETE', path: groupPath(grouping) }, deadline);
}

/** One series of Prometheus text. */
export type StoredSeries = {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** The series of the metrics `names` in Prometheus text; the others are passed over without being read. */
export function findSeries(text: string, names: ReadonlySet<string>): StoredSeries[] {
  const found: StoredSeries[] = [];
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const stop = end === -1 ? text.length : end;
    const metric = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
    metric.lastIndex = start;
    const [name = ''] = metric.exec(text) ?? [];
    if (names.has(name)) found.push(parseSeries(text.slice(start, stop), name));
    start = stop + 1;
  }
  return found;
}

/** Label values hold `\\`, `\"` and `\n` escaped (prometheus.io/docs/instrumenting/exposition_formats). */
function parseSeries(line: string, metric: string): StoredSeries {
  const labels: Record<string, string> = {};
  const pair = /[{,]\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"/y;
  pair.lastIndex = metric.length;
  let end = metric.length;
  for (let match = pair.exec(line); match !== null; match = pair.exec(line)) {
    const [, name = '', value = ''] = match;
    labels[name] = value.replace(/\\(.)/g, (_, mark: string) => (mark === 'n' ? '\n' : mark));
    end = pair.lastIndex;
  }
  const [number = ''] = line
    .slice(end)
    .replace(/^\s*,?\s*\}/, '')
    .trim()
    .split(/\s+/);
  return { metric, labels, value: Number(number.replace('Inf', 'Infinity')) };
}
