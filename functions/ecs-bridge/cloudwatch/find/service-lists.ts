// The lists of services whose resources GetResources does not show, every page, in the protocol of each service.
import { SourceError } from '@fargaze/core/internal';
import { callSigned, readJson, type SignedCall } from '../../aws/signed-call.ts';
import type { Search } from './search.ts';
import { type Element, find, readXml, textAt } from './xml.ts';

/** Pages at most: as many as YACE reads where it sets a limit, and an end for a service that repeats its token. */
const mostPages = 100;

type Page<T> = { readonly items: readonly T[]; readonly token: string | undefined };

/** A list of a service that takes JSON. */
export type JsonList = {
  readonly service: string;
  /** Beginning of `X-Amz-Target`. */
  readonly target: string;
  readonly operation: string;
  readonly input?: object;
  /** Names of the items and of the token, as answered and as asked. */
  readonly items: string;
  readonly token: string;
};

/** A list of a service of the query protocol. */
export type QueryList = {
  readonly service: string;
  readonly version: string;
  readonly operation: string;
  /** Where the items and the token stand in the answer. */
  readonly items: string;
  readonly token: string;
};

/** A list that is read by GET. */
export type RestList = {
  readonly service: string;
  readonly permission: string;
  readonly operation: string;
  readonly path: string;
  readonly items: string;
  readonly token: string;
};

/** Objects of a JSON answer; what is not there is undefined. */
export type Item = Readonly<Record<string, unknown>>;

/** All items. @throws SourceError */
export function listJson(list: JsonList, search: Search): Promise<Item[]> {
  return everyPage(async (token) => {
    const input = { ...list.input, ...(token !== undefined && { [list.token]: token }) };
    const body = JSON.stringify(input);
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${list.target}.${list.operation}`,
    };
    const call = { service: list.service, permissions: list.service, headers, body };
    return jsonPage(await make({ ...call, operation: list.operation }, search), list);
  });
}

/** All items. @throws SourceError */
export function listQuery(list: QueryList, search: Search): Promise<Element[]> {
  return everyPage(async (token) => {
    const input = { Action: list.operation, Version: list.version };
    const body = new URLSearchParams({
      ...input,
      ...(token !== undefined && { NextToken: token }),
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const call = { service: list.service, permissions: list.service, headers };
    const operation = { operation: list.operation, body: body.toString() };
    const answer = readAnswer(await make({ ...call, ...operation }, search), list.operation);
    return { items: find(answer, list.items), token: textAt(answer, list.token) };
  });
}

/** What a page that is none of the service, such as one of a proxy, would not be: the answer to this operation. */
function readAnswer(text: string, operation: string): Element {
  const wanted = `${operation}Response`;
  try {
    const answer = readXml(text);
    if (find(answer, wanted).length === 1) return answer;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
  }
  const message = `${operation}: answered with ${text.length} bytes that are no ${wanted}`;
  throw new SourceError(message, { operation, retryable: true });
}

/** All items. @throws SourceError */
export function listRest(list: RestList, search: Search): Promise<Item[]> {
  return everyPage(async (token) => {
    const query = token === undefined ? '' : `&${list.token}=${encodeURIComponent(token)}`;
    const [permissions = '', operation = ''] = list.permission.split(':');
    const call = { service: list.service, permissions, operation };
    const headers = { accept: 'application/json' };
    const path = `${list.path}${query}`;
    return jsonPage(await make({ ...call, headers, path }, search, list.operation), list);
  });
}

function jsonPage(
  text: string,
  { items, operation, token }: Pick<JsonList, 'items' | 'operation' | 'token'>,
): Page<Item> {
  const answer = readJson<Item>(text, operation);
  const list = answer[items];
  const next = answer[token];
  return {
    items: Array.isArray(list) ? list : [],
    token: typeof next === 'string' ? next : undefined,
  };
}

function make(
  call: SignedCall,
  { pass, scope }: Search,
  counted: string = call.operation,
): Promise<string> {
  // Shield has one address, whatever the region.
  const region = call.service === 'shield' ? 'us-east-1' : scope.region;
  const once = () => callSigned({ ...scope.caller, region }, call);
  return scope.tagLimiter.run({ api: counted, make: once }, pass.readDeadline);
}

async function everyPage<T>(read: (token: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let token: string | undefined;
  for (let pages = 0; pages < mostPages; pages++) {
    const page = await read(token);
    all.push(...page.items);
    if (page.token === undefined || page.token === '' || page.token === token) break;
    token = page.token;
  }
  return all;
}
