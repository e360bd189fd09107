// The function's own credentials: in Lambda from the environment, elsewhere as the SDK finds them (profiles, single sign-on).
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { type AwsCredentials, readAwsCredentials, readEnv } from '@fargaze/core/internal';

/** Asks for the credentials anew each time: they may be renewed. */
export function ownCredentials(region: string): () => Promise<AwsCredentials> {
  let client: CloudWatchClient | undefined;
  return async () => {
    if (readEnv('AWS_ACCESS_KEY_ID') !== undefined) return readAwsCredentials();
    client ??= new CloudWatchClient({ region });
    return client.config.credentials();
  };
}
