// One signed call of an AWS API without the SDK's client: one attempt, and errors as the other APIs' are reported. The clients of
// STS and ECS would add 150 KB to the bundle, and the ECS API is called hundreds of times in a run.
import type { Agent } from 'node:http';
import {
  type Answer,
  type AwsCredentials,
  ask,
  type Clock,
  type Deadline,
  DeliveryError,
  readEnv,
} from '@fargaze/core/internal';
import { toSourceError } from './source-error.ts';

/** Whom to call, and for how long. */
export type Caller = {
  readonly region: string;
  readonly credentials: () => Promise<AwsCredentials>;
  readonly deadline: Deadline;
  readonly clock: Clock;
  /** Keeps connections between calls; none where unset. */
  readonly agent?: Agent;
};

/** A call of a service of AWS. */
export type SignedCall = {
  /** Its name in addresses and signatures. */
  readonly service: string;
  /** Prefix of the service's permissions. */
  readonly permissions: string;
  readonly operation: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a POST; unset: a GET. */
  readonly body?: string;
  /** Path and query. */
  readonly path?: string;
};

/** Makes the call; returns the body of the answer. @throws SourceError */
export async function callSigned(
  { agent, clock, credentials, deadline, region }: Caller,
  { body, headers, operation, path = '/', permissions, service }: SignedCall,
): Promise<string> {
  const request = {
    method: body === undefined ? ('GET' as const) : ('POST' as const),
    url: new URL(path, endpoint(service, region)),
    headers,
    body: Buffer.from(body ?? '', 'utf8'),
    keep: answerBytes,
    agent,
    auth: { kind: 'sigv4' as const, service, region, credentials, clock },
  };
  try {
    const answer = await ask(request, deadline);
    if (answer.status !== 200) throw toSdkError(answer);
    if (answer.cut === true) throw new Error(`an answer of more than ${answerBytes} bytes`);
    return answer.body;
  } catch (error) {
    const cause = error instanceof DeliveryError ? error.cause : error;
    throw toSourceError(permissions, operation, cause);
  }
}

/** Bytes of an answer that are read: a page of a hundred resources with all their tags is under 3 MB, ten services are less. */
const answerBytes = 8 * 1024 * 1024;

/** As the SDK calls a service there. */
const endpointIds: Readonly<Record<string, string>> = {
  apigateway: 'API_GATEWAY',
  aps: 'AMP',
  autoscaling: 'AUTO_SCALING',
  dms: 'DATABASE_MIGRATION_SERVICE',
  storagegateway: 'STORAGE_GATEWAY',
  tagging: 'RESOURCE_GROUPS_TAGGING_API',
};

/** As the SDK finds it: a variable of the service, one for all, else the region's own. */
export function endpoint(service: string, region: string): URL {
  const id = endpointIds[service] ?? service.toUpperCase();
  const set = readEnv(`AWS_ENDPOINT_URL_${id}`) ?? readEnv('AWS_ENDPOINT_URL');
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return new URL(set ?? `https://${service}.${region}.${domain}/`);
}

/** An error with the parts that the SDK's errors have; JSON services name it `__type`, query services `<Code>`. */
function toSdkError({ body, show, status }: Answer): Error {
  const code = /"__type"\s*:\s*"(?:[^"#]*#)?([^"]+)"|<Code>([^<]+)<\/Code>/.exec(body);
  const words = /"[Mm]essage"\s*:\s*"([^"]*)"|<Message>([^<]*)<\/Message>/.exec(body);
  const error = new Error(show(words?.[1] ?? words?.[2] ?? '') || `status ${status}`);
  error.name = code?.[1] ?? code?.[2] ?? 'Error';
  return Object.assign(error, { $metadata: { httpStatusCode: status } });
}
