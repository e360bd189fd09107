// Secrets that stand in the modules of a blackbox.yml. What is written holds references in their place, to variables named
// after where they stood: a second file with the same secrets is one more that somebody may read.

import { secretKeys } from '../../build/blackbox-module.ts';
import type { Mapping } from '../../layers/core/src/config/compile/raw.ts';
import { isMapping } from '../../layers/core/src/config/mapping.ts';
import { isSecretRef, type SecretRef } from '../../layers/core/src/config/secret.ts';

/** Modules without secrets, the names of those that held some, and a line for each that was taken out. */
export type Referred = {
  readonly modules: Mapping;
  readonly holders: ReadonlySet<string>;
  readonly notes: readonly string[];
};

/** `modules` with references in place of secrets. */
export function referSecrets(modules: Mapping): Referred {
  const notes: string[] = [];
  const taken = new Set<string>();
  const holders = new Set<string>();
  const replace = (path: readonly string[], form = ''): SecretRef => {
    const [module = ''] = path;
    holders.add(module);
    const variable = nameVariable([module, path.at(-1) ?? ''], taken);
    const place = path.join('.');
    notes.push(
      `modules.${place}: a secret, which is not copied: want it in the variable ${variable} of the functions${form}`,
    );
    return `env:${variable}`;
  };
  const visit = (value: unknown, path: readonly string[]): unknown => {
    if (!isMapping(value)) return value;
    const entries = Object.entries(value).map(([key, one]) => {
      const at = [...path, key];
      if (secretKeys.includes(key) && typeof one === 'string' && !isSecretRef(one))
        return [key, replace(at)] as const;
      if (key === 'secrets' && Array.isArray(one)) {
        const texts = one.map(String);
        return [key, texts.map((text) => (isSecretRef(text) ? text : replace(at)))] as const;
      }
      return [key, visit(one, at)] as const;
    });
    return withoutProxyPassword(Object.fromEntries(entries), (form) =>
      replace([...path, 'proxy_authorization'], form),
    );
  };
  const replaced = Object.entries(modules).map(([name, one]) => [name, visit(one, [name])]);
  return { modules: Object.fromEntries(replaced), holders, notes };
}

/** `http://user:password@proxy` as a header of CONNECT. */
function withoutProxyPassword(value: Mapping, replace: (form: string) => SecretRef): Mapping {
  const { proxy_connect_header: header, proxy_url: url } = value;
  const [, scheme, rest] = /^(\w+:\/\/)[^/@]*:[^/@]+@(.*)$/s.exec(String(url)) ?? [];
  if (scheme === undefined) return value;
  const authorization = replace(', as Basic and user:password in base64');
  return {
    ...value,
    proxy_url: `${scheme}${rest}`,
    proxy_connect_header: {
      ...(isMapping(header) && header),
      'Proxy-Authorization': [authorization],
    },
  };
}

/** A name that no other secret has. */
function nameVariable(parts: readonly string[], taken: Set<string>): string {
  const plain = parts
    .join('_')
    .toUpperCase()
    .replace(/\W+/g, '_')
    .replace(/^(?=\d)/, '_');
  let name = plain;
  for (let count = 2; taken.has(name); count += 1) name = `${plain}_${count}`;
  taken.add(name);
  return name;
}
