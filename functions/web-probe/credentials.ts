// What a module sends with its first request, secrets read from where they are kept; and all of it that must not be shown.
// Refuses what cannot be sent before anything is connected.
import {
  type BasicAuthOptions,
  ConfigError,
  decodeUserInfo,
  fillSecrets,
  findHeaderFault,
  type HttpModule,
  isSecretRef,
  mayBeSecret,
  readHeaderValue,
  readPassword,
  readSecret,
  type SecretRef,
  secretsOf,
} from '@fargaze/core/internal';
import type { HeaderLine } from './exchange/hop-types.ts';
import { secretPartsOf } from './exchange/secret-parts.ts';
import { encoderFor } from './sent/encode-value.ts';

/** What is sent. */
export type Sent = {
  /** The module's own headers, `Authorization` among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** `http_headers`. */
  readonly lines: readonly HeaderLine[];
  readonly body: string;
  /** What a server may repeat and nobody may be shown. */
  readonly secrets: readonly string[];
};

/** How a request differs from what its module says. */
export type Sending = {
  /** What OAuth 2.0 gave. */
  readonly token?: string;
  /** Whether headers and body are texts of a step, filled in: a server may have had a part in them, so they are no references. */
  readonly literal?: boolean;
};

type Fill = (text: string, read: (ref: SecretRef) => string) => string;

/** What `module` sends to `url`. @throws ConfigError naming place and reference of what cannot be read or sent. */
export function readSent(module: HttpModule, url: URL, { literal, token }: Sending): Sent {
  const fill: Fill = literal === true ? (text) => text : fillSecrets;
  const place = `modules.${module.name}.http`;
  const own = Object.entries(module.http.headers).map(([name, text]) => {
    const at = `${place}.headers.${name}`;
    return { name, value: fill(text, (ref) => readHeaderValue(ref, at)) };
  });
  const user = token === undefined ? readUser(module, url) : bearer(token);
  const lines = readLines(module, fill);
  const sentBody = fillBody(module.http.body, fill, typeOf([...own, ...lines]));
  const hidden = [...own, ...lines.filter(({ secret }) => !secret)]
    .filter(({ name }) => mayBeSecret(name))
    .flatMap(({ value }) => secretPartsOf(value));
  const referenced = lines.filter(({ secret }) => secret).map(({ value }) => value);
  const fields = secretPartsOf(sentBody).filter((part) => !/^[a-z]+$/.test(part));
  return {
    headers: {
      ...user.headers,
      ...Object.fromEntries(own.map(({ name, value }) => [name, value])),
    },
    lines,
    body: sentBody,
    secrets: [...user.secrets, ...referenced, ...hidden, ...fields, ...secretsOf(url.href)],
  };
}

/** The Authorization header of the module's options, or of the address. */
function readUser(module: HttpModule, url: URL): Pick<Sent, 'headers' | 'secrets'> {
  const { authorization, basicAuth } = module.http;
  const place = `modules.${module.name}.http`;
  if (authorization !== undefined) {
    const { credentials } = authorization;
    const secret =
      credentials === undefined
        ? ''
        : readHeaderValue(credentials, `${place}.authorization.credentials`);
    const fault = findHeaderFault(authorization.type);
    if (fault !== undefined) refuse(`${place}.authorization.type`, fault);
    return { headers: { Authorization: `${authorization.type} ${secret}` }, secrets: [secret] };
  }
  const [username, password] =
    basicAuth === undefined
      ? [decodeUserInfo(url.username), decodeUserInfo(url.password)]
      : [
          readUsername(basicAuth, `${place}.basic_auth.username`),
          optional(basicAuth.password, `${place}.basic_auth.password`),
        ];
  if (username === '' && password === '') return { headers: {}, secrets: [] };
  if (basicAuth !== undefined && username.includes(':')) {
    refuse(`${place}.basic_auth.username`, 'holds a colon, which basic authentication cannot send');
  }
  const pair = `${username}:${password}`;
  const encoded = Buffer.from(pair).toString('base64');
  const isOpen = basicAuth === undefined || basicAuth.username === username;
  const hidden = isOpen ? [password] : [password, username];
  return { headers: { Authorization: `Basic ${encoded}` }, secrets: [encoded, pair, ...hidden] };
}

function bearer(token: string): Pick<Sent, 'headers' | 'secrets'> {
  return { headers: { Authorization: `Bearer ${token}` }, secrets: [token] };
}

function readUsername({ username, usernameRef }: BasicAuthOptions, place: string): string {
  if (username === '') return optional(usernameRef, place);
  return fillSecrets(username, (ref) => readPassword(ref, place));
}

function optional(ref: SecretRef | undefined, place: string): string {
  return ref === undefined ? '' : readPassword(ref, place);
}

function readLines({ http, name: module }: HttpModule, fill: Fill): HeaderLine[] {
  return http.httpHeaders.flatMap(({ name, secrets, values }) => {
    const read = (ref: SecretRef) =>
      readHeaderValue(ref, `modules.${module}.http.http_headers.${name}`);
    return [
      ...values.map((text) => {
        const value = fill(text, read);
        return { name, value, secret: value !== text };
      }),
      ...secrets.map((ref) => ({ name, value: read(ref), secret: true })),
    ];
  });
}

/** The body; what is filled into it is written as its type wants it. */
function fillBody(text: string, fill: Fill, type: string): string {
  if (isSecretRef(text)) return fill(text, readSecret);
  const encode = encoderFor(type);
  return fill(text, (ref) => encode(readSecret(ref)));
}

function typeOf(headers: readonly { readonly name: string; readonly value: string }[]): string {
  return headers.find(({ name }) => /^content-type$/i.test(name))?.value ?? '';
}

function refuse(path: string, message: string): never {
  throw new ConfigError('fargaze.yml', [{ path, message }]);
}
