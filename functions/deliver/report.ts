// What a run says of itself: one wide log line with the heartbeat that CloudWatch reads from it, and a group of its own.
import {
  type Clock,
  type Deadline,
  type Group,
  type InvocationContext,
  type Log,
  messageOf,
  pushSamples,
  type Receivers,
  RemoteWriteClient,
  readEnv,
  roundSeconds,
  type Sample,
  sample,
  seriesOfBatch,
} from '@fargaze/core/internal';
import { messageOutcomes, type Run } from './run.ts';
import { countUndeliverable } from './undeliverable.ts';

/** Where the report goes. */
export type ReportEnvironment = {
  readonly receivers: Receivers;
  readonly owner: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly deadline: Deadline;
  readonly context: InvocationContext;
};

const groupOutcomes = ['pushed', 'superseded', 'failed', 'refused'] as const;

/** Logs the run and delivers its metrics; that they cannot be delivered is logged and changes nothing else. */
export async function reportRun(run: Run, env: ReportEnvironment): Promise<void> {
  try {
    await deliverOwn(run, env);
  } catch (error) {
    env.log('warn', 'own metrics not delivered', { detail: messageOf(error) });
  }
  const { groups, messages, written } = run;
  env.log('info', 'invocation', {
    request: env.context.awsRequestId,
    messages: tally(messages, messageOutcomes),
    groups: tally(groups, groupOutcomes),
    repaired: countRepaired(run),
    samples: written.reduce((sum, one) => sum + (one?.sent ?? 0), 0),
    rejected: Object.fromEntries(countRejected(run)),
    queueAgeSeconds: queueAge(run),
    seconds: roundSeconds(run.seconds),
    ...embeddedMetrics(run),
  });
}

function tally<T extends string>(
  items: readonly { readonly outcome: string }[],
  outcomes: readonly T[],
): Record<T, number> {
  const count = (outcome: T) => items.filter((item) => item.outcome === outcome).length;
  return Object.fromEntries(outcomes.map((outcome) => [outcome, count(outcome)])) as Record<
    T,
    number
  >;
}

function countRepaired({ groups }: Run): number {
  return groups.reduce((sum, { repaired }) => sum + repaired, 0);
}

function countRejected({ written }: Run): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of written) {
    for (const [reason, count = 0] of Object.entries(one?.rejected ?? {})) {
      counts.set(reason, (counts.get(reason) ?? 0) + count);
    }
  }
  return counts;
}

/** Seconds; undefined when there was no batch. What is on its way to the dead letters does not wait for delivery. */
function queueAge({ messages, now, seconds }: Run): number | undefined {
  const times = messages.flatMap(({ outcome, taken }) =>
    taken === undefined || outcome === 'kept' ? [] : [taken],
  );
  if (times.length === 0) return undefined;
  return roundSeconds(Math.max(0, (now - Math.min(...times)) / 1000 - seconds));
}

/** Something of this run has been accepted. */
function beats({ groups, written }: Run): boolean {
  return (
    groups.some(({ outcome }) => outcome === 'pushed') ||
    written.some((one) => (one?.sent ?? 0) > 0)
  );
}

/**
 * Metrics that CloudWatch reads from the log without a call
 * (docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html):
 * for the alarm that must work when Prometheus is what died. A metric without a value is left out.
 */
function embeddedMetrics(run: Run): Record<string, unknown> {
  const undeliverable = countUndeliverable(run.messages);
  // Of a duplicate something is stored already, so nothing is lost.
  const rejected = [...countRejected(run)].reduce(
    (sum, [reason, count]) => (reason === 'duplicate' ? sum : sum + count),
    0,
  );
  const values = {
    ...(beats(run) && { DeliverHeartbeat: 1 }),
    ...(undeliverable > 0 && { MessagesUndeliverable: undeliverable }),
    ...(rejected > 0 && { SamplesRejected: rejected }),
  };
  const names = Object.keys(values);
  if (names.length === 0) return {};
  const name = readEnv('AWS_LAMBDA_FUNCTION_NAME');
  return {
    _aws: {
      Timestamp: run.now,
      CloudWatchMetrics: [
        {
          Namespace: 'Fargaze',
          // By function too: two deployments in one account must not beat for each other.
          Dimensions: name === undefined ? [[]] : [[], ['FunctionName']],
          Metrics: names.map((metric) => ({ Name: metric, Unit: 'Count' })),
        },
      ],
    },
    ...(name !== undefined && { FunctionName: name }),
    ...values,
  };
}

async function deliverOwn(run: Run, env: ReportEnvironment): Promise<void> {
  if (!beats(run)) return;
  const { clock, deadline, owner, receivers } = env;
  const { pushgateway, remoteWrite } = receivers;
  const group: Group = {
    grouping: { job: 'fargaze-deliver', instance: 'deliver' },
    samples: ownSamples(run, owner),
  };
  if (pushgateway !== undefined) {
    await pushSamples(pushgateway, { group, conflicts: new Map() }, deadline);
  } else if (remoteWrite !== undefined) {
    const client = new RemoteWriteClient({ ...remoteWrite, clock });
    await client.write(seriesOfBatch({ taken: run.now, groups: [group] }), deadline);
  }
}

function ownSamples(run: Run, owner: string): Sample[] {
  const age = queueAge(run);
  const byOutcome = <T extends string>(counts: Record<T, number>) => Object.entries<number>(counts);
  return [
    sample('fargaze_group_timestamp_seconds', { owner }, run.now / 1000),
    sample('fargaze_deliver_timestamp_seconds', {}, run.now / 1000),
    sample('fargaze_deliver_run_duration_seconds', {}, roundSeconds(run.seconds)),
    sample('fargaze_deliver_repaired_groups', {}, countRepaired(run)),
    sample(
      'fargaze_deliver_samples_sent',
      {},
      run.written.reduce((sum, one) => sum + (one?.sent ?? 0), 0),
    ),
    ...(age === undefined ? [] : [sample('fargaze_deliver_queue_age_seconds', {}, age)]),
    ...byOutcome(tally(run.messages, messageOutcomes)).map(([outcome, count]) =>
      sample('fargaze_deliver_messages', { outcome }, count),
    ),
    ...byOutcome(tally(run.groups, groupOutcomes)).map(([outcome, count]) =>
      sample('fargaze_deliver_groups', { outcome }, count),
    ),
    ...[...run.leftOut].map(([metric, { groups }]) =>
      sample('fargaze_deliver_left_out_groups', { metric }, groups),
    ),
    ...[...countRejected(run)].map(([reason, count]) =>
      sample('fargaze_deliver_samples_rejected', { reason }, count),
    ),
  ];
}
