// Where series with times of their own go: to the remote-write receiver of the environment, whatever sink takes the rest.
import { systemClock } from '../clock.ts';
import type { Deadline } from '../deadline.ts';
import { readEnv } from '../env.ts';
import { ConfigError, type Issue } from '../errors.ts';
import { RemoteWriteClient, type WriteResult } from '../remote-write/client.ts';
import { type InstantValue, queryInstant } from '../remote-write/query.ts';
import type { Series } from '../sample.ts';
import type { Sink } from '../sink/sink.ts';
import { readRemoteWriteReceiver } from './settings.ts';

/** Writes series, and asks what was written before. */
export type SeriesWriter = {
  /** Whether a write's result is the receiver's own answer, or somebody delivers it later. */
  readonly answers: 'now' | 'later';
  /** @throws DeliveryError when the receiver cannot be reached; what it refuses for good is in the result. */
  write(series: readonly Series[], deadline: Deadline): Promise<WriteResult>;
  /** The answer to an instant query; undefined when the receiver cannot be asked. @throws DeliveryError */
  query(
    asked: { readonly expression: string; readonly at: number },
    deadline: Deadline,
  ): Promise<InstantValue[] | undefined>;
};

/**
 * The writer of the environment: a sink that forwards series gets them, else `FARGAZE_REMOTE_WRITE_URL`, else one that shows them.
 * @throws ConfigError when there is neither.
 */
export function createSeriesWriter(sink: Sink): SeriesWriter {
  if (sink.series === 'forwarded') return bySink(sink);
  if (readEnv('FARGAZE_REMOTE_WRITE_URL') === undefined) {
    if (sink.series === 'shown') return bySink(sink);
    const message = `is unset, want the remote-write URL of a Prometheus: points of CloudWatch have times of their own, which sink ${sink.name} cannot take`;
    throw new ConfigError('environment', [{ path: 'FARGAZE_REMOTE_WRITE_URL', message }]);
  }
  const issues: Issue[] = [];
  const receiver = readRemoteWriteReceiver(issues);
  if (receiver === undefined) throw new ConfigError('environment', issues);
  const options = { ...receiver, clock: systemClock };
  const client = new RemoteWriteClient(options);
  return {
    answers: 'now',
    write: (series, deadline) => client.write(series, deadline),
    query: (asked, deadline) => queryInstant(options, asked, deadline),
  };
}

function bySink(sink: Sink): SeriesWriter {
  return {
    answers: 'later',
    write: async (series, deadline) => {
      await sink.write({ taken: systemClock.now(), groups: [], series }, deadline);
      const sent = series.reduce((sum, { points }) => sum + points.length, 0);
      return { sent, rejected: {}, requests: 1 };
    },
    query: async () => undefined,
  };
}
