// Takes secrets out of addresses and of words before they become labels, log lines or messages. What is not known to be
// harmless is hidden: of a query the values of a few names are shown, of a path what reads like words.
import { parseUrl } from './parse-url.ts';

/** What stands for a secret. */
const hidden = 'redacted';

/**
 * The address as it may be shown: without user info and fragment; query values only of names that are known to hold no
 * secret; path segments only where they read like words, not like tokens. `redis://user:pass@h/0` gives `redis://h/0`. An
 * address without a scheme is read as http. Where it is no URL, or not http(s), a raw `/`, `?` or `#` may be part of a
 * password: then everything between the scheme and the last `@` goes.
 */
export function redactUrl(address: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(address)?.[0] ?? '';
  const rest = address.slice(scheme.length);
  const web = /^(?:https?:\/\/)?$/i.test(scheme);
  const authority =
    web && parseUrl(`http://${rest}`) !== undefined ? /^[^/?#\\]*/.exec(rest)?.[0] : rest;
  const shown = rest.slice((authority ?? rest).lastIndexOf('@') + 1);
  const [, host = '', path = '', query] = /^([^/?#\\]*)([^?#]*)(?:\?([^#]*))?/s.exec(shown) ?? [];
  return (
    scheme +
    redactPort(host, scheme) +
    redactPath(path) +
    (query === undefined ? '' : `?${redactQuery(query)}`)
  );
}

/** What stands in the place of a port and is none may be a password that lacks its `@host`. */
function redactPort(host: string, scheme: string): string {
  const [, name = '', port = ''] = /^(\[[^\]]*\]|[^:]*):(.*)$/s.exec(host) ?? [];
  // Without a scheme a port may have a name, and an IPv6 address no brackets; a variable is filled in later, and our own words
  // have `host:port` and `host[:port][/database]`.
  const isNamed = scheme === '' && (isPlain(port) || /^[\da-f:.]*$/i.test(port));
  const isOpen = isNamed || /^(?:\d*[:,;.)]*|port[\][]*)$/.test(port) || host.includes('${');
  if (isOpen) return host;
  return `${name}:${hidden}`;
}

/** Every address of a text with a scheme, redacted; the rest as it is. */
export function redactUrls(text: string): string {
  return text.replace(/\b[a-z][a-z0-9+.-]*:\/\/(?:\\.|[^\s"'<>\\])+/gi, redactUrl);
}

/** Names whose values choose what is answered and never who may ask. Everything else is hidden. */
const openNames = new Set(
  (
    'check checks depth deep dry_run encoding expand fields format full health include lang language level limit live locale ' +
    'max min mode offset order page page_size pagesize per_page pretty probe quiet ready region size sort stage status step ' +
    'timeout type units v verbose version view wait'
  ).split(' '),
);

function redactQuery(query: string): string {
  return query.replace(/[^&;]+/g, (part) => {
    const [, name = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(part) ?? [];
    const open = openNames.has(decodeQuery(name).toLowerCase());
    if (open && (value === undefined || isPlain(decodeQuery(value)))) return part;
    const shown = open || isPlain(decodeQuery(name)) ? name : hidden;
    return value === undefined ? hidden : `${shown}=${hidden}`;
  });
}

function decodeQuery(text: string): string {
  return decodeUserInfo(text.replaceAll('+', ' '));
}

function redactPath(path: string): string {
  let named = false;
  return path.replace(/[^/\\]+/g, (segment) => {
    const text = decodeUserInfo(segment);
    const shown = isPlain(text) && !named ? segment : hidden;
    named = /(?:token|secret|password|key)s?$/i.test(text);
    return shown;
  });
}

/** Words, numbers and versions as people write them; what is longer, or mixes letters and digits, may be a token. */
function isPlain(text: string): boolean {
  const letters = /[^\0-\x7f]/.test(text) ? unicodeLetters() : asciiLetters;
  return text
    .split(letters.between)
    .every((word) => word === '' || /^\d{1,8}$/.test(word) || isWord(word, letters));
}

/** What separates words, what is one, and its humps. */
type Letters = { readonly between: RegExp; readonly word: RegExp; readonly hump: RegExp };

/** A function with a body of its own: V8 parses the tables of Unicode, which takes 2 ms, as soon as it reads the patterns. */
function unicodeLetters(): Letters {
  return {
    between: /[^\p{L}\p{M}\p{N}]+/u,
    word: /^[\p{L}\p{M}]{1,24}$/u,
    hump: /\p{Lu}*[^\p{Lu}]+|\p{Lu}+/gu,
  };
}

/** The same for ASCII. */
const asciiLetters: Letters = {
  between: /[^a-zA-Z\d]+/,
  word: /^[a-zA-Z]{1,24}$/,
  hump: /[A-Z]*[^A-Z]+|[A-Z]+/g,
};

/** `health`, `HTTP`, `getUsers`, `v1`, `oauth2`, `k8s`, `s3`. */
function isWord(text: string, { hump, word }: Letters): boolean {
  if (/^(?:[a-z]{1,10}\d{1,2}|[A-Z]{1,6}\d{1,2}|[a-z]\d{1,3}[a-z]?|\d{1,3}[a-z]{1,2})$/.test(text))
    return true;
  if (!word.test(text)) return false;
  const humps = text.match(hump)?.length ?? 1;
  return humps === 1 || text.length / humps >= 2.5;
}

/** What {@link redactUrl} hides of an address, as far as it is long enough to be a secret: a server may repeat it. */
export function secretsOf(address: string): string[] {
  const [, path = '', query = ''] =
    /^[^?#]*?:\/\/[^/?#]*([^?#]*)(?:\?([^#]*))?/s.exec(address) ?? [];
  const segments = path.split('/').filter((segment) => redactPath(segment) === hidden);
  const values = query
    .split(/[&;]/)
    .filter((part) => redactQuery(part) !== part)
    .map((part) => part.slice(part.indexOf('=') + 1));
  return [...segments, ...values]
    .flatMap((part) => [part, decodeQuery(part)])
    .filter((part) => part.length >= 6);
}

/**
 * The user info of an address, and the address without it. For schemes whose addresses have no `@` after the host: there a
 * raw `/`, `?` or `#` may be part of a password.
 */
export function splitUserInfo(address: string): {
  readonly userInfo: string;
  readonly bare: string;
} {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(address)?.[0] ?? '';
  const at = address.lastIndexOf('@');
  if (at < 0) return { userInfo: '', bare: address };
  return { userInfo: address.slice(scheme.length, at), bare: scheme + address.slice(at + 1) };
}

/** User name or password of an address, percent-decoded; what is no encoding of UTF-8 stands for itself. */
export function decodeUserInfo(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
}

/**
 * `text` without `secrets`, for words of a server that repeats what it was sent: as they are, in base64, percent-encoded, as a
 * form field, in JSON and in HTML. Use it before anything is cut off.
 */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return formsOf(secrets).reduce((rest, secret) => rest.replaceAll(secret, hidden), text);
}

/** As {@link hideSecrets}, for a text that may end within a secret. */
export function hideCutSecrets(text: string, secrets: readonly string[]): string {
  const lengths = formsOf(secrets).map((form) => begunLength(text, form));
  return hideSecrets(text.slice(0, text.length - Math.max(0, ...lengths)), secrets);
}

/** Every form of every secret, longest first. */
function formsOf(secrets: readonly string[]): string[] {
  const forms = secrets.filter((secret) => secret !== '').flatMap(eachForm);
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}

function eachForm(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8');
  const encoded = encodeURIComponent(secret.toWellFormed());
  const strict = encoded.replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const html = secret
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return [
    secret,
    bytes.toString('base64'),
    bytes.toString('base64url'),
    encoded,
    strict,
    strict.toLowerCase(),
    strict.replaceAll('%20', '+'),
    JSON.stringify(secret).slice(1, -1),
    html,
    html.replaceAll('&quot;', '&#34;').replaceAll("'", '&#39;'),
    // Encoded twice, as by a gateway in between; JSON in ASCII, as Python writes it and Go for HTML; bytes as digits.
    encodeURIComponent(strict),
    escapeJson(secret, /[^\x20-\x7e]/g),
    escapeJson(secret, /[^\x20-\x7e]|[<>&]/g),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
  ].filter((form) => form !== '');
}

/** As JSON has it, with what `marks` finds as `\\u0000`. */
function escapeJson(text: string, marks: RegExp): string {
  const toEscape = (mark: string) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).slice(1, -1).replace(marks, toEscape);
}

function begunLength(text: string, form: string): number {
  for (let length = Math.min(form.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(form.slice(0, length))) return length;
  }
  return 0;
}
