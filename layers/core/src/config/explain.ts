// Turns valibot's findings into issues that name the place, the value seen and what was wanted.
import type * as v from 'valibot';
import type { Issue } from '../errors.ts';
import { redactUrls } from '../redact.ts';
import { isMapping } from './mapping.ts';
import { hintOf } from './suggest.ts';

/** A step into a document: a key or an index. */
export type PathStep = string | number;

/** One issue per finding. `schema` is what was parsed with; its keys feed the suggestions. */
export function explainIssues(schema: unknown, found: readonly v.BaseIssue<unknown>[]): Issue[] {
  return found.flatMap((issue) => explainOne(schema, issue));
}

/** `modules.http_2xx.headers[0]`. */
export function formatPath(path: readonly PathStep[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const key = /^[\w-]{1,200}$/.test(step) ? step : showKey(step);
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

function showKey(key: string): string {
  return JSON.stringify(key.length > 200 ? `${key.slice(0, 57)}...` : key);
}

/** A value as it is shown in a message: at most 60 characters, addresses redacted. Never throws. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = redactUrls(toText(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** JSON where there is one; a value that holds itself, or a big integer, has none. */
function toText(value: unknown): string {
  try {
    const isNumber = typeof value === 'number';
    return isNumber ? String(value) : (JSON.stringify(value) ?? String(value));
  } catch {
    return Array.isArray(value)
      ? 'a list'
      : typeof value === 'object'
        ? 'a mapping'
        : String(value);
  }
}

/** By what kinds of mappings are told apart that stand at one place. */
type Kind = { readonly prober?: unknown; readonly indicator?: unknown };

function explainOne(schema: unknown, issue: v.BaseIssue<unknown>): Issue[] {
  const path = (issue.path ?? []).map((item) => item.key as PathStep);
  const last = path.at(-1);
  if (issue.kind === 'schema' && issue.expected === 'never' && typeof last === 'string') {
    const known = knownKeys(schema, path.slice(0, -1));
    const { indicator, prober = indicator } = (issue.path?.at(-1)?.input ?? {}) as Kind;
    // A key of another kind of module or objective.
    const hint = known.includes(last) ? ` for ${prober}` : hintOf(last, known);
    return [{ path: formatPath(path), message: `unknown key${hint}` }];
  }
  const place = formatPath(path);
  // Its message says all; the value may be a secret.
  if (issue.type === 'custom') return [{ path: place, message: issue.message }];
  if (place !== '' && issue.input === undefined && issue.kind === 'schema') {
    const what = issue.message.startsWith('want ') ? issue.message : 'and it has no default';
    return [{ path: place, message: `missing, ${what}` }];
  }
  // What is wrong with a whole mapping shows in its parts, and one of them may be a secret.
  if (issue.kind !== 'schema' && isMapping(issue.input)) {
    return [{ path: place, message: `want ${issue.message}` }];
  }
  const hides = path[0] === 'modules' && path.some((step) => secretKey.test(String(step)));
  const seen = hides ? 'a value' : showValue(issue.input);
  return [{ path: place, message: `got ${seen}, want ${wanted(issue)}` }];
}

/** Keys of modules whose value may be a secret, written where a reference belongs or not. */
const secretKey =
  /^(?:authorization|basic_auth|bearer_token|body|client_secret|credentials|endpoint_params|headers|http_headers|key|metadata|oauth2|password|proxy_connect_header|proxy_url|secrets|send|sentinel_password)$/;

/** A check's own message says what is wanted; a type mismatch has it in `expected`. */
function wanted(issue: v.BaseIssue<unknown>): string {
  if (issue.kind !== 'schema') return issue.message;
  if (issue.message.startsWith('want ')) return issue.message.slice('want '.length);
  const names: Readonly<Record<string, string>> = {
    Object: 'a mapping',
    Array: 'a list',
    string: 'text',
    boolean: 'true or false',
  };
  const expected = issue.expected ?? 'something else';
  return names[expected] ?? expected.replace(/^\((.*)\)$/, '$1').replaceAll(' | ', ' or ');
}

type SchemaNode = {
  readonly entries?: Readonly<Record<string, unknown>>;
  readonly item?: unknown;
  readonly value?: unknown;
  readonly wrapped?: unknown;
  readonly options?: readonly unknown[];
  readonly pipe?: readonly unknown[];
};

function knownKeys(schema: unknown, path: readonly PathStep[]): string[] {
  const nodes = path.reduce<unknown[]>(
    (level, step) => level.flatMap((node) => children(node, step)),
    [schema],
  );
  return nodes.flatMap(unwrap).flatMap((node) => Object.keys(node.entries ?? {}));
}

function children(schema: unknown, step: PathStep): unknown[] {
  return unwrap(schema).flatMap((node) => {
    if (typeof step === 'number') return node.item === undefined ? [] : [node.item];
    const entry = node.entries?.[step] ?? node.value;
    return entry === undefined ? [] : [entry];
  });
}

/** Sees through optional, pipe, union and variant. */
function unwrap(schema: unknown): SchemaNode[] {
  const node = schema as SchemaNode;
  if (node?.options !== undefined) return node.options.flatMap(unwrap);
  if (node?.wrapped !== undefined) return unwrap(node.wrapped);
  const [first] = node?.pipe ?? [];
  if (first !== undefined && first !== schema) return unwrap(first);
  return node === undefined || node === null ? [] : [node];
}
