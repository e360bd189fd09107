// What EventBridge sends about ECS, as far as it is used. AWS adds keys to its events, so other keys are passed over; what is
// used is checked, for whoever may send to the queue could have written it.
import { type EpochMs, MessageError, type Seconds } from '@fargaze/core/internal';
import { Fields } from './fields.ts';

/** Where it happened; labels as the polled series have them, `''` for what there is not. */
export type EventPlace = {
  readonly region: string;
  readonly account_id: string;
  readonly cluster: string;
  readonly service: string;
  /** Of the task definition of a task without a service. */
  readonly family: string;
};

/** A container of a task that stopped. */
export type StoppedContainer = {
  readonly name: string;
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
};

/** An event. */
export type EcsEvent = {
  readonly id: string;
  /** When it happened, in whole seconds since 1970. */
  readonly time: Seconds;
  /** The cluster's ARN; the service's where it does not name its cluster. */
  readonly arn: string;
  readonly place: EventPlace;
  readonly about:
    | {
        readonly kind: 'stop';
        readonly stopCode: string;
        readonly stoppedReason: string | undefined;
        readonly containers: readonly StoppedContainer[];
      }
    | {
        readonly kind: 'service';
        readonly name: string;
        readonly type: string;
        /** AWS's words about a failure. */
        readonly reason: string | undefined;
      };
};

/** Seconds by which the clocks of ECS and the queue may differ. */
const plausibleAhead = 3600;

/** Whether a message is an event of EventBridge. */
export function isBusEvent(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'detail-type' in value;
}

/**
 * The event of a message; `unimportant` for a task that has not stopped.
 * @param latest When the queue took it.
 * @throws MessageError naming the place, the value seen and what was wanted.
 */
export function readEcsEvent(message: object, latest: EpochMs): EcsEvent | 'unimportant' {
  const fields = new Fields(message, '');
  fields.text('source', { pattern: /^aws\.ecs$/, wanted: 'aws.ecs' });
  const read = readers[fields.text('detail-type', detailTypes)];
  const event = read?.(envelopeOf(fields), fields.at('detail')) ?? 'unimportant';
  if (event !== 'unimportant' && event.time > latest / 1000 + plausibleAhead) {
    const seen = new Date(event.time * 1000).toISOString();
    const message = `time: got ${seen}, want a time before the queue took the event`;
    throw new MessageError(message, { retryable: false });
  }
  return event;
}

type Envelope = {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly time: Seconds;
  readonly resource: () => string;
};
type Read = (envelope: Envelope, detail: Fields) => EcsEvent | 'unimportant';

// docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html
const readers: Readonly<Record<string, Read>> = {
  'ECS Task State Change': readTask,
  'ECS Deployment State Change': readService,
  'ECS Service Action': readService,
};
const detailTypes = {
  pattern: new RegExp(`^(?:${Object.keys(readers).join('|')})$`),
  wanted: Object.keys(readers).join(', '),
};

function envelopeOf(fields: Fields): Envelope {
  return {
    id: fields.text('id', { pattern: /^[\w-]{1,64}$/, wanted: 'an id' }),
    account: fields.text('account', { pattern: /^\d{12}$/, wanted: 'an account of 12 digits' }),
    region: fields.text('region', { pattern: /^[a-z]{2}(?:-[a-z]+)+-\d$/, wanted: 'a region' }),
    time: fields.time('time'),
    resource: () => fields.list('resources').text('0', serviceArn(fields)),
  };
}

const name = '[A-Za-z0-9_-]{1,255}';

/** An ARN of the event's own account and region: no other could have sent it. */
function arnRule(fields: Fields, path: string, wanted: string) {
  const { account, region } = fields.raw as Readonly<Record<string, unknown>>;
  const pattern = new RegExp(`^arn:aws[a-z-]*:ecs:${region}:${account}:${path}$`);
  return { pattern, wanted: `${wanted} of account ${account} in ${region}` };
}

const serviceArn = (fields: Fields) =>
  arnRule(fields, `service/(?:${name}/)?${name}`, 'the ARN of a service');

const code = { pattern: /^[A-Za-z_]{1,64}$/, wanted: 'a code of letters and _' };
const words = { pattern: /^[\s\S]{0,4096}$/, wanted: 'text of at most 4,096 characters' };

function readTask(envelope: Envelope, detail: Fields): EcsEvent | 'unimportant' {
  if (detail.text('lastStatus', code) !== 'STOPPED') return 'unimportant';
  const arn = detail.text('clusterArn', clusterRule(envelope));
  const group = detail.optional('group', words) ?? '';
  const service = /^service:(.+)$/.exec(group)?.[1] ?? '';
  const named = { pattern: new RegExp(`/${name}:\\d+$`), wanted: 'the ARN of a task definition' };
  const definition = detail.text('taskDefinitionArn', named);
  const family = /([^/]+):\d+$/.exec(definition)?.[1] ?? '';
  const at = ['stoppedAt', 'stoppingAt'].find((field) => detail.has(field));
  return {
    id: envelope.id,
    time: at === undefined ? envelope.time : detail.time(at),
    arn,
    place: placeOf(envelope, { cluster: arn, service, family: service === '' ? family : '' }),
    about: {
      kind: 'stop',
      stopCode: detail.optional('stopCode', code) ?? 'unknown',
      stoppedReason: detail.optional('stoppedReason', words),
      containers: readContainers(detail),
    },
  };
}

function readContainers(detail: Fields): StoppedContainer[] {
  const seen = new Set<string>();
  return detail.list('containers').each((container) => {
    // Two of one name would be two values of one series.
    const pattern = new RegExp(`^(?!(?:${[...seen].join('|')})$)${name}$`);
    const own = container.text('name', { pattern, wanted: 'a name that no other container has' });
    seen.add(own);
    const exitCode = container.integer('exitCode');
    return { name: own, exitCode, reason: container.optional('reason', words) };
  });
}

function readService(envelope: Envelope, detail: Fields): EcsEvent {
  const arn = envelope.resource();
  const [, ownCluster = '', service = ''] = /service\/(?:([^/]+)\/)?([^/]+)$/.exec(arn) ?? [];
  const prefix = arn.slice(0, arn.indexOf(':service/'));
  const own = ownCluster === '' ? undefined : `${prefix}:cluster/${ownCluster}`;
  const cluster = detail.optional('clusterArn', clusterRule(envelope)) ?? own;
  const at = ['createdAt', 'updatedAt'].find((field) => detail.has(field));
  return {
    id: envelope.id,
    time: at === undefined ? envelope.time : detail.time(at),
    arn: cluster ?? arn,
    place: placeOf(envelope, { cluster: cluster ?? '', service, family: '' }),
    about: {
      kind: 'service',
      name: detail.text('eventName', code),
      type: detail.text('eventType', code),
      reason: detail.optional('reason', words),
    },
  };
}

function clusterRule({ account, region }: Envelope) {
  const pattern = new RegExp(`^arn:aws[a-z-]*:ecs:${region}:${account}:cluster/${name}$`);
  return { pattern, wanted: `the ARN of a cluster of account ${account} in ${region}` };
}

function placeOf(
  { account, region }: Envelope,
  { cluster, ...names }: Pick<EventPlace, 'cluster' | 'service' | 'family'>,
): EventPlace {
  return { region, account_id: account, cluster: cluster.split('/')[1] ?? '', ...names };
}
