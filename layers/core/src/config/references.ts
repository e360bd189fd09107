// References in the texts of modules: `${env:NAME}` or `${file:/path}`, a secret, and in steps `${login.token}`, a value that an
// earlier step extracted. A name without a dot stays free for the variables of targets; `$${` is the text `${`.
import { isSecretRef, type SecretRef } from './secret.ts';

/** What a reference stands for. */
export type Reference =
  | { readonly kind: 'value'; readonly step: string; readonly name: string }
  | { readonly kind: 'secret'; readonly ref: SecretRef };

const place = /\$(\$)?\{([^}]*)\}/g;

/** The references of `text`, in their order, and those that are none, as they are written. */
export function findReferences(text: string): {
  readonly references: readonly Reference[];
  readonly unknown: readonly string[];
} {
  const references: Reference[] = [];
  const unknown: string[] = [];
  for (const [whole, escaped, inner = ''] of text.matchAll(place)) {
    if (escaped !== undefined) continue;
    const reference = parse(inner);
    if (reference === undefined) unknown.push(whole);
    else references.push(reference);
  }
  return { references, unknown };
}

/** `text` with what `read` answers in the place of each reference. */
export function fillReferences(text: string, read: (reference: Reference) => string): string {
  return text.replace(place, (whole, escaped: string | undefined, inner: string) => {
    if (escaped !== undefined) return whole.slice(1);
    const reference = parse(inner);
    return reference === undefined ? whole : read(reference);
  });
}

/** A text that may hold secrets: what stands there as it is, and references in their places. */
export type SecretText = readonly (string | { readonly ref: SecretRef })[];

/** `text`, which may be a reference as a whole or hold some as `${env:NAME}` or `${file:/path}`; `$${env:NAME}` is that text itself. */
export function splitSecrets(text: string): SecretText {
  if (isSecretRef(text)) return [{ ref: text }];
  const parts: (string | { readonly ref: SecretRef })[] = [];
  let from = 0;
  for (const { 0: whole, 1: escaped, 2: inner = '', index } of text.matchAll(place)) {
    if (!isSecretRef(inner)) continue;
    parts.push(text.slice(from, index));
    parts.push(escaped === undefined ? { ref: inner } : whole.slice(1));
    from = index + whole.length;
  }
  return [...parts, text.slice(from)].filter((part) => part !== '');
}

/** `text` with what `read` answers in the place of each secret that {@link splitSecrets} finds. */
export function fillSecrets(text: string, read: (ref: SecretRef) => string): string {
  return splitSecrets(text)
    .map((part) => (typeof part === 'string' ? part : read(part.ref)))
    .join('');
}

function parse(inner: string): Reference | undefined {
  if (isSecretRef(inner)) return { kind: 'secret', ref: inner };
  const [, step, name] = /^([A-Za-z][\w-]*)\.([A-Za-z][\w-]*)$/.exec(inner) ?? [];
  return step === undefined || name === undefined ? undefined : { kind: 'value', step, name };
}
