// The metadata of a call: secrets are read from where they are kept before anything is connected, and all that a server may
// repeat and nobody may be shown is collected.
import { fillSecrets, type GrpcModule, mayBeSecret, readHeaderValue } from '@fargaze/core/internal';
import { secretPartsOf } from '../exchange/secret-parts.ts';

/** What is sent, and what must not be shown. */
export type Metadata = {
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly secrets: readonly string[];
};

/** @throws ConfigError naming place and reference of a secret that cannot be read or sent. */
export function readMetadata({ grpc, name }: GrpcModule): Metadata {
  const secrets: string[] = [];
  const fields = Object.entries(grpc.metadata).map(([key, values]) => {
    const place = `modules.${name}.grpc.metadata.${key}`;
    const filled = values.map((text) =>
      fillSecrets(text, (ref) => {
        const secret = readHeaderValue(ref, place);
        secrets.push(secret, ...secretPartsOf(secret));
        return secret;
      }),
    );
    if (mayBeSecret(key)) secrets.push(...filled.flatMap(secretPartsOf));
    return [key, filled] as const;
  });
  return { fields: Object.fromEntries(fields), secrets };
}
