// Finds what reads like a key in a configuration that holds it as it is: whoever may read the package would read it. Names the
// place, never the value. Words only: nothing is refused, since a key may be a public one.
import type { Config } from '../layers/core/src/config/config.ts';
import { findLinePassword } from '../layers/core/src/config/line-password.ts';
import type {
  HttpHeader,
  HttpOptions,
  Module,
  ProxyOptions,
} from '../layers/core/src/config/modules.ts';
import { isSecretRef } from '../layers/core/src/config/secret.ts';
import { decodeUserInfo } from '../layers/core/src/redact.ts';

/** A place in a module, with the text that stands there. */
type Place = {
  readonly at: string;
  readonly name?: string;
  readonly text: string;
  /** Whether the text is an address. */
  readonly isAddress?: true;
};

/** Names of headers and fields whose values say who asks. */
const secretName =
  /(?:^|[-_.])(?:authorization|cookie|auth|sig|session(?:[-_]?id)?|pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|(?:api|access|private|auth|secret|subscription|account|client|function)[-_]?key|jwt|signature)s?$/i;

/** Headers such as `x-functions-key`; {@link openKeys} are those whose key is no secret. */
const keyHeader = /(?:^|-)key$/i;
const openKeys = /^(?:sec-websocket-key|(?:x-)?(?:idempotency|surrogate|cache|partition)-key)$/i;

/** Forms that keys of well-known services have, JSON Web Tokens and private keys. */
const keyForm =
  /\b(?:(?:AKIA|ASIA)[A-Z0-9]{16}|gh[oprsu]_\w{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abeoprs]-[\w-]{10,}|sk[-_](?:live|test|proj|ant)[-_][\w-]{16,}|AIza[\w-]{35}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*)|-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** A name and its value in a body: of JSON, and of a form. */
