// One list says where a secret may stand. It knows every option of the schema, and what it knows holds for the check, for the
// schema and for what `fargaze import` writes.
import { parseConfigText } from '../../build/config-file.ts';
import { findLiteralSecrets } from '../../build/literal-secrets.ts';
import { type PlaceKind, placeKindOf, secretPlaces } from '../../build/secret-places.ts';
import { referSecrets } from '../../cli/import/secrets.ts';
import { moduleSchema } from '../../layers/core/src/config/compile/schema.ts';
import { ConfigError } from '../../layers/core/src/errors.ts';

type Node = {
  readonly type?: string;
  readonly entries?: Readonly<Record<string, Node>>;
  readonly options?: readonly (Node | string)[];
  readonly wrapped?: Node;
  readonly pipe?: readonly Node[];
  readonly item?: Node;
  readonly value?: Node;
};

/** The paths of every option below `node`; entries of lists have the path of their list. */
function leavesOf(node: Node, path: string): string[] {
  const at = (name: string) => (path === '' ? name : `${path}.${name}`);
  if (node.entries !== undefined)
    return Object.entries(node.entries).flatMap(([name, one]) => leavesOf(one, at(name)));
  if (node.type === 'variant')
    return (node.options ?? []).flatMap((one) =>
      typeof one === 'string' ? [] : leavesOf(one, path),
    );
  if (node.type === 'record' && node.value !== undefined) return leavesOf(node.value, at('*'));
  const inner = node.pipe?.[0] === node ? undefined : (node.pipe?.[0] ?? node.wrapped ?? node.item);
  return inner === undefined ? [path] : leavesOf(inner, path);
}

const options = [...new Set(leavesOf(moduleSchema as unknown as Node, ''))].filter((path) =>
  /^(?:http|steps|tcp|dns|grpc|redis)\./.test(path),
);

it('every option of a module is judged, and nothing else', () => {
  expect(options.length).toBeGreaterThan(200);
  // Limits of `expect` hold numbers and words of Redis.
  const judged = options.filter((path) => !/^redis\.(?:expect|min|max|fail)/.test(path));
  expect(judged.filter((path) => placeKindOf(path.split('.')) === undefined)).toEqual([]);
  expect(Object.keys(secretPlaces).filter((path) => !options.includes(path))).toEqual([]);
});

const value = 'Kn4ry8zQ7xKn4ry8z';

const samples: Readonly<Record<PlaceKind, string>> = {
  reference: value,
  named: value,
  body: `{"user":"a","password":"${value}"}`,
  line: `AUTH ${value}`,
  address: `https://id.example.com/token?api_key=${value}`,
  proxy: `http://me:${value}@proxy.example.com:3128`,
  text: `ghp_${value.repeat(2)}`,
  open: '',
};

const holders = Object.entries(secretPlaces).filter(([, kind]) => kind !== 'open');

/** A module with `text` at `path`, and what goes with it. */
function moduleWith(path: string, text: string): Record<string, unknown> {
  const names = path.replaceAll('*', 'X-Api-Key').split('.');
  const [first = ''] = names;
  const isList = /values$|secrets$|metadata|proxy_connect_header/.test(path);
  const leaf: unknown = isList ? [text] : text;
  const inner = names.slice(1).reduceRight<unknown>((below, name) => ({ [name]: below }), leaf);
  const beside = /oauth2/.test(path)
    ? { oauth2: { client_id: 'a', token_url: 'https://id.example.com/' } }
    : {};
  const proxied = path.includes('proxy_connect_header') ? { proxy_url: 'http://proxy:3128' } : {};
  const prober = first === 'steps' ? 'http' : first;
  const merged = merge(inner, first === 'steps' ? {} : beside);
  const inOauth2 = path.startsWith('http.oauth2.')
    ? merge(merged, { oauth2: proxied })
    : merge(merged, proxied);
  if (path.includes('query_response')) return { prober, tcp: { query_response: [{ send: text }] } };
  const needed = { dns: { query_name: 'a' }, redis: { topology: 'sentinel' } }[first] ?? {};
  if (first !== 'steps') return { prober, [first]: merge(inOauth2, needed) };
  const step = { name: 'in', path: '/', ...(inner as object) };
  const { http = {} } = step as { http?: object };
  const own = path.includes('oauth2')
    ? merge(merge(http, beside), { oauth2: proxied })
    : merge(http, proxied);
  return { prober, steps: [{ ...step, http: own }] };
}

function merge(a: unknown, b: unknown): Record<string, unknown> {
  const result: Record<string, unknown> = { ...(b as object) };
  for (const [key, one] of Object.entries(a as object))
    result[key] =
      typeof one === 'object' && !Array.isArray(one) ? merge(one, result[key] ?? {}) : one;
  return result;
}

const targets: Readonly<Record<string, string>> = {
  http: 'https://shop.example.com/',
  redis: 'redis://shop.example.com:6379',
};

/** What the check says; undefined where the schema refuses the module. */
function check(module: Record<string, unknown>): readonly string[] | undefined {
  const target = targets[String(module.prober)] ?? 'shop.example.com:443';
  const document = { modules: { m: module }, probes: [{ name: 'p', module: 'm', target }] };
  try {
    return findLiteralSecrets(parseConfigText(JSON.stringify(document)));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.message).not.toContain(value);
    return undefined;
  }
}

it.each(holders)('%s (%s): a secret there is refused or named, and not imported', (path, kind) => {
  const text = samples[kind].replace(
    path === 'steps.path' ? 'https://id.example.com' : ' ',
    (one) => (one === ' ' ? one : ''),
  );
  const module = moduleWith(path, text);
  const found = check(module);
  if (kind === 'reference' || kind === 'proxy') expect(found).toBeUndefined();
  else expect(found).toEqual([expect.stringMatching(/^module m: .*looks like a secret/)]);
  expect(found?.join('\n') ?? '').not.toContain(value);
  const { modules, notes } = referSecrets({ m: module });
  expect(JSON.stringify(modules)).not.toContain(value);
  expect(notes).toEqual([expect.stringMatching(/^modules\.m\..*: a secret, which is not copied/)]);
  // What is written runs, and holds no secret any more.
  expect(check(modules.m as Record<string, unknown>)).toEqual([]);
});
