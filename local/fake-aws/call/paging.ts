// Pages of lists that are sorted by a key. A token names the last key given out, so that items that
// come or go between two pages neither shift nor repeat the others.
import type { AwsError } from '../wire/errors.ts';

/** What a caller asks for. */
export type PageSpec<Item> = {
  readonly keyOf: (item: Item) => string;
  readonly token: string | undefined;
  /** Items of a page at most. */
  readonly size: number;
  /** Made when the token is not one of these. */
  readonly invalidToken: () => AwsError;
};

/** One page; without a token it is the last. */
export type Page<Item> = {
  readonly items: readonly Item[];
  readonly nextToken: string | undefined;
};

const mark = 'after:';

/** Cuts a page from items that are sorted by their key. @throws AwsError for any other token. */
export function takePage<Item>(sorted: readonly Item[], spec: PageSpec<Item>): Page<Item> {
  const start = spec.token === undefined ? 0 : startAfter(sorted, spec.token, spec);
  const items = sorted.slice(start, start + spec.size);
  const last = items.at(-1);
  const more = start + spec.size < sorted.length && last !== undefined;
  return { items, nextToken: more ? encodeToken(`${mark}${spec.keyOf(last)}`) : undefined };
}

function startAfter<Item>(sorted: readonly Item[], token: string, spec: PageSpec<Item>): number {
  const text = decodeToken(token);
  if (!text.startsWith(mark)) throw spec.invalidToken();
  const key = text.slice(mark.length);
  const next = sorted.findIndex((item) => spec.keyOf(item) > key);
  return next === -1 ? sorted.length : next;
}

/** A token from a text. */
export function encodeToken(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}

/** The text of a token. */
export function decodeToken(token: string): string {
  return Buffer.from(token, 'base64url').toString('utf8');
}