const fields = [/"([^"\\]{1,64})"\s*:\s*"((?:[^"\\]|\\.)+)"/g, /(?:^|&)([^&=\s]{1,64})=([^&\s]+)/g];

/** What stands in place of a value: filled in when the check runs, or nothing at all. */
const filledIn = /^(?:\s*|.*\$\{.*)$/s;

/** A sentence for each place of a module that reads like a key. Query values of targets too. */
export function findLiteralSecrets({ modules, probes }: Config): string[] {
  const inModules = Object.values(modules).flatMap((module) =>
    placesOf(module)
      .filter(isSecret)
      .map((place) => `module ${module.name}: ${place.at} ${wordsFor(place)}`),
  );
  const inTargets = probes.filter(({ target }) => hasKey(target)).map(({ name }) => inTarget(name));
  return [...new Set([...inModules, ...inTargets])];
}

/** `${TOKEN}`, as targets have it and nothing else. */
const variable = /(?<!\$)\$\{([A-Z_][A-Z0-9_]*)\}/;

function wordsFor({ text }: Place): string {
  const [whole, name] = variable.exec(text) ?? [];
  if (name !== undefined) return `holds ${whole}, which is sent as it is: want \${env:${name}}`;
  const [, reference] = /\b((?:env:[A-Za-z_]\w*|file:\/\S+))/.exec(text) ?? [];
  if (reference !== undefined) {
    return `holds ${reference} within other text, which is sent as it is: want \${${reference}}`;
  }
  return 'looks like a secret, and stands in the package as it is: want a reference, env:NAME or file:/path, or ${env:NAME} within other text';
}

function inTarget(probe: string): string {
  return `probe ${probe}: its target looks as if it held a secret, which stands in the package as it is: want it by a variable, \${NAME}, or in a header by reference`;
}

function isSecret(place: Place): boolean {
  return variable.test(place.text) || isKey(place);
}

function isKey({ isAddress, name, text }: Place): boolean {
  return isAddress === true ? hasKey(text) : looksSecret(text, name);
}

/** Whether a text reads like a key: by its form, by `name`, or else by the names of its fields. What is filled in does not. */
export function looksSecret(text: string, name?: string): boolean {
  if (filledIn.test(text) || isSecretRef(text)) return false;
  if (keyForm.test(text)) return true;
  if (name !== undefined)
    return isSecretName(name) || (keyHeader.test(name) && !openKeys.test(name));
  return fields.some((field) =>
    [...text.matchAll(field)].some(
      ([, key = '', value = '']) => isSecretName(key) && !filledIn.test(value),
    ),
  );
}

/** `apiKey` as `api_key`. */
function isSecretName(name: string): boolean {
  return secretName.test(name.replace(/([a-z\d])([A-Z])/g, '$1_$2'));
}

function hasKey(address: string): boolean {
  return hideKeys(address, () => '') !== address;
}

/** What {@link hideKeys} calls a password before the host. */
export const userInfoName = 'user info';

/** An address with what `replace` answers for each part that reads like a key: a password, values of the query, segments. */
export function hideKeys(address: string, replace: (part: string, name: string) => string): string {
  const scheme = /^[a-z][a-z\d+.-]*:\/\//i.exec(address)?.[0] ?? '';
  // Of other schemes than those of the web a password may have a raw slash.
  const form = /^(?:https?:\/\/)?$/i.test(scheme) ? /^[^/?#\\]*@/ : /^.*@/s;
  const userInfo = form.exec(address.slice(scheme.length))?.[0] ?? '';
  const bare = address.slice(scheme.length + userInfo.length);
  const [, host = '', path = '', query = '', rest = ''] =
    /^([^/?#\\]*)([^?#]*)(\?[^#]*)?(.*)$/s.exec(bare) ?? [];
  const shown = path.replace(/[^/]+/g, (part) =>
    !filledIn.test(part) && keyForm.test(part) ? replace(part, 'path') : part,
  );
  const values = query.replace(/[^?&;]+/g, (field) => {
    const [, name = '', text = ''] = /^([^=]+)=(.+)$/s.exec(field) ?? [];
    return looksSecret(text, decodeUserInfo(name)) ? `${name}=${replace(text, name)}` : field;
  });
  const login = userInfo.replace(/:(.+)@$/s, (whole, password: string) =>
    filledIn.test(password) ? whole : `:${replace(password, userInfoName)}@`,
  );
  return `${scheme}${login}${host}${shown}${values}${rest}`;
}

function placesOf(module: Module): Place[] {
  if (module.prober === 'tcp') {
    // With `expect` a name may be a group of that.
    return module.tcp.steps.flatMap(({ groups, send }) =>
      sent(groups === undefined ? send : send.replace(/\$\{\w+\}/g, '${1}')),
    );
  }
  if (module.prober === 'grpc') {
    return Object.entries(module.grpc.metadata).flatMap(([name, values]) =>
      values.map((text) => ({ at: `metadata ${name}`, name, text })),
    );
  }
  if (module.prober !== 'http') return [];
  const steps = module.steps ?? [];
  if (steps.length === 0) return ofHttp(module.http, '');
  return steps.flatMap(({ http, name, path }) => [
    { at: `step ${name}: path`, text: path, isAddress: true },
    ...ofHttp(http, `step ${name}: `),
  ]);
}

/** `AUTH`, `PASS` and `LOGIN` of line protocols say the password in clear. */
function sent(text: string): Place[] {
  const password = findLinePassword(text);
  return [
    {
      at: 'send of query_response',
      text,
      ...(password !== undefined && { name: 'password' }),
    },
  ];
}

function ofHttp(http: HttpOptions, step: string): Place[] {
  const headers = Object.entries(http.headers).map(([name, text]) => ({
    at: `${step}header ${name}`,
    name,
    text,
  }));
  return [
    ...headers,
    ...several(http.httpHeaders, `${step}header`),
    ...ofProxy(http.proxy, step),
    ...ofOAuth2(http, step),
    { at: `${step}body`, text: http.body },
    ...(http.basicAuth === undefined
      ? []
      : [{ at: `${step}basic_auth.username`, text: http.basicAuth.username }]),
  ];
}

function several(list: readonly HttpHeader[], where: string): Place[] {
  return list.flatMap(({ name, values }) =>
    values.map((text) => ({ at: `${where} ${name}`, name, text })),
  );
}

function ofProxy(proxy: ProxyOptions | undefined, where: string): Place[] {
  if (proxy === undefined) return [];
  return several(proxy.connectHeaders, `${where}proxy_connect_header`);
}

function ofOAuth2({ oauth2 }: HttpOptions, step: string): Place[] {
  if (oauth2 === undefined) return [];
  return [
    { at: `${step}oauth2.token_url`, text: oauth2.tokenUrl, isAddress: true },
    ...ofProxy(oauth2.proxy, `${step}oauth2.`),
    ...Object.entries(oauth2.endpointParams).map(([name, text]) => ({
      at: `${step}endpoint_params ${name}`,
      name,
      text,
    })),
  ];
}
