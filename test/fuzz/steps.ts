// What a server answers to one step, up to the request of the next: paths, patterns, templates, cookies and bodies of an input.
// Whatever was extracted stays a value: it changes neither the server that is asked, nor the form of a body.
import type { IncomingMessage } from 'node:http';
import { parseConfigText } from '../../build/config-file.ts';
import { CookieJar } from '../../functions/web-probe/cookies.ts';
import { extract } from '../../functions/web-probe/steps/extract.ts';
import { fillStep } from '../../functions/web-probe/steps/fill.ts';
import { systemClock } from '../../layers/core/src/clock.ts';
import { parseJsonPath } from '../../layers/core/src/config/compile/json-path.ts';
import { compileGroups } from '../../layers/core/src/config/compile/pattern/program.ts';
import type { Extraction, HttpModule } from '../../layers/core/src/config/modules.ts';
import { fillReferences, findReferences } from '../../layers/core/src/config/references.ts';
import { startDeadline } from '../../layers/core/src/deadline.ts';

const module = parseConfigText(`modules:
  m:
    prober: http
    steps:
      - { name: a, path: /, extract: { v: { json: $.v } } }
      - name: b
        path: /x/\${a.v}/y?q=\${a.v}
        http:
          method: POST
          headers: { Content-Type: application/json, X-V: "\${a.v}" }
          body: '{"v":"\${a.v}"}'
`).modules.m as HttpModule;

const [, next] = module.steps ?? [];
const base = new URL('https://shop.test:8443/');

/** The lines of an input: a JSONPath, a pattern, the name of a header or cookie, a line Set-Cookie, a template; then the body. */
export async function readStep(bytes: Buffer): Promise<void> {
  const [path = '', pattern = '', name = '', line = '', template = '', ...rest] = bytes
    .toString('utf8')
    .split('\n');
  findReferences(template);
  fillReferences(template, () => '${a.v}');
  const jar = new CookieJar();
  const response = { headers: { 'set-cookie': [line] }, rawHeaders: [name, line] };
  jar.store(base, response as unknown as IncomingMessage, 0);
  const found = {
    rawHeaders: response.rawHeaders,
    cookie: (cookie: string) => jar.valueOf(cookie, base),
    body: [Buffer.from(rest.join('\n'))],
    length: rest.join('\n').length,
  };
  for (const wanted of wantedOf({ path, pattern, name })) {
    const deadline = startDeadline(2, systemClock);
    const value = await extract({ name: 'v', ...wanted }, found, {
      clock: systemClock,
      deadline,
      trace: () => undefined,
    }).finally(() => deadline.close());
    if ('value' in value) checkFilled(value.value);
  }
}

type Input = { readonly path: string; readonly pattern: string; readonly name: string };

function wantedOf({ name, path, pattern }: Input): Omit<Extraction, 'name'>[] {
  const json = attempt(() => parseJsonPath(path));
  const groups = attempt(() => compileGroups(pattern.slice(0, 40)));
  return [
    { header: name },
    { cookie: name },
    ...(json === undefined ? [] : [{ json }]),
    ...(groups === undefined ? [] : [{ pattern: groups }, { header: name, pattern: groups }]),
  ];
}

/** The configuration would name what is no path or pattern. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw error;
    return undefined;
  }
}

function checkFilled(value: string): void {
  if (next === undefined) throw new TypeError('no step');
  const filled = fillStep(next, new Map([['a.v', value]]), { base });
  // A value that no header can hold.
  if ('ok' in filled) return;
  const { http, url } = filled;
  if (url.host !== base.host || !/^\/x\/[^/]*\/y$/.test(url.pathname)) {
    throw new Error(`${JSON.stringify(value)} leads to ${url.href}`);
  }
  const body: unknown = JSON.parse(http.body);
  if (JSON.stringify(body) !== JSON.stringify({ v: value })) {
    throw new Error(`${JSON.stringify(value)} became the body ${http.body}`);
  }
}
