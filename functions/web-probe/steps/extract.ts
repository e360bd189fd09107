// Takes the values out of an answer that later steps need. What is found is never shown; why nothing was found is.
import {
  codeOf,
  type Extraction,
  type Failure,
  failure,
  type ProbeEnvironment,
  searchGroups,
} from '@fargaze/core/internal';

/** Bytes of a body in which a value is looked for. */
export const maxSearched = 512 * 1024;

/** An answer to look into. */
export type AnswerParts = {
  /** Alternating names and values, as received. */
  readonly rawHeaders: readonly string[];
  /** The cookie of this name that the server set, now or before. */
  readonly cookie: (name: string) => string | undefined;
  /** The parts of the body, as long as they are not too long. */
  readonly body: readonly Buffer[];
  /** Bytes of the whole body, kept or not. */
  readonly length: number;
};

/** The value, or why there is none. @throws the deadline's reason. */
export async function extract(
  wanted: Extraction,
  found: AnswerParts,
  env: ProbeEnvironment,
): Promise<{ readonly value: string } | Failure> {
  const place = read(wanted, found);
  if ('ok' in place || wanted.pattern === undefined) return place;
  const search = searchGroups(wanted.pattern, place.value);
  let next = search.next();
  while (next.done !== true) {
    await env.clock.sleep(0, env.deadline.signal);
    next = search.next();
  }
  const [whole, first] = next.value ?? [];
  if (whole === undefined) return fault(wanted, `${nameOf(wanted)} does not match its pattern`);
  const value = wanted.pattern.names.length > 0 ? first : whole;
  return value === undefined || value === ''
    ? fault(wanted, `the group of its pattern is empty in ${nameOf(wanted)}`)
    : { value };
}

type Read = { readonly value: string } | Failure;

function read(wanted: Extraction, found: AnswerParts): Read {
  const { cookie, header, json } = wanted;
  if (header !== undefined) {
    const values = found.rawHeaders.filter(
      (_, at, all) => at % 2 === 1 && all[at - 1]?.toLowerCase() === header.toLowerCase(),
    );
    const value = Buffer.from(values[0] ?? '', 'latin1').toString();
    return value === '' ? fault(wanted, `no header ${header} in the answer`) : { value };
  }
  if (cookie !== undefined) {
    const value = found.cookie(cookie);
    return value === undefined || value === ''
      ? fault(wanted, `no cookie ${cookie} was set`)
      : { value };
  }
  if (found.length > maxSearched) {
    const detail = `the body has more than ${maxSearched} bytes, in which no value is looked for`;
    return fault(wanted, detail);
  }
  const text = Buffer.concat(found.body).toString('utf8');
  return json === undefined ? { value: text } : readJson(wanted, text, json);
}

function readJson(wanted: Extraction, text: string, path: readonly (string | number)[]): Read {
  let value: unknown;
  try {
    JSON.parse(text);
    value = JSON.parse(quoteNumbers(text));
  } catch (error) {
    if (codeOf(error) !== undefined) throw error;
    return fault(wanted, `the body (${text.length} characters) is not JSON`);
  }
  const walked: (string | number)[] = [];
  for (const step of path) {
    const inner = stepInto(value, step);
    if (inner === undefined)
      return fault(wanted, `the body has nothing at ${show([...walked, step])}`);
    walked.push(step);
    value = inner.value;
  }
  if (typeof value === 'string' && value !== '') return { value };
  if (typeof value === 'boolean') return { value: String(value) };
  const seen =
    value === ''
      ? 'empty text'
      : value === null
        ? 'null'
        : Array.isArray(value)
          ? 'a list'
          : 'an object';
  return fault(wanted, `at ${show(path)} is ${seen}, want text, a number, true or false`);
}

/** Numbers as texts: a long one would lose its last digits. */
function quoteNumbers(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (part) =>
    part.startsWith('"') ? part : `"${part}"`,
  );
}

function stepInto(value: unknown, step: string | number): { readonly value: unknown } | undefined {
  if (typeof step === 'number') {
    const list: readonly unknown[] = Array.isArray(value) ? value : [];
    const at = step < 0 ? list.length + step : step;
    return at >= 0 && at < list.length ? { value: list[at] } : undefined;
  }
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject || !Object.hasOwn(value, step)) return undefined;
  return { value: (value as Readonly<Record<string, unknown>>)[step] };
}

function show(path: readonly (string | number)[]): string {
  return path.reduce<string>((text, step) => `${text}[${JSON.stringify(step)}]`, '$');
}

function nameOf({ cookie, header, json }: Extraction): string {
  if (header !== undefined) return `header ${header}`;
  if (cookie !== undefined) return `cookie ${cookie}`;
  return json === undefined ? 'the body' : `the value at ${show(json)}`;
}

function fault(wanted: Extraction, detail: string): Failure {
  const inHead = wanted.header !== undefined || wanted.cookie !== undefined;
  return failure(inHead ? 'processing' : 'transfer', 'extract', `${wanted.name}: ${detail}`);
}
