// What must not be shown of a value that was sent, of whatever protocol.
import { fillSecrets, type SecretRef } from '@fargaze/core/internal';

/** Characters below which a literal value is no secret, and hiding it would hide other words. */
const shortest = 4;

/** A value as a whole, and what it may consist of: the token after a scheme, each cookie, each field. */
export function secretPartsOf(value: string): string[] {
  const parts = value.split(/[\s;,=&"{}:]+/).filter(({ length }) => length >= 8);
  return [value, ...parts].filter(({ length }) => length >= shortest);
}

/** `text` with what `read` answers in the place of each secret, and what must not be shown of these. */
export function fillAndHide(text: string, read: (ref: SecretRef) => string) {
  const secrets: string[] = [];
  const value = fillSecrets(text, (ref) => {
    const secret = read(ref);
    secrets.push(secret, ...secretPartsOf(secret));
    return secret;
  });
  return { value, secrets };
}
