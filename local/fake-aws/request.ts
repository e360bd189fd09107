// Reads what a request asks for: protocol, service, operation, account and region. Signatures are not verified,
// but an unsigned request is refused.
import type { IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { Call, ServiceName } from './call/context.ts';
import { faces } from './faces.ts';
import type { World } from './model/types.ts';
import { accountOfKey, identityOf, type Sessions } from './other/identity.ts';
import { decodeCbor } from './wire/cbor.ts';
import { AwsError, serializationError } from './wire/errors.ts';
import type { Input } from './wire/input.ts';
import { decodeForm } from './wire/query.ts';

/** How the answer must be written. */
export type Protocol = 'json-1.0' | 'json-1.1' | 'query' | 'cbor' | 'rest';

/** What the headers and the path say about a request. */
export type Address = {
  readonly protocol: Protocol;
  /** Undefined when only the body has it (query protocol). */
  readonly api: string | undefined;
  readonly service: ServiceName | undefined;
  /** Whether the client wants the query protocol's error codes as well. */
  readonly queryMode: 'yes' | 'no';
};

/** The credential of a signed request. */
type Credential = { readonly accessKey: string; readonly region: string; readonly scope: string };

/** APIs that are read by GET, by path. */
const restApis: ReadonlyMap<string, string> = new Map([
  ['/restapis', 'GetRestApis'],
  ['/v2/apis', 'GetApis'],
  ['/workspaces', 'ListWorkspaces'],
]);

const cborPath = /\/service\/(\w+)\/operation\/(\w+)$/;
const credentialPattern =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request\b/;
const maxBodyBytes = 8_000_000;

/** Reads protocol, service and operation from path and headers. */
export function readAddress(request: IncomingMessage): Address {
  const queryMode = request.headers['x-amzn-query-mode'] === 'true' ? 'yes' : 'no';
  const path = cborPath.exec(request.url ?? '');
  if (path !== null && request.headers['smithy-protocol'] === 'rpc-v2-cbor') {
    return { protocol: 'cbor', service: serviceOfTarget(path[1] ?? ''), api: path[2], queryMode };
  }
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const [prefix = '', api] = target.split('.');
    const version = request.headers['content-type']?.includes('json-1.0') ? '1.0' : '1.1';
    return { protocol: `json-${version}`, service: serviceOfTarget(prefix), api, queryMode };
  }
  const api = restApis.get(new URL(request.url ?? '/', 'http://fake').pathname);
  if (request.method === 'GET' && api !== undefined) {
    return { protocol: 'rest', service: undefined, api, queryMode };
  }
  return { protocol: 'query', service: undefined, api: undefined, queryMode };
}

function serviceOfTarget(target: string): ServiceName | undefined {
  return serviceWhere((face) => face.target === target);
}

function serviceWhere(
  matches: (face: (typeof faces)[ServiceName]) => boolean,
): ServiceName | undefined {
  const entry = Object.entries(faces).find(([, face]) => matches(face));
  return entry?.[0] as ServiceName | undefined;
}

/** Reads the whole body. @throws AwsError RequestEntityTooLarge */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBodyBytes) {
      throw new AwsError(
        { code: 'RequestEntityTooLarge', status: 413 },
        `over ${maxBodyBytes} bytes`,
      );
    }
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

/** Decodes and authenticates a call. @throws AwsError when it is unsigned, malformed or for a service that is not simulated. */
export function readCall(
  request: IncomingMessage,
  body: Buffer,
  { world, sessions }: { readonly world: World; readonly sessions: Sessions },
): Call {
  const address = readAddress(request);
  const credential = readCredential(request);
  const input =
    address.protocol === 'rest' ? readQuery(request) : readInput(address.protocol, body);
  const service = address.service ?? serviceWhere((face) => face.scope === credential.scope);
  const api = address.api ?? input.Action;
  if (service === undefined || typeof api !== 'string') {
    throw new AwsError({ code: 'UnknownOperationException', queryCode: 'InvalidAction' }, `${api}`);
  }
  if (credential.scope !== faces[service].scope) {
    throw new AwsError(
      { code: 'InvalidSignatureException', queryCode: 'SignatureDoesNotMatch', status: 403 },
      `Credential should be scoped to correct service: '${faces[service].scope}'.`,
    );
  }
  const { accessKey, region } = credential;
  const account = accountOfKey(world, accessKey);
  const identity = identityOf(sessions, accessKey, account);
  return { service, api, account, region, identity, accessKey, input };
}

function readCredential(request: IncomingMessage): Credential {
  const header = request.headers.authorization;
  if (header === undefined) {
    throw new AwsError(
      {
        code: 'MissingAuthenticationTokenException',
        queryCode: 'MissingAuthenticationToken',
        status: 403,
      },
      'Missing Authentication Token',
    );
  }
  const [, accessKey, region, scope] = credentialPattern.exec(header) ?? [];
  if (accessKey === undefined || region === undefined || scope === undefined) {
    throw new AwsError(
      { code: 'IncompleteSignatureException', queryCode: 'IncompleteSignature', status: 403 },
      'Authorization is not an AWS4-HMAC-SHA256 signature.',
    );
  }
  return { accessKey, region, scope };
}

function readQuery({ url }: IncomingMessage): Input {
  return Object.fromEntries(new URL(url ?? '/', 'http://fake').searchParams);
}

function readInput(protocol: Protocol, body: Buffer): Input {
  if (protocol === 'query') return decodeForm(body.toString('utf8'));
  const value = protocol === 'cbor' ? readCborBody(body) : readJsonBody(body);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw serializationError('The body is not a structure.');
  }
  return value as Input;
}

/** An operation without input may send no body at all. */
function readCborBody(body: Buffer): unknown {
  return body.length === 0 ? {} : decodeCbor(body);
}

function readJsonBody(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (error) {
    throw serializationError(error instanceof Error ? error.message : String(error));
  }
}
