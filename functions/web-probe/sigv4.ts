// Signs a request for AWS with the function's own credentials (Signature Version 4), each hop anew: a signature is for one
// address. Signed are the host, the type of the body and what begins with x-amz-.
import {
  ConfigError,
  type HttpOptions,
  type ProbeEnvironment,
  readAwsCredentials,
  readEnv,
  signRequest,
} from '@fargaze/core/internal';
import type { HopRequest } from './exchange/hop-types.ts';

/** A request with its signature, and what of it must not be shown. */
export type Signed = { readonly ask: HopRequest; readonly secrets: readonly string[] };

/** Signs `ask`. @throws ConfigError when there are no credentials or there is no region. */
export function signHop(
  ask: HopRequest,
  { region, service }: NonNullable<HttpOptions['sigv4']>,
  { clock }: Pick<ProbeEnvironment, 'clock'>,
): Signed {
  const credentials = readAwsCredentials();
  const url = new URL(ask.url);
  const host = ask.headers.Host ?? url.host;
  // A host without a port would leave the port that there is.
  url.port = '';
  url.host = host;
  const kept = Object.entries(ask.headers).filter(
    ([name]) => name.toLowerCase() !== 'authorization',
  );
  const signed = kept.filter(([name]) => /^(?:content-type|x-amz-.*)$/i.test(name));
  const added = signRequest(
    {
      method: ask.method,
      url,
      headers: Object.fromEntries(signed),
      body: Buffer.from(ask.body, 'utf8'),
      region: region ?? ownRegion(),
      service,
      at: clock.now(),
    },
    credentials,
  );
  const { authorization = '' } = added;
  const signature = authorization.slice(authorization.lastIndexOf('=') + 1);
  return {
    ask: { ...ask, headers: { ...Object.fromEntries(kept), ...added } },
    secrets: [
      authorization,
      signature,
      credentials.secretAccessKey,
      credentials.sessionToken ?? '',
      credentials.accessKeyId,
    ],
  };
}

function ownRegion(): string {
  const region = readEnv('AWS_REGION');
  if (region !== undefined && region !== '') return region;
  throw new ConfigError('sigv4', [
    { path: 'AWS_REGION', message: 'is unset or empty, want it, or region in sigv4 of the module' },
  ]);
}
