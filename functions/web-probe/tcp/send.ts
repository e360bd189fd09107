// What the steps of a dialogue send: secrets are read from where they are kept before anything is connected, and all that a
// server may repeat and nobody may be shown is collected.
import {
  findLinePassword,
  readPassword,
  type SecretRef,
  splitSecrets,
  type TcpModule,
} from '@fargaze/core/internal';
import { secretPartsOf } from '../exchange/secret-parts.ts';

/** A part of what a step sends, one character for each byte; a secret is sent as it is, whatever it looks like. */
export type SendPart = { readonly text: string; readonly secret: boolean };

/** What every step sends, in their order, and what must not be shown. */
export type Sends = {
  readonly parts: readonly (readonly SendPart[])[];
  readonly secrets: readonly string[];
};

/** @throws ConfigError naming place and reference of a secret that cannot be read. */
export function readSends({ name, tcp }: TcpModule): Sends {
  const secrets: string[] = [];
  const parts = tcp.steps.map(({ send }, index) => {
    const place = `modules.${name}.tcp.query_response[${index}].send`;
    return splitSecrets(send).map((part): SendPart => {
      if (typeof part === 'string') {
        const text = fromBytes(part);
        secrets.push(...passwordsIn(text), ...wordsOf(text));
        return { text: part, secret: false };
      }
      const secret = readPassword(fromBytes(part.ref) as SecretRef, place);
      secrets.push(secret, ...passwordsIn(secret), ...wordsOf(secret));
      return { text: toBytes(secret), secret: true };
    });
  });
  // What is not ASCII may be read as characters of one byte, too.
  return { parts, secrets: secrets.flatMap((secret) => [secret, toBytes(secret)]) };
}

/** Text as what is sent is kept: one character for each byte. */
export function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function fromBytes(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}

/** The password of a line, and the last word of it: a name or a mechanism may stand before. */
function passwordsIn(line: string): string[] {
  const password = findLinePassword(line)?.trim();
  if (password === undefined) return [];
  return [password, password.replace(/^.*\s/s, '')].flatMap(secretPartsOf);
}

/** Any word but commands and numbers may prove who asks. */
function wordsOf(text: string): string[] {
  return [text, ...text.split(/\s+/)]
    .filter((word) => !/^(?:[a-z]+|[A-Z]+|\d+)$/.test(word))
    .flatMap(secretPartsOf);
}
