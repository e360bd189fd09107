// Which sink the environment asks for. Every problem of the environment is named at once.

import { meantOrOneOf } from '../config/suggest.ts';
import { readEnv } from '../env.ts';
import { ConfigError, type Issue } from '../errors.ts';
import { createPushgatewaySink } from '../pushgateway/sink.ts';
import type { SqsQueue } from '../queue/sqs.ts';
import type { Sink } from '../sink/sink.ts';
import { createStdoutSink } from '../sink/stdout.ts';
import {
  type RemoteWriteReceiver,
  readPushgateway,
  readQueue,
  readRemoteWriteReceiver,
} from './settings.ts';

const sinks = {
  pushgateway: (issues: Issue[]) => {
    const gateway = readPushgateway(issues);
    return gateway === undefined ? undefined : createPushgatewaySink(gateway);
  },
  'remote-write': (issues: Issue[]) => {
    const receiver = readRemoteWriteReceiver(issues);
    return receiver === undefined ? undefined : lateRemoteWrite(receiver);
  },
  queue: (issues: Issue[]) => {
    const queue = readQueue(issues);
    return queue === undefined ? undefined : lateQueue(queue);
  },
  stdout: () => createStdoutSink(),
  none: () => discarding,
} as const satisfies SinkTable;

/** Nobody asked for the results but by the answer: an invocation by hand. */
const discarding: Sink = { name: 'none', series: 'shown', discards: true, write: async () => {} };

/** How each sink is made; what is wrong with its settings goes to `issues`. */
export type SinkTable = Readonly<Record<string, (issues: Issue[]) => Sink | undefined>>;

/**
 * The sink named by `FARGAZE_SINK`; unset, it is `pushgateway` when `FARGAZE_PUSHGATEWAY_URL` is set, else `stdout`.
 * `own` are sinks that the function knows besides.
 * @throws ConfigError for an unknown name or missing settings.
 */
export function createSink(own: SinkTable = {}): Sink {
  const known: SinkTable = { ...sinks, ...own };
  const fallback = readEnv('FARGAZE_PUSHGATEWAY_URL') ? 'pushgateway' : 'stdout';
  const name = readEnv('FARGAZE_SINK') ?? fallback;
  const issues: Issue[] = [];
  const create = Object.hasOwn(known, name) ? known[name] : undefined;
  const sink = create?.(issues);
  if (create === undefined) {
    const hint = meantOrOneOf(name, Object.keys(known));
    issues.push({ path: 'FARGAZE_SINK', message: `got ${JSON.stringify(name)}${hint}` });
  }
  if (sink === undefined || issues.length > 0) throw new ConfigError('environment', issues);
  return sink;
}

/** Loaded when it is first written to: probes that push to a Pushgateway have no use for it. */
function lateRemoteWrite(receiver: RemoteWriteReceiver): Sink {
  let sink: Sink | undefined;
  return {
    name: 'remote-write',
    series: 'stored',
    write: async (batch, deadline) => {
      sink ??= (await import('../remote-write/sink.ts')).createRemoteWriteSink(receiver);
      return sink.write(batch, deadline);
    },
  };
}

/** Loaded late, likewise. */
function lateQueue(queue: SqsQueue): Sink {
  return {
    name: 'queue',
    series: 'forwarded',
    write: async (batch, deadline) =>
      (await import('../queue/sink.ts')).createQueueSink(queue).write(batch, deadline),
  };
}
