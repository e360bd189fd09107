// What no single value of a step can show: names that are given twice, references to what no earlier step extracts, addresses
// of hosts that the module does not name.
import { parseUrl } from '../../parse-url.ts';
import { type PathStep, showValue } from '../explain.ts';
import { namesHost } from '../hosts.ts';
import { findReferences } from '../references.ts';
import { didYouMean, listNames } from '../suggest.ts';
import { asMapping, type Finding, type Mapping } from './raw.ts';

/** Findings about the steps of one module. */
export function checkSteps([module, value]: readonly [string, unknown]): Finding[] {
  const { hosts, steps } = asMapping(value);
  if (!Array.isArray(steps)) return [];
  const known: string[] = [];
  const names: unknown[] = [];
  return steps.map(asMapping).flatMap((step, index) => {
    const path: readonly PathStep[] = ['modules', module, 'steps', index];
    const findings = [
      ...findTwice(step.name, { names, path }),
      ...textsOf(step).flatMap((one) => checkText(one, { known, path })),
      ...checkPath(step.path, { hosts, path }),
    ];
    names.push(step.name);
    known.push(...Object.keys(asMapping(step.extract)).map((name) => `${step.name}.${name}`));
    return findings;
  });
}

type Place = { readonly path: readonly PathStep[] };

function findTwice(name: unknown, { names, path }: Place & { readonly names: unknown[] }) {
  const earlier = names.indexOf(name);
  if (name === undefined || earlier < 0) return [];
  const message = `duplicate step ${showValue(name)}, already at steps[${earlier}]`;
  return [{ path: [...path, 'name'], message }];
}

type Text = { readonly at: readonly PathStep[]; readonly text: string };

/** Every text of a step that may hold references. */
function textsOf(step: Mapping): Text[] {
  const http = asMapping(step.http);
  const values = Object.entries(asMapping(http.http_headers)).flatMap(([name, header]) => {
    const list = asMapping(header).values;
    const all: readonly unknown[] = Array.isArray(list) ? list : [];
    return all.map((text, index) => ({
      at: ['http', 'http_headers', name, 'values', index],
      text,
    }));
  });
  const headers = Object.entries(asMapping(http.headers)).map(([name, text]) => ({
    at: ['http', 'headers', name],
    text,
  }));
  const all: readonly { readonly at: readonly PathStep[]; readonly text: unknown }[] = [
    { at: ['path'], text: step.path },
    ...headers,
    ...values,
    { at: ['http', 'body'], text: http.body },
  ];
  return all.filter((one): one is Text => typeof one.text === 'string');
}

function checkText(
  { at, text }: Text,
  { known, path }: Place & { readonly known: readonly string[] },
): Finding[] {
  const { references, unknown } = findReferences(text);
  const place = [...path, ...at];
  const strange = unknown.map((seen) => ({
    path: place,
    message: `got ${showValue(seen)}, want \${step.value}, \${env:NAME} or \${file:/path}; $\${ is that text itself`,
  }));
  const missing = references.flatMap((reference) => {
    if (reference.kind === 'secret') return [];
    const name = `${reference.step}.${reference.name}`;
    if (known.includes(name)) return [];
    const list = known.length === 0 ? '; there is none' : `, one of ${listNames(known)}`;
    const wanted = didYouMean(name, known) || `, want a value that an earlier step extracts${list}`;
    return [{ path: place, message: `unknown value \${${name}}${wanted}` }];
  });
  return [...strange, ...missing];
}

function checkPath(text: unknown, { hosts, path }: Place & { readonly hosts: unknown }): Finding[] {
  if (typeof text !== 'string' || /^(?:[/?](?!\/)|$)/.test(text)) return [];
  const place = [...path, 'path'];
  if (/^\$\{[A-Za-z][\w-]*\.[A-Za-z]/.test(text)) return [];
  const [, host] = /^https?:\/\/([^/?#$]+)(?:[/?#]|$)/i.exec(text) ?? [];
  if (host === undefined || parseUrl(`http://${host}`) === undefined) {
    const wanted = 'a path such as /login, or the http:// or https:// address of a host of hosts';
    return [{ path: place, message: `got ${showValue(text)}, want ${wanted}` }];
  }
  const url = new URL(text.replace(/^(https?:\/\/[^/?#]+).*$/is, '$1'));
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const list = Array.isArray(hosts) ? hosts.filter((one) => typeof one === 'string') : [];
  if (namesHost(list, { hostname: url.hostname, port })) return [];
  const message = `leads to ${showValue(host)}, want a path of the target, or this host in hosts of the module`;
  return [{ path: place, message }];
}
