// The request of one step: its texts with what earlier steps extracted and with secrets, each encoded as its place wants it.
// A value of a server is never read as a reference, and never decides which server is asked.
import {
  type Failure,
  failure,
  fillReferences,
  findHeaderFault,
  type HttpHeader,
  type HttpModule,
  type HttpOptions,
  type HttpStep,
  isSecretRef,
  namesHost,
  parseUrl,
  type Reference,
  readSecret,
  redactUrl,
} from '@fargaze/core/internal';
import { encoderFor, percentEncode } from '../sent/encode-value.ts';

/** What earlier steps extracted, by `step.value`. */
export type Values = ReadonlyMap<string, string>;

/** A request that is ready to be made. */
export type Filled = {
  readonly url: URL;
  readonly http: HttpOptions;
  /** What was filled in and must not be shown. */
  readonly secrets: readonly string[];
};

/** A reference to a value that no step has extracted. */
export class Missing extends Error {
  override readonly name = 'Missing';
}

/**
 * The request of `step` to the target `base`, or why it cannot be made.
 * @throws Missing, and ConfigError when a secret cannot be read.
 */
export function fillStep(
  step: HttpStep,
  values: Values,
  { base, hosts = [] }: Pick<HttpModule, 'hosts'> & { readonly base: URL },
): Filled | Failure {
  const secrets: string[] = [];
  const read = (reference: Reference): string => {
    const value = findValue(reference, values);
    secrets.push(value);
    return value;
  };
  const path = fillPath(step.path, read);
  if (path === undefined) {
    const detail = 'a value for its path is . or .., which would lead to another folder';
    return failure('guard', 'extract', detail);
  }
  const url = resolve(path, base);
  if (url === undefined || !isOurs(url, base, hosts)) {
    const seen = url === undefined ? 'no address' : redactUrl(url.origin);
    const detail = `its path leads to ${seen}, want the server of the target or one of hosts`;
    return failure('guard', 'redirect_invalid', detail);
  }
  const plain = (text: string) => (isSecretRef(text) ? keep(text) : fillReferences(text, read));
  const keep = (ref: Parameters<typeof readSecret>[0]) => read({ kind: 'secret', ref });
  const headers = Object.entries(step.http.headers).map(([name, text]) => [name, plain(text)]);
  const httpHeaders = step.http.httpHeaders.map(
    (header): HttpHeader => ({ ...header, values: header.values.map(plain) }),
  );
  const all = [
    ...headers.map(([name = '', value = '']) => ({ name, value })),
    ...httpHeaders.flatMap(({ name, values: many }) => many.map((value) => ({ name, value }))),
  ];
  for (const { name, value } of all) {
    // Text beyond Latin-1 is sent as UTF-8, as that of any module is.
    const fault = findHeaderFault(Buffer.from(value, 'utf8').toString('latin1'));
    if (fault !== undefined) {
      return failure('guard', 'extract', `the value for header ${name} ${fault}`);
    }
  }
  const { body } = step.http;
  const encode = encoderFor(all.find(({ name }) => /^content-type$/i.test(name))?.value ?? '');
  const filledBody = isSecretRef(body)
    ? keep(body)
    : fillReferences(body, (reference) => encode(read(reference)));
  const http = {
    ...step.http,
    headers: Object.fromEntries(headers),
    httpHeaders,
    body: filledBody,
  };
  return { url, http, secrets };
}

function findValue(reference: Reference, values: Values): string {
  if (reference.kind === 'secret') return readSecret(reference.ref);
  const name = `${reference.step}.${reference.name}`;
  const value = values.get(name);
  if (value === undefined) throw new Missing(name);
  return value;
}

type Read = (reference: Reference) => string;

/**
 * A value at the very beginning is an address or a path; anywhere else it is a part of one. Undefined where a value is taken for
 * a folder above: no encoding keeps `..` from that.
 */
function fillPath(path: string, read: Read): string | undefined {
  const [, first = '', rest = ''] = /^(\$\{[^}]*\})?(.*)$/s.exec(path) ?? [];
  const filled = fillReferences(rest, (one) => percentEncode(read(one)));
  if (countFolders(filled) > countFolders(fillReferences(rest, () => 'x'))) return undefined;
  return fillReferences(first, read) + filled;
}

/** Parts of a path that are `.` or `..`, in any spelling. */
function countFolders(path: string): number {
  const parts = path.replace(/[?#].*$/s, '').split(/[/\\]/);
  return parts.filter((part) => /^(?:\.|%2e){1,2}$/i.test(part)).length;
}

function resolve(path: string, base: URL): URL | undefined {
  return path === '' ? base : parseUrl(path, base);
}

/** The target's own server, never less protected than the target, or one that the module names. */
function isOurs(url: URL, base: URL, hosts: readonly string[]): boolean {
  if (!/^https?:$/.test(url.protocol)) return false;
  if (base.protocol === 'https:' && url.protocol === 'http:') return false;
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return url.host === base.host || namesHost(hosts, { hostname: url.hostname, port });
}
