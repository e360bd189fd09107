// The metadata of a call: secrets are read from where they are kept before anything is connected, and all that a server may
// repeat and nobody may be shown is collected.
import { type GrpcModule, mayBeSecret, readHeaderValue } from '@fargaze/core/internal';
import { fillAndHide, secretPartsOf } from '../exchange/secret-parts.ts';

/** What is sent, and what must not be shown. */
export type Metadata = {
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly secrets: readonly string[];
};

/** @throws ConfigError naming place and reference of a secret that cannot be read or sent. */
export function readMetadata({ grpc, name }: GrpcModule): Metadata {
  const fields = Object.entries(grpc.metadata).map(([key, texts]) => {
    const place = `modules.${name}.grpc.metadata.${key}`;
    const filled = texts.map((text) => fillAndHide(text, (ref) => readHeaderValue(ref, place)));
    const values = filled.map(({ value }) => value);
    const whole = mayBeSecret(key) ? values.flatMap(secretPartsOf) : [];
    return { key, values, secrets: [...filled.flatMap(({ secrets }) => secrets), ...whole] };
  });
  return {
    fields: Object.fromEntries(fields.map(({ key, values }) => [key, values])),
    secrets: fields.flatMap(({ secrets }) => secrets),
  };
}
