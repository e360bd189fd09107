// Secrets that stand in the modules of a blackbox.yml. What is written holds references in their place, to variables named
// after where they stood: a second file with the same secrets is one more that somebody may read.

import { secretKeys } from '../../build/blackbox-module.ts';
import { hideKeys, looksSecret } from '../../build/literal-secrets.ts';
import { type PlaceKind, placeKindOf } from '../../build/secret-places.ts';
import type { Mapping } from '../../layers/core/src/config/compile/raw.ts';
import { findLinePassword } from '../../layers/core/src/config/line-password.ts';
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
    const variable = nameVariable([module, nameOf(path)], taken);
    const place = path.join('.');
    notes.push(
      `modules.${place}: a secret, which is not copied: want it in the variable ${variable} of the functions${form}`,
    );
    return `env:${variable}`;
  };
  const visit = (value: unknown, path: readonly string[]): unknown => {
    const option = path.slice(1);
    const kind =
      placeKindOf(option) ?? (secretKeys.includes(option.at(-1) ?? '') ? 'reference' : 'open');
    if (typeof value === 'string' || value instanceof Uint8Array)
      return replaceText(value, { kind, name: nameOf(option) }, (form) => replace(path, form));
    if (Array.isArray(value)) return value.map((one) => visit(one, path));
    if (!isMapping(value)) return value;
    const entries = Object.entries(value).map(
      ([key, one]) => [key, visit(one, [...path, key])] as const,
    );
    return withoutProxyPassword(Object.fromEntries(entries), (form) =>
      replace([...path, 'proxy_authorization'], form),
    );
  };
  const replaced = Object.entries(modules).map(([name, one]) => [name, visit(one, [name])]);
  return { modules: Object.fromEntries(replaced), holders, notes };
}

type Place = { readonly kind: PlaceKind; readonly name: string };

/** The header, field or key that the value of an option belongs to. */
function nameOf(option: readonly string[]): string {
  const last = option.at(-1) ?? '';
  return last === 'values' ? (option.at(-2) ?? '') : last;
}

/** What stands at a place, with references for what of it is a secret. */
function replaceText(
  value: string | Uint8Array,
  { kind, name }: Place,
  replace: (form?: string) => SecretRef,
): unknown {
  const text = typeof value === 'string' ? value : Buffer.from(value).toString('latin1');
  if (isSecretRef(text)) return value;
  switch (kind) {
    case 'reference':
      return text === '' ? value : replace();
    case 'named':
      return looksSecret(text, name) ? replace() : value;
    case 'body':
    case 'text':
      return looksSecret(text) ? replace() : value;
    case 'line': {
      const password = findLinePassword(text)?.trimEnd();
      if (!looksSecret(text, password === undefined ? undefined : 'password')) return value;
      return password === undefined
        ? `\${${replace()}}`
        : text.replace(password, () => `\${${replace(', as it stands there')}}`);
    }
    case 'address':
      return hideKeys(
        text,
        (part) => `\${${replace(part.includes('%') ? ', without its percent-encoding' : '')}}`,
      );
    default:
      return value;
  }
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

/** A name for a variable that no other secret has. */
export function nameVariable(parts: readonly string[], taken: Set<string>): string {
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
