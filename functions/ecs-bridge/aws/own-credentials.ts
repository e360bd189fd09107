// The function's own credentials: in Lambda from the environment, elsewhere as the SDK finds them (profiles, single sign-on).
// The SDK is no part of the bundle: Lambda brings it, and the repository has it.
import { type AwsCredentials, readAwsCredentials, readEnv } from '@fargaze/core/internal';

/** Asks for the credentials anew each time: they may be renewed. */
export function ownCredentials(): () => Promise<AwsCredentials> {
  let find: (() => Promise<AwsCredentials>) | undefined;
  return async () => {
    if (readEnv('AWS_ACCESS_KEY_ID') !== undefined) return readAwsCredentials();
    // Its result is kept until shortly before it ends.
    find ??= (await import('@aws-sdk/credential-provider-node')).defaultProvider();
    return find();
  };
}
